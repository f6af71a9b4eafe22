// Expressions (dhcpd-conf reference §8). dhcpd's ranks are its own: `& | ^` bind tightest, then comparisons, `and`/`or` alike,
// `+`, and `* / %` loosest.

import type { Span } from '../model/span.ts';
import type { BinaryOperator, DataFunction, Expr, ExprType } from './ast.ts';
import * as statements from './diagnostics/statements.ts';
import * as syntax from './diagnostics/syntax.ts';
import { convertNumber } from './numbers.ts';
import { parseHexList } from './parse-basics.ts';
import { parseKnownOption } from './parse-options.ts';
import { isIdentifier } from './reader.ts';
import { chainMax, deeper, type Session } from './session.ts';

/** `unknown`: a variable or a call, whose type shows when it is evaluated. */
type Kind = ExprType | 'unknown';
export type Wanted = ExprType | 'any';

const rank: Readonly<Record<BinaryOperator, number>> = {
  '&': 100, '|': 100, '^': 100, '=': 4, '!=': 4, '~=': 4, '~~': 4, and: 3, or: 3, '+': 2, '*': 1, '/': 1, '%': 1,
};
const comparisons = new Set<BinaryOperator>(['=', '!=', '~=', '~~']);
const arithmetic = new Set<BinaryOperator>(['+', '*', '/', '%', '&', '|', '^']);

export function typeOf(expr: Expr): Kind {
  switch (expr.kind) {
    case 'string': case 'hex': case 'data-word': case 'option': case 'config-option': case 'function': case 'encode-int': case 'gethostbyname': return 'data';
    case 'number': case 'numeric-word': case 'extract-int': return 'numeric';
    case 'boolean-word': case 'exists': case 'defined': case 'check': case 'not': return 'boolean';
    case 'binary': return arithmetic.has(expr.operator) ? 'numeric' : 'boolean';
    case 'parentheses': return typeOf(expr.inner);
    case 'variable': case 'call': return 'unknown';
  }
}

/** An expression of that type; undefined after a report, with the statement skipped. */
export function parseExpression(session: Session, wanted: Wanted): Expr | undefined {
  const expr = parseRanked(session, wanted, 0);
  if (expr === undefined) return undefined;
  const kind = typeOf(expr);
  if (wanted === 'any' || kind === 'unknown' || kind === wanted) return expr;
  const complaint = wanted === 'boolean' ? statements.booleanExpected : wanted === 'data' ? statements.dataExpected : statements.mixedTypes;
  session.reader.report(complaint(expr.span));
  session.reader.skip();
  return undefined;
}

function parseRanked(session: Session, wanted: Wanted, rankMin: number): Expr | undefined {
  const { reader } = session;
  const opening = reader.nextSpan;
  const start = reader.nextStart;
  let left = deeper(session, opening, () => parsePrimary(session, wanted));
  for (let count = 0; left !== undefined && count < chainMax; count++) {
    const operator = peekOperator(session);
    if (operator === undefined || rank[operator] <= rankMin) return left;
    takeOperator(session, operator);
    left = parseRight(session, left, operator, start);
  }
  return left;
}

function parseRight(session: Session, left: Expr, operator: BinaryOperator, start: number): Expr | undefined {
  const { reader } = session;
  const leftKind = typeOf(left);
  const isLogic = operator === 'and' || operator === 'or';
  const wanted: Wanted = isLogic ? 'boolean' : arithmetic.has(operator) ? 'numeric' : leftKind === 'unknown' ? 'any' : leftKind;
  const right = parseRanked(session, wanted === 'boolean' ? 'any' : wanted, rank[operator]);
  if (right === undefined) return undefined;
  const rightKind = typeOf(right);
  const expected: Kind = isLogic ? 'boolean' : arithmetic.has(operator) ? 'numeric' : leftKind;
  const fits = (kind: Kind): boolean => kind === 'unknown' || expected === 'unknown' || kind === expected;
  if (!fits(rightKind) || !fits(leftKind)) {
    reader.report(statements.mixedTypes(reader.spanFrom(start)));
    reader.skip();
    return undefined;
  }
  if ((operator === '~=' || operator === '~~') && (leftKind === 'numeric' || leftKind === 'boolean')) {
    reader.report(statements.dataExpected(left.span));
    reader.skip();
    return undefined;
  }
  return { kind: 'binary', span: reader.spanFrom(start), operator, left, right };
}

/** The operator that comes next, if one does. Two-character ones are assembled from single tokens. */
function peekOperator(session: Session): BinaryOperator | undefined {
  const { reader } = session;
  const token = reader.peek();
  switch (token) {
    case '=': case '+': case '*': case '/': case '%': case '&': case '|': case '^': case 'and': case 'or': return token;
    case '!': case '~': {
      const mark = reader.mark();
      reader.take();
      const next = reader.peek();
      reader.rewind(mark);
      if (token === '!') return next === '=' ? '!=' : undefined;
      return next === '=' ? '~=' : next === '~' ? '~~' : undefined;
    }
    default: return undefined;
  }
}
function takeOperator({ reader }: Session, operator: BinaryOperator): void {
  reader.take();
  if (operator === '!=' || operator === '~=' || operator === '~~') reader.take();
}

const dataWords = new Set(['hardware', 'filename', 'server-name', 'leased-address', 'host-decl-name', 'null']);
const numericWords = new Set([
  'lease-time', 'client-state', 'noerror', 'formerr', 'servfail', 'nxdomain', 'notimp', 'refused', 'yxdomain', 'yxrrset', 'nxrrset',
  'notauth', 'notzone',
]);
/** Types of the arguments; the last one repeats where `repeats` says so. */
const functions: Readonly<Record<string, { readonly arguments: readonly ExprType[]; readonly repeats?: true }>> = {
  substring: { arguments: ['data', 'numeric', 'numeric'] },
  suffix: { arguments: ['data', 'numeric'] },
  lcase: { arguments: ['data'] },
  ucase: { arguments: ['data'] },
  concat: { arguments: ['data', 'data'], repeats: true },
  reverse: { arguments: ['numeric', 'data'] },
  'binary-to-ascii': { arguments: ['numeric', 'numeric', 'data', 'data'] },
  packet: { arguments: ['numeric', 'numeric'] },
  'pick-first-value': { arguments: ['data'], repeats: true },
  v6relay: { arguments: ['numeric', 'data'] },
};

function parsePrimary(session: Session, wanted: Wanted): Expr | undefined {
  const { reader } = session;
  const token = reader.peek();
  if (token === 'STRING') {
    reader.take();
    return reader.string();
  }
  if (token === 'NUMBER' || token === 'NUMBER_OR_NAME') return parseNumberOrHex(session, wanted);
  reader.take();
  const { span } = reader;
  if (token === '(') return parseParentheses(session, wanted, span);
  if (dataWords.has(token)) return { kind: 'data-word', span, word: token as never };
  if (numericWords.has(token)) return { kind: 'numeric-word', span, word: token as never };
  if (token === 'known' || token === 'static') return { kind: 'boolean-word', span, word: token };
  if (functions[token] !== undefined) return parseFunction(session, token as DataFunction, span);
  switch (token) {
    case 'option': case 'config-option': case 'exists': {
      const option = parseKnownOption(session);
      return option && { kind: token, span: reader.spanFrom(span.start), option };
    }
    case 'not': {
      const operand = parseRanked(session, 'any', 4);
      return operand && { kind: 'not', span: reader.spanFrom(span.start), operand };
    }
    case 'extract-int': case 'encode-int': return parseIntFunction(session, token, span);
    case 'defined': return parseNamed(session, span, (name) => ({ kind: 'defined', span: reader.spanFrom(span.start), name }));
    case 'check': {
      if (reader.take() !== 'STRING') return fail(session, 'no collection name.');
      return { kind: 'check', span: reader.spanFrom(span.start), collection: reader.word };
    }
    case 'gethostname': {
      if (!expectMark(session, '(') || !expectMark(session, ')')) return undefined;
      return { kind: 'data-word', span: reader.spanFrom(span.start), word: 'gethostname' };
    }
    case 'gethostbyname': return parseGethostbyname(session, span);
    default: return isIdentifier(token) ? parseVariable(session, span) : fail(session, isClosing(token) ? 'expecting right-hand side.' : 'expecting right-hand side.');
  }
}
const isClosing = (token: string): boolean => token === ')' || token === ';' || token === '{';

function fail({ reader }: Session, wording: string): undefined {
  const isSemicolon = reader.source.text.charAt(reader.span.start) === ';';
  reader.report(statements.expressionExpected(reader.span, wording));
  if (!isSemicolon) reader.skip();
  return undefined;
}

function parseNumberOrHex(session: Session, wanted: Wanted): Expr | undefined {
  const { reader } = session;
  if (wanted !== 'numeric') return parseHexList(reader);
  if (reader.take() === 'NUMBER_OR_NAME' && !/^0x/i.test(reader.word)) return parseVariable(session, reader.span);
  const { span } = reader;
  return { kind: 'number', span, value: convertNumber(reader, { text: reader.word, span }, 0, 32) };
}

function parseParentheses(session: Session, wanted: Wanted, span: Span): Expr | undefined {
  const inner = parseRanked(session, wanted, 0);
  if (inner === undefined || !expectMark(session, ')')) return undefined;
  return { kind: 'parentheses', span: session.reader.spanFrom(span.start), inner };
}

function expectMark({ reader }: Session, mark: '(' | ')' | ','): boolean {
  if (reader.take() === mark) return true;
  const wording = { '(': 'left parenthesis expected.', ')': 'right parenthesis expected.', ',': 'comma expected.' }[mark];
  const isSemicolon = reader.source.text.charAt(reader.span.start) === ';';
  reader.report(syntax.markMissing(reader.span, mark, wording));
  if (!isSemicolon) reader.skip();
  return false;
}

function parseFunction(session: Session, name: DataFunction, span: Span): Expr | undefined {
  const { reader } = session;
  const row = functions[name];
  if (row === undefined || !expectMark(session, '(')) return undefined;
  const list: Expr[] = [];
  for (let index = 0; ; index++) {
    const type = row.arguments[Math.min(index, row.arguments.length - 1)] ?? 'data';
    const argument = parseExpression(session, type);
    if (argument === undefined) return undefined;
    list.push(argument);
    const isEnough = list.length >= row.arguments.length;
    if (isEnough && (row.repeats !== true || reader.peek() !== ',')) break;
    if (!expectMark(session, ',')) return undefined;
  }
  if (!expectMark(session, ')')) return undefined;
  return { kind: 'function', span: reader.spanFrom(span.start), name, arguments: list };
}

function parseIntFunction(session: Session, name: 'extract-int' | 'encode-int', span: Span): Expr | undefined {
  const { reader } = session;
  if (!expectMark(session, '(')) return undefined;
  const inner = parseExpression(session, name === 'extract-int' ? 'data' : 'numeric');
  if (inner === undefined || !expectMark(session, ',')) return undefined;
  const isNumber = reader.take() === 'NUMBER';
  const width = Number(reader.word);
  if (!isNumber || (width !== 8 && width !== 16 && width !== 32)) {
    reader.report(syntax.numberMissing(reader.span, isNumber ? 'invalid number of bits' : 'number expected.'));
    reader.skip();
    return undefined;
  }
  if (!expectMark(session, ')')) return undefined;
  const whole = reader.spanFrom(span.start);
  return name === 'extract-int'
    ? { kind: 'extract-int', span: whole, data: inner, width }
    : { kind: 'encode-int', span: whole, value: inner, width };
}

function parseNamed(session: Session, _span: Span, make: (name: string) => Expr): Expr | undefined {
  const { reader } = session;
  if (!expectMark(session, '(')) return undefined;
  if (!isIdentifier(reader.take())) return fail(session, 'expecting identifier.');
  const name = reader.word;
  return expectMark(session, ')') ? make(name) : undefined;
}

function parseGethostbyname(session: Session, span: Span): Expr | undefined {
  const { reader } = session;
  if (!expectMark(session, '(')) return undefined;
  if (reader.take() !== 'STRING') return fail(session, 'expecting string.');
  const name = reader.string();
  return expectMark(session, ')') ? { kind: 'gethostbyname', span: reader.spanFrom(span.start), name } : undefined;
}

/** A variable, or a call of a function that the file defines. */
function parseVariable(session: Session, span: Span): Expr | undefined {
  const { reader } = session;
  const name = reader.word;
  if (!reader.takeIf('(')) return { kind: 'variable', span, name };
  const list: Expr[] = [];
  do {
    const argument = parseExpression(session, 'any');
    if (argument === undefined) return undefined;
    list.push(argument);
  } while (reader.takeIf(','));
  return expectMark(session, ')') ? { kind: 'call', span: reader.spanFrom(span.start), name, arguments: list } : undefined;
}
