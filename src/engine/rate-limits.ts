// A storm of one relay or port must not starve the others: unknown and pool clients beyond the rate wait for their own
// retransmission, reserved hosts never do. Token buckets in typed arrays; colliding keys share one, which only makes it stricter.

import type { LeaseholdSettings } from '../model/server-config.ts';
import { agentCode } from '../wire/dhcp-view.ts';
import { agentOptionAt, type Exchange } from './exchange.ts';
import { requestsLimited } from './log-events.ts';

const buckets = 4096;
/** DECLINEs per second of one place: each costs an address for a day. */
const declineRateMax = 2;
const sayEveryMillis = 10_000;

export class RateLimits {
  readonly #settings: LeaseholdSettings;
  readonly #tokens = new Float64Array(buckets);
  readonly #at = new Float64Array(buckets).fill(-Infinity);
  droppedCount = 0;
  #droppedSinceSaid = 0;
  #saidAt = -Infinity;

  constructor(settings: LeaseholdSettings) {
    this.#settings = settings;
  }

  /** Whether a DISCOVER of a client without a reservation may be worked on. */
  allows(x: Exchange): boolean {
    const { relayRateMax, portRateMax } = this.#settings;
    const { giaddr } = x.view;
    const isAllowed =
      (giaddr === 0 || this.#take(giaddr, relayRateMax, x.now.mono)) &&
      (x.agentLength < 0 || this.#take(circuitOf(x), portRateMax, x.now.mono));
    if (!isAllowed) this.#dropped(x);
    return isAllowed;
  }
  /** Whether a DECLINE may cost an address. */
  allowsDecline(x: Exchange): boolean {
    return this.#take(circuitOf(x) ^ 0x5bd1e995, declineRateMax, x.now.mono);
  }

  /** One token of a bucket that holds a second's worth; a rate of 0 is no limit. */
  #take(key: number, rateMax: number, now: number): boolean {
    if (rateMax === 0) return true;
    const slot = Math.imul(key ^ (key >>> 15), 0x9e3779b1) >>> 20;
    const passed = (now - (this.#at[slot] ?? 0)) / 1000;
    const tokens = Math.min((this.#tokens[slot] ?? 0) + passed * rateMax, Math.max(rateMax, 1));
    this.#at[slot] = now;
    this.#tokens[slot] = tokens >= 1 ? tokens - 1 : tokens;
    return tokens >= 1;
  }

  #dropped(x: Exchange): void {
    this.droppedCount++;
    this.#droppedSinceSaid++;
    if (x.now.mono - this.#saidAt < sayEveryMillis) return;
    const { giaddr } = x.view;
    const via = giaddr === 0 ? x.port.name : `${giaddr >>> 24}.${(giaddr >>> 16) & 255}.${(giaddr >>> 8) & 255}.${giaddr & 255}`;
    x.effects.log.event(requestsLimited, { count: this.#droppedSinceSaid, via });
    this.#saidAt = x.now.mono;
    this.#droppedSinceSaid = 0;
  }
}

/** The circuit the request came from, or the relay or interface where none is named. */
function circuitOf(x: Exchange): number {
  const at = agentOptionAt(x, agentCode.circuitId);
  let hash = (x.view.giaddr ^ Math.imul(x.port.index, 0x01000193) ^ 0x811c9dc5) | 0;
  if (at < 0) return hash;
  const end = at + (x.agentBytes[at - 1] ?? 0);
  for (let i = at; i < end; i++) hash = Math.imul(hash ^ (x.agentBytes[i] ?? 0), 0x01000193);
  return hash;
}
