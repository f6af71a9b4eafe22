// The binding updates of one relationship: rows waiting for the partner in order, and those sent but not acknowledged
// (failover reference §7.2). PERF: every granted lease passes here; the queue is a ring of row numbers.

import { assert } from '../std/assert.ts';
import type { BindingState } from '../model/binding-state.ts';
import type { MonoMillis } from '../std/time.ts';

export interface Unacked {
  readonly xid: number;
  readonly state: BindingState;
  readonly sentAt: MonoMillis;
}

/** Rows in order, each at most once. */
export class UpdateQueue {
  #ring = new Int32Array(1024);
  #head = 0;
  #count = 0;
  #isQueued = new Uint8Array(1024);
  readonly unacked = new Map<number, Unacked>();

  get count(): number {
    return this.#count;
  }
  get isIdle(): boolean {
    return this.#count === 0 && this.unacked.size === 0;
  }
  has(row: number): boolean {
    return this.#isQueued[row] === 1;
  }

  /** To the tail. A row that changes again while its update is out gives its slot back and waits anew. */
  push(row: number): void {
    this.unacked.delete(row);
    if (this.has(row)) return;
    this.#mark(row);
    if (this.#count === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#count) % this.#ring.length] = row;
    this.#count++;
  }
  take(): number {
    assert(this.#count > 0, 'an update is taken from a queue that has one');
    const row = this.#ring[this.#head] ?? -1;
    this.#head = (this.#head + 1) % this.#ring.length;
    this.#count--;
    this.#isQueued[row] = 0;
    return row;
  }
  /** Un-acked updates go back, in the order they were sent; called when the link or the state is lost. */
  requeue(): void {
    const rows = [...this.unacked.keys()];
    this.unacked.clear();
    const waiting: number[] = [];
    while (this.#count > 0) waiting.push(this.take());
    for (const row of [...rows, ...waiting]) this.push(row);
  }
  oldestSentAt(): MonoMillis | undefined {
    for (const { sentAt } of this.unacked.values()) return sentAt;
    return undefined;
  }

  #mark(row: number): void {
    if (row >= this.#isQueued.length) {
      const grown = new Uint8Array(Math.max(row + 1, this.#isQueued.length * 2));
      grown.set(this.#isQueued);
      this.#isQueued = grown;
    }
    this.#isQueued[row] = 1;
  }
  #grow(): void {
    const grown = new Int32Array(this.#ring.length * 2);
    for (let i = 0; i < this.#count; i++) grown[i] = this.#ring[(this.#head + i) % this.#ring.length] ?? -1;
    this.#ring = grown;
    this.#head = 0;
  }
}
