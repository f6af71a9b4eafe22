// A lease file as a sliding window: a few megabytes in memory at a time, whatever the file's size.

import { assert } from '../std/assert.ts';

/** Fills `into` from `position` of the file; returns how many bytes it put there, 0 only at the end of the file. */
export type ReadAt = (into: Uint8Array, position: number) => number;

const windowSize = 1024 * 1024;
const windowSizeMin = 4096;
/** Zeros behind the window: readers compare words without looking for its end. */
const paddingSize = 64;

export class LeaseSource {
  readonly read: ReadAt;
  /** Bytes of the file that count: a group that was never closed is not among them. */
  size: number;
  bytes: Uint8Array;
  /** Bytes of the window in use. */
  end = 0;
  /** Position of the window's first byte in the file. */
  #base = 0;

  constructor(read: ReadAt, size: number) {
    this.read = read;
    this.size = size;
    this.bytes = new Uint8Array(Math.min(windowSize, Math.max(size, windowSizeMin)) + paddingSize);
  }

  get isAtEnd(): boolean {
    return this.#base + this.end >= this.size;
  }
  position(at: number): number {
    return this.#base + at;
  }

  /** Drops what stands before `at` and reads on; returns the new place of what stood there. */
  more(at: number): number {
    assert(!this.isAtEnd, 'there is more to read');
    const rest = this.end - at;
    // A record longer than the window: twice the room.
    if (rest > (this.bytes.length - paddingSize) / 2) {
      const grown = new Uint8Array((this.bytes.length - paddingSize) * 2 + paddingSize);
      grown.set(this.bytes.subarray(at, this.end));
      this.bytes = grown;
    } else this.bytes.copyWithin(0, at, this.end);
    this.#base += at;
    this.end = rest;
    const wanted = Math.min(this.bytes.length - paddingSize - rest, this.size - this.#base - rest);
    const count = this.read(this.bytes.subarray(rest, rest + wanted), this.#base + rest);
    this.end += count;
    // The file became shorter while it was read: what is there is all there is.
    if (count === 0) this.size = this.#base + this.end;
    this.bytes.fill(0, this.end, this.end + paddingSize);
    return 0;
  }

  /** Cold. */
  byteAt(position: number): number {
    const one = new Uint8Array(1);
    return this.read(one, position) === 1 ? (one[0] ?? 0) : -1;
  }

  /** Reads bytes [from, to) of the file anew. Cold. */
  slice(from: number, to: number): Uint8Array {
    const bytes = new Uint8Array(to - from);
    let filled = 0;
    while (filled < bytes.length) {
      const count = this.read(bytes.subarray(filled), from + filled);
      if (count === 0) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  }

  /** A function from each of these ascending positions to its line, 1-based. Reads the file again up to the last of them. */
  lineCounter(positions: readonly number[]): (position: number) => number {
    const lines = new Map<number, number>();
    let line = 1;
    let from = 0;
    for (const position of positions) {
      while (from < position) {
        const part = this.slice(from, Math.min(position, from + windowSize));
        if (part.length === 0) break;
        for (let at = part.indexOf(10); at >= 0; at = part.indexOf(10, at + 1)) line++;
        from += part.length;
      }
      lines.set(position, line);
    }
    return (position) => lines.get(position) ?? 0;
  }
}
