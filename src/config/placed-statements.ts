// Walking statements: with the scope they stand in, and what decides whether they run.

import type { Statement } from '../model/expression.ts';
import type { Scope } from '../model/server-config.ts';

/** A statement where it stands. */
export interface Placed {
  readonly statement: Statement;
  readonly scope: Scope;
  /** The statements around it, outermost first: `if`, `switch`, `on`, `define`. */
  readonly around: readonly Statement[];
}

export const blocksOf = (statement: Statement): readonly (readonly Statement[])[] => {
  switch (statement.kind) {
    case 'if': return [statement.then, statement.else];
    case 'switch': return statement.cases.map(({ body }) => body);
    case 'on':
    case 'define': return [statement.body];
    default: return [];
  }
};

/** Each statement and those in its blocks, in file order. */
function* within(statements: readonly Statement[], scope: Scope, around: readonly Statement[]): Generator<Placed> {
  for (const statement of statements) {
    yield { statement, scope, around };
    for (const block of blocksOf(statement)) yield* within(block, scope, [...around, statement]);
  }
}
export function* placedStatements(scopes: readonly Scope[]): Generator<Placed> {
  for (const scope of scopes) yield* within(scope.statements, scope, []);
}
