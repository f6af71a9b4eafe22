// Offers outstanding: an address offered to one client is not free for another until it asks, two minutes pass, or the table
// is full (RFC 2131 §3.1 step 2; dhcpd holds nothing). Bounded; memory only.

import { addMillis, type MonoMillis } from '../std/time.ts';
import { HashIndex } from '../lease/hash-index.ts';
import type { LeaseTable } from '../lease/lease-table.ts';

const offerMillis = 120_000;
/** A client that has not asked after this is taken to have gone elsewhere when addresses run out. */
const patienceMillis = 10_000;
const oldestLookedAtMax = 64;
const none = -1;

/** Spreads neighbouring rows over buckets. */
const hashOfRow = (row: number): number => Math.imul(row, 0x9e3779b1) >>> 8;

/**
 * One slot an offer; slots are reused.
 * PERF: offering and ending an offer is what every new client costs, so both are a few typed-array writes: no allocation.
 */
export class Offers {
  readonly #table: LeaseTable;
  #max: number;
  #size = 0;
  #row = new Int32Array(0);
  /** Hash of the client that the offer was made to. */
  #client = new Uint32Array(0);
  #until = new Float64Array(0);
  /** Order of offering, which is the order of ending: the slot after each. Free slots are chained through it too. */
  #after = new Int32Array(0);
  #before = new Int32Array(0);
  #oldest = none;
  #newest = none;
  #free = none;
  readonly #byRow = new HashIndex();
  readonly #byClient = new HashIndex();

  constructor(table: LeaseTable, max: number) {
    this.#table = table;
    this.#max = max;
  }
  set max(max: number) {
    this.#max = max;
  }
  get size(): number {
    return this.#size;
  }
  get deadline(): MonoMillis {
    return (this.#oldest === none ? Infinity : (this.#until[this.#oldest] ?? 0)) as MonoMillis;
  }

  offer(row: number, client: number, now: MonoMillis): void {
    const standing = this.#slotOf(row);
    if (standing !== none) this.#forget(standing);
    if (this.#size >= this.#max) this.end(this.#row[this.#oldest] ?? none);
    const slot = this.#takeSlot();
    this.#row[slot] = row;
    this.#client[slot] = client;
    this.#until[slot] = addMillis(now, offerMillis);
    this.#byRow.insert(slot, hashOfRow(row));
    this.#byClient.insert(slot, client);
    this.#table.hold(row);
  }
  /** The row that was offered to the client last, -1 when none is. */
  rowFor(client: number, now: MonoMillis): number {
    for (let slot = this.#byClient.first(client); slot !== none; slot = this.#byClient.next(slot))
      if (this.#client[slot] === client) return this.#isLive(slot, now) ? (this.#row[slot] ?? none) : none;
    return none;
  }
  /** Whether somebody else has a live offer of the row. */
  isForeign(row: number, client: number, now: MonoMillis): boolean {
    const slot = this.#slotOf(row);
    return slot !== none && this.#isLive(slot, now) && this.#client[slot] !== client;
  }
  isOffered(row: number, client: number): boolean {
    const slot = this.#slotOf(row);
    return slot !== none && this.#client[slot] === client;
  }
  /** The client took the address (the table ends the hold by itself), refused it, or went elsewhere. */
  end(row: number): void {
    const slot = this.#slotOf(row);
    if (slot === none) return;
    this.#forget(slot);
    this.#table.unhold(row);
  }
  /** The oldest offer that suits, if its client had time to ask; only so many are looked at. -1: none. */
  oldest(now: MonoMillis, isSuitable: (row: number) => boolean): number {
    let looked = 0;
    for (let slot = this.#oldest; slot !== none; slot = this.#after[slot] ?? none) {
      if ((this.#until[slot] ?? 0) - offerMillis + patienceMillis > now || ++looked > oldestLookedAtMax) return none;
      if (isSuitable(this.#row[slot] ?? none)) return this.#row[slot] ?? none;
    }
    return none;
  }
  expire(now: MonoMillis): void {
    while (this.#oldest !== none && !this.#isLive(this.#oldest, now)) this.end(this.#row[this.#oldest] ?? none);
  }

  #isLive(slot: number, now: MonoMillis): boolean {
    return (this.#until[slot] ?? 0) > now;
  }
  #slotOf(row: number): number {
    let slot = this.#size === 0 ? none : this.#byRow.first(hashOfRow(row));
    while (slot !== none && this.#row[slot] !== row) slot = this.#byRow.next(slot);
    return slot;
  }

  /** A slot at the end of the order. */
  #takeSlot(): number {
    if (this.#free === none) this.#grow();
    const slot = this.#free;
    this.#free = this.#after[slot] ?? none;
    this.#after[slot] = none;
    this.#before[slot] = this.#newest;
    if (this.#newest === none) this.#oldest = slot;
    else this.#after[this.#newest] = slot;
    this.#newest = slot;
    this.#size++;
    return slot;
  }
  #forget(slot: number): void {
    this.#byRow.remove(slot);
    this.#byClient.remove(slot);
    const before = this.#before[slot] ?? none;
    const after = this.#after[slot] ?? none;
    if (before === none) this.#oldest = after;
    else this.#after[before] = after;
    if (after === none) this.#newest = before;
    else this.#before[after] = before;
    this.#after[slot] = this.#free;
    this.#free = slot;
    this.#size--;
  }
  /** Twice the slots; the new ones are free. */
  #grow(): void {
    const from = this.#row.length;
    const size = Math.max(64, from * 2);
    const grown = <T extends Int32Array | Uint32Array | Float64Array>(array: T, copy: T): T => (copy.set(array), copy);
    this.#row = grown(this.#row, new Int32Array(size));
    this.#client = grown(this.#client, new Uint32Array(size));
    this.#until = grown(this.#until, new Float64Array(size));
    this.#before = grown(this.#before, new Int32Array(size));
    this.#after = grown(this.#after, new Int32Array(size));
    this.#byRow.grow(size, (slot) => hashOfRow(this.#row[slot] ?? 0));
    this.#byClient.grow(size, (slot) => this.#client[slot] ?? 0);
    for (let slot = size - 1; slot >= from; slot--) {
      this.#after[slot] = this.#free;
      this.#free = slot;
    }
  }
}
