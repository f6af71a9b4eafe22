// Host records of the lease file: dynamic hosts made by OMAPI or replication, and tombstones (dhcpd-leases reference §6).

import { ByteWriter } from '../std/bytes.ts';
import { parseIpv4 } from '../std/ipv4.ts';
import type { AddressItem } from '../model/expression.ts';
import { hardwareTypeName, type Hardware } from '../model/hardware.ts';
import type { Span } from '../model/span.ts';
import { skipBlank, statementEnd } from './block-reader.ts';
import { htypeOf, readData } from './lease-statements.ts';
import { appendQuotedName, nameFrom, quotedPattern } from './names.ts';
import { appendQuoted } from './text-bytes.ts';

/** A host as the lease file holds it. */
export interface HostRecord {
  readonly name: string;
  /** It hides a host of this name in the configuration. */
  readonly isDeleted: boolean;
  /** Declared in the configuration and changed or deleted since; dhcpd writes no `dynamic;` for it. */
  readonly isStatic: boolean;
  readonly hardware: Hardware | undefined;
  readonly uid: Uint8Array | undefined;
  readonly fixedAddresses: readonly AddressItem[];
  /** Named group whose statements it takes over. */
  readonly group: string | undefined;
  /** Other statements as text, each with its semicolon: `supersede server.filename = "px";`. */
  readonly statements: readonly string[];
}

/** A deleted host: what stays of it. */
export const tombstone = (name: string, isStatic = false): HostRecord => ({
  name, isDeleted: true, isStatic, hardware: undefined, uid: undefined, fixedAddresses: [], group: undefined, statements: [],
});

const isPlainName = (name: string): boolean => /^[A-Za-z0-9][\w.-]*$/.test(name);

/** As dhcpd writes it; statements stand at eight blanks. */
export function writeHostRecord(out: ByteWriter, host: HostRecord): void {
  out.text('host ');
  if (isPlainName(host.name)) out.text(host.name);
  else appendQuotedName(out, host.name);
  out.text(host.isStatic ? ' {\n' : ' {\n  dynamic;\n');
  if (host.isDeleted) {
    out.text('  deleted;\n}\n');
    return;
  }
  if (host.hardware !== undefined) {
    out.text(`  hardware ${hardwareTypeName(host.hardware.htype)} `);
    out.hexColons(host.hardware.address);
    out.text(';\n');
  }
  if (host.uid !== undefined) {
    out.text('  uid ');
    appendQuoted(out, host.uid, 0, host.uid.length);
    out.text(';\n');
  }
  host.fixedAddresses.forEach((item, index) => {
    out.text(index === 0 ? '  fixed-address ' : ',');
    if (item.kind === 'name') out.text(item.name);
    else out.ipv4(item.address);
  });
  if (host.fixedAddresses.length > 0) out.text(';\n');
  if (host.group !== undefined) {
    out.text('  group ');
    appendQuotedName(out, host.group);
    out.text(';\n');
  }
  for (const statement of host.statements) {
    out.text('        ');
    out.text(statement);
    out.text('\n');
  }
  out.text('}\n');
}

interface Draft {
  isDeleted: boolean;
  isStatic: boolean;
  hardware: Hardware | undefined;
  uid: Uint8Array | undefined;
  fixedAddresses: readonly AddressItem[];
  group: string | undefined;
  readonly statements: string[];
}
type MemberReader = (rest: string, draft: Draft, span: Span) => boolean;

const members: Readonly<Record<string, MemberReader>> = {
  dynamic(_, draft) {
    draft.isStatic = false;
    return true;
  },
  deleted: (_, draft) => (draft.isDeleted = true),
  hardware(rest, draft) {
    const [name = '', list = ''] = rest.split(/\s+/);
    const htype = htypeOf(name.toLowerCase());
    const address = readData(list);
    if (htype === undefined || address === undefined) return false;
    draft.hardware = { htype, address };
    return true;
  },
  uid(rest, draft) {
    draft.uid = readData(rest);
    return draft.uid !== undefined;
  },
  'fixed-address'(rest, draft, span) {
    draft.fixedAddresses = rest.split(',').map((text) => addressItem(text.trim(), span));
    return true;
  },
  group(rest, draft) {
    draft.group = nameFrom(rest);
    return true;
  },
};

function addressItem(text: string, span: Span): AddressItem {
  const address = parseIpv4(text);
  return address === undefined ? { kind: 'name', name: text, span } : { kind: 'address', address };
}

const recordHead = new RegExp(String.raw`^host\s+(${quotedPattern}|[^\s"{]+)\s*\{`);

/** Longer heads are nobody's. */
const headMax = 600;
/** PERF: thousands of records may be read in a row. */
const scratch = new ByteWriter(4096);

/** `text` is a whole record, one character a byte; undefined when it is not one that can be read. */
export function readHostRecord(text: string, span: Span): HostRecord | undefined {
  const head = recordHead.exec(text.slice(0, headMax));
  const name = head?.[1] === undefined ? undefined : nameFrom(head[1]);
  if (head === null || name === undefined) return undefined;
  scratch.reset();
  scratch.text(text);
  scratch.u8(0); // What an earlier text left behind it is not read on into.
  const { bytes } = scratch;
  const to = text.length;
  const draft: Draft = { isDeleted: false, isStatic: true, hardware: undefined, uid: undefined, fixedAddresses: [], group: undefined, statements: [] };
  for (let at = skipBlank(bytes, head[0].length, to); at < to && bytes[at] !== 125; ) {
    const end = statementEnd(bytes, at, to);
    if (end < 0 || end === at) return undefined;
    if (!readMember(text.slice(at, end), draft, span)) return undefined;
    at = skipBlank(bytes, end, to);
  }
  return draft.isDeleted ? tombstone(name, draft.isStatic) : { name, ...draft };
}

function readMember(text: string, draft: Draft, span: Span): boolean {
  const keyword = /^[\w-]+/.exec(text)?.[0] ?? '';
  const name = keyword.toLowerCase();
  const reader = Object.hasOwn(members, name) ? members[name] : undefined;
  if (reader !== undefined) return reader(text.slice(keyword.length, text.endsWith(';') ? -1 : undefined).trim(), draft, span);
  draft.statements.push(text);
  return true;
}
