// Blocks that only leasehold.conf has, `boot { … }` and what stands in it: WORD [NAME] "{" items "}". Which words, the session says.
// A named block may hold   match SUBJECT value { "," value } ";"   with hex bytes behind `mac` and names behind everything else.

import type { HexLiteral, Item, Name } from './ast.ts';
import * as syntax from './diagnostics/syntax.ts';
import { nameOf, parseHexBytes, parseLeftBrace, parseNameOrString, parseSemicolon } from './parse-basics.ts';
import { openPlace, parseBody, type OwnItem } from './parse-declarations.ts';
import { isIdentifier, type Reader } from './reader.ts';
import type { Session } from './session.ts';

/** The word was taken. */
export function parseOwnBlock(session: Session, start: number): Item | undefined {
  const { reader } = session;
  const word = reader.word.toLowerCase();
  const name = reader.peek() === '{' ? undefined : parseNameOrString(reader);
  const head = reader.spanFrom(start);
  if (!parseLeftBrace(reader)) return undefined;
  const body = name === undefined ? parseBody(session, openPlace('file')) : parseBody(session, openPlace('file'), ownOfNamed(reader));
  return body && { kind: 'own-block', span: reader.spanFrom(start), head, word, name, body };
}

const ownOfNamed =
  (reader: Reader): OwnItem =>
  (token, start) => {
    if (token !== 'match') return 'not-mine';
    reader.take();
    return parseMatch(reader, start);
  };

function parseMatch(reader: Reader, start: number): Item | undefined {
  if (!isIdentifier(reader.take())) {
    reader.report(syntax.nameMissing(reader.span, 'host, group, class or mac', 'expecting identifier'));
    reader.skipRest();
    return undefined;
  }
  const subject = nameOf(reader);
  const isMac = subject.text.toLowerCase() === 'mac';
  const values: (Name | HexLiteral)[] = [];
  do {
    const value = isMac ? parseHexBytes(reader) : parseNameOrString(reader);
    if (value === undefined) {
      // What is no hex list was reported by its parser.
      if (!isMac) reader.report(syntax.nameMissing(reader.nextSpan, 'a name or a pattern in quotes', 'expecting identifier'));
      if (!isMac) reader.skip();
      return undefined;
    }
    values.push(value);
  } while (reader.takeIf(','));
  return parseSemicolon(reader) ? { kind: 'own-match', span: reader.spanFrom(start), subject, values } : undefined;
}
