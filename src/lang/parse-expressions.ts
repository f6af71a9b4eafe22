// Expressions with binary operators (dhcpd-conf reference §8.2). dhcpd reads them in a way of its own, kept here because the
// meaning of files depends on it: operators of falling rank combine to the left, but as soon as a tighter operator follows a
// looser one, *all the rest* of the expression becomes the right side of the looser one: `a and b = c or d` is
// `a and ((b = c) or d)`.

import type { BinaryOperator, Expr, ExprType } from './ast.ts';
import * as expressions from './diagnostics/expressions.ts';
import { nestedTooDeep } from './diagnostics/lexical.ts';
import { contextOf, isArithmetic, isLogic, rank, typeOf, type Context } from './expression-types.ts';
import { parsePrimary, tell, tellAndSkip } from './parse-primaries.ts';
import { chainMax, deeper, type Loss, type Session } from './session.ts';

/**
 * Any expression; what stands behind it is left to the caller. undefined without `loss.isTold`: no expression begins here, or
 * a hex list was reported; the caller words its own complaint in both cases, as dhcpd does.
 */
export function parseExpression(session: Session, loss: Loss, context: Context): Expr | undefined {
  return parseOperators(session, loss, context, undefined);
}

const wholeTypes: Readonly<Record<ExprType, readonly [what: string, wording: string]>> = {
  boolean: ['a condition', 'Expecting a boolean expression.'],
  data: ['data', 'Expecting a data expression.'],
  numeric: ['a number', 'Expecting a numeric expression.'],
};

/** An expression of that type, or one whose type shows only when it is evaluated. */
export function parseTyped(session: Session, loss: Loss, type: ExprType): Expr | undefined {
  const expr = parseExpression(session, loss, type);
  if (expr === undefined) return undefined;
  const found = typeOf(expr);
  if (found === type || found === 'any') return expr;
  return tell(session, loss, expressions.wrongType(expr.span, ...wholeTypes[type]));
}

/** The left side and the operator behind it, both consumed. */
interface Begun {
  readonly left: Expr;
  readonly operator: BinaryOperator;
}

function parseOperators(session: Session, loss: Loss, first: Context, begun: Begun | undefined): Expr | undefined {
  const { reader } = session;
  let open = begun;
  let context = first;
  for (let count = 0; ; count++) {
    let right = parsePrimary(session, loss, context);
    if (right === undefined) {
      if (open !== undefined && !loss.isTold)
        tellAndSkip(
          session,
          loss,
          expressions.expressionMissing(reader.nextSpan, 'an expression on the right side', 'expecting right-hand side.'),
        );
      return undefined;
    }
    let operator = peekOperator(session, loss);
    if (operator === 'broken') return undefined;
    if (operator !== undefined) context = typeOf(right);
    if (open === undefined) {
      if (operator === undefined) return right;
      reader.take();
      open = { left: right, operator };
      continue;
    }
    if (operator !== undefined && rank[open.operator] < rank[operator]) {
      right = parseTighter(session, loss, { left: right, operator });
      if (right === undefined) return undefined;
      operator = undefined;
    }
    const combined = combine(session, loss, open, right);
    if (combined === undefined || operator === undefined) return combined;
    if (count >= chainMax) return tellAndSkip(session, loss, nestedTooDeep(right.span));
    reader.take();
    open = { left: combined, operator };
  }
}

/** The tighter operator that follows, and with it all the rest. */
function parseTighter(session: Session, loss: Loss, begun: Begun): Expr | undefined {
  session.reader.take();
  const context = contextOf(begun.operator);
  const rest = deeper(session, loss, begun.left.span, () => parseOperators(session, loss, context, begun), 'chain');
  if (rest === undefined && !loss.isTold)
    tell(
      session,
      loss,
      expressions.expressionMissing(session.reader.nextSpan, 'an expression', 'expecting a subexpression'),
    );
  return rest;
}

const oneToken: ReadonlySet<string> = new Set(['=', 'and', 'or', '+', '*', '/', '%', '&', '|', '^']);

/** The operator whose last token comes next; the first one of `!=`, `~=` and `~~` is consumed. */
function peekOperator(session: Session, loss: Loss): BinaryOperator | 'broken' | undefined {
  const { reader } = session;
  const token = reader.peek();
  if (oneToken.has(token)) return token as BinaryOperator;
  if (token === '!') {
    reader.take();
    if (reader.peek() === '=') return '!=';
    const wording = '! in boolean context without =';
    tellAndSkip(session, loss, expressions.badOperator(reader.nextSpan, wording, 'negate with `not (…)`, or compare with `!=`'));
    return 'broken';
  }
  if (token !== '~') return undefined;
  reader.take();
  const second = reader.peek();
  if (second === '=') return '~=';
  if (second === '~') return '~~';
  const wording = 'expecting ~= or ~~ operator';
  tellAndSkip(session, loss, expressions.badOperator(reader.nextSpan, wording, 'regular expressions compare with `~=`, or with `~~` without case'));
  return 'broken';
}

function combine(session: Session, loss: Loss, { left, operator }: Begun, right: Expr): Expr | undefined {
  const found = typeOf(right);
  const span = { ...left.span, end: right.span.end };
  if (found !== 'any' && typeOf(left) !== 'any' && found !== typeOf(left))
    return tellAndSkip(session, loss, expressions.mixedTypes(span));
  const complaint = complaintAbout(operator, found);
  if (complaint !== undefined) return tellAndSkip(session, loss, expressions.wrongType(right.span, ...complaint));
  return { kind: 'binary', span, operator, left, right };
}

function complaintAbout(operator: BinaryOperator, type: ExprType | 'any'): readonly [what: string, wording: string] | undefined {
  if (operator === '=' || operator === '!=')
    return type === 'boolean' ? ['data or a number', 'expecting data/numeric expression'] : undefined;
  if (operator === '~=') return type === 'data' ? undefined : ['data', 'expecting data expression'];
  if (isLogic(operator))
    return type === 'boolean' || type === 'any' ? undefined : ['a condition', 'expecting boolean expressions'];
  if (isArithmetic(operator))
    return type === 'numeric' || type === 'any' ? undefined : ['a number', 'expecting numeric expressions'];
  return undefined;
}
