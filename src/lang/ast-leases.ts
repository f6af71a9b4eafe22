// Records of a lease file (dhcpd-leases reference §2). See ast.ts.

import type { Span } from '../model/span.ts';
import type { AddressLiteral, DataLiteral, DateLiteral, Name, NumberLiteral, OptionName, OptionValue } from './ast-values.ts';
import type { HardwareDecl, OnStatement, SkippedText, UidDecl } from './ast.ts';

export type LeaseTimeWord = 'starts' | 'ends' | 'tstp' | 'tsfp' | 'atsfp' | 'cltt';
export type LeaseMember =
  | { readonly kind: 'lease-time'; readonly span: Span; readonly word: LeaseTimeWord; readonly time: DateLiteral }
  | {
      readonly kind: 'binding-state';
      readonly span: Span;
      readonly which: 'current' | 'next' | 'rewind';
      /** As written, lower case: free, active, …; also the old `bootp` and `reserved`. */
      readonly state: string;
    }
  | HardwareDecl
  | UidDecl
  | { readonly kind: 'client-hostname'; readonly span: Span; readonly name: Name }
  | { readonly kind: 'lease-flag'; readonly span: Span; readonly word: 'reserved' | 'dynamic-bootp' | 'abandoned' }
  | { readonly kind: 'billing'; readonly span: Span; readonly className: Name; readonly key: DataLiteral | undefined }
  /** `%N` is a numeric literal, `true`/`false` a boolean. */
  | {
      readonly kind: 'lease-variable';
      readonly span: Span;
      readonly name: string;
      readonly value: DataLiteral | NumberLiteral | { readonly kind: 'boolean'; readonly span: Span; readonly value: boolean };
    }
  | { readonly kind: 'agent-option'; readonly span: Span; readonly option: OptionName; readonly value: OptionValue }
  | OnStatement
  | { readonly kind: 'legacy-name'; readonly span: Span; readonly word: 'ddns-fwd-name' | 'ddns-rev-name' | 'hostname'; readonly name: Name }
  | SkippedText;
export interface LeaseDecl {
  readonly kind: 'lease';
  readonly span: Span;
  readonly address: AddressLiteral;
  readonly members: readonly LeaseMember[];
}
export interface ByteOrderDecl {
  readonly kind: 'authoring-byte-order';
  readonly span: Span;
  readonly word: 'little-endian' | 'big-endian';
}
/** Kept as text and written back verbatim. */
export interface ServerDuidDecl {
  readonly kind: 'server-duid';
  readonly span: Span;
  readonly text: string;
}
