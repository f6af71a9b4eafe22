// What the engine may do for a relationship (reference §4.1), written where it looks for each packet.

import { relationshipSettings } from '../model/relationship-settings.ts';
import type { FailoverRecords } from '../lease/failover-records.ts';
import type { Endpoint } from './endpoint.ts';
import { serviceFor, serviceOf, type ServiceRow } from './peer-states.ts';

export function writeServiceView(endpoint: Endpoint, memory: FailoverRecords): void {
  const { view, peer, name, link, mclt, hashBuckets, isStorageLost, partnerAddress } = endpoint;
  const { my, partner, stos } = endpoint.states;
  const { service, reason } = isStorageLost ? serviceOf.paused : heldBack(endpoint) ?? serviceFor(my, partner);
  view.service = service;
  view.reason = reason;
  view.role = peer.role;
  view.hashBuckets = hashBuckets;
  view.loadBalanceMaxSecs = peer.loadBalanceMaxSecs;
  view.mclt = mclt;
  view.stos = stos;
  view.probesUnused = memory.isMemoryLost(name);
  const settings = relationshipSettings(endpoint.config.leasehold.relationships, name);
  view.isSynchronous =
    settings?.isSynchronous === true && my === 'normal' && partner === 'normal' && link !== undefined && endpoint.shares('prompt-acks') && !isStorageLost;
  view.syncWaitMillis = settings?.syncWaitMillis ?? 0;
  view.isPartnerServing = link !== undefined && partner === 'normal';
  view.partnerIdentifiers = partnerAddress === undefined ? [] : [partnerAddress];
}

/** Alone, and the partner may have been allowed to take everything over. */
function heldBack({ states, takeover }: Endpoint): ServiceRow | undefined {
  const reason = serviceOf[states.my].service === 'none' ? '' : takeover.heldBack;
  return reason === '' ? undefined : { service: 'none', reason };
}
