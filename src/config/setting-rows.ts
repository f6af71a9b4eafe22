// Settings of leasehold.conf as rows: one for each parameter, with its text for people and what it does to the settings.

import type { Statement } from '../model/expression.ts';
import type { Span } from '../model/span.ts';
import { ipv4ToBytes } from '../std/ipv4.ts';
import type { OptionDefinition } from '../wire/option-table.ts';
import type * as ast from '../lang/ast.ts';
import { lowerStatement } from '../lang/lower.ts';

export interface SettingRow<Settings> {
  readonly definition: OptionDefinition;
  readonly unit: string;
  /** As it would be written. */
  readonly byDefault: string;
  readonly example: string;
  readonly help: string;
  readonly apply: (settings: Settings, bytes: Uint8Array, span: Span) => void;
  /** Smallest number allowed. */
  readonly min?: number;
  /** What is wrong with a value that its format allows. */
  readonly problem?: (bytes: Uint8Array) => string | undefined;
}
export interface NamedRow<Settings> extends Omit<SettingRow<Settings>, 'definition'> {
  readonly name: string;
  readonly format: string;
}

export const numberOf = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum * 256 + byte, 0);

/** Of a path. */
export const absolutePath = (bytes: Uint8Array): string | undefined => (bytes[0] === 47 ? undefined : 'this must be an absolute path');

/** Of format `f`. */
export const isOn = (bytes: Uint8Array): boolean => bytes[0] === 1;

/** Definitions in space `server`, with codes from `base` on. */
export const withCodes = <S>(rows: readonly NamedRow<S>[], base: number): readonly SettingRow<S>[] =>
  rows.map(({ name, format, ...row }, index) => ({ ...row, definition: { space: 'server', code: base + index, name, format } }));

/** The row and value of a parameter; undefined for anything else. Names in place of addresses are none. */
export function settingOf<S>(item: ast.Item, rows: readonly SettingRow<S>[]): { readonly row: SettingRow<S>; readonly bytes: Uint8Array } | undefined {
  const statements: readonly Statement[] = item.kind === 'option-statement' ? lowerStatement(item) : [];
  const [statement] = statements;
  if (statement?.kind !== 'option' || statement.option.space !== 'server') return undefined;
  const row = rows.find(({ definition }) => definition.code === statement.option.code);
  if (row === undefined) return undefined;
  const { value } = statement;
  if (value.kind === 'constant') return { row, bytes: value.bytes };
  const [first] = value.kind === 'addresses' ? value.items : [];
  return first?.kind === 'address' ? { row, bytes: ipv4ToBytes(first.address) } : undefined;
}
