// Domain names in options (RFC 1035 §3.1 and §4.1.4): text to labels and back, with or without compression.
//
//   name  ::= label* root | label* pointer        label ::= length (1..63) octet{length}
//   root  ::= 0                                    pointer ::= 11 offset (14 bits, into the option's own value)

import { concatBytes } from '../std/bytes.ts';
import type { Result } from '../std/result.ts';
import { err, ok } from '../std/result.ts';

export type NameError = 'empty-label' | 'label-too-long' | 'name-too-long' | 'bad-escape';
/** One name: its labels without the root. */
export type Labels = readonly Uint8Array[];

export const labelSizeMax = 63;
/** Bytes of an encoded name, lengths and root included. */
export const nameSizeMax = 255;
const pointerMark = 0xc0;
const pointerLimit = 0x4000;
const dot = 46;
const backslash = 92;

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57;

/** Reads the escape behind a backslash at `at`: `\DDD` or `\c`; the byte it means and how many bytes it took. */
function readEscape(text: Uint8Array, at: number): { byte: number; size: number } | undefined {
  const first = text[at];
  if (first === undefined) return undefined;
  if (!isDigit(first)) return { byte: first, size: 1 };
  if (!isDigit(text[at + 1]) || !isDigit(text[at + 2])) return undefined;
  const byte = (first - 48) * 100 + ((text[at + 1] ?? 0) - 48) * 10 + ((text[at + 2] ?? 0) - 48);
  return byte > 255 ? undefined : { byte, size: 3 };
}

/** Labels of a written name; `.` and the empty text are the root, a closing dot changes nothing. */
export function labelsOf(text: Uint8Array): Result<Labels, NameError> {
  const labels: Uint8Array[] = [];
  let label: number[] = [];
  let at = 0;
  while (at < text.length) {
    const byte = text[at++] ?? 0;
    if (byte === dot) {
      if (label.length === 0 && text.length > 1) return err('empty-label');
      if (label.length > 0) labels.push(Uint8Array.from(label));
      label = [];
    } else if (byte === backslash) {
      const escape = readEscape(text, at);
      if (escape === undefined) return err('bad-escape');
      label.push(escape.byte);
      at += escape.size;
    } else label.push(byte);
    if (label.length > labelSizeMax) return err('label-too-long');
  }
  if (label.length > 0) labels.push(Uint8Array.from(label));
  return encodedSize(labels) > nameSizeMax ? err('name-too-long') : ok(labels);
}

const encodedSize = (labels: Labels): number => labels.reduce((sum, label) => sum + 1 + label.length, 1);

/** Labels with their lengths and the root. */
export const encodeLabels = (labels: Labels): Uint8Array =>
  concatBytes(...labels.flatMap((label) => [Uint8Array.of(label.length), label]), Uint8Array.of(0));

/** Suffixes compare without case (RFC 1035 §2.3.3). */
const suffixKey = (labels: Labels, from: number): string =>
  labels
    .slice(from)
    .map((label) => `${label.length}:${Array.from(label, (byte) => String.fromCharCode(lower(byte))).join('')}`)
    .join('');
const lower = (byte: number): number => (byte >= 65 && byte <= 90 ? byte + 32 : byte);

/** Names one after another; with compression a suffix that stood before becomes a pointer (RFC 3397 §2). */
export function encodeNames(names: readonly Labels[], compression: 'none' | 'pointers'): Uint8Array {
  const parts: Uint8Array[] = [];
  const seen = new Map<string, number>();
  let size = 0;
  const add = (part: Uint8Array): void => {
    parts.push(part);
    size += part.length;
  };
  for (const labels of names) {
    let end: Uint8Array = Uint8Array.of(0);
    for (const [index, label] of labels.entries()) {
      const key = suffixKey(labels, index);
      const known = compression === 'pointers' ? seen.get(key) : undefined;
      if (known !== undefined) {
        end = Uint8Array.of(pointerMark | (known >>> 8), known & 255);
        break;
      }
      if (size < pointerLimit && !seen.has(key)) seen.set(key, size);
      add(Uint8Array.of(label.length));
      add(label);
    }
    add(end);
  }
  return concatBytes(...parts);
}

/**
 * The name that begins at `at`, and where the next one begins; undefined when it runs past the end, is too long or its
 * pointers do not lead strictly backwards (which bounds the work).
 */
export function decodeName(bytes: Uint8Array, from: number): { labels: Labels; next: number } | undefined {
  const labels: Uint8Array[] = [];
  let at = from;
  let lowest = from;
  let next = -1;
  for (let size = 1; ; ) {
    const length = bytes[at];
    if (length === undefined) return undefined;
    if (length === 0) return { labels, next: next < 0 ? at + 1 : next };
    if (length >= pointerMark) {
      const low = bytes[at + 1];
      const target = ((length & 63) << 8) | (low ?? 0);
      if (low === undefined || target >= lowest) return undefined;
      if (next < 0) next = at + 2;
      lowest = target;
      at = target;
      continue;
    }
    size += length + 1;
    if (length > labelSizeMax || size > nameSizeMax || at + 1 + length > bytes.length) return undefined;
    labels.push(bytes.slice(at + 1, at + 1 + length));
    at += 1 + length;
  }
}

/** All names of a list; undefined when any of it is not a name. */
export function decodeNames(bytes: Uint8Array): readonly Labels[] | undefined {
  const names: Labels[] = [];
  for (let at = 0; at < bytes.length; ) {
    const name = decodeName(bytes, at);
    if (name === undefined) return undefined;
    names.push(name.labels);
    at = name.next;
  }
  return names;
}

/** Written form, without a closing dot; bytes that text cannot show become `\DDD`, dots and backslashes `\c`. */
export function textOfLabels(labels: Labels): string {
  if (labels.length === 0) return '.';
  return labels.map((label) => Array.from(label, textOfByte).join('')).join('.');
}
function textOfByte(byte: number): string {
  if (byte === dot || byte === backslash) return `\\${String.fromCharCode(byte)}`;
  if (byte > 32 && byte < 127) return String.fromCharCode(byte);
  return `\\${String(byte).padStart(3, '0')}`;
}
