// Executable statements, parameters and flags (dhcpd-conf reference §5–§7). They may stand in every block.

import { serverOption, serverOptionCode } from '../wire/option-table.ts';
import type { Body, ExecutableStatement, Expr, IfStatement, Item, LeaseEvent, LogPriority, OptionStatement, SwitchCase } from './ast.ts';
import * as options from './diagnostics/options.ts';
import * as statements from './diagnostics/statements.ts';
import * as syntax from './diagnostics/syntax.ts';
import { parseAddressOrName, parseLeftBrace, parseSemicolon, refuse } from './parse-basics.ts';
import { wantedExpression } from './wanted-expression.ts';
import { findOption, optionNameOf, parseKnownOption, parseOptionDefinition, parseOptionSpace, unknownOf, warnOfDhcp6 } from './parse-options.ts';
import { parseValue } from './parse-values.ts';
import { isIdentifier } from './reader.ts';
import { deeper, noLoss, type Loss, type Session } from './session.ts';
import { nearest } from './suggest.ts';
import { keywords } from './keywords.ts';
import type { OptionDefinition } from '../wire/option-table.ts';

export type ParseItem = (session: Session, loss: Loss) => Item | undefined;
/** Reads one item of a block that holds statements only; set by parse-declarations.ts, which knows key, zone and the like. */
export interface BlockReader {
  readonly block: (session: Session) => Body | undefined;
}

/** `option …`: the word was taken. At file level it may also define an option or a space. */
export function parseOption(session: Session, start: number, isFileLevel: boolean): Item | undefined {
  const { reader } = session;
  if (reader.peek() === 'space') {
    if (!isFileLevel) {
      reader.take();
      return refuse(reader, statements.misplaced(reader.span, 'option space definitions may not be scoped.', 'move it to the top of the file'));
    }
    return parseOptionSpace(session, start);
  }
  const found = findOption(session);
  if (found === undefined) return undefined;
  if (reader.peek() === 'code') {
    reader.take();
    if (!isFileLevel) {
      reader.report(statements.misplaced(reader.span, 'option definitions may not be scoped.', 'move it to the top of the file'));
      reader.skip();
      return undefined;
    }
    return parseOptionDefinition(session, start, found);
  }
  if (found.definition === undefined) {
    reader.report(options.unknownOption(unknownOf(found)));
    reader.skip();
    return undefined;
  }
  warnOfDhcp6(session, found, found.definition);
  return parseOptionRest(session, start, 'option', optionNameOf(found, found.definition));
}

/** Value or `= expression`, and the semicolon. */
export function parseOptionRest(
  session: Session,
  start: number,
  operator: OptionStatement['operator'],
  option: OptionStatement['option'],
): OptionStatement | undefined {
  const { reader } = session;
  if (reader.peek() === '=') {
    reader.take();
    const from = reader.nextStart;
    if (reader.peek() === ';') {
      reader.take();
      reader.report(options.expressionMissing(reader.span));
      return undefined;
    }
    const expr = wantedExpression(session, 'data');
    if (expr === undefined) return undefined;
    const value = { kind: 'computed' as const, span: reader.spanFrom(from), expr };
    return parseSemicolon(reader) ? { kind: 'option-statement', span: reader.spanFrom(start), operator, option, value } : undefined;
  }
  if (reader.peek() === ';' && option.definition.format !== 'Z') {
    reader.take();
    reader.report(options.emptyValue(reader.span, option.name));
    return undefined;
  }
  const value = parseValue(reader, option.definition);
  if (value === undefined || !parseSemicolon(reader)) return undefined;
  return { kind: 'option-statement', span: reader.spanFrom(start), operator, option, value };
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
export const isFlagWord = (token: string): boolean => Object.hasOwn(flagCodes, token);

/** `allow|deny|ignore X;`: the first word was taken. */
export function parseFlagStatement(session: Session, start: number, action: 'allow' | 'deny' | 'ignore'): Item | undefined {
  const { reader } = session;
  const token = reader.take();
  const wordSpan = reader.span;
  const code = flagCodes[token];
  if (code === undefined) {
    reader.report(syntax.wordMissing(wordSpan, Object.keys(flagCodes), 'expecting allow/deny key'));
    reader.skip();
    return undefined;
  }
  if (!parseSemicolon(reader)) return undefined;
  return { kind: 'flag-statement', span: reader.spanFrom(start), action, word: token, wordSpan, definition: serverOption(code) };
}

const operators = new Set(['supersede', 'send', 'default', 'append', 'prepend']);

/**
 * One executable statement or parameter that begins with `token`, already taken. undefined: it was refused (loss.isTold) or
 * does not begin here.
 */
export function parseExecutable(session: Session, token: string, start: number, blocks: BlockReader, loss: Loss): ExecutableStatement | Item | undefined {
  const { reader } = session;
  loss.isTold = true;
  if (operators.has(token)) {
    const option = parseKnownOption(session);
    return option && parseOptionRest(session, start, token as OptionStatement['operator'], option);
  }
  switch (token) {
    case 'if': return parseIf(session, start, false, blocks);
    case 'switch': return parseSwitch(session, start, blocks);
    case 'on': return parseOn(session, start, blocks);
    case 'set': return parseSet(session, start);
    case 'unset': return parseUnset(session, start);
    case 'define': return parseDefine(session, start, blocks);
    case 'eval': return parseEval(session, start);
    case 'log': return parseLog(session, start);
    case 'execute': return parseExecute(session, start);
    case 'return': return parseReturn(session, start);
    case 'break': return parseSemicolon(reader) ? { kind: 'break', span: reader.spanFrom(start) } : undefined;
    case 'add': return parseAdd(session, start);
    case 'parse-vendor-option': return parseSemicolon(reader) ? { kind: 'parse-vendor-option', span: reader.spanFrom(start) } : undefined;
    case 'server-identifier': return parseServerIdentifier(session, start);
    case 'allow': case 'deny': case 'ignore': return parseFlagStatement(session, start, token);
    default: break;
  }
  if (isIdentifier(token)) {
    const definition = session.options.parameter(reader.word);
    if (definition !== undefined) return parseParameter(session, start, definition);
    if (token === 'NAME' || token === 'NUMBER_OR_NAME') return parseBare(session, start);
  }
  loss.isTold = false;
  return undefined;
}

function parseParameter(session: Session, start: number, definition: OptionDefinition): OptionStatement | undefined {
  const { reader } = session;
  const option = { kind: 'option-name' as const, span: reader.span, space: undefined, name: reader.word, definition };
  return parseOptionRest(session, start, 'parameter', option);
}

function parseServerIdentifier(session: Session, start: number): OptionStatement | undefined {
  const { reader } = session;
  const definition = session.options.space('dhcp')?.byName.get('dhcp-server-identifier');
  if (definition === undefined) return undefined;
  const option = { kind: 'option-name' as const, span: reader.span, space: undefined, name: 'dhcp-server-identifier', definition };
  const from = reader.nextStart;
  const address = parseAddressOrName(reader);
  if (address === undefined) return undefined;
  const value = { kind: 'literal' as const, span: reader.spanFrom(from), records: [[address]] };
  return parseSemicolon(reader) ? { kind: 'option-statement', span: reader.spanFrom(start), operator: 'server-identifier', option, value } : undefined;
}

/** An unknown word: dhcpd takes it for the value of a variable (§1.6). */
function parseBare(session: Session, start: number): ExecutableStatement | undefined {
  const { reader } = session;
  const word = reader.span;
  const name = reader.word;
  const token = reader.peek();
  const suggestion = nearest(name, [...keywords.keys(), ...(session.options.space('server')?.byName.keys() ?? [])]);
  if (token === ';') {
    reader.take();
    reader.reportBare(syntax.bareWord(word, suggestion));
    return { kind: 'eval', span: reader.spanFrom(start), value: { kind: 'variable', span: word, name }, isBare: true };
  }
  if (token !== '=' && token !== '(' && token !== '!' && token !== '~') {
    const previous = reader.span;
    reader.take();
    reader.report({ ...syntax.semicolonMissing(previous, reader.span), ...(suggestion === undefined ? {} : { help: `did you mean \`${suggestion}\`?` }) });
    reader.skip();
    return undefined;
  }
  const left: Expr = { kind: 'variable', span: word, name };
  const value = parseBareRest(session, left, start);
  if (value === undefined || !parseSemicolon(reader)) return undefined;
  reader.reportBare(syntax.bareExpression(value.span));
  return { kind: 'eval', span: reader.spanFrom(start), value, isBare: true };
}
function parseBareRest(session: Session, left: Expr, start: number): Expr | undefined {
  const { reader } = session;
  reader.take();
  const right = wantedExpression(session, 'any');
  return right && { kind: 'binary', span: reader.spanFrom(start), operator: '=', left, right };
}

export function parseIf(session: Session, start: number, isElsif: boolean, blocks: BlockReader): IfStatement | undefined {
  const { reader } = session;
  // A parenthesis right behind `if` belongs to the `if` (§8.2).
  const isWrapped = reader.takeIf('(');
  const condition = wantedExpression(session, 'boolean');
  if (condition === undefined) return undefined;
  if (isWrapped && reader.take() !== ')') {
    reader.report(syntax.markMissing(reader.span, ')', 'expecting right paren.'));
    reader.skip();
    return undefined;
  }
  const then = readBlock(session, blocks);
  if (then === undefined) return undefined;
  const otherwise = parseElse(session, blocks);
  if (otherwise === false) return undefined;
  return { kind: 'if', span: reader.spanFrom(start), condition, then, else: otherwise, isElsif };
}

/** undefined: there is no else; false: it was refused. */
function parseElse(session: Session, blocks: BlockReader): Body | undefined | false {
  const { reader } = session;
  const token = reader.peek();
  const start = reader.nextStart;
  if (token === 'elsif') {
    reader.take();
    const inner = deeper(session, noLoss(), reader.span, () => parseIf(session, start, true, blocks));
    return inner === undefined ? false : [inner];
  }
  if (token !== 'else') return undefined;
  reader.take();
  if (reader.takeIf('if')) {
    const inner = deeper(session, noLoss(), reader.span, () => parseIf(session, start, true, blocks));
    return inner === undefined ? false : [inner];
  }
  return readBlock(session, blocks) ?? false;
}

export function readBlock(session: Session, blocks: BlockReader): Body | undefined {
  const { reader } = session;
  if (!parseLeftBrace(reader)) return undefined;
  return deeper(session, noLoss(), reader.span, () => blocks.block(session));
}

function parseSwitch(session: Session, start: number, blocks: BlockReader): Item | undefined {
  const { reader } = session;
  if (!expect(session, '(', 'expecting left parenthesis.')) return undefined;
  const subject = wantedExpression(session, 'any');
  if (subject === undefined || !expect(session, ')', 'expecting right parenthesis.') || !parseLeftBrace(reader)) return undefined;
  const lead: Item[] = [];
  const cases: SwitchCase[] = [];
  let body: Item[] = lead;
  for (;;) {
    const token = reader.peek();
    if (token === '}') {
      reader.take();
      return { kind: 'switch', span: reader.spanFrom(start), subject, lead, cases };
    }
    if (token === 'EOF') {
      reader.report(syntax.endOfFile(reader.nextSpan));
      return undefined;
    }
    const from = reader.nextStart;
    if (token === 'case' || (token === 'default' && isDefaultLabel(session))) {
      reader.take();
      const value = token === 'case' ? wantedExpression(session, caseType(subject)) : undefined;
      if (token === 'case' && value === undefined) continue;
      if (!expect(session, ':', 'colon expected')) continue;
      body = [];
      cases.push({ kind: 'case', span: reader.spanFrom(from), value, body });
      continue;
    }
    const loss: Loss = { isTold: false };
    reader.take();
    const item = parseExecutable(session, token, from, blocks, loss);
    if (item !== undefined) body.push(item);
    else if (!loss.isTold) {
      reader.report(syntax.rightBraceMissing(reader.span, 'right brace expected.'));
      reader.skip();
    }
  }
}
function caseType(subject: Expr): 'numeric' | 'any' {
  return subject.kind === 'extract-int' || subject.kind === 'number' || subject.kind === 'numeric-word' ? 'numeric' : 'any';
}
function isDefaultLabel({ reader }: Session): boolean {
  const mark = reader.mark();
  reader.take();
  const isLabel = reader.peek() === ':';
  reader.rewind(mark);
  return isLabel;
}

function expect({ reader }: Session, mark: string, wording: string): boolean {
  if (reader.take() === mark) return true;
  const isSemicolon = reader.source.text.charAt(reader.span.start) === ';';
  reader.report(syntax.markMissing(reader.span, mark, wording));
  if (!isSemicolon) reader.skip();
  return false;
}

const events = new Set(['commit', 'expiry', 'release', 'transmission']);

function parseOn(session: Session, start: number, blocks: BlockReader): Item | undefined {
  const { reader } = session;
  const list: LeaseEvent[] = [];
  do {
    const token = reader.take();
    if (!events.has(token)) {
      reader.report(syntax.wordMissing(reader.span, [...events], 'expecting a lease event type'));
      reader.skip();
      return undefined;
    }
    list.push(token as LeaseEvent);
  } while (reader.takeIf('or'));
  const body = readBlock(session, blocks);
  return body && { kind: 'on', span: reader.spanFrom(start), events: list, body };
}

function parseVariableName(session: Session): string | undefined {
  const { reader } = session;
  const token = reader.take();
  if (token === 'NAME' || token === 'NUMBER_OR_NAME') return reader.word;
  reader.report(
    isIdentifier(token)
      ? statements.reservedVariable(reader.span, reader.word)
      : syntax.nameMissing(reader.span, 'the name of a variable', `${reader.word} can't be a variable name`),
  );
  reader.skip();
  return undefined;
}

function parseSet(session: Session, start: number): Item | undefined {
  const { reader } = session;
  const name = parseVariableName(session);
  if (name === undefined || !expect(session, '=', 'expecting equal sign.')) return undefined;
  const value = wantedExpression(session, 'any');
  if (value === undefined || !parseSemicolon(reader)) return undefined;
  return { kind: 'set', span: reader.spanFrom(start), name, value };
}
function parseUnset(session: Session, start: number): Item | undefined {
  const name = parseVariableName(session);
  if (name === undefined || !parseSemicolon(session.reader)) return undefined;
  return { kind: 'unset', span: session.reader.spanFrom(start), name };
}

function parseDefine(session: Session, start: number, blocks: BlockReader): Item | undefined {
  const { reader } = session;
  const name = parseVariableName(session);
  if (name === undefined) return undefined;
  if (reader.takeIf('=')) {
    const value = wantedExpression(session, 'any');
    if (value === undefined || !parseSemicolon(reader)) return undefined;
    return { kind: 'define-value', span: reader.spanFrom(start), name, value };
  }
  const parameters: string[] = [];
  if (reader.takeIf('(') && !reader.takeIf(')')) {
    do {
      const parameter = parseVariableName(session);
      if (parameter === undefined) return undefined;
      parameters.push(parameter);
    } while (reader.takeIf(','));
    if (!expect(session, ')', 'expecting right paren.')) return undefined;
  }
  const body = readBlock(session, blocks);
  return body && { kind: 'define-function', span: reader.spanFrom(start), name, parameters, body };
}

function parseEval(session: Session, start: number): Item | undefined {
  const value = wantedExpression(session, 'any');
  if (value === undefined || !parseSemicolon(session.reader)) return undefined;
  return { kind: 'eval', span: session.reader.spanFrom(start), value, isBare: false };
}

const priorities = new Set(['fatal', 'error', 'info', 'debug']);

function parseLog(session: Session, start: number): Item | undefined {
  const { reader } = session;
  if (!expect(session, '(', 'left parenthesis expected.')) return undefined;
  let priority: LogPriority | undefined;
  if (priorities.has(reader.peek())) {
    priority = reader.take() as LogPriority;
    if (!expect(session, ',', 'comma expected.')) return undefined;
  }
  const message = wantedExpression(session, 'data');
  if (message === undefined || !expect(session, ')', 'right parenthesis expected.') || !parseSemicolon(reader)) return undefined;
  return { kind: 'log', span: reader.spanFrom(start), priority, message };
}

function parseExecute(session: Session, start: number): Item | undefined {
  const { reader } = session;
  if (!expect(session, '(', 'left parenthesis expected.')) return undefined;
  if (reader.take() !== 'STRING') {
    reader.report(syntax.nameMissing(reader.span, 'the command as a quoted string', 'Expecting a quoted string.'));
    reader.skip();
    return undefined;
  }
  const command = reader.string();
  const list: Expr[] = [];
  while (reader.takeIf(',')) {
    const argument = wantedExpression(session, 'data');
    if (argument === undefined) return undefined;
    list.push(argument);
  }
  if (!expect(session, ')', 'right parenthesis expected.') || !parseSemicolon(reader)) return undefined;
  return { kind: 'execute', span: reader.spanFrom(start), command, arguments: list };
}

function parseReturn(session: Session, start: number): Item | undefined {
  const { reader } = session;
  if (reader.takeIf(';')) return { kind: 'return', span: reader.spanFrom(start), value: undefined };
  const value = wantedExpression(session, 'any');
  if (value === undefined || !parseSemicolon(reader)) return undefined;
  return { kind: 'return', span: reader.spanFrom(start), value };
}

function parseAdd(session: Session, start: number): Item | undefined {
  const { reader } = session;
  if (reader.take() !== 'STRING') {
    reader.report(syntax.nameMissing(reader.span, 'the name of a class in quotes', 'expecting class name.'));
    reader.skip();
    return undefined;
  }
  const className = { kind: 'name' as const, span: reader.span, text: reader.word, isQuoted: true };
  return parseSemicolon(reader) ? { kind: 'add', span: reader.spanFrom(start), className } : undefined;
}
