// Statements with a block: if, on, switch, define (dhcpd-conf reference §7). After a mistake inside a block dhcpd gives the whole
// block up and complains about much that is right; here the block is read on, so that the next mistake told is a real one.

import type {
  Body,
  DefineFunctionStatement,
  DefineValueStatement,
  Expr,
  IfStatement,
  Item,
  LeaseEvent,
  SwitchCase,
} from './ast.ts';
import * as expressions from './diagnostics/expressions.ts';
import { nestedTooDeep } from './diagnostics/lexical.ts';
import * as statements from './diagnostics/statements.ts';
import * as syntax from './diagnostics/syntax.ts';
import type { Span } from '../model/span.ts';
import { typeOf } from './expression-types.ts';
import { parseExpression, parseTyped } from './parse-expressions.ts';
import { parseVariableName, tellAndSkip } from './parse-primaries.ts';
import { endStatement, parseExecutable, type CaseContext } from './parse-statements.ts';
import { chainMax, deeper, noLoss, recover, type Loss, type Session } from './session.ts';

/** `case V:` or `default:`, which dhcpd reads as statements of their own. */
export interface CaseLabel {
  readonly kind: 'case-label';
  readonly span: Span;
  readonly value: Expr | undefined;
}

/** dhcpd runs two functions that read the closing brace differently. */
const braceWordings = { block: 'right brace expected.', function: 'expecting rigt brace.' } as const;

/** Statements up to and including the closing brace; the opening one was just taken. */
function parseBlock(
  session: Session,
  loss: Loss,
  cases: CaseContext = 'none',
  wording: keyof typeof braceWordings = 'block',
): readonly (Item | CaseLabel)[] | undefined {
  const opening = session.reader.span;
  return deeper(session, loss, opening, () => parseStatements(session, opening, cases, braceWordings[wording]));
}

function parseStatements(session: Session, opening: Span, cases: CaseContext, wording: string): readonly (Item | CaseLabel)[] {
  const { reader } = session;
  const items: (Item | CaseLabel)[] = [];
  for (let token = reader.peek(); token !== '}'; token = reader.peek()) {
    const start = reader.nextStart;
    const loss = noLoss();
    const item = parseExecutable(session, loss, cases);
    if (item !== undefined) {
      if (item.kind === 'key' || item.kind === 'zone' || item.kind === 'db-time-format')
        reader.reportBare(statements.crashesDhcpd({ ...item.span, end: reader.source.text.indexOf(' ', start) }));
      items.push(item);
      continue;
    }
    const isConsumed = reader.end > start;
    if (!isConsumed) {
      if (token === 'EOF') {
        reader.take();
        reader.report(syntax.endOfFile(reader.nextSpan, opening, wording));
        return items;
      }
      refuseInBlock(session, opening, wording);
    } else if (!loss.isTold) tellConsequence(session, wording);
    items.push({ kind: 'skipped', span: reader.spanFrom(start) });
  }
  reader.take();
  return items;
}

/** A declaration, or something that is no statement at all. */
function refuseInBlock({ reader }: Session, opening: Span, wording: string): void {
  reader.take();
  const isSemicolon = reader.source.text.charAt(reader.span.start) === ';';
  reader.report(syntax.rightBraceMissing(reader.span, wording, opening));
  if (!isSemicolon) reader.skip();
}

/** dhcpd takes the token behind the refused statement and misses a closing brace. */
function tellConsequence({ reader }: Session, wording: string): void {
  const mark = reader.mark();
  if (reader.take() !== '}') reader.report(statements.consequence(reader.span, wording));
  reader.rewind(mark);
}

const withoutLabels = (items: readonly (Item | CaseLabel)[]): Body => items.filter((item) => item.kind !== 'case-label');

// ── if ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Branch {
  readonly start: number;
  readonly condition: Expr;
  readonly then: Body;
}

/** `if … { } elsif … { } else { }`; the word `if` was taken. Read as a list, folded into a tree from its end. */
export function parseIf(session: Session, loss: Loss, start: number): Item | undefined {
  const { reader } = session;
  const branches: Branch[] = [];
  let last: Body | undefined;
  for (let from = start; ; ) {
    const branch = parseBranch(session, loss, from);
    if (branch === undefined) return skipBranches(session, loss);
    branches.push(branch);
    const next = takeElse(session, loss);
    if (next === 'broken') return undefined;
    if (next === 'block') last = parseElse(session, loss);
    if (next !== 'if') break;
    from = reader.span.start;
    if (branches.length >= chainMax) return tellAndSkip(session, loss, nestedTooDeep(reader.span));
  }
  return fold(session, branches, last);
}

function fold({ reader }: Session, branches: readonly Branch[], last: Body | undefined): IfStatement | undefined {
  let rest: Body | undefined = last;
  let made: IfStatement | undefined;
  for (let index = branches.length - 1; index >= 0; index--) {
    const { start, condition, then } = branches[index] as Branch;
    made = { kind: 'if', span: reader.spanFrom(start), condition, then, else: rest, isElsif: index > 0 };
    rest = [made];
  }
  return made;
}

/** Condition and block. A parenthesis right behind `if` belongs to the `if`. */
function parseBranch(session: Session, loss: Loss, start: number): Branch | undefined {
  const { reader } = session;
  const isParenthesised = reader.takeIf('(');
  const condition = parseTyped(session, loss, 'boolean');
  if (condition === undefined) {
    if (!loss.isTold)
      reader.report(expressions.expressionMissing(reader.nextSpan, 'a condition', 'boolean expression expected.'));
    loss.isTold = true;
    recover(session, loss);
    return undefined;
  }
  if (isParenthesised && reader.take() !== ')')
    return tellAndSkip(session, loss, syntax.markMissing(reader.span, ')', 'expecting right paren.'));
  if (reader.take() !== '{')
    return tellAndSkip(session, loss, syntax.leftBraceMissing(reader.span, 'left brace expected.', isParenthesised));
  const then = parseBlock(session, loss);
  return then && { start, condition, then: withoutLabels(then) };
}

/** `else if` and `elsif` are the same. */
function takeElse(session: Session, loss: Loss): 'if' | 'block' | 'end' | 'broken' {
  const { reader } = session;
  if (reader.takeIf('elsif')) return 'if';
  if (!reader.takeIf('else')) return 'end';
  if (reader.takeIf('if')) return 'if';
  if (reader.takeIf('{')) return 'block';
  tellAndSkip(session, loss, syntax.leftBraceMissing(reader.nextSpan, 'left brace or if expected.'));
  return 'broken';
}

function parseElse(session: Session, loss: Loss): Body | undefined {
  const items = parseBlock(session, loss);
  return items && withoutLabels(items);
}

/** What belongs to an `if` whose condition could not be read. */
function skipBranches(session: Session, loss: Loss): undefined {
  const { reader } = session;
  loss.isTold = true;
  for (let token = reader.peek(); token === 'else' || token === 'elsif'; token = reader.peek()) {
    reader.take();
    reader.skip();
  }
  return undefined;
}

// ── on ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

const events: ReadonlySet<string> = new Set<LeaseEvent>(['commit', 'expiry', 'release', 'transmission']);

export function parseOn(session: Session, loss: Loss, start: number): Item | undefined {
  const { reader } = session;
  const list: LeaseEvent[] = [];
  let token: string;
  do {
    const event = reader.take();
    if (!events.has(event)) return tellAndSkip(session, loss, statements.unknownEvent(reader.span));
    list.push(event as LeaseEvent);
    token = reader.take();
  } while (token === 'or');
  if (token === ';') return { kind: 'on', span: reader.spanFrom(start), events: list, body: [] };
  if (token !== '{') return tellAndSkip(session, loss, syntax.leftBraceMissing(reader.span, 'left brace expected.'));
  const body = parseBlock(session, loss);
  return body && { kind: 'on', span: reader.spanFrom(start), events: list, body: withoutLabels(body) };
}

// ── switch ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────

export function parseSwitch(session: Session, loss: Loss, start: number): Item | undefined {
  const { reader } = session;
  if (reader.take() !== '(')
    return tellAndSkip(session, loss, syntax.markMissing(reader.span, '(', 'expecting left brace.'));
  const subject = parseExpression(session, loss, 'data-or-numeric');
  if (subject === undefined) {
    if (!loss.isTold)
      reader.report(expressions.expressionMissing(reader.nextSpan, 'data or a number', 'expecting data or numeric expression.'));
    loss.isTold = true;
    recover(session, loss);
    return undefined;
  }
  if (reader.take() !== ')')
    return tellAndSkip(session, loss, syntax.markMissing(reader.span, ')', 'right paren expected.'));
  if (reader.take() !== '{') return tellAndSkip(session, loss, syntax.leftBraceMissing(reader.span, 'left brace expected.'));
  const items = parseBlock(session, loss, typeOf(subject) === 'data' ? 'data' : 'numeric');
  return items && { kind: 'switch', span: reader.spanFrom(start), subject, ...casesOf(items) };
}

/** Statements between labels belong to the label before them. */
function casesOf(items: readonly (Item | CaseLabel)[]): { lead: Body; cases: readonly SwitchCase[] } {
  const lead: Item[] = [];
  const cases: (SwitchCase & { readonly body: Item[] })[] = [];
  for (const item of items) {
    const open = cases.at(-1);
    if (item.kind === 'case-label') cases.push({ kind: 'case', span: item.span, value: item.value, body: [] });
    else if (open === undefined) lead.push(item);
    else open.body.push(item);
  }
  return { lead, cases: cases.map((made) => ({ ...made, span: { ...made.span, end: made.body.at(-1)?.span.end ?? made.span.end } })) };
}

/** `case V:`; the word was taken. */
export function parseCase(session: Session, loss: Loss, start: number, cases: CaseContext): CaseLabel | undefined {
  const { reader } = session;
  if (cases === 'none') return tellAndSkip(session, loss, statements.strayCase(reader.span));
  const value = parseExpression(session, loss, cases);
  if (value === undefined) {
    if (!loss.isTold)
      reader.report(expressions.expressionMissing(reader.nextSpan, 'a value', `expecting ${cases} expression.`));
    loss.isTold = true;
    recover(session, loss);
    return undefined;
  }
  if (reader.take() !== ':') return tellAndSkip(session, loss, syntax.markMissing(reader.span, ':', 'colon expected.'));
  return { kind: 'case-label', span: reader.spanFrom(start), value };
}

// ── define ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** `define F(a, b) { … }` or `define V = e;`; dhcpd reads `set` in the same way. */
export function parseDefine(
  session: Session,
  loss: Loss,
  start: number,
  word: 'define' | 'set',
): DefineFunctionStatement | DefineValueStatement | undefined {
  const { reader } = session;
  const name = parseVariableName(session, loss);
  if (name === undefined) return undefined;
  const token = reader.take();
  if (token === '(') return parseFunctionBody(session, loss, start, name);
  if (token !== '=')
    return tellAndSkip(session, loss, syntax.markMissing(reader.span, '=', `expecting '=' in ${word} statement.`));
  const value = parseExpression(session, loss, 'any');
  if (value === undefined) {
    if (!loss.isTold)
      reader.report(expressions.expressionMissing(reader.nextSpan, 'an expression', 'expecting expression.'));
    loss.isTold = true;
    recover(session, loss);
    return undefined;
  }
  return endStatement(session, loss) ? { kind: 'define-value', span: reader.spanFrom(start), name, value } : undefined;
}

function parseFunctionBody(
  session: Session,
  loss: Loss,
  start: number,
  name: string,
): DefineFunctionStatement | undefined {
  const { reader } = session;
  const parameters: string[] = [];
  let token = ',';
  while (token === ',') {
    token = reader.take();
    if (token === ')') break;
    if (token !== 'NAME' && token !== 'NUMBER_OR_NAME')
      return tellAndSkip(session, loss, syntax.nameMissing(reader.span, 'the name of a parameter', 'expecting argument name'));
    parameters.push(reader.word);
    token = reader.take();
  }
  if (token !== ')')
    return tellAndSkip(session, loss, syntax.markMissing(reader.span, ')', 'expecting right paren.'));
  if (reader.take() !== '{') return tellAndSkip(session, loss, syntax.leftBraceMissing(reader.span));
  const body = parseBlock(session, loss, 'none', 'function');
  return body && { kind: 'define-function', span: reader.spanFrom(start), name, parameters, body: withoutLabels(body) };
}
