// What scopes, executed in order, leave of an option, as far as that is known without a packet.

import type { OptionDefinition } from '../wire/option-table.ts';
import type { OptionStatement, OptionValue, Statement } from './expression.ts';
import type { Scope } from './server-config.ts';
import type { Span } from './span.ts';

/** A parameter as far as it is known without a packet: `varies` when a condition decides. */
export type Effective = OptionStatement | 'varies' | undefined;

const isOption = (
  statement: Statement,
  { space, code: number }: Pick<OptionDefinition, 'space' | 'code'>,
): statement is OptionStatement =>
  statement.kind === 'option' && statement.option.space === space && statement.option.code === number;

/** Whether a block of a statement may set the option. */
function mayBeSet(statement: Statement, option: Pick<OptionDefinition, 'space' | 'code'>): boolean {
  const blocks =
    statement.kind === 'if'
      ? [...statement.then, ...statement.else]
      : statement.kind === 'switch'
        ? statement.cases.flatMap(({ body }) => body)
        : [];
  return blocks.some((inner) => isOption(inner, option) || mayBeSet(inner, option));
}

/** What the scopes, executed in order, leave of an option. */
export function effective(
  scopes: readonly Scope[],
  option: Pick<OptionDefinition, 'space' | 'code'>,
): Effective {
  let found: Effective;
  for (const { statements } of scopes)
    for (const statement of statements) {
      if (isOption(statement, option)) {
        if (statement.operator === 'supersede') found = statement;
        else if (statement.operator === 'default') found ??= statement;
        else found = 'varies';
      } else if (mayBeSet(statement, option)) found = 'varies';
    }
  return found;
}

export const parameter = (scopes: readonly Scope[], number: number): Effective =>
  effective(scopes, { space: 'server', code: number });

/** Unsigned value of a constant; undefined for anything else. */
export const numberOf = (value: OptionValue): number | undefined =>
  value.kind === 'constant' ? value.bytes.reduce((sum, byte) => sum * 256 + byte, 0) : undefined;

export interface LeaseTime {
  readonly seconds: number | undefined;
  readonly span: Span | undefined;
}
/** Undefined seconds: not known without a packet. */
export function leaseTime(
  scopes: readonly Scope[],
  number: number,
  byDefault: number | undefined,
): LeaseTime {
  const found = parameter(scopes, number);
  if (found === undefined) return { seconds: byDefault, span: undefined };
  return found === 'varies'
    ? { seconds: undefined, span: undefined }
    : { seconds: numberOf(found.value), span: found.span };
}
