// `key NAME { algorithm …; secret …; }` (dhcpd-conf reference §4.6).

import type { KeyDecl, Name } from './ast.ts';
import { decodeBase64, isBase64 } from './base64.ts';
import * as keys from './diagnostics/keys.ts';
import * as syntax from './diagnostics/syntax.ts';
import { parseHostName, parseNameOrString, parseSemicolon } from './parse-basics.ts';
import type { Reader } from './reader.ts';
import type { Loss, Session } from './session.ts';

type Secret = NonNullable<KeyDecl['secret']>;

/** The word `key` was taken. */
export function parseKey(session: Session, loss: Loss, start: number): KeyDecl | undefined {
  const { reader } = session;
  loss.isTold = true;
  const name = parseNameOrString(reader);
  if (name === undefined) {
    reader.report(syntax.nameMissing(reader.nextSpan, 'the name of the key', 'expecting key name.'));
    reader.skip();
    return undefined;
  }
  if (reader.take() !== '{') {
    reader.report(syntax.leftBraceMissing(reader.span, 'expecting left brace'));
    reader.skipRest();
    return undefined;
  }
  const opening = reader.position;
  const members = parseMembers(reader, name);
  if (members === undefined) {
    reader.leaveBlock(opening);
    reader.takeIf(';');
    return undefined;
  }
  const hasSemicolon = reader.takeIf(';');
  return { kind: 'key', span: reader.spanFrom(start), name, ...members, hasSemicolon };
}

function parseMembers(reader: Reader, name: Name): Pick<KeyDecl, 'algorithm' | 'secret'> | undefined {
  let algorithm: Name | undefined;
  let secret: Secret | undefined;
  for (;;) {
    const token = reader.take();
    const { span } = reader;
    if (token === 'algorithm') {
      if (algorithm !== undefined) return fail(reader, keys.twiceInKey(span, name.text, 'algorithms'));
      algorithm = parseHostName(reader);
      if (algorithm === undefined)
        return fail(reader, syntax.nameMissing(reader.nextSpan, 'the name of an algorithm', 'expecting key algorithm name.'));
    } else if (token === 'secret') {
      if (secret !== undefined) return fail(reader, keys.twiceInKey(span, name.text, 'secrets'));
      secret = parseSecret(reader);
      if (secret === undefined) return undefined;
    } else if (token === '}') return { algorithm, secret };
    else return fail(reader, syntax.rightBraceMissing(span, 'expecting right brace.'));
    if (!parseSemicolon(reader)) return undefined;
  }
}

function fail(reader: Reader, diagnostic: Parameters<Reader['report']>[0]): undefined {
  reader.report(diagnostic);
  return undefined;
}

/** `+` and `/` make several tokens of a secret, and blanks between them are no part of it. */
function parseSecret(reader: Reader): Secret | undefined {
  const start = reader.nextStart;
  const isQuoted = reader.peek() === 'STRING';
  const pieces: { readonly text: string; readonly at: number }[] = [];
  do {
    reader.take();
    pieces.push({ text: reader.word, at: reader.span.start + (reader.source.text.charAt(reader.span.start) === '"' ? 1 : 0) });
  } while (reader.peek() !== 'EOF' && isBase64(reader.nextWord));
  const span = reader.spanFrom(start);
  const text = pieces.map((piece) => piece.text).join('');
  const { bytes, fault } = decodeBase64(text);
  const place = (at: number): number => {
    let rest = at;
    for (const piece of pieces) {
      if (rest < piece.text.length) return piece.at + rest;
      rest -= piece.text.length;
    }
    return span.end;
  };
  if (fault?.kind === 'character') return fail(reader, keys.badBase64Character(span, place(fault.at), text.charAt(fault.at)));
  if (fault?.kind === 'behind-padding') {
    // dhcpd prints the rest of the token, and its tokens end at `=`, `+` and `/`.
    let rest = fault.at;
    const piece = pieces.find((candidate) => (rest -= candidate.text.length) < 0);
    return fail(reader, keys.behindPadding(span, place(fault.at), piece?.text.slice(rest + piece.text.length) ?? ''));
  }
  if (fault?.kind === 'leftover') reader.report(keys.leftoverBits(span, fault.bits));
  if (bytes.length > 0) return { text, bytes, span, isQuoted };
  reader.reportBare(keys.emptySecret(span));
  return undefined;
}
