// A group of the journal: complete records and a closing comment line, written with one write(2).
//
//   lease 10.0.0.1 {…}
//   # leasehold 17 crc32 89abcdef size 412
//
// 17 is the group's number, 412 the bytes of its records, and the checksum is over these and `# leasehold 17`.

import { assert } from '../std/assert.ts';
import { latin1, type ByteWriter } from '../std/bytes.ts';
import { commentPrefix } from './comment-records.ts';
import { crc32 } from './crc32.ts';
import { isAt } from './text-bytes.ts';

interface GroupClosing {
  readonly sequence: number;
  readonly crc: number;
  /** Bytes of records before the line. */
  readonly size: number;
}

/** Closes the group that began at byte `from` of the writer. PERF: once per commit. */
export function closeGroup(writer: ByteWriter, from: number, sequence: number): void {
  assert(from <= writer.size, 'a group begins inside the writer');
  assert(Number.isSafeInteger(sequence) && sequence >= 0, 'groups are counted');
  const size = writer.size - from;
  writer.text(`${commentPrefix}${sequence}`);
  const crc = crc32(writer.bytes, from, writer.size);
  writer.text(` crc32 ${crc.toString(16).padStart(8, '0')} size ${size}\n`);
}

/** What the shell's journal asks for. */
export const journalFormat = { close: closeGroup };

const lineFeed = 10;
const hash = 35;
const prefix = latin1(commentPrefix);
const crcWord = latin1(' crc32 ');
const sizeWord = latin1(' size ');

/**
 * Reads closing lines in place. PERF: a file may hold one per lease. Bytes behind `to` must not be digits, which the reader's
 * buffer sees to with zeros.
 */
export class ClosingReader implements GroupClosing {
  sequence = 0;
  crc = 0;
  size = 0;
  /** The checksum is over the bytes up to here. */
  summedTo = 0;
  #at = 0;

  /** Where the line that begins at `from` ends, its line feed included; -1 when it is no whole closing line. */
  read(bytes: Uint8Array, from: number, to: number): number {
    if (!isPrefixAt(bytes, from, to)) return -1;
    this.#at = from + prefix.length;
    this.sequence = this.#number(bytes, to, 10);
    this.summedTo = this.#at;
    if (this.sequence < 0 || !this.#skip(bytes, crcWord)) return -1;
    const crcAt = this.#at;
    this.crc = this.#number(bytes, to, 16);
    if (this.#at !== crcAt + 8 || !this.#skip(bytes, sizeWord)) return -1;
    this.size = this.#number(bytes, to, 10);
    if (this.size < 0 || this.#at >= to || bytes[this.#at] !== lineFeed) return -1;
    return this.#at + 1;
  }

  #skip(bytes: Uint8Array, word: Uint8Array): boolean {
    const isThere = isAt(bytes, this.#at, word);
    this.#at += word.length;
    return isThere;
  }
  /** -1 without a digit, or with too many. */
  #number(bytes: Uint8Array, to: number, base: 10 | 16): number {
    let value = 0;
    const from = this.#at;
    for (; this.#at < to; this.#at++) {
      const digit = digitOf(bytes[this.#at] ?? 0);
      if (digit < 0 || digit >= base) break;
      value = value * base + digit;
    }
    return this.#at === from || this.#at - from > 15 ? -1 : value;
  }
}

const digitOf = (byte: number): number =>
  byte >= 48 && byte <= 57 ? byte - 48 : byte >= 97 && byte <= 102 ? byte - 87 : -1;

/**
 * Where the last closing line of bytes[from, to) ends, -1 when there is none. A line that is cut off is none: its group was
 * never acknowledged.
 */
export function lastClosingEnd(bytes: Uint8Array, from: number, to: number): number {
  const reader = new ClosingReader();
  for (let at = to; at > from; ) {
    at = bytes.lastIndexOf(hash, at - 1);
    if (at < from) return -1;
    if (at > 0 && bytes[at - 1] !== lineFeed) continue;
    const end = reader.read(bytes, at, to);
    if (end >= 0) return end;
  }
  return -1;
}

/** Whether a comment of ours begins at `at`. */
export function isPrefixAt(bytes: Uint8Array, at: number, to: number): boolean {
  return at + prefix.length <= to && isAt(bytes, at, prefix);
}
