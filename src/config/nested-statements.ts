// All executable statements of a statement, those in its blocks included.

import type * as ast from '../lang/ast.ts';

const blocksOf = (node: ast.Item): readonly ast.Body[] => {
  switch (node.kind) {
    case 'if':
      return [node.then, node.else ?? []];
    case 'switch':
      return [node.lead, ...node.cases.map(({ body }) => body)];
    case 'on':
    case 'define-function':
      return [node.body];
    default:
      return [];
  }
};

/** The node itself first, then depth first in file order. */
export function* nestedStatements(node: ast.Item): Generator<ast.Item> {
  yield node;
  for (const block of blocksOf(node)) for (const inner of block) yield* nestedStatements(inner);
}
