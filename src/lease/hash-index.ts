// Rows by a hash of something they hold: chained through typed arrays, no object per entry.

import { assert } from '../std/assert.ts';

/** FNV-1a over a prefix and bytes, salted and mixed: who does not know the salt cannot choose colliding keys. */
export function hashBytes(salt: number, prefix: number, bytes: Uint8Array, offset: number, length: number): number {
  let hash = Math.imul((0x811c9dc5 ^ salt ^ prefix) | 0, 0x01000193);
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ (bytes[offset + i] ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16) ^ salt, 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

const none = -1;

/**
 * A multimap from hash to rows. The owner compares keys and hands in the same hash when it removes a row.
 * PERF: insertion and removal are O(1), chains are doubly linked; a lookup walks the chain of one bucket.
 */
export class HashIndex {
  #heads = new Int32Array(1).fill(none);
  #next = new Int32Array(0);
  /** The row before; for the first of a chain, the bucket as −2 − bucket. */
  #previous = new Int32Array(0);
  #capacity = 0;

  /** Room for rows 0 … capacity − 1. `hashOf(row)` is asked again for every row that is in the index. */
  grow(capacity: number, hashOf: (row: number) => number): void {
    if (capacity <= this.#capacity) return;
    const present: number[] = [];
    for (const head of this.#heads)
      for (let row = head; row !== none; row = this.#next[row] ?? none) present.push(row);
    this.#capacity = capacity;
    this.#heads = new Int32Array(1 << Math.max(4, 32 - Math.clz32(Math.max(capacity - 1, 1)))).fill(none);
    this.#next = new Int32Array(capacity);
    this.#previous = new Int32Array(capacity);
    for (const row of present) this.insert(row, hashOf(row));
  }

  insert(row: number, hash: number): void {
    const bucket = hash & (this.#heads.length - 1);
    const head = this.#heads[bucket] ?? none;
    this.#next[row] = head;
    this.#previous[row] = -2 - bucket;
    if (head !== none) this.#previous[head] = row;
    this.#heads[bucket] = row;
  }

  /** Behind the rows that are there: their order is that of insertion. Costs a walk along the chain. */
  append(row: number, hash: number): void {
    let last = this.first(hash);
    if (last === none) {
      this.insert(row, hash);
      return;
    }
    for (let next = this.next(last); next !== none; next = this.next(last)) last = next;
    this.#next[last] = row;
    this.#next[row] = none;
    this.#previous[row] = last;
  }

  remove(row: number): void {
    const next = this.#next[row] ?? none;
    const previous = this.#previous[row] ?? none;
    assert(previous !== none, 'a row that is removed is in the index');
    if (next !== none) this.#previous[next] = previous;
    if (previous >= 0) this.#next[previous] = next;
    else this.#heads[-2 - previous] = next;
    this.#previous[row] = none;
  }

  /** First row of the bucket, -1 when empty: other hashes live there too, so the caller compares. */
  first(hash: number): number {
    return this.#heads[hash & (this.#heads.length - 1)] ?? none;
  }
  next(row: number): number {
    return this.#next[row] ?? none;
  }
}
