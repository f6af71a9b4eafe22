// Which transfers run, by the client's address and port, and how many: a flood of requests takes the places of its own
// half-open transfers, never that of a client that answers.

import type { MonoMillis } from '../std/time.ts';

/**
 * So long after its last acknowledgement a client is in the middle of its file: a request like the first is one that it sent before it
 * heard our answer, and that was late. A machine that starts over needs longer than that.
 */
const middleMillis = 2_000;

/** What the table needs to know of a transfer. */
export interface Tabled {
  readonly isHalfOpen: boolean;
  /** When the client acknowledged something last. */
  readonly heardAt: MonoMillis;
  /** The request, byte for byte: a second one like it is the client's repetition. */
  readonly request: string;
}

export interface TableLimits {
  readonly transfersMax: number;
  readonly perAddressMax: number;
}

/** `busy`: say nothing; the client asks again. `duplicate`: what was sent for the first request is sent again in time. */
export type Admission<T> =
  | { readonly kind: 'admitted'; /** Ended by this request. */ readonly evicted: readonly T[]; /** One of them to make room. */ readonly isCrowded: boolean }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'busy' };

const keyOf = (address: number, port: number): number => address * 65_536 + port;

export class TransferTable<T extends Tabled> {
  readonly #limits: TableLimits;
  /** Oldest first. */
  readonly #transfers = new Map<number, T>();
  readonly #counts = new Map<number, number>();

  constructor(limits: TableLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#transfers.size;
  }
  values(): Iterable<T> {
    return this.#transfers.values();
  }

  /** Whether a request may become a transfer; the caller then adds it. */
  admit(address: number, port: number, request: string, now: MonoMillis): Admission<T> {
    const evicted: T[] = [];
    const before = this.#transfers.get(keyOf(address, port));
    if (before !== undefined) {
      if (before.request === request && (before.isHalfOpen || now - before.heardAt < middleMillis)) return { kind: 'duplicate' };
      // Boot ROMs use one port for everything: a new request there is the end of the transfer before.
      evicted.push(before);
      this.remove(address, port);
    }
    const restarted = evicted.length;
    if ((this.#counts.get(address) ?? 0) >= this.#limits.perAddressMax && !this.#evict(evicted, address)) return { kind: 'busy' };
    if (this.size >= this.#limits.transfersMax && !this.#evict(evicted, undefined)) return { kind: 'busy' };
    return { kind: 'admitted', evicted, isCrowded: evicted.length > restarted };
  }

  add(address: number, port: number, transfer: T): void {
    this.remove(address, port);
    this.#transfers.set(keyOf(address, port), transfer);
    this.#counts.set(address, (this.#counts.get(address) ?? 0) + 1);
  }

  remove(address: number, port: number): void {
    if (!this.#transfers.delete(keyOf(address, port))) return;
    const count = (this.#counts.get(address) ?? 1) - 1;
    if (count === 0) this.#counts.delete(address);
    else this.#counts.set(address, count);
  }

  /** Takes out the oldest half-open transfer, of that address if one is given. */
  #evict(evicted: T[], of: number | undefined): boolean {
    for (const [key, transfer] of this.#transfers) {
      const address = Math.floor(key / 65_536);
      if (!transfer.isHalfOpen || (of !== undefined && address !== of)) continue;
      evicted.push(transfer);
      this.remove(address, key % 65_536);
      return true;
    }
    return false;
  }
}
