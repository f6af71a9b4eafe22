// Byte helpers and the growable writer that the journal, log and link lanes share.

import { assert } from './assert.ts';

export const emptyBytes = new Uint8Array(0);

export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Lower-case hex, two digits a byte, joined by `separator`. */
export function toHex(bytes: Uint8Array, separator = ''): string {
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += `${i === 0 ? '' : separator}${hexPairs[bytes[i] ?? 0]}`;
  return text;
}
const hexPairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Hex digits, white space and colons ignored; undefined on anything else or an odd count. */
export function fromHex(text: string): Uint8Array | undefined {
  const digits = text.replace(/[\s:]/g, '');
  if (digits.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(digits)) return undefined;
  const bytes = new Uint8Array(digits.length / 2);
  for (let at = 0; at < bytes.length; at++) bytes[at] = (nibble(digits, 2 * at) << 4) | nibble(digits, 2 * at + 1);
  return bytes;
}

/** Of a hex digit in either case: letters stand nine above the digits' low bits. */
function nibble(digits: string, at: number): number {
  const unit = digits.charCodeAt(at);
  return (unit & 15) + (unit > 57 ? 9 : 0);
}

/** Bytes of a Latin-1 string: what dhcpd's files and logs contain. */
export function latin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
/** PERF: in one call. Byte by byte, a chain of strings would grow that is as long as the text. */
export function fromLatin1(bytes: Uint8Array): string {
  if (bytes.length <= argumentsMax) return Reflect.apply(String.fromCharCode, undefined, bytes);
  let text = '';
  for (let at = 0; at < bytes.length; at += argumentsMax) text += fromLatin1(bytes.subarray(at, at + argumentsMax));
  return text;
}
/** Arguments of one call lie on the stack. */
const argumentsMax = 4096;

/** For a terminal: what a client sent may be anything. */
export const printable = (text: string): string => text.replace(/[^\x20-\x7e]/g, '.');

const hexDigits = latin1('0123456789abcdef');

/**
 * Append-only bytes with a limit. PERF: no allocation after the buffer reached its working size.
 * `reset` keeps the buffer; `view` is valid until the next append.
 */
export class ByteWriter {
  #bytes: Uint8Array;
  #view: DataView;
  readonly sizeMax: number;
  size = 0;

  constructor(sizeInitial = 4096, sizeMax = 256 * 1024 * 1024) {
    this.#bytes = new Uint8Array(sizeInitial);
    this.#view = new DataView(this.#bytes.buffer);
    this.sizeMax = sizeMax;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.size);
  }
  copy(): Uint8Array {
    return this.#bytes.slice(0, this.size);
  }
  reset(): void {
    this.size = 0;
  }
  /** Takes back everything after `size`, a value read earlier. */
  truncate(size: number): void {
    assert(size >= 0 && size <= this.size, 'a writer is truncated to a size it had');
    this.size = size;
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    const needed = this.size + count;
    if (needed <= this.#bytes.length) return;
    assert(needed <= this.sizeMax, 'a writer stays within its limit');
    const grown = new Uint8Array(Math.min(Math.max(needed, this.#bytes.length * 2), this.sizeMax));
    grown.set(this.#bytes.subarray(0, this.size));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  u8(value: number): void {
    this.reserve(1);
    this.#bytes[this.size++] = value;
  }
  u16(value: number): void {
    this.reserve(2);
    this.#view.setUint16(this.size, value);
    this.size += 2;
  }
  u32(value: number): void {
    this.reserve(4);
    this.#view.setUint32(this.size, value);
    this.size += 4;
  }
  /** Overwrites two bytes written earlier (lengths). */
  patchU16(at: number, value: number): void {
    assert(at + 2 <= this.size, 'a patch lies inside what was written');
    this.#view.setUint16(at, value);
  }
  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.#bytes.set(bytes, this.size);
    this.size += bytes.length;
  }
  /** Latin-1 text. PERF: a loop beats an encoder below about 60 characters. */
  text(text: string): void {
    this.reserve(text.length);
    const bytes = this.#bytes;
    let at = this.size;
    for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
    this.size = at;
  }
  /** Unsigned decimal, at least `digitsMin` digits. */
  decimal(value: number, digitsMin = 1): void {
    this.reserve(20);
    let digits = 1;
    for (let limit = 10; value >= limit && digits < 16; limit *= 10) digits++;
    if (digits < digitsMin) digits = digitsMin;
    let rest = value;
    for (let at = this.size + digits - 1; at >= this.size; at--) {
      const tenth = Math.floor(rest / 10);
      this.#bytes[at] = 48 + (rest - tenth * 10);
      rest = tenth;
    }
    this.size += digits;
  }
  ipv4(ip: number): void {
    this.decimal(ip >>> 24);
    this.u8(46);
    this.decimal((ip >>> 16) & 255);
    this.u8(46);
    this.decimal((ip >>> 8) & 255);
    this.u8(46);
    this.decimal(ip & 255);
  }
  /** Lower-case hex pairs of bytes[from, to) joined by colons. */
  hexColons(bytes: Uint8Array, from = 0, to = bytes.length): void {
    this.reserve((to - from) * 3);
    const out = this.#bytes;
    let at = this.size;
    for (let i = from; i < to; i++) {
      const byte = bytes[i] ?? 0;
      if (i > from) out[at++] = 58;
      out[at++] = hexDigits[byte >>> 4] ?? 0;
      out[at++] = hexDigits[byte & 15] ?? 0;
    }
    this.size = at;
  }
}
