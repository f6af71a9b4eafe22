// class, subclass, vendor-class, user-class and their members (dhcpd-conf reference §4.5).

import type { Body, Item, Name } from './ast.ts';
import * as declarations from './diagnostics/declarations.ts';
import * as expressions from './diagnostics/expressions.ts';
import * as syntax from './diagnostics/syntax.ts';
import { decimal, nameOf, parseDataLiteral, parseLeftBrace, parseSemicolon } from './parse-basics.ts';
import { openPlace, parseBody, type OwnItem, type Place } from './parse-declarations.ts';
import { parseTyped } from './parse-expressions.ts';
import type { Reader } from './reader.ts';
import { noLoss, recover, type Session } from './session.ts';

function parseClassName(reader: Reader): Name | undefined {
  if (reader.take() === 'STRING') return nameOf(reader);
  reader.report(syntax.nameMissing(reader.span, 'the name of a class in quotes', 'Expecting class name'));
  reader.skipRest();
  return undefined;
}

/** The first word was taken. The old words are subclasses of a class of that name. */
export function parseClass(session: Session, _place: Place, start: number): Item | undefined {
  const { reader } = session;
  const keyword = reader.word.toLowerCase() as 'class' | 'vendor-class' | 'user-class';
  const name = parseClassName(reader);
  if (name === undefined) return undefined;
  const head = reader.spanFrom(start);
  const isOld = keyword !== 'class';
  if (isOld && reader.takeIf(';')) return { kind: 'class', span: reader.spanFrom(start), head, body: [], keyword, name };
  const body = parseClassBody(session, isOld);
  return body && { kind: 'class', span: reader.spanFrom(start), head, body, keyword, name };
}

export function parseSubclass(session: Session, _place: Place, start: number): Item | undefined {
  const { reader } = session;
  const className = parseClassName(reader);
  if (className === undefined) return undefined;
  const token = reader.peek();
  if (token !== 'STRING' && token !== 'NUMBER' && token !== 'NUMBER_OR_NAME') {
    reader.report(declarations.subclassKeyMissing(reader.nextSpan));
    reader.skip();
    return undefined;
  }
  const key = parseDataLiteral(reader);
  if (key === undefined) return undefined;
  const head = reader.spanFrom(start);
  const hasBody = !reader.takeIf(';');
  const body = hasBody ? parseClassBody(session, true) : [];
  return body && { kind: 'subclass', span: reader.spanFrom(start), head, body, className, key, hasBody };
}

function parseClassBody(session: Session, isSubclass: boolean): Body | undefined {
  if (!parseLeftBrace(session.reader)) return undefined;
  return parseBody(session, openPlace('class'), ownOfClass(session, isSubclass));
}

function ownOfClass(session: Session, isSubclass: boolean): OwnItem {
  const { reader } = session;
  return (token, start) => {
    switch (token) {
      case 'dynamic':
      case 'deleted':
        reader.take();
        return parseSemicolon(reader) ? { kind: 'marker', span: reader.spanFrom(start), word: token } : undefined;
      case 'match':
        return isSubclass ? refuseInSubclass(reader, token) : parseMatch(session, start);
      case 'spawn':
        return isSubclass ? refuseInSubclass(reader, token) : parseSpawn(session, start);
      case 'lease':
        reader.take();
        return parseLeaseLimit(reader, start);
      default:
        return 'not-mine';
    }
  };
}

function refuseInSubclass(reader: Reader, word: 'match' | 'spawn'): undefined {
  // dhcpd complains about match before it takes the word, about spawn after that.
  const span = reader.nextSpan;
  if (word === 'spawn') reader.take();
  reader.report(declarations.inSubclass(span, word));
  reader.skip();
  return undefined;
}

/** `match if CONDITION;` or `match DATA;` */
function parseMatch(session: Session, start: number): Item | undefined {
  const { reader } = session;
  reader.take();
  if (!reader.takeIf('if')) {
    const data = parseMember(session, 'data');
    return data && { kind: 'match', span: reader.spanFrom(start), data };
  }
  const condition = parseMember(session, 'boolean');
  return condition && { kind: 'match-if', span: reader.spanFrom(start), condition };
}

function parseSpawn(session: Session, start: number): Item | undefined {
  const { reader } = session;
  reader.take();
  if (reader.take() !== 'with') {
    reader.report(syntax.wordMissing(reader.span, ['with'], 'expecting with after spawn'));
    reader.skipRest();
    return undefined;
  }
  const data = parseMember(session, 'data');
  return data && { kind: 'spawn', span: reader.spanFrom(start), data };
}

/** An expression with its semicolon. */
function parseMember(session: Session, type: 'boolean' | 'data'): ReturnType<typeof parseTyped> {
  const { reader } = session;
  const loss = noLoss();
  const expr = parseTyped(session, loss, type);
  if (expr !== undefined) return parseSemicolon(reader) ? expr : undefined;
  if (!loss.isTold) {
    const what = type === 'data' ? 'data' : 'a condition';
    const wording = type === 'data' ? 'expecting data expr.' : 'expecting boolean expr.';
    reader.report(expressions.expressionMissing(reader.nextSpan, what, wording));
  }
  recover(session, loss);
  return undefined;
}

function parseLeaseLimit(reader: Reader, start: number): Item | undefined {
  const isLimit = reader.take() === 'limit';
  if (isLimit && reader.take() === 'NUMBER') {
    const limit = { kind: 'number', span: reader.span, value: decimal(reader.word) } as const;
    return parseSemicolon(reader) ? { kind: 'lease-limit', span: reader.spanFrom(start), limit } : undefined;
  }
  reader.report(
    isLimit
      ? syntax.numberMissing(reader.span, 'expecting a number')
      : syntax.wordMissing(reader.span, ['limit'], 'expecting "limit"'),
  );
  reader.skipRest();
  return undefined;
}
