// How many addresses of each pool are in each binding state, kept up to date by every change.

import { flag } from './columns.ts';

const statesPerPool = 8;

export class PoolCounts {
  #all = new Int32Array(0);
  #withheld = new Int32Array(0);
  #reserved = new Int32Array(0);

  reset(poolCount: number): void {
    this.#all = new Int32Array(poolCount * statesPerPool);
    this.#withheld = new Int32Array(poolCount * statesPerPool);
    this.#reserved = new Int32Array(poolCount * statesPerPool);
  }

  add(pool: number, state: number, flags: number, difference: number): void {
    const at = pool * statesPerPool + state;
    this.#all[at] = (this.#all[at] ?? 0) + difference;
    if ((flags & flag.withheld) !== 0) this.#withheld[at] = (this.#withheld[at] ?? 0) + difference;
    if ((flags & flag.reserved) !== 0) this.#reserved[at] = (this.#reserved[at] ?? 0) + difference;
  }

  all(pool: number, state: number): number {
    return this.#all[pool * statesPerPool + state] ?? 0;
  }
  withheld(pool: number, state: number): number {
    return this.#withheld[pool * statesPerPool + state] ?? 0;
  }
  reserved(pool: number, state: number): number {
    return this.#reserved[pool * statesPerPool + state] ?? 0;
  }
}
