// Option statements as lints need them: all of a file, grouped, and told of once.

import type { DiagnosticNote } from '../../model/diagnostic.ts';
import type { OptionStatement } from '../../model/expression.ts';
import { placedStatements, type Placed } from '../placed-statements.ts';
import { plural, type View } from './view.ts';

export interface PlacedOption extends Placed {
  readonly statement: OptionStatement;
}
export const isOption = (placed: Placed): placed is PlacedOption => placed.statement.kind === 'option';
/** PERF: asked for by a dozen lints, of files with 20,000 statements. */
const options = new WeakMap<View, readonly PlacedOption[]>();
export function optionsOf(view: View): readonly PlacedOption[] {
  const known = options.get(view) ?? [...placedStatements(view.draft.facts.scopes)].filter(isOption);
  options.set(view, known);
  return known;
}
export const isParameter = ({ statement: { option } }: PlacedOption): boolean => option.space === 'server';

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item)) ?? [];
    groups.set(keyOf(item), group);
    group.push(item);
  }
  return groups;
}

/** Beside the first of them. */
export const othersToo = (others: readonly unknown[]): readonly DiagnosticNote[] =>
  others.length === 0 ? [] : [{ message: `the same holds for ${plural(others.length, 'statement')} more` }];

/** The first statement of each option, with a note that counts the others. */
export const firstOfEach = (found: readonly PlacedOption[]): readonly (PlacedOption & { readonly notes: readonly DiagnosticNote[] })[] =>
  [...groupBy(found, ({ statement: { option } }) => `${option.space}.${option.code}`).values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ ...first, notes: othersToo(others) }],
  );
