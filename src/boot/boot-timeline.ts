// What each machine fetched lately, and where a boot stands still: from the file server's reports, in memory, bounded.

import { bootPath } from './boot-path.ts';
import { misfit } from './loader-fit.ts';
import { colonsOf } from '../model/boot-choice.ts';
import { macNameOf } from './mac-name.ts';

export interface TimelineFile {
  /** Unix time in seconds. */
  readonly at: number;
  readonly name: string;
  readonly protocol: string;
  readonly outcome: string;
  readonly detail: string;
  readonly bytes: number;
  readonly size: number;
  readonly repeats: number;
  /** Made from this profile; else empty. */
  readonly profile: string;
}
/** A machine as status tells it. */
export interface TimelineRow {
  readonly address: string;
  /** With colons; empty as long as it asked for no file of its own and has no profile. */
  readonly mac: string;
  readonly host: string;
  readonly profile: string;
  /** A sentence about its last step. */
  readonly stands: string;
  /** Older ones that are no longer here. */
  readonly forgotten: number;
  readonly files: readonly TimelineFile[];
}

export const machinesMax = 1_000;
/** A boot has a dozen misses and a handful of files. */
export const filesMax = 40;

interface Client {
  mac: string;
  host: string;
  profile: string;
  forgotten: number;
  readonly files: TimelineFile[];
}

const ethernet = '01';

export class BootTimeline {
  /** By address, the one heard of longest ago first. */
  readonly #clients = new Map<string, Client>();

  /** `mac`: 12 hex digits. The address may have been another machine's before. */
  met({ mac, hostName, ip, profile }: { readonly mac: string; readonly hostName: string; readonly ip: string; readonly profile: string }): void {
    const client = this.#client(ip);
    if (client.mac !== '' && client.mac !== mac) client.files.length = 0;
    Object.assign(client, { mac, host: hostName, profile });
  }

  file(address: string, file: TimelineFile): void {
    const client = this.#client(address);
    const path = bootPath(file.name);
    const digits = path.ok ? macNameOf(path.value)?.digits : undefined;
    if (digits?.startsWith(ethernet) === true) client.mac = digits.slice(2);
    client.files.push(file);
    if (client.files.length > filesMax) {
      client.files.shift();
      client.forgotten++;
    }
  }

  #client(address: string): Client {
    const known = this.#clients.get(address) ?? { mac: '', host: '', profile: '', forgotten: 0, files: [] };
    this.#clients.delete(address);
    this.#clients.set(address, known);
    for (const oldest of this.#clients.keys())
      if (this.#clients.size > machinesMax) this.#clients.delete(oldest);
      else break;
    return known;
  }

  /** The machines, latest first; with `who`, an address, MAC address in any spelling or host name, that one. */
  rows(who?: string): TimelineRow[] {
    const digits = who?.replace(/[:.-]/g, '').toLowerCase();
    return [...this.#clients]
      .filter(([address, { mac, host }]) => who === undefined || address === who || host === who || mac === digits)
      .map(([address, client]) => ({ address, ...client, mac: colonsOf(client.mac), stands: standing(client.files), files: [...client.files] }))
      .toReversed();
  }
}

/** Loaders try many names before one exists, so a miss says something only where nothing follows it. */
const sentences: Readonly<Record<string, (file: TimelineFile) => string>> = {
  sent: ({ name, bytes }) => `has ${name} (${bytes} bytes); what it does with it is not seen here`,
  stopped: ({ name, bytes, size, detail }) => `stopped ${name} itself after ${bytes} of ${size} bytes: ${detail}`,
  silent: ({ name, bytes, size }) => `fell silent at ${bytes} of ${size} bytes of ${name}: it was switched off, or packets to or from it are lost`,
  missing: ({ name, detail }) => `asked for ${name} at last, which is ${detail === 'kind' ? 'no regular file' : 'not there'}`,
  refused: ({ name, detail }) => `asked for ${name} at last, which it may not have (${detail})`,
  failed: ({ name, detail }) => `could not be sent ${name}: ${detail}`,
};
/** Interop: UEFI firmware first asks for a file's size alone, and stops it with error 8; no BIOS does (pxe-boot reference §3.2). */
const isAskedByUefi = (files: readonly TimelineFile[], { name }: TimelineFile): boolean =>
  files.some((file) => file.name === name && file.outcome === 'stopped' && file.bytes === 0);

function standing(files: readonly TimelineFile[]): string {
  const last = files.at(-1);
  const wrong = last?.outcome === 'sent' && isAskedByUefi(files, last) ? misfit(last.name, 'uefi') : undefined;
  if (wrong !== undefined) return `has its first file and loads like UEFI firmware: ${wrong}`;
  return last === undefined ? 'was given its address and asked for no file' : (sentences[last.outcome]?.(last) ?? '');
}
