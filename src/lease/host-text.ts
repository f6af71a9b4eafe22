// A host as text: its record of the lease file, one character a byte. What two nodes tell each other of a host is this.

import { ByteWriter, fromLatin1 } from '../std/bytes.ts';
import { readHostRecord, writeHostRecord, type HostRecord } from './host-record.ts';
import type { HostVersion } from './host-version.ts';

/** PERF: thousands of hosts may come in a row. */
const scratch = new ByteWriter(4096);

export function textOf(host: HostRecord): string {
  scratch.reset();
  writeHostRecord(scratch, host);
  return fromLatin1(scratch.view());
}
/** The same as a declaration of dhcpd.conf. */
export const exportText = (host: HostRecord): string => textOf(host).replace('  dynamic;\n', '');

const fileOfPartner = { file: { name: 'partner', text: '' }, start: 0, end: 0 };
/** Undefined for an empty text, and for one that is no record of this host. */
export function recordIn(name: string, text: string): HostRecord | undefined {
  const record = text === '' ? undefined : readHostRecord(text, fileOfPartner);
  return record?.name === name ? record : undefined;
}

/** Whether `text` is what `textOf` writes. */
function isTextOf(host: HostRecord, text: string): boolean {
  scratch.reset();
  writeHostRecord(scratch, host);
  if (scratch.size !== text.length) return false;
  const { bytes } = scratch;
  for (let at = 0; at < text.length; at++) if (bytes[at] !== text.charCodeAt(at)) return false;
  return true;
}

interface Read {
  readonly version: HostVersion;
  /** Of what counts; undefined where dhcpd.conf does. */
  readonly record: HostRecord | undefined;
}
/**
 * The version with texts as this node would have written them; undefined when one is no record of the host. PERF: nearly always they
 * are just so, and the version stays as it is.
 */
export function asWrittenHere(name: string, { seen, written }: HostVersion): Read | undefined {
  const records = written.map(({ text }) => recordIn(name, text));
  if (written.some(({ text }, index) => text !== '' && records[index] === undefined)) return undefined;
  const own = written.map((write, index) => {
    const record = records[index];
    return record === undefined || isTextOf(record, write.text) ? write : { ...write, text: textOf(record) };
  });
  return { version: { seen, written: own }, record: records[0] };
}
