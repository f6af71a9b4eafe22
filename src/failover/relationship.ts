// A relationship as plain numbers, for OMAPI's failover-state object (OMAPI reference §4.8).

import type { Ipv4 } from '../std/ipv4.ts';
import { unset, type MonoMillis, type Now, type UnixSeconds } from '../std/time.ts';
import type { FailoverView } from '../model/failover-view.ts';
import { serverStateCode } from '../wire/failover-tables.ts';
import type { Endpoint } from './endpoint.ts';

const unknown = 0 as Ipv4;

export function relationshipOf(endpoint: Endpoint, now: Now): FailoverView {
  const { peer, view, link, queue } = endpoint;
  return {
    name: endpoint.name,
    partnerAddress: endpoint.partnerAddress ?? unknown,
    partnerPort: peer.partnerPort,
    localAddress: endpoint.localAddress ?? unknown,
    localPort: peer.port,
    maxUnackedUpdates: peer.maxUnackedUpdates,
    mclt: endpoint.mclt,
    loadBalanceMaxSecs: view.loadBalanceMaxSecs,
    hashBuckets: endpoint.hashBuckets,
    partnerState: serverStateCode[endpoint.partner],
    localState: serverStateCode[endpoint.my],
    partnerStos: endpoint.states.partnerStos,
    localStos: endpoint.states.stos,
    isPrimary: peer.role === 'primary',
    lastPacketSent: wallOf(link?.saidAt, now),
    lastTimestampReceived: wallOf(link?.heardAt, now),
    skew: view.skew,
    maxResponseDelay: peer.maxResponseDelay,
    unackedUpdates: queue.unacked.size,
  };
}

const wallOf = (time: MonoMillis | undefined, now: Now): UnixSeconds =>
  time === undefined ? unset : (Math.round(now.wall - (now.mono - time) / 1000) as UnixSeconds);
