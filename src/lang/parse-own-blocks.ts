// Blocks that only leasehold.conf has, `boot { … }` and what stands in it: WORD [NAME] "{" items "}". Which words, the session says.

import type { Item } from './ast.ts';
import { parseLeftBrace, parseNameOrString } from './parse-basics.ts';
import { openPlace, parseBody } from './parse-declarations.ts';
import type { Session } from './session.ts';

/** The word was taken. */
export function parseOwnBlock(session: Session, start: number): Item | undefined {
  const { reader } = session;
  const word = reader.word.toLowerCase();
  const name = reader.peek() === '{' ? undefined : parseNameOrString(reader);
  const head = reader.spanFrom(start);
  if (!parseLeftBrace(reader)) return undefined;
  const body = parseBody(session, openPlace('file'));
  return body && { kind: 'own-block', span: reader.spanFrom(start), head, word, name, body };
}
