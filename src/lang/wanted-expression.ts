// An expression that a statement cannot do without: when none begins here, that is told and the statement skipped.

import type { Expr, ExprType } from './ast.ts';
import * as expressions from './diagnostics/expressions.ts';
import { parseExpression, parseTyped } from './parse-expressions.ts';
import { noLoss, type Session } from './session.ts';

const wordings: Readonly<Record<ExprType | 'any', readonly [what: string, wording: string]>> = {
  boolean: ['a condition', 'boolean expression expected'],
  data: ['data', 'data expression expected.'],
  numeric: ['a number', 'numeric expression expected.'],
  any: ['an expression', 'expecting expression.'],
};

export function wantedExpression(session: Session, type: ExprType | 'any'): Expr | undefined {
  const loss = noLoss();
  const expr = type === 'any' ? parseExpression(session, loss, 'any') : parseTyped(session, loss, type);
  if (expr !== undefined || loss.isTold) return expr;
  const { reader } = session;
  const token = reader.take();
  reader.report(expressions.expressionMissing(reader.span, ...wordings[type]));
  if (token !== ';') reader.skip();
  return undefined;
}
