// `include "path";` (dhcpd-conf reference §1.7): the other file is read where the statement stands, with its place and options.

import type { Item } from './ast.ts';
import * as syntax from './diagnostics/syntax.ts';
import { parseSemicolon, textOfString } from './parse-basics.ts';
import { openBlock, parseInto, type Place } from './parse-declarations.ts';
import { deeper, includeSession, noLoss, type Session } from './session.ts';

export function parseInclude(session: Session, place: Place, start: number): Item | undefined {
  const { reader } = session;
  if (reader.take() !== 'STRING') {
    reader.report(syntax.fileNameMissing(reader.span));
    reader.skip();
    return undefined;
  }
  const path = reader.string();
  const name = textOfString(path.bytes);
  if (!parseSemicolon(reader)) return undefined;
  const span = reader.spanFrom(start);
  const isLoop = session.run.sources.some((source) => source.name === name) && session.run.depth > 200;
  const found = isLoop ? undefined : session.read(name);
  if (found === undefined) {
    reader.report(syntax.includeLoop(path.span, name));
    return { kind: 'include', span, path, source: undefined, body: [] };
  }
  if ('problem' in found) {
    reader.reportBare(syntax.includeUnreadable(path.span, name, found.problem, found.isDirectory === true));
    return { kind: 'include', span, path, source: undefined, body: [] };
  }
  const inner = includeSession(session, found.source);
  const errorsBefore = session.run.diagnostics.length;
  const body: Item[] = [];
  deeper(session, noLoss(), path.span, () => {
    const state = openBlock(place);
    while (!inner.reader.isAtEnd) parseInto(inner, state, body);
    return true;
  });
  const hasFailed = session.run.diagnostics.slice(errorsBefore).some(({ severity }) => severity === 'error');
  if (hasFailed) reader.report(syntax.includeFailed(path.span, name));
  return { kind: 'include', span, path, source: found.source, body };
}
