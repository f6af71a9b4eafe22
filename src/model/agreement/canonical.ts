// Statements as text that is equal when they mean the same, wherever they were written.

import type { OptionStatement, Statement } from '../expression.ts';
import { toHex } from '../../std/bytes.ts';
import type { OptionDefinition } from '../../wire/option-table.ts';

/** Everything but places; an option is its space, code and format, a name is compared without case. */
function withoutPlaces(key: string, value: unknown): unknown {
  if (key === 'span') return undefined;
  if (key === 'option') {
    const { space, code, format } = value as OptionDefinition;
    return `${space}.${code} ${format}`;
  }
  return value instanceof Uint8Array ? toHex(value) : value;
}
export const canonical = (value: unknown): string => JSON.stringify(value, withoutPlaces) ?? '';

/** The last plain setting of each option in a scope, and the text of everything else. */
export interface ScopeMeaning {
  readonly options: ReadonlyMap<string, OptionStatement>;
  readonly others: readonly Statement[];
}
export function meaningOf(statements: readonly Statement[]): ScopeMeaning {
  const options = new Map<string, OptionStatement>();
  const others: Statement[] = [];
  for (const statement of statements)
    if (statement.kind === 'option' && statement.operator === 'supersede')
      options.set(`${statement.option.space}.${statement.option.code}`, statement);
    else others.push(statement);
  return { options, others };
}
