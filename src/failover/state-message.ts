// Our STATE message: what of our state the partner is told, and how.

import type { Now } from '../std/time.ts';
import type { Effects, SendLane } from '../model/step.ts';
import type { FailoverRecords } from '../lease/failover-records.ts';
import { encodeState, type AnnouncedState } from '../wire/failover-message.ts';
import { stateOptions } from './capabilities.ts';
import type { Endpoint } from './endpoint.ts';
import { bearableInConflictDone, serviceOf } from './peer-states.ts';

/** What asserts nothing durable must not wait for a disk that is gone. */
export const safeLane = ({ isStorageLost }: Endpoint, effects: Effects): SendLane => (isStorageLost ? effects.now : effects.afterCommit);

/** Says our state, or the one that is given. A relationship without a link tells nobody. */
export function sendState(endpoint: Endpoint, memory: FailoverRecords, state: AnnouncedState | undefined, now: Now, lane: SendLane): void {
  const { link, states } = endpoint;
  if (link === undefined) return;
  const isStartup = states.my === 'startup' && state === undefined;
  // Declared new and never served: only then may the partner take the word over.
  const isFresh = memory.lastServed(endpoint.name) === undefined;
  const identity = isFresh ? memory.identity(endpoint.name) : undefined;
  encodeState(
    link.out(lane, now), now.wall, link.xid(),
    { state: state ?? announced(endpoint), isStartup, stos: states.stos },
    endpoint.shares('state-options') ? stateOptions(identity) : undefined,
  );
}

function announced(endpoint: Endpoint): AnnouncedState {
  const { my, saved, partner } = endpoint.states;
  const own = (my === 'startup' ? saved : my) as AnnouncedState;
  if (endpoint.isStorageLost && serviceOf[own].service !== 'none') return 'paused';
  // Interop: this ends a dhcpd's process; interrupted resolution leads it to the same place (§11.1 item 2).
  const wouldKill = partner === 'conflict-done' && !endpoint.shares('rules') && !bearableInConflictDone.has(own);
  return wouldKill ? 'resolution-interrupted' : own;
}
