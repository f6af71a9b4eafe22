// One record per failover peer: what failover decided, which the engine reads on every packet.
// failover/ is the only writer. Without any peer there is no view and the node serves alone.

import type { Seconds, UnixSeconds } from '../std/time.ts';

export type Service =
  /** Own state normal: DISCOVERs are shared out by hash. */
  | 'cooperating'
  /** communications-interrupted: everybody, from our own addresses only. */
  | 'alone'
  /** partner-down: everybody, and the partner's addresses after `takeover`. */
  | 'partner-down'
  | 'none';

export interface ServiceView {
  service: Service;
  /** dhcpd's text after `not responding`, with its leading blank: ` (recovering)`; empty while serving. */
  reason: string;
  role: 'primary' | 'secondary';
  /** 32 bytes, bit set = primary; undefined before the first CONNECT of a secondary. */
  hashBuckets: Uint8Array | undefined;
  loadBalanceMaxSecs: number;
  mclt: Seconds;
  /** Start time of our state (STOS): takeover of a partner address needs now > max(tsfp, stos) + MCLT. */
  stos: UnixSeconds;
  /** The link is up and the partner is in a state in which it serves. */
  isPartnerServing: boolean;
  /** Server identifiers the partner is known to use; a REQUEST naming one counts as ours while we serve alone. */
  partnerIdentifiers: readonly number[];
  /** Partner clock minus ours, seconds. */
  skew: number;
  /** Neither node remembers its leases: an address that was never seen in use is probed before it is offered, whatever is configured. */
  probesUnused: boolean;
  /** sync-updates, and there is a partner that answers: the ACK of a new lease waits for it, so long at most. */
  isSynchronous: boolean;
  syncWaitMillis: number;
  /** ACKs of new leases that left before the partner had them, since the start; the engine counts. */
  unconfirmedAcks: number;
  /** Set by the engine when a client found none of our addresses free: failover asks for a rebalance. */
  wantsAddresses: boolean;
}

/** Whether leases may be granted at all; the shell's storage events change it, node/ is the only writer. */
export interface StorageView {
  mode: 'leasing' | 'reserved-only';
  /** For people: `disk full: /var/lib/dhcp/dhcpd.leases`; empty while leasing. */
  reason: string;
}
