// What only Leasehold knows and keeps in dhcpd.leases: comment lines, which dhcpd and every other reader pass over. One row per
// kind with its writer and its reader; the closing line of a group is in journal-group.ts, what is written for every lease that a
// partner acknowledges in agreed-lines.ts.
//
//   # leasehold WORD FIELD …            fields have no blanks: other bytes than letters, digits and -._:/ are %XX

import type { ByteWriter } from '../std/bytes.ts';
import { fromHex, fromLatin1, latin1, toHex } from '../std/bytes.ts';
import { formatIpv4, parseIpv4, type Ipv4 } from '../std/ipv4.ts';
import { forever, type UnixSeconds } from '../std/time.ts';
import { bootTargets, type BootChoice } from '../model/boot-choice.ts';
import { decodeSource, encodeSource } from '../lang/source-text.ts';
import { contactStages, type Contact } from './contact-table.ts';
import { isOrigin, readDot, writeDot, type Dot, type Written } from './host-version.ts';

export type CommentRecord =
  /** What the lines below are written in; a file without this line is of format 1. */
  | { readonly kind: 'format'; readonly format: number }
  /** A reserved host got its address. */
  | { readonly kind: 'contact'; readonly contact: Contact }
  /** Last good answer for a host name, sorted. */
  | { readonly kind: 'name'; readonly name: string; readonly addresses: readonly Ipv4[] }
  /** We may have served clients of this peer's pools until then. */
  | { readonly kind: 'served'; readonly peer: string; readonly at: UnixSeconds }
  /** Both nodes of a pair share it. */
  | { readonly kind: 'pair'; readonly peer: string; readonly identity: string }
  /** Neither node of the pair remembered its leases; or, later, that this is over. */
  | { readonly kind: 'memory'; readonly peer: string; readonly isLost: boolean }
  /** A deletion of a host above this line counts no more. */
  | { readonly kind: 'host-restored'; readonly name: string }
  /** The partner was secured; or, later, that it may be plain again. */
  | { readonly kind: 'secured'; readonly peer: string; readonly isPinned: boolean }
  /** The partner keeps to this witness when it is alone (a checksum of its settings); 0: to none. */
  | { readonly kind: 'witness'; readonly peer: string; readonly digest: number }
  /** Under this name the node writes hosts. */
  | { readonly kind: 'host-origin'; readonly origin: string }
  /** Version of the host above this line; `text` is what counts where the record above is something else. */
  | { readonly kind: 'host-version'; readonly name: string; readonly dot: Dot; readonly beside: readonly string[]; readonly text: string | undefined; readonly seen: readonly Dot[] }
  /** Belongs to the version above: what lost against it. */
  | { readonly kind: 'host-loser'; readonly name: string; readonly write: Written }
  /** What a machine is to boot from the network. */
  | { readonly kind: 'boot'; readonly choice: BootChoice }
  /** Every finite time of all leases above this line moves by so many seconds. */
  | { readonly kind: 'clock-step'; readonly deltaSeconds: number };

type Row<Kind extends CommentRecord['kind']> = {
  write(record: Extract<CommentRecord, { kind: Kind }>): readonly string[];
  /** undefined: not what we write. */
  read(fields: readonly string[]): Extract<CommentRecord, { kind: Kind }> | undefined;
};

const writeTime = (time: UnixSeconds): string => (time === forever ? 'never' : String(time));
function readTime(text: string | undefined): UnixSeconds | undefined {
  if (text === 'never') return forever;
  return text !== undefined && /^\d{1,10}$/.test(text) && Number(text) < forever ? (Number(text) as UnixSeconds) : undefined;
}

const namesIn = (text: string): readonly string[] => (text === '' ? [] : text.split('\n'));

/** Of most contacts there is nothing to say but who answered. */
function contactTail(isPartners: boolean, said: readonly [string, string, string]): readonly string[] {
  if (said.join() !== 'system,,') return [isPartners ? 'partner' : 'here', ...said];
  return isPartners ? ['partner'] : [];
}

const rows: { readonly [Kind in CommentRecord['kind']]: Row<Kind> } = {
  format: {
    write: ({ format }) => [String(format)],
    read: ([format]) => (format === undefined || !/^\d{1,6}$/.test(format) ? undefined : { kind: 'format', format: Number(format) }),
  },
  contact: {
    write: ({ contact: { ip, host, hardware, at, ends, isPartners, stage, vendorClass, userClass } }) => [
      formatIpv4(ip), writeTime(at), writeTime(ends), String(hardware.htype), toHex(hardware.address, ':') || '-', host,
      ...contactTail(isPartners === true, [stage, vendorClass, userClass]),
    ],
    read([ip, at, ends, htype, address, host, by, stageText, vendorClass = '', userClass = '']) {
      const contact = {
        ip: parseIpv4(ip ?? ''),
        at: readTime(at),
        ends: readTime(ends),
        address: address === '-' ? new Uint8Array(0) : fromHex(address ?? '?'),
      };
      if (contact.ip === undefined || contact.at === undefined || contact.ends === undefined || contact.address === undefined)
        return undefined;
      if (host === undefined || !/^\d{1,3}$/.test(htype ?? '')) return undefined;
      const hardware = { htype: Number(htype), address: contact.address };
      const stage = contactStages.find((known) => known === stageText) ?? 'system';
      const who = by === 'partner' ? { isPartners: true } : {};
      return { kind: 'contact', contact: { ip: contact.ip, host, hardware, at: contact.at, ends: contact.ends, stage, vendorClass, userClass, ...who } };
    },
  },
  name: {
    write: ({ name, addresses }) => [name, ...addresses.map(formatIpv4)],
    read([name, ...texts]) {
      const addresses = texts.map(parseIpv4).filter((ip) => ip !== undefined);
      if (name === undefined || addresses.length === 0 || addresses.length !== texts.length) return undefined;
      return { kind: 'name', name, addresses };
    },
  },
  served: {
    write: ({ peer, at }) => [writeTime(at), peer],
    read([time, peer]) {
      const at = readTime(time);
      return peer === undefined || at === undefined ? undefined : { kind: 'served', peer, at };
    },
  },
  pair: {
    write: ({ peer, identity }) => [identity, peer],
    read: ([identity, peer]) =>
      identity === undefined || peer === undefined || !/^[\w-]{1,64}$/.test(identity)
        ? undefined
        : { kind: 'pair', peer, identity },
  },
  memory: {
    write: ({ peer, isLost }) => [isLost ? 'lost' : 'kept', peer],
    read: ([word, peer]) =>
      peer === undefined || (word !== 'lost' && word !== 'kept') ? undefined : { kind: 'memory', peer, isLost: word === 'lost' },
  },
  'host-restored': {
    write: ({ name }) => [name],
    read: ([name]) => (name === undefined ? undefined : { kind: 'host-restored', name }),
  },
  secured: {
    write: ({ peer, isPinned }) => [isPinned ? 'pinned' : 'free', peer],
    read: ([word, peer]) =>
      peer === undefined || (word !== 'pinned' && word !== 'free') ? undefined : { kind: 'secured', peer, isPinned: word === 'pinned' },
  },
  witness: {
    write: ({ peer, digest }) => [String(digest), peer],
    read: ([digest, peer]) =>
      peer === undefined || digest === undefined || !/^\d{1,10}$/.test(digest) ? undefined : { kind: 'witness', peer, digest: Number(digest) },
  },
  'host-origin': {
    write: ({ origin }) => [origin],
    read: ([origin]) => (origin === undefined || !isOrigin(origin) ? undefined : { kind: 'host-origin', origin }),
  },
  'host-version': {
    write: ({ name, dot, beside, text, seen }) => [name, writeDot(dot), beside.join('\n'), text ?? '-', ...seen.map(writeDot)],
    read([name, dotText, besideText, text, ...seenTexts]) {
      const dot = readDot(dotText ?? '');
      const seen = seenTexts.map(readDot).filter((known) => known !== undefined);
      if (name === undefined || dot === undefined || besideText === undefined || text === undefined || seen.length === 0 || seen.length !== seenTexts.length)
        return undefined;
      return { kind: 'host-version', name, dot, beside: namesIn(besideText), text: text === '-' ? undefined : text, seen };
    },
  },
  'host-loser': {
    write: ({ name, write: { dot, beside, text } }) => [name, writeDot(dot), beside.join('\n'), text],
    read([name, dotText, besideText, text]) {
      const dot = readDot(dotText ?? '');
      if (name === undefined || dot === undefined || besideText === undefined || text === undefined) return undefined;
      return { kind: 'host-loser', name, write: { dot, beside: namesIn(besideText), text } };
    },
  },
  boot: {
    write: ({ choice: { mac, target, profile, setAt, state } }) => [mac, writeTime(setAt), target, state, profile],
    read([mac, time, word, state, profile]) {
      const setAt = readTime(time);
      const target = bootTargets.find((known) => known === word);
      if (setAt === undefined || setAt === forever || target === undefined || profile === undefined) return undefined;
      if (!/^[0-9a-f]{12}$/.test(mac ?? '') || (state !== 'pending' && state !== 'done')) return undefined;
      return { kind: 'boot', choice: { mac: mac ?? '', target, profile, setAt, state } };
    },
  },
  'clock-step': {
    write: ({ deltaSeconds }) => [String(deltaSeconds)],
    read: ([delta]) =>
      delta === undefined || !/^-?\d{1,10}$/.test(delta) ? undefined : { kind: 'clock-step', deltaSeconds: Number(delta) },
  },
};

/** Goes up when an older version would misread what a newer one wrote; lines it merely does not know it passes over, and says so. */
export const leaseFileFormat = 1;

export const commentPrefix = '# leasehold ';

/** An empty field is a lone `%`. PERF: most fields are plain, and thousands may come in a row. */
const escapeField = (text: string): string => (text === '' ? '%' : /^[\w\-.:/]+$/.test(text) ? text : escaped(text));
const escaped = (text: string): string =>
  fromLatin1(encodeSource(text)).replace(/[^\w\-.:/]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
const unescapeField = (text: string): string =>
  text === '%'
    ? ''
    : decodeSource(latin1(text.replace(/%([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))));

/** Appends the comment line of a record. */
export function writeComment(out: ByteWriter, record: CommentRecord): void {
  const write = rows[record.kind].write as (record: CommentRecord) => readonly string[];
  out.text(`${commentPrefix}${record.kind} ${write(record).map(escapeField).join(' ')}\n`);
}

/** Reads a comment line that starts with `commentPrefix`, without its line end; undefined when it is not one of ours. */
export function readComment(line: string): CommentRecord | undefined {
  const [kind, ...fields] = line.slice(commentPrefix.length).trimEnd().split(' ');
  if (kind === undefined || !Object.hasOwn(rows, kind)) return undefined;
  return rows[kind as CommentRecord['kind']].read(fields.map(unescapeField));
}
