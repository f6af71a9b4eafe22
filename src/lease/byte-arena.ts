// Byte strings of many rows (client identifiers, long hardware addresses, extras) without an object each.
// A string is a reference: its place in units of four bytes. Freed places are reused by size.
//
//   | size, 2 bytes, big endian | bytes … | padding to a multiple of 4 |

import { assert } from '../std/assert.ts';

const chunkShift = 18;
/** Units of four bytes in a chunk of one megabyte. */
const chunkUnits = 1 << chunkShift;
/** Longest string with a class of its own; longer ones are rounded up to a power of two. */
const exactUnitsMax = 128;
/** Bytes of one string. */
export const arenaSizeMax = 65_535;

/** PERF: nothing moves and nothing is copied when it grows: chunks are added. */
export class ByteArena {
  readonly #chunks: Uint8Array[] = [];
  /** Free units at the end of the last chunk start here. Reference 0 is never given out. */
  #end = 1;
  /** By size class: first free place, 0 for none; the next one stands in its first four bytes. */
  readonly #free = new Uint32Array(exactUnitsMax + 32);
  /** Units in use. */
  #used = 0;

  /** Bytes taken from the operating system, and of those in use. */
  get size(): { readonly reserved: number; readonly used: number } {
    return { reserved: this.#chunks.length * chunkUnits * 4, used: this.#used * 4 };
  }

  /** Keeps bytes[offset, offset + length); length ≤ `arenaSizeMax`. */
  put(bytes: Uint8Array, offset: number, length: number): number {
    assert(length <= arenaSizeMax, 'a string fits the arena');
    const reference = this.#take(length);
    const chunk = this.#chunk(reference);
    const at = (reference & (chunkUnits - 1)) * 4;
    chunk[at] = length >>> 8;
    chunk[at + 1] = length & 255;
    for (let i = 0; i < length; i++) chunk[at + 2 + i] = bytes[offset + i] ?? 0;
    return reference;
  }

  release(reference: number): void {
    assert(reference !== 0, 'only a string that was kept is released');
    const chunk = this.#chunk(reference);
    const at = (reference & (chunkUnits - 1)) * 4;
    const classIndex = classOf(this.length(reference));
    const next = this.#free[classIndex] ?? 0;
    chunk[at] = next >>> 24;
    chunk[at + 1] = next >>> 16;
    chunk[at + 2] = next >>> 8;
    chunk[at + 3] = next;
    this.#free[classIndex] = reference;
    this.#used -= unitsOf(classIndex);
  }

  length(reference: number): number {
    const chunk = this.#chunk(reference);
    const at = (reference & (chunkUnits - 1)) * 4;
    return ((chunk[at] ?? 0) << 8) | (chunk[at + 1] ?? 0);
  }
  /** The chunk that holds a string, and where its bytes begin in it: valid until it is released. */
  bytes(reference: number): Uint8Array {
    return this.#chunk(reference);
  }
  offset(reference: number): number {
    return (reference & (chunkUnits - 1)) * 4 + 2;
  }

  equals(reference: number, bytes: Uint8Array, offset: number, length: number): boolean {
    if (this.length(reference) !== length) return false;
    const chunk = this.bytes(reference);
    const at = this.offset(reference);
    for (let i = 0; i < length; i++) if (chunk[at + i] !== bytes[offset + i]) return false;
    return true;
  }
  /** Copies into `out` at `at`, returns the length. */
  copy(reference: number, out: Uint8Array, at: number): number {
    const chunk = this.bytes(reference);
    const from = this.offset(reference);
    const length = this.length(reference);
    for (let i = 0; i < length; i++) out[at + i] = chunk[from + i] ?? 0;
    return length;
  }
  slice(reference: number): Uint8Array {
    const from = this.offset(reference);
    return this.bytes(reference).slice(from, from + this.length(reference));
  }

  #chunk(reference: number): Uint8Array {
    const chunk = this.#chunks[reference >>> chunkShift];
    assert(chunk !== undefined, 'a reference points into the arena');
    return chunk;
  }

  #take(length: number): number {
    const classIndex = classOf(length);
    this.#used += unitsOf(classIndex);
    const reused = this.#free[classIndex] ?? 0;
    if (reused !== 0) {
      const chunk = this.#chunk(reused);
      const at = (reused & (chunkUnits - 1)) * 4;
      this.#free[classIndex] =
        (((chunk[at] ?? 0) << 24) | ((chunk[at + 1] ?? 0) << 16) | ((chunk[at + 2] ?? 0) << 8) | (chunk[at + 3] ?? 0)) >>> 0;
      return reused;
    }
    return this.#append(unitsOf(classIndex));
  }

  #append(units: number): number {
    const room = this.#chunks.length * chunkUnits - this.#end;
    if (room < units) {
      // Why: a string never crosses chunks; what is left at the end of one, at most 64 kB, stays unused.
      this.#end = Math.max(this.#chunks.length * chunkUnits, 1);
      this.#chunks.push(new Uint8Array(chunkUnits * 4));
    }
    const reference = this.#end;
    this.#end += units;
    return reference;
  }
}

const classOf = (length: number): number => {
  const units = (length + 5) >>> 2;
  return units <= exactUnitsMax ? units : exactUnitsMax + (32 - Math.clz32(units - 1));
};
const unitsOf = (classIndex: number): number =>
  classIndex <= exactUnitsMax ? classIndex : 1 << (classIndex - exactUnitsMax);
