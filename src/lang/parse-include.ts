// `include "path";` (dhcpd-conf reference §1.7): the other file is read where the statement stands, with its place and options.

import type { Item } from './ast.ts';
import * as syntax from './diagnostics/syntax.ts';
import { parseSemicolon, textOfString } from './parse-basics.ts';
import { openPlace, parseFileItems, type Place } from './parse-declarations.ts';
import { deeper, includeSession, noLoss, type Session } from './session.ts';

/** The word was taken. */
export function parseInclude(session: Session, place: Place, start: number): Item | undefined {
  const { reader, run } = session;
  if (reader.take() !== 'STRING') {
    reader.report(syntax.fileNameMissing(reader.span));
    reader.skipRest();
    return undefined;
  }
  const path = reader.string();
  const name = textOfString(path.bytes);
  const made = (source: Extract<Item, { kind: 'include' }>['source'], body: readonly Item[]): Item => ({
    kind: 'include',
    span: reader.spanFrom(start),
    path,
    source,
    body,
  });
  if (reader.source.name === name || run.including.includes(name)) {
    reader.reportBare(syntax.includeLoop(path.span, name));
    parseSemicolon(reader);
    return made(undefined, []);
  }
  const found = session.read(name);
  if ('problem' in found) {
    reader.reportBare(syntax.includeUnreadable(path.span, name, found.problem, found.isDirectory === true));
    parseSemicolon(reader);
    return made(undefined, []);
  }
  const before = run.diagnostics.length;
  const inner = includeSession(session, found.source);
  run.including.push(name);
  const body = deeper(session, noLoss(), path.span, () => parseFileItems(inner, openPlace(place.kind))) ?? [];
  run.including.pop();
  const hasFailed = run.diagnostics.slice(before).some(({ severity }) => severity === 'error');
  // Told behind what the file itself got wrong: diagnostics are sorted by the offset at which they were met.
  const dhcpdPlace = { ...reader.place(), offset: reader.nextSpan.end };
  if (hasFailed) reader.reportBare({ ...syntax.includeFailed(path.span, name), dhcpdPlace });
  parseSemicolon(reader);
  return made(found.source, body);
}
