// What the partner acknowledged of a lease that stays as it is: a comment line, where a whole record would say nothing else that is
// new. dhcpd passes over it, and announces the lease to its partner once more.
//
//   # leasehold agreed 10.0.0.1 1795900000
//
// From then on tsfp and atsfp of 10.0.0.1 are that time, in seconds since 1970; 4294967295 is `never`.

import { latin1, type ByteWriter } from '../std/bytes.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import type { UnixSeconds } from '../std/time.ts';
import { commentPrefix } from './comment-records.ts';
import { appendBytes, isAt } from './text-bytes.ts';

const prefix = latin1(`${commentPrefix}agreed `);
const lineFeed = 10;
const blank = 32;
const dot = 46;
const wordMax = 0xffffffff;

/** PERF: a line per lease and acknowledgement of the partner. */
export function writeAgreed(out: ByteWriter, ip: Ipv4, time: UnixSeconds): void {
  appendBytes(out, prefix);
  out.ipv4(ip);
  out.u8(blank);
  out.decimal(time);
  out.u8(lineFeed);
}

/** PERF: a file may hold one per lease: read in place, nothing is allocated. */
export class AgreedReader {
  ip = 0 as Ipv4;
  time = 0 as UnixSeconds;
  #at = 0;

  /** The whole line that begins at `at` is one of these. Bytes behind the line must not match; the reader's buffer sees to that. */
  read(bytes: Uint8Array, at: number): boolean {
    if (!isAt(bytes, at, prefix)) return false;
    this.#at = at + prefix.length;
    let ip = 0;
    for (let part = 0; part < 4; part++) {
      const value = this.#number(bytes, part < 3 ? dot : blank);
      if (value < 0 || value > 255) return false;
      ip = ip * 256 + value;
    }
    const time = this.#number(bytes, lineFeed);
    if (time <= 0 || time > wordMax) return false;
    this.ip = ip as Ipv4;
    this.time = time as UnixSeconds;
    return true;
  }

  /** Up to and with the byte `end`; -1 where there is no such number, or more than ten digits. */
  #number(bytes: Uint8Array, end: number): number {
    const from = this.#at;
    let value = 0;
    for (let digit = (bytes[this.#at] ?? 0) - 48; digit >= 0 && digit < 10; digit = (bytes[++this.#at] ?? 0) - 48) value = value * 10 + digit;
    const count = this.#at - from;
    return count === 0 || count > 10 || bytes[this.#at++] !== end ? -1 : value;
  }
}
