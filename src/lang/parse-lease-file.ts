// A lease file as a tree (dhcpd-leases reference §2): for its rare records, for tools, and for what is damaged. The leases of a
// running server are read by lease/, which knows nothing of trees.

import type { SourceFile } from '../model/span.ts';
import type { FileTree, Item } from './ast.ts';
import * as leases from './diagnostics/lease-file.ts';
import type { OptionTable } from './option-table.ts';
import { parseSemicolon } from './parse-basics.ts';
import { parseClass, parseSubclass } from './parse-classes.ts';
import { openPlace } from './parse-declarations.ts';
import { parseFailover } from './parse-failover.ts';
import { parseHost } from './parse-hosts.ts';
import { parseLease } from './parse-leases.ts';
import { parseGroup } from './parse-networks.ts';
import type { Parsed } from './parse.ts';
import { openSession, type Session } from './session.ts';

/** `options`: as the configuration left them. Never throws. */
export function parseLeaseFile(source: SourceFile, options: OptionTable): Parsed {
  const session = openSession(source, options, () => ({ problem: 'a lease file includes nothing' }));
  const { reader } = session;
  const body: Item[] = [];
  let hasLease = false;
  while (reader.peek() !== 'EOF') {
    const start = reader.nextStart;
    const token = reader.take();
    const parser = Object.hasOwn(parsers, token) ? parsers[token] : undefined;
    const item = parser === undefined ? refuse(session) : parser(session, start, hasLease);
    hasLease ||= token === 'lease';
    body.push(item ?? { kind: 'skipped', span: reader.spanFrom(start) });
  }
  const tree: FileTree = { kind: 'file', span: { file: source, start: 0, end: source.text.length }, source, body };
  return { tree, diagnostics: session.run.diagnostics, options, sources: session.run.sources };
}

type Parser = (session: Session, start: number, hasLease: boolean) => Item | undefined;

const file = openPlace('file');
const parsers: Readonly<Record<string, Parser>> = {
  lease: parseLease,
  host: (session, start) => parseHost(session, file, start),
  group: (session, start) => parseGroup(session, file, start),
  class: (session, start) => parseClass(session, file, start),
  subclass: (session, start) => parseSubclass(session, file, start),
  failover: (session, start) => parseFailover(session, start, 'lease-file'),
  'server-duid': parseServerDuid,
  'authoring-byte-order': parseByteOrder,
  'ia-na': refuseDhcp6,
  'ia-ta': refuseDhcp6,
  'ia-pd': refuseDhcp6,
};

function refuse({ reader }: Session): undefined {
  reader.reportBare(leases.notARecord(reader.span));
  if (reader.source.text.charAt(reader.span.start) !== ';') reader.skip();
  return undefined;
}

function refuseDhcp6({ reader }: Session, start: number): Item {
  const keyword = reader.word.toLowerCase();
  reader.report(leases.notServedRecord(reader.span, keyword));
  reader.skip();
  return { kind: 'not-served', span: reader.spanFrom(start), keyword };
}

/** Any text up to the semicolon, kept as it is. */
function parseServerDuid({ reader }: Session, start: number): Item | undefined {
  const from = reader.nextStart;
  for (let token = reader.peek(); token !== ';' && token !== 'EOF'; token = reader.peek()) reader.take();
  const text = reader.source.text.slice(from, reader.end);
  return parseSemicolon(reader) ? { kind: 'server-duid', span: reader.spanFrom(start), text } : undefined;
}

function parseByteOrder({ reader }: Session, start: number, hasLease: boolean): Item | undefined {
  const word = reader.peek();
  if (hasLease || (word !== 'little-endian' && word !== 'big-endian')) {
    reader.report(leases.byteOrderTooLate(reader.span));
    reader.skip();
    return undefined;
  }
  reader.take();
  return parseSemicolon(reader) ? { kind: 'authoring-byte-order', span: reader.spanFrom(start), word } : undefined;
}
