// Timers of rows as a four-ary heap in typed arrays: the earliest is at hand, any can be moved.

import { assert } from '../std/assert.ts';
import { forever, type UnixSeconds } from '../std/time.ts';

/**
 * PERF: setting a timer is O(log n). A new lease ends later than most, so it stays where it is appended; a renewal moves an
 * entry towards the leaves, of which most are.
 */
export class TimerHeap {
  #rows = new Int32Array(0);
  /** Place in the heap plus one, by row; 0 when the row has no timer. */
  #places = new Int32Array(0);
  #at = new Uint32Array(0);
  #count = 0;
  /** Entries looked at since the start: what tests bound. */
  touched = 0;

  get count(): number {
    return this.#count;
  }
  /** Earliest timer, `forever` when there is none. */
  get earliest(): UnixSeconds {
    return this.#count === 0 ? forever : ((this.#at[this.#rows[0] ?? 0] ?? 0) as UnixSeconds);
  }
  /** Row of the earliest timer, -1 when there is none. */
  get first(): number {
    return this.#count === 0 ? -1 : (this.#rows[0] ?? -1);
  }

  /** Room for rows 0 … capacity − 1. */
  grow(capacity: number): void {
    if (capacity <= this.#places.length) return;
    const [rows, places, at] = [this.#rows, this.#places, this.#at];
    this.#rows = new Int32Array(capacity);
    this.#rows.set(rows);
    this.#places = new Int32Array(capacity);
    this.#places.set(places);
    this.#at = new Uint32Array(capacity);
    this.#at.set(at);
  }

  /** When the row is due, `forever` without a timer. */
  at(row: number): UnixSeconds {
    return (this.#places[row] === 0 ? forever : (this.#at[row] ?? 0)) as UnixSeconds;
  }

  /** `forever` clears. */
  set(row: number, at: UnixSeconds): void {
    if (at === forever) return this.clear(row);
    const place = (this.#places[row] ?? 0) - 1;
    const before = this.#at[row] ?? 0;
    this.#at[row] = at;
    if (place < 0) {
      this.#count++;
      this.#up(this.#count - 1, row);
    } else if (at < before) this.#up(place, row);
    else this.#down(place, row);
  }

  clear(row: number): void {
    const place = (this.#places[row] ?? 0) - 1;
    if (place < 0) return;
    this.#places[row] = 0;
    this.#count--;
    if (place === this.#count) return;
    const last = this.#rows[this.#count] ?? 0;
    const parent = (place - 1) >> 2;
    if (place > 0 && this.#isBefore(last, this.#rows[parent] ?? 0)) this.#up(place, last);
    else this.#down(place, last);
  }

  /** Appends without order; `heapify` must follow before anything else is asked. */
  append(row: number, at: UnixSeconds): void {
    assert(this.#places[row] === 0, 'a row has one timer');
    this.#at[row] = at;
    this.#place(row, this.#count++);
  }
  /** O(n). */
  heapify(): void {
    for (let place = (this.#count - 2) >> 2; place >= 0; place--) this.#down(place, this.#rows[place] ?? 0);
  }
  reset(): void {
    this.#places.fill(0);
    this.#count = 0;
  }

  #isBefore(a: number, b: number): boolean {
    return (this.#at[a] ?? 0) < (this.#at[b] ?? 0);
  }
  #place(row: number, place: number): void {
    this.#rows[place] = row;
    this.#places[row] = place + 1;
  }

  #up(from: number, row: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 2;
      const above = this.#rows[parent] ?? 0;
      this.touched++;
      if (!this.#isBefore(row, above)) break;
      this.#place(above, place);
      place = parent;
    }
    this.#place(row, place);
  }

  #down(from: number, row: number): void {
    let place = from;
    for (;;) {
      const first = place * 4 + 1;
      if (first >= this.#count) break;
      const best = this.#earliestChild(first);
      const below = this.#rows[best] ?? 0;
      if (!this.#isBefore(below, row)) break;
      this.#place(below, place);
      place = best;
    }
    this.#place(row, place);
  }

  #earliestChild(first: number): number {
    const end = Math.min(first + 4, this.#count);
    let best = first;
    for (let child = first + 1; child < end; child++)
      if (this.#isBefore(this.#rows[child] ?? 0, this.#rows[best] ?? 0)) best = child;
    this.touched += end - first;
    return best;
  }
}
