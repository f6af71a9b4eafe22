// What operators are told about their configuration. Texts live with the code that finds the problem,
// one function per code; the numbered catalogue in lang/ and config/ is what docs are generated from.

import type { SourceFile, Span } from './span.ts';

export type Severity = 'error' | 'warning' | 'info';

export interface DiagnosticNote {
  /** Absent for a note about the whole configuration. */
  readonly span?: Span;
  readonly message: string;
}

/** Where dhcpd's own message points. */
export interface DhcpdPlace {
  readonly file: SourceFile;
  /** 0 when the very first token of a file is refused. */
  readonly line: number;
  /** The part of the line that dhcpd prints. */
  readonly text: string;
  /** Of the token, 1-based and in bytes, with dhcpd's quirks; the caret stands one column further left. */
  readonly column: number;
  /** UTF-16 offset up to which dhcpd had read: diagnostics of one file are in its order. */
  readonly offset: number;
}

export interface Diagnostic {
  /** `C0117`: stable, never reused. C0xxx language, C1xxx meaning (dhcpd refuses too), L2xxx lints. */
  readonly code: string;
  readonly severity: Severity;
  readonly span: Span;
  readonly message: string;
  /** dhcpd's own text(s) for the same mistake, printed by `dhcpd -t`; absent where dhcpd says nothing. */
  readonly dhcpdText?: readonly string[];
  /** Absent where dhcpd prints its text without file and line. */
  readonly dhcpdPlace?: DhcpdPlace;
  /** True when dhcpd stops at once and prints no file and line. */
  readonly dhcpdFatal?: boolean;
  readonly notes: readonly DiagnosticNote[];
  /** The remedy, an imperative sentence. */
  readonly help?: string;
  /** Replacement text for the span, where one is safe (`check --fix`). */
  readonly fix?: { readonly span: Span; readonly replacement: string };
}
