// Who may connect to a listener now. An address that connects too often, or everybody where too many do, is shut out for a while: the
// kernel drops the first packet of its connections, which costs this process nothing, and honest clients come in with their retransmission.

import type { Ipv4 } from '../std/ipv4.ts';
import { ConnectionRates } from './connection-rates.ts';
import { eventLoop, type Scheduler } from './scheduler.ts';

/** The kernel of a client sends the first packet again after a second. */
const addressMillis = 900;
const everybodyMillis = 100;
/** More at once, and the first ones come in again; a filter asks one after the other. */
export const shutOutMax = 64;

export type ShutOut = readonly Ipv4[] | 'everybody';

export class ListenerGuard {
  readonly #rates = new ConnectionRates();
  readonly #until = new Map<Ipv4, number>();
  #everybodyUntil = 0;
  #timer: unknown;
  #isClosed = false;
  readonly #shutOut: (who: ShutOut) => void;
  readonly #scheduler: Scheduler;

  /** `shutOut` is told who may not come in now, whenever that changes. */
  constructor(shutOut: (who: ShutOut) => void, scheduler: Scheduler = eventLoop) {
    this.#shutOut = shutOut;
    this.#scheduler = scheduler;
  }

  /** A connection was accepted: false when it must end at once. */
  admits(address: Ipv4): boolean {
    const now = this.#scheduler.monoMillis();
    const { isAdmitted, isAddressSpent, isEverybodySpent } = this.#rates.take(address, now);
    // Those that were in the queue already find it said.
    const isNews = (isAddressSpent && !this.#until.has(address)) || (isEverybodySpent && this.#everybodyUntil === 0);
    if (isAddressSpent && isNews) this.#shut(address, now);
    if (isEverybodySpent && isNews) this.#everybodyUntil = now + everybodyMillis;
    if (isNews) this.#apply();
    return isAdmitted;
  }

  /** A connection of this address came to nothing good. */
  blame(address: Ipv4): void {
    const now = this.#scheduler.monoMillis();
    if (this.#rates.blame(address, now) || this.#until.has(address) || this.#isClosed) return;
    this.#shut(address, now);
    this.#apply();
  }

  /** The listener is gone. */
  close(): void {
    this.#isClosed = true;
    this.#scheduler.cancel(this.#timer);
  }

  #shut(address: Ipv4, now: number): void {
    this.#until.set(address, now + addressMillis);
    const [first] = this.#until.keys();
    if (this.#until.size > shutOutMax && first !== undefined) this.#until.delete(first);
  }

  #apply(): void {
    this.#shutOut(this.#everybodyUntil > 0 ? 'everybody' : [...this.#until.keys()]);
    this.#scheduler.cancel(this.#timer);
    const [first = Infinity] = this.#until.values();
    const next = Math.min(first, this.#everybodyUntil > 0 ? this.#everybodyUntil : Infinity);
    if (next === Infinity) return;
    this.#timer = this.#scheduler.later(() => this.#letIn(), Math.max(1, Math.ceil(next - this.#scheduler.monoMillis())), 'background');
  }

  #letIn(): void {
    const now = this.#scheduler.monoMillis();
    if (this.#everybodyUntil <= now) this.#everybodyUntil = 0;
    for (const [address, until] of this.#until) if (until <= now) this.#until.delete(address);
    this.#apply();
  }
}
