// Expressions without a binary operator: literals, words, functions, variables (dhcpd-conf reference §8.3 to §8.6).
// Which failures skip the rest of the statement, and which leave that to the caller, is as in dhcpd.

import type { Diagnostic } from '../model/diagnostic.ts';
import type { Span } from '../model/span.ts';
import type { BooleanWord, DataFunction, DataWord, Expr, ExprType, NumericWord } from './ast.ts';
import * as expressions from './diagnostics/expressions.ts';
import * as syntax from './diagnostics/syntax.ts';
import { typeOf, type Context } from './expression-types.ts';
import { decimal, parseHexList } from './parse-basics.ts';
import { parseExpression, parseTyped } from './parse-expressions.ts';
import { parseKnownOption } from './parse-options.ts';
import type { Reader } from './reader.ts';
import { deeper, recover, type Loss, type Session } from './session.ts';

const dataWords: ReadonlySet<string> = new Set<DataWord>([
  'hardware',
  'filename',
  'server-name',
  'leased-address',
  'host-decl-name',
  'null',
]);
const booleanWords: ReadonlySet<string> = new Set<BooleanWord>(['known', 'static']);
const numericWords: ReadonlySet<string> = new Set<NumericWord>([
  'lease-time',
  'client-state',
  'noerror',
  'formerr',
  'servfail',
  'nxdomain',
  'notimp',
  'refused',
  'yxdomain',
  'yxrrset',
  'nxrrset',
  'notauth',
  'notzone',
  'booting',
  'reboot',
  'select',
  'request',
  'bound',
  'renew',
  'rebind',
]);

interface Signature {
  readonly arguments: readonly ExprType[];
  /** The last argument may be given again and again. */
  readonly repeats?: true;
  /** What dhcpd calls a missing number. */
  readonly numberWording?: 'expecting numeric expression.';
}
const functions: Readonly<Record<string, Signature>> = {
  substring: { arguments: ['data', 'numeric', 'numeric'], numberWording: 'expecting numeric expression.' },
  suffix: { arguments: ['data', 'numeric'], numberWording: 'expecting numeric expression.' },
  lcase: { arguments: ['data'] },
  ucase: { arguments: ['data'] },
  concat: { arguments: ['data', 'data'], repeats: true },
  reverse: { arguments: ['numeric', 'data'] },
  'binary-to-ascii': { arguments: ['numeric', 'numeric', 'data', 'data'] },
  packet: { arguments: ['numeric', 'numeric'], numberWording: 'expecting numeric expression.' },
  'pick-first-value': { arguments: ['data'], repeats: true },
  v6relay: { arguments: ['numeric', 'data'] },
};

/** Reports; the rest of the statement is left standing. */
export function tell({ reader }: Session, loss: Loss, diagnostic: Diagnostic): undefined {
  reader.report(diagnostic);
  loss.isTold = true;
  return undefined;
}
/** Reports and skips the rest of the statement. */
export function tellAndSkip(session: Session, loss: Loss, diagnostic: Diagnostic): undefined {
  tell(session, loss, diagnostic);
  session.reader.skipRest();
  loss.isSkipped = true;
  return undefined;
}

/** undefined without `loss.isTold`: no expression begins here, and nothing was consumed. */
export function parsePrimary(session: Session, loss: Loss, context: Context): Expr | undefined {
  const { reader } = session;
  const token = reader.peek();
  if (token === 'STRING') {
    reader.take();
    return reader.string();
  }
  if (token === 'NUMBER' && (context === 'numeric' || context === 'data-or-numeric')) {
    reader.take();
    return { kind: 'number', span: reader.span, value: decimal(reader.word) };
  }
  if (token === 'NUMBER' || token === 'NUMBER_OR_NAME') return parseHexLiteral(session, loss);
  if (token === 'NAME') return parseReference(session, loss);
  if (token === '(') return parseParentheses(session, loss, context);
  return parseWord(session, loss, token);
}

function parseWord(session: Session, loss: Loss, token: string): Expr | undefined {
  const { reader } = session;
  const span = reader.nextSpan;
  if (dataWords.has(token)) return taken(reader, { kind: 'data-word', span, word: token as DataWord });
  if (booleanWords.has(token)) return taken(reader, { kind: 'boolean-word', span, word: token as BooleanWord });
  if (numericWords.has(token)) return taken(reader, { kind: 'numeric-word', span, word: token as NumericWord });
  const signature = functions[token];
  if (signature !== undefined) return parseFunction(session, loss, token as DataFunction, signature);
  switch (token) {
    case 'option':
    case 'config-option':
    case 'exists':
      return parseOptionReference(session, loss, token);
    case 'not':
      return parseNot(session, loss);
    case 'extract-int':
      return parseExtractInt(session, loss);
    case 'encode-int':
      return parseEncodeInt(session, loss);
    case 'defined':
      return parseDefined(session, loss);
    case 'check':
      return parseCheck(session, loss);
    case 'gethostname':
      return parseGethostname(session, loss);
    case 'gethostbyname':
      return parseGethostbyname(session, loss);
    default:
      return undefined;
  }
}

/** A broken list is told and skipped, but dhcpd does not tell its callers, which go on to complain. */
function parseHexLiteral({ reader }: Session, loss: Loss): Expr | undefined {
  const list = parseHexList(reader);
  if (list === undefined) loss.isSkipped = true;
  return list;
}

function taken(reader: Reader, expr: Expr): Expr {
  reader.take();
  return expr;
}

const marks = { '(': 'left parenthesis expected.', ')': 'right parenthesis expected.', ',': 'comma expected.' } as const;

function takeMark(session: Session, loss: Loss, mark: keyof typeof marks): boolean {
  if (session.reader.take() === mark) return true;
  tell(session, loss, syntax.markMissing(session.reader.span, mark, marks[mark]));
  return false;
}

function parseOptionReference(session: Session, loss: Loss, kind: 'option' | 'config-option' | 'exists'): Expr | undefined {
  const { reader } = session;
  reader.take();
  const { start } = reader.span;
  const option = parseKnownOption(session);
  if (option === undefined) {
    loss.isTold = true;
    loss.isSkipped = true;
    return undefined;
  }
  return { kind, span: reader.spanFrom(start), option };
}

function parseNot(session: Session, loss: Loss): Expr | undefined {
  const { reader } = session;
  reader.take();
  const { start } = reader.span;
  const operand = deeper(session, loss, reader.span, () => parsePrimary(session, loss, 'boolean'));
  if (operand === undefined) {
    if (!loss.isTold)
      tellAndSkip(session, loss, expressions.expressionMissing(reader.nextSpan, 'a condition', 'expression expected'));
    return undefined;
  }
  if (typeOf(operand) === 'boolean') return { kind: 'not', span: reader.spanFrom(start), operand };
  return tellAndSkip(session, loss, expressions.wrongType(operand.span, 'a condition', 'boolean expression expected'));
}

function parseParentheses(session: Session, loss: Loss, context: Context): Expr | undefined {
  const { reader } = session;
  reader.take();
  const opening = reader.span;
  const inner = deeper(session, loss, opening, () => parseExpression(session, loss, context));
  if (inner === undefined) {
    if (!loss.isTold)
      tellAndSkip(session, loss, expressions.expressionMissing(reader.nextSpan, 'an expression', 'expression expected'));
    return undefined;
  }
  if (reader.take() === ')') return { kind: 'parentheses', span: reader.spanFrom(opening.start), inner };
  return tellAndSkip(session, loss, syntax.markMissing(reader.span, ')', 'right paren expected'));
}

/** An argument of that type. What dhcpd calls a missing one differs by function. */
function parseArgument(session: Session, loss: Loss, type: ExprType, wording: string): Expr | undefined {
  const { reader } = session;
  const argument = deeper(session, loss, reader.nextSpan, () => parseTyped(session, loss, type));
  if (argument === undefined && !loss.isTold) {
    const what = type === 'data' ? 'data' : 'a number';
    tellAndSkip(session, loss, expressions.expressionMissing(reader.nextSpan, what, wording));
  }
  return argument;
}

function parseFunction(session: Session, loss: Loss, name: DataFunction, signature: Signature): Expr | undefined {
  const { reader } = session;
  reader.take();
  const { start } = reader.span;
  if (!takeMark(session, loss, '(')) return undefined;
  const list: Expr[] = [];
  for (;;) {
    const type = signature.arguments[Math.min(list.length, signature.arguments.length - 1)] ?? 'data';
    const wording = type === 'numeric' ? (signature.numberWording ?? 'expecting data expression.') : 'expecting data expression.';
    const argument = parseArgument(session, loss, type, wording);
    if (argument === undefined) return undefined;
    list.push(argument);
    if (list.length < signature.arguments.length) {
      if (!takeMark(session, loss, ',')) return undefined;
      continue;
    }
    const mark = reader.take();
    if (mark === ',' && signature.repeats === true) continue;
    if (mark === ')') return { kind: 'function', span: reader.spanFrom(start), name, arguments: list };
    return tell(session, loss, syntax.markMissing(reader.span, ')', marks[')']));
  }
}

/** `, 8|16|32 )` */
function parseIntegerSize(session: Session, loss: Loss): 8 | 16 | 32 | undefined {
  const { reader } = session;
  if (!takeMark(session, loss, ',')) return undefined;
  if (reader.take() !== 'NUMBER') return tell(session, loss, syntax.numberMissing(reader.span, 'number expected.'));
  const size = decimal(reader.word);
  if (size !== 8 && size !== 16 && size !== 32)
    return tellAndSkip(session, loss, expressions.badIntegerSize(reader.span, size));
  return takeMark(session, loss, ')') ? size : undefined;
}

function parseExtractInt(session: Session, loss: Loss): Expr | undefined {
  const { reader } = session;
  reader.take();
  const { start } = reader.span;
  if (!takeMark(session, loss, '(')) return undefined;
  const data = parseArgument(session, loss, 'data', 'expecting data expression.');
  const width = data && parseIntegerSize(session, loss);
  return width && data && { kind: 'extract-int', span: reader.spanFrom(start), data, width };
}

function parseEncodeInt(session: Session, loss: Loss): Expr | undefined {
  const { reader } = session;
  reader.take();
  const { start } = reader.span;
  if (!takeMark(session, loss, '(')) return undefined;
  const value = deeper(session, loss, reader.span, () => parseTyped(session, loss, 'numeric'));
  if (value === undefined)
    // dhcpd says this even when something was said already.
    return tellAndSkip(
      session,
      loss,
      expressions.expressionMissing(reader.nextSpan, 'a number', 'expecting numeric expression.'),
    );
  const width = parseIntegerSize(session, loss);
  return width && { kind: 'encode-int', span: reader.spanFrom(start), value, width };
}

function parseDefined(session: Session, loss: Loss): Expr | undefined {
  const { reader } = session;
  reader.take();
  const { start } = reader.span;
  if (!takeMark(session, loss, '(')) return undefined;
  const name = parseVariableName(session, loss);
  if (name === undefined || !takeMark(session, loss, ')')) return undefined;
  return { kind: 'defined', span: reader.spanFrom(start), name };
}

/** A name that is no reserved word. */
export function parseVariableName(session: Session, loss: Loss): string | undefined {
  const { reader } = session;
  const token = reader.take();
  if (token === 'NAME' || token === 'NUMBER_OR_NAME') return reader.word;
  return tellAndSkip(session, loss, expressions.reservedVariable(reader.span, reader.word));
}

function parseCheck(session: Session, loss: Loss): Expr | undefined {
  const { reader } = session;
  reader.take();
  const { start } = reader.span;
  if (reader.take() !== 'STRING')
    return tellAndSkip(session, loss, syntax.nameMissing(reader.span, 'a collection in quotes', 'string expected.'));
  if (reader.word !== 'default') return tell(session, loss, expressions.unknownCollection(reader.span));
  return { kind: 'check', span: reader.spanFrom(start), collection: reader.word };
}

function parseGethostname(session: Session, loss: Loss): Expr | undefined {
  const { reader } = session;
  reader.take();
  const { start } = reader.span;
  if (!takeMark(session, loss, '(') || !takeMark(session, loss, ')')) return undefined;
  return { kind: 'data-word', span: reader.spanFrom(start), word: 'gethostname' };
}

function parseGethostbyname(session: Session, loss: Loss): Expr | undefined {
  const { reader } = session;
  reader.take();
  const { start } = reader.span;
  if (!takeMark(session, loss, '(')) return undefined;
  if (reader.take() !== 'STRING')
    return tellAndSkip(
      session,
      loss,
      syntax.nameMissing(reader.span, 'a host name in quotes', 'Expecting quoted literal: "foo.example.com"'),
    );
  const name = reader.string();
  return takeMark(session, loss, ')') ? { kind: 'gethostbyname', span: reader.spanFrom(start), name } : undefined;
}

/** A variable, or a call of a user's function. */
function parseReference(session: Session, loss: Loss): Expr | undefined {
  const { reader } = session;
  reader.take();
  const { span, word: name } = reader;
  if (!reader.takeIf('(')) return { kind: 'variable', span, name };
  const list = parseCallArguments(session, loss, span);
  return list && { kind: 'call', span: reader.spanFrom(span.start), name, arguments: list };
}

function parseCallArguments(session: Session, loss: Loss, called: Span): readonly Expr[] | undefined {
  const { reader } = session;
  const list: Expr[] = [];
  for (;;) {
    const argument = deeper(session, loss, called, () => parseExpression(session, loss, 'any'));
    if (argument === undefined) {
      if (!loss.isTold)
        tell(session, loss, expressions.expressionMissing(reader.nextSpan, 'an argument', 'expecting expression.'));
      recover(session, loss);
      return undefined;
    }
    list.push(argument);
    const mark = reader.take();
    if (mark === ')') return list;
    if (mark !== ',') return tellAndSkip(session, loss, syntax.markMissing(reader.span, ')', 'Right parenthesis expected.'));
  }
}
