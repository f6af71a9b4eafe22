// How often one address may connect or ask: a token bucket each. Tools that work through a list of hosts connect a few times a
// second.

export interface RateLimits {
  readonly perSecond: number;
  readonly burst: number;
}
const connectionLimits: RateLimits = { perSecond: 50, burst: 200 };
/** The oldest is forgotten beyond this many addresses. */
const addressesMax = 4_096;

interface Bucket {
  tokens: number;
  at: number;
}

export class ConnectionRates {
  readonly #limits: RateLimits;
  readonly #buckets = new Map<string | number, Bucket>();

  constructor(limits: RateLimits = connectionLimits) {
    this.#limits = limits;
  }

  /** Takes a token of the address; false when it has none. `now` in milliseconds, monotonic. */
  admits(address: string | number, now: number): boolean {
    const { burst, perSecond } = this.#limits;
    const known = this.#buckets.get(address);
    const tokens = known === undefined ? burst : Math.min(burst, known.tokens + ((now - known.at) / 1000) * perSecond);
    const isAdmitted = tokens >= 1;
    if (known === undefined) this.#buckets.set(address, { tokens: tokens - 1, at: now });
    else {
      known.tokens = isAdmitted ? tokens - 1 : tokens;
      known.at = now;
    }
    if (this.#buckets.size > addressesMax) {
      const [oldest] = this.#buckets.keys();
      if (oldest !== undefined) this.#buckets.delete(oldest);
    }
    return isAdmitted;
  }
}
