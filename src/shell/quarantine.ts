// Packets of death (P8): what broke an invariant is kept in hex beside the lease file, and an identical packet is
// dropped for an hour after restart. xid and secs, which a client changes with every try, do not count.
//   file: one packet a line, `1795370934 0101060000…` (unix seconds, payload in hex)

import { readFileSync, writeFileSync } from 'node:fs';
import { fromHex, toHex } from '../std/bytes.ts';
import { dhcpAt } from '../wire/dhcp-view.ts';

const keptSeconds = 3600;
/** More than this many different packets of death in an hour are a different kind of trouble. */
const packetsMax = 64;

interface Entry {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** The payload with the fields that vary from try to try set to zero. */
function normalised(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy.fill(0, dhcpAt.xid, dhcpAt.flags);
  return copy;
}

const varies = (at: number): boolean => at >= dhcpAt.xid && at < dhcpAt.flags;

export class Quarantine {
  readonly #path: string;
  #entries: Entry[] = [];

  /** Reads what an earlier process left; entries older than an hour are forgotten. */
  constructor(path: string, wallSeconds: number) {
    this.#path = path;
    let text: string;
    try {
      text = readFileSync(path, 'latin1');
    } catch {
      return; // No file: nothing was ever quarantined.
    }
    for (const line of text.split('\n')) {
      const [at, hex] = line.split(' ');
      const bytes = fromHex(hex ?? '');
      if (Number(at) > wallSeconds - keptSeconds && bytes !== undefined && bytes.length >= dhcpAt.ciaddr)
        this.#entries.push({ at: Number(at), bytes });
    }
  }

  get size(): number {
    return this.#entries.length;
  }

  /** PERF: nearly always an empty list. */
  holds(slot: Uint8Array, start: number, size: number): boolean {
    for (const { bytes } of this.#entries) if (isSame(bytes, slot, start, size)) return true;
    return false;
  }

  /** Keeps the packet for the next process; why that failed, or undefined. */
  add(payload: Uint8Array, wallSeconds: number): string | undefined {
    this.#entries = [...this.#entries, { at: wallSeconds, bytes: normalised(payload) }].slice(-packetsMax);
    const text = this.#entries.map(({ at, bytes }) => `${at} ${toHex(bytes)}\n`).join('');
    try {
      writeFileSync(this.#path, text, { mode: 0o640 });
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }
}

function isSame(known: Uint8Array, slot: Uint8Array, start: number, size: number): boolean {
  if (known.length !== size) return false;
  for (let at = 0; at < size; at++) if (!varies(at) && known[at] !== slot[start + at]) return false;
  return true;
}
