// A failover relationship as OMAPI's failover-state object shows it (OMAPI reference §4.8). Failover fills it in.

import type { Ipv4 } from '../std/ipv4.ts';
import type { UnixSeconds } from '../std/time.ts';

export interface FailoverView {
  readonly name: string;
  readonly partnerAddress: Ipv4;
  readonly partnerPort: number;
  readonly localAddress: Ipv4;
  readonly localPort: number;
  readonly maxUnackedUpdates: number;
  readonly mclt: number;
  readonly loadBalanceMaxSecs: number;
  readonly hashBuckets: Uint8Array | undefined;
  /** Numbers of the failover protocol. */
  readonly partnerState: number;
  readonly localState: number;
  readonly partnerStos: UnixSeconds;
  readonly localStos: UnixSeconds;
  readonly isPrimary: boolean;
  readonly lastPacketSent: UnixSeconds;
  readonly lastTimestampReceived: UnixSeconds;
  /** The partner's clock minus ours, seconds. */
  readonly skew: number;
  readonly maxResponseDelay: number;
  readonly unackedUpdates: number;
}
