// Offers outstanding: an address offered to one client is not free for another until it asks, two minutes pass, or the table
// is full (RFC 2131 §3.1 step 2; dhcpd holds nothing). Bounded; memory only.

import { addMillis, type MonoMillis } from '../std/time.ts';
import type { LeaseTable } from '../lease/lease-table.ts';

const offerMillis = 120_000;

/** Open-addressed by row is not needed: a Map keyed by small integers neither hashes strings nor allocates per hit. */
export class Offers {
  readonly #table: LeaseTable;
  #max: number;
  /** Hash of the client an offer was made to, and when it ends, by row. Insertion order is order of ending. */
  readonly #client = new Map<number, number>();
  readonly #until = new Map<number, MonoMillis>();

  constructor(table: LeaseTable, max: number) {
    this.#table = table;
    this.#max = max;
  }
  set max(max: number) {
    this.#max = max;
  }
  get size(): number {
    return this.#until.size;
  }
  get deadline(): MonoMillis {
    for (const until of this.#until.values()) return until;
    return Infinity as MonoMillis;
  }

  offer(row: number, client: number, now: MonoMillis): void {
    if (this.#until.has(row)) this.#forget(row);
    if (this.#until.size >= this.#max) this.#dropOldest();
    this.#until.set(row, addMillis(now, offerMillis));
    this.#client.set(row, client);
    this.#table.hold(row);
  }
  /** Whether somebody else has a live offer of the row. */
  isForeign(row: number, client: number, now: MonoMillis): boolean {
    const until = this.#until.get(row);
    return until !== undefined && until > now && this.#client.get(row) !== client;
  }
  isOffered(row: number, client: number): boolean {
    return this.#client.get(row) === client;
  }
  /** The client took the address (the table ends the hold by itself), refused it, or went elsewhere. */
  end(row: number): void {
    if (!this.#until.has(row)) return;
    this.#forget(row);
    this.#table.unhold(row);
  }
  expire(now: MonoMillis): void {
    for (const [row, until] of this.#until) {
      if (until > now) return;
      this.end(row);
    }
  }
  #dropOldest(): void {
    for (const row of this.#until.keys()) {
      this.end(row);
      return;
    }
  }
  #forget(row: number): void {
    this.#until.delete(row);
    this.#client.delete(row);
  }
}
