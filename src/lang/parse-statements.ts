// Executable statements, parameters and flags (dhcpd-conf reference §5 to §7). They may stand in every block, and nothing else
// may stand between the braces of `if`, `on`, `switch` and `define`.

import { serverOption, serverOptionCode, type OptionDefinition } from '../wire/option-table.ts';
import type { Item, OptionName, OptionStatement } from './ast.ts';
import * as options from './diagnostics/options.ts';
import * as statements from './diagnostics/statements.ts';
import * as syntax from './diagnostics/syntax.ts';
import { keywords } from './keywords.ts';
import { nameOf, parseSemicolon } from './parse-basics.ts';
import { parseCase, parseDefine, parseIf, parseOn, parseSwitch, type CaseLabel } from './parse-blocks.ts';
import { parseTimeFormat } from './parse-formats.ts';
import { parseExpression, parseTyped } from './parse-expressions.ts';
import { parseKey } from './parse-keys.ts';
import { parseKnownOption } from './parse-options.ts';
import { parseVariableName, tellAndSkip } from './parse-primaries.ts';
import { parseValue } from './parse-values.ts';
import { parseOfOtherBuilds } from './parse-other-builds.ts';
import { parseZone } from './parse-zones.ts';
import * as expressions from './diagnostics/expressions.ts';
import { isIdentifier, type Reader } from './reader.ts';
import { noLoss, recover, suggestFor, type Loss, type Session } from './session.ts';
import { nearest } from './suggest.ts';

/** Whether `case` may stand here, and with values of which type. */
export type CaseContext = 'none' | 'data' | 'numeric';

type Parser = (session: Session, loss: Loss, start: number, cases: CaseContext) => Item | CaseLabel | undefined;

/**
 * One statement. undefined with `loss.isTold`: refused. undefined without: refused too, when something was consumed; else no
 * statement begins here.
 */
export function parseExecutable(session: Session, loss: Loss, cases: CaseContext = 'none'): Item | CaseLabel | undefined {
  const { reader } = session;
  const token = reader.peek();
  const start = reader.nextStart;
  const parser = Object.hasOwn(parsers, token) ? parsers[token] : undefined;
  if (parser !== undefined) {
    reader.take();
    return parser(session, loss, start, cases);
  }
  const definition = isIdentifier(token) ? session.options.parameter(reader.nextWord) : undefined;
  if (definition !== undefined) {
    reader.take();
    const option: OptionName = { kind: 'option-name', span: reader.span, space: undefined, name: reader.word, definition };
    return parseOptionRest(session, loss, start, 'parameter', option);
  }
  if (token !== 'NAME' && token !== 'NUMBER_OR_NAME') return undefined;
  return parseOfOtherBuilds(session, start) ?? parseBare(session, loss, start);
}

const optionParser =
  (operator: OptionStatement['operator']): Parser =>
  (session, loss, start) => {
    const option = parseKnownOption(session);
    if (option !== undefined) return parseOptionRest(session, loss, start, operator, option);
    loss.isTold = true;
    return undefined;
  };

const parsers: Readonly<Record<string, Parser>> = {
  option: optionParser('option'),
  supersede: optionParser('supersede'),
  send: optionParser('send'),
  append: optionParser('append'),
  prepend: optionParser('prepend'),
  default: (session, loss, start, cases) =>
    session.reader.peek() === ':' ? parseDefaultLabel(session, loss, start, cases) : optionParser('default')(session, loss, start, cases),
  allow: (session, _loss, start) => parseFlag(session, start, 'allow'),
  deny: (session, _loss, start) => parseFlag(session, start, 'deny'),
  ignore: (session, _loss, start) => parseFlag(session, start, 'ignore'),
  if: parseIf,
  on: parseOn,
  switch: parseSwitch,
  case: parseCase,
  define: (session, loss, start) => parseDefine(session, loss, start, 'define'),
  set: parseSet,
  unset: parseUnset,
  eval: (session, loss, start) => {
    const value = parseWhole(session, loss, 'data', 'data', 'expecting data expression.');
    return value && { kind: 'eval', span: session.reader.spanFrom(start), value, isBare: false };
  },
  return: (session, loss, start) => {
    const value = parseWhole(session, loss, 'data', 'data', 'expecting data expression.');
    return value && { kind: 'return', span: session.reader.spanFrom(start), value };
  },
  break: (session, loss, start) => (endStatement(session, loss) ? { kind: 'break', span: session.reader.spanFrom(start) } : undefined),
  'parse-vendor-option': (session, loss, start) =>
    endStatement(session, loss) ? { kind: 'parse-vendor-option', span: session.reader.spanFrom(start) } : undefined,
  add: parseAdd,
  log: parseLog,
  execute: parseExecute,
  'db-time-format': parseTimeFormat,
  key: parseKey,
  zone: parseZone,
};

/** The semicolon of a statement whose loss is told with it. */
export function endStatement({ reader }: Session, loss: Loss): boolean {
  if (parseSemicolon(reader)) return true;
  loss.isTold = true;
  loss.isSkipped = true;
  return false;
}

// ── Options, parameters, flags ───────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Value or `= expression`, and the semicolon. Most failures leave `outer` untold: dhcpd goes on as if no statement had begun, and
 * complains once more.
 */
export function parseOptionRest(
  session: Session,
  outer: Loss,
  start: number,
  operator: OptionStatement['operator'],
  option: OptionName,
): OptionStatement | undefined {
  const { reader } = session;
  const made = (value: OptionStatement['value']): OptionStatement => ({
    kind: 'option-statement',
    span: reader.spanFrom(start),
    operator,
    option,
    value,
  });
  const token = reader.peek();
  if (token === ';' && !option.definition.format.startsWith('Z')) return refuseEmpty(session, option);
  if (token !== '=') {
    const value = parseValue(reader, option.definition);
    if (value === undefined || !parseSemicolon(reader, quotesHelp(value))) return undefined;
    warnOfNames(reader, value);
    return made(value);
  }
  reader.take();
  const from = reader.nextStart;
  const loss = noLoss();
  const expr = parseTyped(session, loss, 'data');
  if (expr === undefined) {
    if (!loss.isTold) {
      reader.report(options.expressionMissing(reader.nextSpan, outer.emptyWording ?? 'expecting a data expression.'));
      outer.isTold = outer.emptyWording !== undefined;
    }
    recover(session, loss);
    return undefined;
  }
  const value = { kind: 'computed', span: reader.spanFrom(from), expr } as const;
  return parseSemicolon(reader) ? made(value) : undefined;
}

/** Lists of addresses may have host names in them, records of other values cannot. */
function warnOfNames(reader: Reader, value: OptionStatement['value']): void {
  const items = value.kind === 'literal' ? value.records.flat() : [];
  const name = items.find(({ kind }) => kind === 'host-name');
  const isAddressList = items.every(({ kind }) => kind === 'host-name' || kind === 'address');
  if (name !== undefined && !isAddressList) reader.reportBare(options.nameInRecord(name.span));
}

/** `option domain-name example.org;` ends at the dot. */
function quotesHelp(value: OptionStatement['value']): string | undefined {
  const last = value.kind === 'literal' ? value.records.at(-1)?.at(-1) : undefined;
  return last?.kind === 'text' && !last.isQuoted ? 'put the text between double quotes, or end the statement with a semicolon' : undefined;
}

/** `option NAME;`: dhcpd consumes the semicolon and asks for another one (§1.6). */
function refuseEmpty({ reader }: Session, option: OptionName): undefined {
  reader.take();
  const { span } = reader;
  const isAccepted = reader.take() === ';';
  const diagnostic = options.emptyValue(span, option.name, isAccepted);
  if (isAccepted) reader.reportBare(diagnostic);
  else {
    reader.report(diagnostic);
    reader.skip();
  }
  return undefined;
}

const flagCodes: Readonly<Record<string, number>> = {
  'unknown-clients': serverOptionCode.bootUnknownClients,
  bootp: serverOptionCode.allowBootp,
  booting: serverOptionCode.allowBooting,
  'dynamic-bootp': serverOptionCode.dynamicBootp,
  duplicates: serverOptionCode.duplicates,
  declines: serverOptionCode.declines,
  'client-updates': serverOptionCode.clientUpdates,
  leasequery: serverOptionCode.leasequery,
};

function parseFlag(session: Session, start: number, action: 'allow' | 'deny' | 'ignore'): Item | undefined {
  const { reader } = session;
  const token = reader.take();
  const wordSpan = reader.span;
  const code = Object.hasOwn(flagCodes, token) ? flagCodes[token] : undefined;
  if (code === undefined) {
    const words = Object.keys(flagCodes);
    reader.report(statements.unknownFlag(wordSpan, words, nearest(reader.word, words)));
    reader.skip();
    return undefined;
  }
  const definition: OptionDefinition = serverOption(code);
  // dhcpd keeps the flag even when the semicolon is missing.
  parseSemicolon(reader);
  return { kind: 'flag-statement', span: reader.spanFrom(start), action, word: token, wordSpan, definition };
}

// ── The other statements ─────────────────────────────────────────────────────────────────────────────────────────────────────

function parseDefaultLabel(session: Session, loss: Loss, start: number, cases: CaseContext): CaseLabel | undefined {
  const { reader } = session;
  const word = reader.span;
  reader.take();
  if (cases !== 'none') return { kind: 'case-label', span: reader.spanFrom(start), value: undefined };
  reader.report(statements.strayCase(word));
  loss.isTold = true;
  return undefined;
}

/** An expression with its semicolon. */
function parseWhole(
  session: Session,
  loss: Loss,
  context: 'any' | 'data',
  what: string,
  wording: string,
): ReturnType<typeof parseExpression> {
  const { reader } = session;
  const value = parseExpression(session, loss, context);
  if (value === undefined) {
    if (!loss.isTold) reader.report(expressions.expressionMissing(reader.nextSpan, what, wording));
    loss.isTold = true;
    recover(session, loss);
    return undefined;
  }
  return endStatement(session, loss) ? value : undefined;
}

function parseSet(session: Session, loss: Loss, start: number): Item | undefined {
  const made = parseDefine(session, loss, start, 'set');
  return made?.kind === 'define-value' ? { kind: 'set', span: made.span, name: made.name, value: made.value } : made;
}

function parseUnset(session: Session, loss: Loss, start: number): Item | undefined {
  const name = parseVariableName(session, loss);
  if (name === undefined || !endStatement(session, loss)) return undefined;
  return { kind: 'unset', span: session.reader.spanFrom(start), name };
}

function parseAdd(session: Session, loss: Loss, start: number): Item | undefined {
  const { reader } = session;
  if (reader.take() !== 'STRING')
    return tellAndSkip(session, loss, syntax.nameMissing(reader.span, 'the name of a class in quotes', 'expecting class name.'));
  const className = nameOf(reader);
  return endStatement(session, loss) ? { kind: 'add', span: reader.spanFrom(start), className } : undefined;
}

const priorities: ReadonlySet<string> = new Set(['fatal', 'error', 'info', 'debug']);

function parseLog(session: Session, loss: Loss, start: number): Item | undefined {
  const { reader } = session;
  if (reader.take() !== '(')
    return tellAndSkip(session, loss, syntax.markMissing(reader.span, '(', 'left parenthesis expected.'));
  const word = reader.peek();
  const priority = priorities.has(word) ? (word as 'fatal' | 'error' | 'info' | 'debug') : undefined;
  if (priority !== undefined) {
    reader.take();
    if (reader.take() !== ',') return tellAndSkip(session, loss, syntax.markMissing(reader.span, ',', 'comma expected.'));
  }
  const message = parseTyped(session, loss, 'data');
  if (message === undefined) {
    if (!loss.isTold && !loss.isSkipped) reader.reportBare(statements.emptyLog(reader.nextSpan));
    loss.isTold = true;
    recover(session, loss);
    return undefined;
  }
  if (reader.take() !== ')')
    return tellAndSkip(session, loss, syntax.markMissing(reader.span, ')', 'right parenthesis expected.'));
  return endStatement(session, loss) ? { kind: 'log', span: reader.spanFrom(start), priority, message } : undefined;
}

function parseExecute(session: Session, loss: Loss, start: number): Item | undefined {
  const { reader } = session;
  if (reader.take() !== '(')
    return tellAndSkip(session, loss, syntax.markMissing(reader.span, '(', 'left parenthesis expected.'));
  if (reader.take() !== 'STRING')
    return tellAndSkip(session, loss, syntax.nameMissing(reader.span, 'the command in quotes', 'Expecting a quoted string.'));
  const command = reader.string();
  const list = [];
  let token = reader.take();
  for (; token === ','; token = reader.take()) {
    const argument = parseTyped(session, loss, 'data');
    if (argument === undefined) {
      if (!loss.isTold) reader.report(expressions.expressionMissing(reader.nextSpan, 'data', 'expecting expression.'));
      loss.isTold = true;
      recover(session, loss);
      return undefined;
    }
    list.push(argument);
  }
  if (token !== ')')
    return tellAndSkip(session, loss, syntax.markMissing(reader.span, ')', 'right parenthesis expected.'));
  return endStatement(session, loss)
    ? { kind: 'execute', span: reader.spanFrom(start), command, arguments: list }
    : undefined;
}

/** A word that begins no statement: dhcpd evaluates it, and accepts it when a semicolon follows (§1.6). */
function parseBare(session: Session, loss: Loss, start: number): Item | undefined {
  const { reader } = session;
  const word = reader.nextSpan;
  const name = reader.nextWord;
  const value = parseExpression(session, loss, 'data');
  if (value === undefined) {
    if (!loss.isTold) reader.report(expressions.expressionMissing(word, 'a statement', 'expecting function call.'));
    loss.isTold = true;
    recover(session, loss);
    return undefined;
  }
  const suggestion = (): string | undefined => {
    const parameters = session.options.space('server')?.byName;
    return suggestFor(session, name, 'statement', parameters?.size ?? 0, () => [...keywords.keys(), ...(parameters?.keys() ?? [])]);
  };
  if (value.kind === 'variable' && reader.peek() !== ';') {
    reader.take();
    reader.report(statements.unknownStatement(word, suggestion()));
    reader.skip();
    loss.isTold = true;
    return undefined;
  }
  if (!endStatement(session, loss)) return undefined;
  if (value.kind === 'variable') reader.reportBare(statements.bareWord(word, suggestion()));
  else if (value.kind !== 'call') reader.reportBare(statements.bareExpression(value.span));
  return { kind: 'eval', span: reader.spanFrom(start), value, isBare: true };
}
