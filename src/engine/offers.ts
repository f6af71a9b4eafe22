// Offers outstanding: an address offered to one client is not free for another until it asks, two minutes pass, or the table
// is full (RFC 2131 §3.1 step 2; dhcpd holds nothing). Bounded; memory only.

import { addMillis, type MonoMillis } from '../std/time.ts';
import type { LeaseTable } from '../lease/lease-table.ts';

const offerMillis = 120_000;
/** A client that has not asked after this is taken to have gone elsewhere when addresses run out. */
const patienceMillis = 10_000;
const oldestLookedAtMax = 64;

/** Open-addressed by row is not needed: a Map keyed by small integers neither hashes strings nor allocates per hit. */
export class Offers {
  readonly #table: LeaseTable;
  #max: number;
  /** Hash of the client an offer was made to, and when it ends, by row. Insertion order is order of ending. */
  readonly #client = new Map<number, number>();
  /** The row offered last to each client. */
  readonly #rowOf = new Map<number, number>();
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
    this.#rowOf.set(client, row);
    this.#table.hold(row);
  }
  /** The row that is offered to the client, -1 when none is. */
  rowFor(client: number, now: MonoMillis): number {
    const row = this.#rowOf.get(client) ?? -1;
    return row >= 0 && (this.#until.get(row) ?? now) > now ? row : -1;
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
  /** The oldest offer that suits, if its client had time to ask; only so many are looked at. -1: none. */
  oldest(now: MonoMillis, isSuitable: (row: number) => boolean): number {
    let looked = 0;
    for (const [row, until] of this.#until) {
      if (until - offerMillis + patienceMillis > now || ++looked > oldestLookedAtMax) return -1;
      if (isSuitable(row)) return row;
    }
    return -1;
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
    const client = this.#client.get(row);
    this.#client.delete(row);
    if (client !== undefined && this.#rowOf.get(client) === row) this.#rowOf.delete(client);
  }
}
