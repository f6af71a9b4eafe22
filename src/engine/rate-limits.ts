// A storm of one relay or port must not starve the others: unknown and pool clients beyond the rate wait for their own
// retransmission, reserved hosts never do (field list item 17). Token buckets, bounded in number.

import type { LeaseholdSettings } from '../model/server-config.ts';
import type { Exchange } from './exchange.ts';
import { agentCode } from '../wire/dhcp-view.ts';

const bucketsMax = 4096;

interface Bucket {
  tokens: number;
  at: number;
}

export class RateLimits {
  readonly #settings: LeaseholdSettings;
  readonly #buckets = new Map<number, Bucket>();
  droppedCount = 0;

  constructor(settings: LeaseholdSettings) {
    this.#settings = settings;
  }

  /** Whether a DISCOVER of a client without a reservation may be worked on. PERF: two map lookups by number. */
  allows(x: Exchange): boolean {
    const { relayRateMax, portRateMax } = this.#settings;
    const { view } = x;
    if (view.giaddr !== 0 && !this.#take(view.giaddr, relayRateMax, x.now.mono)) return false;
    const circuit = view.giaddr === 0 ? -1 : view.agentAt(agentCode.circuitId);
    if (circuit < 0) return true;
    let hash = view.giaddr ^ 0x9e3779b9;
    const end = circuit + view.agentLength(agentCode.circuitId);
    for (let at = circuit; at < end; at++) hash = Math.imul(hash ^ (view.joined[at] ?? 0), 0x01000193);
    return this.#take((hash >>> 0) + 0x1_0000_0000, portRateMax, x.now.mono);
  }

  #take(key: number, rateMax: number, now: number): boolean {
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      if (this.#buckets.size >= bucketsMax) this.#buckets.clear();
      this.#buckets.set(key, (bucket = { tokens: rateMax, at: now }));
    }
    bucket.tokens = Math.min(bucket.tokens + ((now - bucket.at) / 1000) * rateMax, rateMax);
    bucket.at = now;
    if (bucket.tokens < 1) {
      this.droppedCount++;
      return false;
    }
    bucket.tokens--;
    return true;
  }
}
