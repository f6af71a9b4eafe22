// `leasehold leases history`: every record of an address or a client in a lease file, ours or dhcpd's, oldest first. Offline.

import { readFileSync } from 'node:fs';
import { buildCommand } from '@stricli/core';
import { fromLatin1 } from '../std/bytes.ts';
import { forever } from '../std/time.ts';
import { DateReader } from '../lease/date-reader.ts';
import type { CliContext } from './cli-context.ts';
import { writeCsv } from './csv.ts';
import { renderValue } from './render-value.ts';

export interface LeaseEvent {
  readonly ip: string;
  readonly state: string;
  /** Of the client's last message; seconds since 1970, `never`, or null. */
  readonly lastContact: number | 'never' | null;
  readonly starts: number | 'never' | null;
  readonly ends: number | 'never' | null;
  readonly hardware: string | null;
  readonly hostname: string | null;
}

const dates = new DateReader();

function timeIn(record: string, word: string): LeaseEvent['ends'] {
  const text = new RegExp(`^\\s*${word} ([^;]+);`, 'm').exec(record)?.[1];
  if (text === undefined) return null;
  const time = dates.read(text.trim());
  return time < 0 ? null : time === forever ? 'never' : time;
}

const wordIn = (record: string, pattern: RegExp): string | null => pattern.exec(record)?.[1] ?? null;

/** Records that concern `subject`: an address, a hardware address, or part of a host name. Cold: reads the whole text. */
export function leaseHistory(text: string, subject: string): LeaseEvent[] {
  const wanted = subject.toLowerCase();
  const events: LeaseEvent[] = [];
  for (const [record, ip = ''] of text.matchAll(/^lease ([\d.]+) \{$[^]*?^\}/gm)) {
    const hardware = wordIn(record, /^\s*hardware \S+ ([0-9a-f:]+);/m);
    const hostname = wordIn(record, /^\s*client-hostname "([^"]*)";/m);
    if (ip !== wanted && hardware !== wanted && !(hostname?.toLowerCase().includes(wanted) ?? false)) continue;
    events.push({
      ip,
      state: wordIn(record, /^\s*binding state (\w+);/m) ?? 'unknown',
      lastContact: timeIn(record, 'cltt'),
      starts: timeIn(record, 'starts'),
      ends: timeIn(record, 'ends'),
      hardware,
      hostname,
    });
  }
  return events;
}

interface HistoryFlags {
  readonly file: string;
  readonly json: boolean;
  readonly csv: boolean;
}
export const historyCommand = buildCommand<HistoryFlags, [subject: string], CliContext>({
  docs: { brief: 'Every record of an address, a MAC or a host name in a lease file; no server is asked' },
  parameters: {
    flags: {
      file: { kind: 'parsed', parse: String, brief: 'Lease file', default: '/var/lib/dhcp/dhcpd.leases', placeholder: 'FILE' },
      json: { kind: 'boolean', brief: 'Print as JSON', default: false },
      csv: { kind: 'boolean', brief: 'Print as comma separated values', default: false },
    },
    positional: { kind: 'tuple', parameters: [{ parse: String, brief: 'Address, MAC or part of a host name', placeholder: 'subject' }] },
  },
  func({ file, json, csv }, subject) {
    let text: string;
    try {
      text = fromLatin1(readFileSync(file));
    } catch (error) {
      this.err(`leasehold: ${(error as Error).message}; name the lease file with --file`);
      return this.exit(2);
    }
    const events = leaseHistory(text, subject);
    if (json) this.out(JSON.stringify({ count: events.length, events }));
    else if (csv) for (const line of writeCsv(['ip', 'state', 'lastContact', 'starts', 'ends', 'hardware', 'hostname'], events as never)) this.out(line);
    else for (const line of [...renderValue(events), `${events.length} records`]) this.out(line);
    return this.exit(events.length > 0 ? 0 : 1);
  },
});
