// Rows that failover has yet to hear of, oldest first, each once: what stands in it is the row, so the latest state is what
// will be told.

import { flag, type Columns } from './columns.ts';

/** A ring with room for every row, so that it cannot overflow. Pages that were never used cost no memory. */
export class ChangedRows {
  readonly #columns: Columns;
  #rows = new Int32Array(0);
  #first = 0;
  #count = 0;

  constructor(columns: Columns) {
    this.#columns = columns;
  }

  get count(): number {
    return this.#count;
  }

  /** Room for rows 0 … capacity − 1. */
  grow(capacity: number): void {
    if (capacity <= this.#rows.length) return;
    const grown = new Int32Array(capacity);
    for (let i = 0; i < this.#count; i++) grown[i] = this.#rows[(this.#first + i) % this.#rows.length] ?? -1;
    this.#rows = grown;
    this.#first = 0;
  }

  add(row: number): void {
    const { flags } = this.#columns;
    if (((flags[row] ?? 0) & flag.changed) !== 0) return;
    flags[row] = (flags[row] ?? 0) | flag.changed;
    this.#rows[(this.#first + this.#count) % this.#rows.length] = row;
    this.#count++;
  }

  /** Removes and returns the oldest row, -1 when there is none. */
  take(): number {
    if (this.#count === 0) return -1;
    const row = this.#rows[this.#first] ?? -1;
    this.#first = (this.#first + 1) % this.#rows.length;
    this.#count--;
    const { flags } = this.#columns;
    flags[row] = (flags[row] ?? 0) & ~flag.changed;
    return row;
  }
}
