// The expressions inside an expression.

import type { AnyExpr } from '../../model/expression.ts';

function childrenOf(expr: AnyExpr): readonly AnyExpr[] {
  switch (expr.kind) {
    case 'packet': return [expr.offset, expr.length];
    case 'substring': return [expr.data, expr.offset, expr.length];
    case 'suffix': return [expr.data, expr.length];
    case 'lcase':
    case 'ucase':
    case 'extract-int': return [expr.data];
    case 'concat':
    case 'pick-first-value': return expr.parts;
    case 'reverse': return [expr.width, expr.data];
    case 'binary-to-ascii': return [expr.base, expr.width, expr.separator, expr.data];
    case 'encode-int': return [expr.value];
    case 'arithmetic':
    case 'equal':
    case 'not-equal':
    case 'regex':
    case 'and':
    case 'or': return [expr.left, expr.right];
    case 'not': return [expr.operand];
    case 'call': return expr.arguments;
    default: return [];
  }
}

/** The expression itself first, then depth first. */
export function* expressionsIn(expr: AnyExpr): Generator<AnyExpr> {
  yield expr;
  for (const inner of childrenOf(expr)) yield* expressionsIn(inner);
}
