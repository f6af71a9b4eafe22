// The same message twice within moments (a storm, two copies of one broadcast): the second is dropped. A retransmission
// comes seconds later and is answered (server reference §19 row 42).

import type { Exchange } from './exchange.ts';

const slots = 4096;
const windowMillis = 50;

/** PERF: direct-mapped, typed arrays: a lookup is two loads, and a newcomer takes the slot of whoever was there. */
export class Duplicates {
  readonly #keys = new Uint32Array(slots);
  readonly #xids = new Uint32Array(slots);
  readonly #at = new Float64Array(slots).fill(-Infinity);
  droppedCount = 0;

  /** Whether the packet was seen a moment ago from the same client by the same way; it is remembered. */
  isRepeat(x: Exchange): boolean {
    const { view } = x;
    const xid = view.xid;
    const way = Math.imul(view.giaddr ^ Math.imul(x.port.index, 0x01000193), 0x85ebca6b);
    // The whole of what a REQUEST asks counts: a client may name several servers' offers under one xid.
    const asked = Math.imul(view.requestedAddress ^ view.ciaddr ^ view.serverIdentifier, 0xc2b2ae35);
    const key = (x.client ^ way ^ asked ^ Math.imul(view.messageType + 1, 0x9e3779b1)) >>> 0;
    const slot = (key ^ Math.imul(xid, 0x9e3779b1)) >>> 20;
    const now = x.now.mono;
    const isRepeat = this.#keys[slot] === key && this.#xids[slot] === xid && now - (this.#at[slot] ?? 0) < windowMillis;
    if (isRepeat) this.droppedCount++;
    else {
      this.#keys[slot] = key;
      this.#xids[slot] = xid;
      this.#at[slot] = now;
    }
    return isRepeat;
  }
}
