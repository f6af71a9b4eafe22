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

const queued = 1;
const awaited = 2;

/** Rows in order, each at most once. */
export class UpdateQueue {
  #ring = new Int32Array(1024);
  #head = 0;
  #count = 0;
  /** By row: `queued` and `awaited` bits. */
  #marks = new Uint8Array(1024);
  #awaitedCount = 0;
  readonly unacked = new Map<number, Unacked>();
  /** Leases of ours that were on their way when the partner's word was taken over, by row: their xid. It has yet to hear of them. */
  readonly #crossing = new Map<number, number>();

  get count(): number {
    return this.#count;
  }
  get isIdle(): boolean {
    return this.#count === 0 && this.unacked.size === 0;
  }
  has(row: number): boolean {
    return ((this.#marks[row] ?? 0) & queued) !== 0;
  }

  /** To the tail. A row that changes again while its update is out gives its slot back and waits anew. */
  push(row: number): void {
    this.unacked.delete(row);
    if (this.has(row)) return;
    this.#mark(row, queued);
    if (this.#count === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#count) % this.#ring.length] = row;
    this.#count++;
  }
  /** The partner's word replaces what was sent of the row. */
  supersede(row: number): void {
    const sent = this.unacked.get(row);
    if (sent === undefined) return;
    this.unacked.delete(row);
    if (sent.state === 'active') this.#crossing.set(row, sent.xid);
  }
  isCrossing(row: number): boolean {
    return this.#crossing.has(row);
  }
  /** The partner answered an update of the row. */
  answered(row: number, xid: number): void {
    if (this.#crossing.get(row) === xid) this.#crossing.delete(row);
  }
  take(): number {
    assert(this.#count > 0, 'an update is taken from a queue that has one');
    const row = this.#ring[this.#head] ?? -1;
    this.#head = (this.#head + 1) % this.#ring.length;
    this.#count--;
    this.#marks[row] = (this.#marks[row] ?? 0) & ~queued;
    return row;
  }
  /** Un-acked updates go back, in the order they were sent; called when the link or the state is lost. */
  requeue(): void {
    const rows = [...this.unacked.keys()];
    this.unacked.clear();
    this.#crossing.clear();
    const waiting: number[] = [];
    while (this.#count > 0) waiting.push(this.take());
    for (const row of [...rows, ...waiting]) this.push(row);
  }
  oldestSentAt(): MonoMillis | undefined {
    for (const { sentAt } of this.unacked.values()) return sentAt;
    return undefined;
  }

  // ── The partner's update request: rows it must confirm before it is told that it has everything ──
  /** The row belongs to the request that is being answered. */
  awaitRow(row: number): void {
    if (((this.#marks[row] ?? 0) & awaited) !== 0) return;
    this.#mark(row, awaited);
    this.#awaitedCount++;
  }
  /** The row's update was answered, or is not needed any more; no effect while it waits to be sent again. */
  settle(row: number): void {
    if (((this.#marks[row] ?? 0) & (awaited | queued)) !== awaited || this.unacked.has(row)) return;
    this.#marks[row] = 0;
    this.#awaitedCount--;
  }
  get awaitedCount(): number {
    return this.#awaitedCount;
  }
  /** The request is void: the link is gone. */
  forgetAwaited(): void {
    if (this.#awaitedCount === 0) return;
    for (let row = 0; row < this.#marks.length; row++) this.#marks[row] = (this.#marks[row] ?? 0) & queued;
    this.#awaitedCount = 0;
  }

  #mark(row: number, mark: number): void {
    if (row >= this.#marks.length) {
      const grown = new Uint8Array(Math.max(row + 1, this.#marks.length * 2));
      grown.set(this.#marks);
      this.#marks = grown;
    }
    this.#marks[row] = (this.#marks[row] ?? 0) | mark;
  }
  #grow(): void {
    const grown = new Int32Array(this.#ring.length * 2);
    for (let i = 0; i < this.#count; i++) grown[i] = this.#ring[(this.#head + i) % this.#ring.length] ?? -1;
    this.#ring = grown;
    this.#head = 0;
  }
}
