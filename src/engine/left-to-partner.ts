// REQUESTs that we left to a partner that does not answer us: it may answer its client, so the first one is its. One that comes again
// got no answer from anybody; it is refused, and its client begins anew with us instead of asking the dead until it gives up.
//
// Only of clients that have just been offered the address by the partner: who asks for a lease of its own (INIT-REBOOT, RENEWING,
// REBINDING) may hold it rightly, and is never refused for what only the partner can know.

import type { MonoMillis } from '../std/time.ts';
import type { DhcpView } from '../wire/dhcp-view.ts';
import { hashBytes } from '../lease/hash-index.ts';

/** The oldest is forgotten beyond this many. */
const requestsMax = 4_096;
/** Two messages of one exchange are not further apart: clients give up before. */
const togetherMillis = 60_000;

export class LeftToPartner {
  readonly #heardAt = new Map<string, MonoMillis>();

  /** Whether this message of this client was here before; remembers it. Cold: only while the link to a partner is down. */
  isAgain(view: DhcpView, now: MonoMillis): boolean {
    const key = `${view.xid} ${hashBytes(0, view.htype, view.slot, view.chaddrAt, view.hlen)}`;
    const before = this.#heardAt.get(key);
    this.#heardAt.delete(key);
    this.#heardAt.set(key, now);
    if (this.#heardAt.size > requestsMax) {
      const [oldest] = this.#heardAt.keys();
      if (oldest !== undefined) this.#heardAt.delete(oldest);
    }
    return before !== undefined && now - before <= togetherMillis;
  }
}
