// Strings of the lease file as bytes: quoting as dhcpd writes it, and its way back.

import type { ByteWriter } from '../std/bytes.ts';

const quote = 34;
const backslash = 92;

/** PERF: short texts, where a loop beats a call into the runtime. */
export function appendBytes(out: ByteWriter, bytes: Uint8Array): void {
  out.reserve(bytes.length);
  const to = out.bytes;
  let at = out.size;
  for (let i = 0; i < bytes.length; i++) to[at++] = bytes[i] ?? 0;
  out.size = at;
}

/** Whether `text` stands at `at`. PERF: no check of the end: bytes behind it must not match. */
export function isAt(bytes: Uint8Array, at: number, text: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false;
  return true;
}

export const isPrintable = (byte: number): boolean => byte >= 32 && byte <= 126;

/** Printable throughout, without a quote or a backslash. */
export function isPlainText(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const byte = bytes[i] ?? 0;
    if (!isPrintable(byte) || byte === quote || byte === backslash) return false;
  }
  return true;
}

/** `"…"`: printable ASCII as it is, quote and backslash behind a backslash, everything else as three octal digits. */
export function appendQuoted(out: ByteWriter, bytes: Uint8Array, from: number, to: number): void {
  out.reserve((to - from) * 4 + 2);
  const text = out.bytes;
  let at = out.size;
  text[at++] = quote;
  for (let i = from; i < to; i++) {
    const byte = bytes[i] ?? 0;
    if (isPrintable(byte)) {
      if (byte === quote || byte === backslash) text[at++] = backslash;
      text[at++] = byte;
    } else {
      text[at++] = backslash;
      text[at++] = 48 + (byte >> 6);
      text[at++] = 48 + ((byte >> 3) & 7);
      text[at++] = 48 + (byte & 7);
    }
  }
  text[at++] = quote;
  out.size = at;
}

const isOctal = (byte: number): boolean => byte >= 48 && byte <= 55;
const hexValue = (byte: number): number => {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
};
/** What a letter behind a backslash means; any other byte stands for itself. */
const escapes: Readonly<Record<number, number>> = { 110: 10, 114: 13, 116: 9, 98: 8 };

/**
 * Bytes of a quoted string that begins after its quote at `from`, into `out`; returns how many, and -1 when `to` comes before
 * the closing quote. `quotedEnd` then tells where it closed. Escapes as dhcpd's lexer has them: `\ooo` up to three octal
 * digits, `\xHH`, `\n \r \t \b`.
 */
export function readQuoted(bytes: Uint8Array, from: number, to: number, out: Uint8Array): number {
  let count = 0;
  for (let at = from; at < to; at++) {
    let byte = bytes[at] ?? 0;
    if (byte === quote) {
      closedAt = at;
      return count;
    }
    if (byte === backslash) {
      at++;
      byte = bytes[at] ?? 0;
      if (isOctal(byte)) {
        byte -= 48;
        for (let digits = 1; digits < 3 && isOctal(bytes[at + 1] ?? 0); digits++) byte = byte * 8 + (bytes[++at] ?? 0) - 48;
      } else if (byte === 120 && hexValue(bytes[at + 1] ?? 0) >= 0) {
        byte = hexValue(bytes[++at] ?? 0);
        if (hexValue(bytes[at + 1] ?? 0) >= 0) byte = byte * 16 + hexValue(bytes[++at] ?? 0);
      } else byte = escapes[byte] ?? byte;
    }
    // Why: longer than anything the table keeps; the rest is read and left out.
    if (count < out.length) out[count++] = byte & 255;
  }
  return -1;
}
let closedAt = 0;
/** Where the string of the last successful `readQuoted` closed. */
export const quotedEnd = (): number => closedAt;

/** Bytes of `a:9:00:FF` at `from`, into `out`; returns how many, -1 when an element is no byte. Stops at `to`. */
export function readHexList(bytes: Uint8Array, from: number, to: number, out: Uint8Array): number {
  let count = 0;
  let value = -1;
  for (let at = from; at <= to; at++) {
    const byte = at === to ? 58 : (bytes[at] ?? 0);
    if (byte === 58) {
      if (value < 0 || value > 255 || count >= out.length) return -1;
      out[count++] = value;
      value = -1;
      continue;
    }
    const digit = hexValue(byte);
    if (digit < 0) return -1;
    value = (value < 0 ? 0 : value * 16) + digit;
  }
  return count;
}
