// Strings of bytes that come again and again (host names for log lines): made once, then found by their bytes.

import { fromLatin1 } from '../std/bytes.ts';

const slots = 1024;
const sizeMax = 64;

/** PERF: direct-mapped; a hit allocates nothing. */
export class TextCache {
  readonly #bytes: (Uint8Array | undefined)[] = Array.from({ length: slots }, () => undefined);
  readonly #texts: string[] = Array.from({ length: slots }, () => '');

  get(bytes: Uint8Array, at: number, length: number): string {
    let hash = length;
    for (let i = 0; i < length; i++) hash = Math.imul(hash ^ (bytes[at + i] ?? 0), 0x01000193);
    const slot = (hash ^ (hash >>> 15)) & (slots - 1);
    const known = this.#bytes[slot];
    if (known !== undefined && isSame(known, bytes, at, length)) return this.#texts[slot] ?? '';
    const kept = bytes.slice(at, at + length);
    const text = fromLatin1(kept);
    if (length <= sizeMax) {
      this.#bytes[slot] = kept;
      this.#texts[slot] = text;
    }
    return text;
  }
}

function isSame(known: Uint8Array, bytes: Uint8Array, at: number, length: number): boolean {
  if (known.length !== length) return false;
  for (let i = 0; i < length; i++) if (known[i] !== bytes[at + i]) return false;
  return true;
}
