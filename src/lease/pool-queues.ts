// The order in which a pool's addresses are allocated: one ordered set of rows per pool and state, as treaps in typed arrays.
// Order: oldest `ends` first, never used ones (0) before all, equal ones by address. dhcpd's is the same, except that it takes
// the last comer among equal used ones.

import { assert } from '../std/assert.ts';
import type { Columns } from './columns.ts';

const none = -1;

/** Heap order of the treap: a fixed scramble of the row number. */
const priority = (row: number): number => {
  const mixed = Math.imul(row + 1, 0x9e3779b1);
  return Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) >>> 0;
};

/**
 * PERF: everything is O(log n) whatever order rows come in; taking the head and putting a row behind all others, which is what
 * serving does, stays on one spine of the tree, about fourteen rows of a million.
 * Invariant: `ends` and `ip` of a row do not change while it is in a queue.
 */
export class PoolQueues {
  readonly #columns: Columns;
  #roots = new Int32Array(0);
  #left = new Int32Array(0);
  #right = new Int32Array(0);
  /** Rows looked at since the start: what tests bound. */
  touched = 0;

  constructor(columns: Columns) {
    this.#columns = columns;
  }

  /** Forgets all queues and makes `queueCount` empty ones for rows 0 … capacity − 1. */
  reset(queueCount: number, capacity: number): void {
    this.#roots = new Int32Array(queueCount).fill(none);
    this.grow(capacity);
  }
  /** Room for rows 0 … capacity − 1. */
  grow(capacity: number): void {
    if (this.#left.length >= capacity) return;
    const [left, right] = [this.#left, this.#right];
    this.#left = new Int32Array(capacity);
    this.#left.set(left);
    this.#right = new Int32Array(capacity);
    this.#right.set(right);
  }

  head(queue: number): number {
    let row = this.#roots[queue] ?? none;
    if (row === none) return none;
    for (;;) {
      const left = this.#left[row] ?? none;
      this.touched++;
      if (left === none) return row;
      row = left;
    }
  }

  /** The row after `row`, which is in the queue. */
  next(queue: number, row: number): number {
    let after = this.#right[row] ?? none;
    if (after !== none) {
      for (let left = this.#left[after] ?? none; left !== none; left = this.#left[after] ?? none) after = left;
      return after;
    }
    let at = this.#roots[queue] ?? none;
    let found = none;
    while (at !== none && at !== row) {
      this.touched++;
      if (this.#isBefore(row, at)) {
        found = at;
        at = this.#left[at] ?? none;
      } else at = this.#right[at] ?? none;
    }
    return found;
  }

  insert(queue: number, row: number): void {
    const own = priority(row);
    let parent = none;
    let isLeft = false;
    let at = this.#roots[queue] ?? none;
    while (at !== none && priority(at) >= own) {
      this.touched++;
      parent = at;
      isLeft = this.#isBefore(row, at);
      at = (isLeft ? this.#left[at] : this.#right[at]) ?? none;
    }
    this.#split(at, row);
    this.#attach(queue, parent, isLeft, row);
  }

  /** Shares out the subtree `from` to both sides of `row`: what is before it and what is after it. */
  #split(from: number, row: number): void {
    let at = from;
    // Where the next piece hangs: on the far side of the last piece, or directly on the row.
    let before = none;
    let after = none;
    while (at !== none) {
      this.touched++;
      if (this.#isBefore(at, row)) {
        if (before === none) this.#left[row] = at;
        else this.#right[before] = at;
        before = at;
        at = this.#right[at] ?? none;
      } else {
        if (after === none) this.#right[row] = at;
        else this.#left[after] = at;
        after = at;
        at = this.#left[at] ?? none;
      }
    }
    if (before === none) this.#left[row] = none;
    else this.#right[before] = none;
    if (after === none) this.#right[row] = none;
    else this.#left[after] = none;
  }

  remove(queue: number, row: number): void {
    let parent = none;
    let isLeft = false;
    let at = this.#roots[queue] ?? none;
    while (at !== row) {
      assert(at !== none, 'a row that is removed is in its queue');
      this.touched++;
      parent = at;
      isLeft = this.#isBefore(row, at);
      at = (isLeft ? this.#left[at] : this.#right[at]) ?? none;
    }
    this.#merge(queue, parent, isLeft, row);
  }

  /** Puts the two subtrees of `row` in its place. */
  #merge(queue: number, from: number, fromLeft: boolean, row: number): void {
    let parent = from;
    let isLeft = fromLeft;
    let left = this.#left[row] ?? none;
    let right = this.#right[row] ?? none;
    while (left !== none && right !== none) {
      this.touched++;
      if (priority(left) >= priority(right)) {
        this.#attach(queue, parent, isLeft, left);
        parent = left;
        isLeft = false;
        left = this.#right[left] ?? none;
      } else {
        this.#attach(queue, parent, isLeft, right);
        parent = right;
        isLeft = true;
        right = this.#left[right] ?? none;
      }
    }
    this.#attach(queue, parent, isLeft, left === none ? right : left);
  }

  #attach(queue: number, parent: number, isLeft: boolean, row: number): void {
    if (parent === none) this.#roots[queue] = row;
    else if (isLeft) this.#left[parent] = row;
    else this.#right[parent] = row;
  }

  /** Fills an empty queue from rows[from, to), which are in order. O(n): rows are hung on the right spine. */
  build(queue: number, rows: Int32Array | Uint32Array, from: number, to: number): void {
    assert(this.#roots[queue] === none, 'a queue that is built was empty');
    const spine: number[] = [];
    for (let index = from; index < to; index++) {
      const row = rows[index] ?? 0;
      let below = none;
      while (spine.length > 0 && priority(spine.at(-1) ?? 0) < priority(row)) below = spine.pop() ?? none;
      this.#left[row] = below;
      this.#right[row] = none;
      const above = spine.at(-1);
      if (above !== undefined) this.#right[above] = row;
      spine.push(row);
    }
    this.#roots[queue] = spine[0] ?? none;
  }

  #isBefore(a: number, b: number): boolean {
    const { ends, ip } = this.#columns;
    const endsA = ends[a] ?? 0;
    const endsB = ends[b] ?? 0;
    return endsA === endsB ? (ip[a] ?? 0) < (ip[b] ?? 0) : endsA < endsB;
  }
}
