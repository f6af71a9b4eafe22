// The expressions inside an expression.

import type { AnyExpr } from '../model/expression.ts';

type AnyNode = { readonly kind: string };
const isNode = (value: unknown): value is AnyNode =>
  typeof value === 'object' && value !== null && 'kind' in value;

/** The expression itself first, then depth first. Found by shape: fields are expressions, lists of them, or neither. */
export function* expressionsIn(expr: AnyExpr): Generator<AnyExpr> {
  yield expr;
  for (const [field, value] of Object.entries(expr)) {
    if (field === 'span' || field === 'option') continue;
    for (const inner of Array.isArray(value) ? value : [value])
      if (isNode(inner)) yield* expressionsIn(inner as AnyExpr);
  }
}
