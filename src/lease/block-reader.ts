// The extent of statements and records of a lease file, damaged ones included: strings, comments and nested braces.

import { latin1 } from '../std/bytes.ts';
import { isAt } from './text-bytes.ts';

const lineFeed = 10;
const quote = 34;
const hash = 35;
const semicolon = 59;
const backslash = 92;
const braceOpen = 123;
const braceClose = 125;

/** The text ended first. */
export const unterminated = -1;
/**
 * A new record began at the start of a line before this one ended: its closing brace is missing. `statementEnd` then tells where,
 * as a number below −2.
 */
export const isInterrupted = (end: number): boolean => end < -2;
export const interruptedBy = (end: number): number => -2 - end;
const interrupted = (at: number): number => -2 - at;

/**
 * Where the statement or record that begins at `from` ends: behind its semicolon, behind the brace that closes what it opened,
 * or before a brace that it did not open. A string ends at the end of its line at the latest, so that one lost quote does not
 * swallow the file.
 */
export function statementEnd(bytes: Uint8Array, from: number, to: number): number {
  let depth = 0;
  for (let at = from; at < to; at++) {
    switch (bytes[at]) {
      case quote: at = stringEnd(bytes, at, to); break;
      case hash: at = lineEnd(bytes, at, to); break;
      case lineFeed:
        if (isRecordStart(bytes, at + 1)) return interrupted(at + 1);
        break;
      case semicolon:
        if (depth === 0) return at + 1;
        break;
      case braceOpen: depth++; break;
      case braceClose:
        if (depth <= 1) return depth === 0 ? at : at + 1;
        depth--;
        break;
      default: break;
    }
  }
  return unterminated;
}

/** The quote that closes the string at `from`, or the last byte of its line. */
function stringEnd(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from + 1; at < to; at++) {
    if (bytes[at] === backslash) at++;
    else if (bytes[at] === quote) return at;
    else if (bytes[at] === lineFeed) return at - 1;
  }
  return to;
}

/** The last byte before the line feed that ends the line at `from`. */
export function lineEnd(bytes: Uint8Array, from: number, to: number): number {
  const end = bytes.indexOf(lineFeed, from);
  return end < 0 || end > to ? to : end - 1;
}

const recordStarts = ['lease ', 'host ', 'failover peer ', '# leasehold '].map(latin1);

/** What only a record begins with, in the first column: statements inside records are indented. */
function isRecordStart(bytes: Uint8Array, at: number): boolean {
  for (const start of recordStarts) if (isAt(bytes, at, start)) return true;
  return false;
}

/** Whether a record that is being read is interrupted at `at`. */
export const isInterruptedAt = (bytes: Uint8Array, at: number): boolean =>
  bytes[at - 1] === lineFeed && isRecordStart(bytes, at);

/**
 * The first byte at or after `from` that is neither white space nor inside a comment; `to` when there is none. A comment of ours
 * in the first column stands between records, so it is not passed over.
 */
export function skipBlank(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const byte = bytes[at] ?? 0;
    if (byte === hash && isInterruptedAt(bytes, at)) return at;
    if (byte === hash) at = lineEnd(bytes, at, to);
    else if (byte !== 32 && byte !== lineFeed && byte !== 13 && byte !== 9) return at;
    at++;
  }
  return to;
}
