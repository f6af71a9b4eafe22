// REQUESTs of new clients under `sync-updates`: the lease is granted and journaled, and its ACK waits until the partner has it too,
// so that no client holds what only one node knows. The wait is bounded; then the ACK leaves all the same, and that is said.

import { never, addMillis, type MonoMillis } from '../std/time.ts';
import type { PacketIn } from '../model/step.ts';
import type { ServiceView } from '../model/service-view.ts';
import type { LeaseTable } from '../lease/lease-table.ts';
import type { Exchange } from './exchange.ts';
import { keptPacket } from './kept-packet.ts';
import { code } from './lookup.ts';

/** Beyond this many, ACKs do not wait. */
const heldMax = 4096;

export interface HeldRequest {
  readonly row: number;
  readonly packet: PacketIn;
  readonly view: ServiceView;
  readonly until: MonoMillis;
}

export class HeldRequests {
  readonly #table: LeaseTable;
  readonly #byRow = new Map<number, HeldRequest>();
  /** Not after the first wait that ends. */
  #deadline: MonoMillis = never;

  constructor(table: LeaseTable) {
    this.#table = table;
  }

  get count(): number {
    return this.#byRow.size;
  }
  get deadline(): MonoMillis {
    return this.#deadline;
  }
  has(row: number): boolean {
    return this.#byRow.has(row);
  }

  /** Whether a lease that is about to be granted must be known to the partner before its client hears of it. PERF: per REQUEST. */
  mustWait(row: number, view: ServiceView | undefined): view is ServiceView {
    return view?.isSynchronous === true && this.#table.state(row) !== code.active && this.#byRow.size < heldMax;
  }

  keep(x: Exchange, row: number, view: ServiceView): void {
    const until = addMillis(x.now.mono, view.syncWaitMillis);
    this.#byRow.set(row, { row, packet: keptPacket(x.packet), view, until });
    if (until < this.#deadline) this.#deadline = until;
  }

  /** Whose wait is over: the partner has the lease, there is nobody to wait for, or the time is up. They are held no longer. */
  takeSettled(now: MonoMillis): HeldRequest[] {
    const settled = [...this.#byRow.values()].filter((held) => held.until <= now || !held.view.isSynchronous || !this.isUnconfirmed(held.row));
    for (const { row } of settled) this.#byRow.delete(row);
    this.#deadline = never;
    for (const { until } of this.#byRow.values()) if (until < this.#deadline) this.#deadline = until;
    return settled;
  }

  /** The partner has not acknowledged what the row says (failover reference §5.2). */
  isUnconfirmed(row: number): boolean {
    return this.#table.tstp(row) > this.#table.atsfp(row);
  }
}
