// How often one address may connect or ask, and everybody together: token buckets.

export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}
/** Of connections: tools that work through a list of hosts connect a few times a second. */
export const addressRate: Rate = { perSecond: 50, burst: 200 };
export const listenerRate: Rate = { perSecond: 200, burst: 400 };
/** What a connection costs beside itself whose client is to blame for its end. */
const blame = 4;
/** The oldest is forgotten beyond this many addresses. */
const addressesMax = 4_096;

class Bucket {
  readonly #rate: Rate;
  #tokens: number;
  #at: number;

  constructor(rate: Rate, now: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#at = now;
  }
  /** Takes a token; how many whole ones are left, -1: there was none. */
  take(now: number): number {
    const { perSecond, burst } = this.#rate;
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#at) / 1000) * perSecond);
    this.#at = now;
    if (this.#tokens < 1) return -1;
    return Math.floor(--this.#tokens);
  }
  /** Takes up to so many without giving anything for them; whether a whole one is left. */
  charge(count: number): boolean {
    this.#tokens = Math.max(0, this.#tokens - count);
    return this.#tokens >= 1;
  }
}

/** Whether it may be, and whether the next one of its address, or of anybody, may not. */
export interface Verdict {
  readonly isAdmitted: boolean;
  readonly isAddressSpent: boolean;
  readonly isEverybodySpent: boolean;
}

export class ConnectionRates {
  readonly #addressRate: Rate;
  readonly #everybodyRate: Rate;
  readonly #buckets = new Map<number, Bucket>();
  #all: Bucket | undefined;

  constructor(ofAddress: Rate = addressRate, ofEverybody: Rate = listenerRate) {
    this.#addressRate = ofAddress;
    this.#everybodyRate = ofEverybody;
  }

  /** A connection or a request from the address; `now` in milliseconds, monotonic. An address that is refused takes nothing from the others. */
  take(address: number, now: number): Verdict {
    const left = this.#bucketOf(address, now).take(now);
    if (left < 0) return { isAdmitted: false, isAddressSpent: true, isEverybodySpent: false };
    this.#all ??= new Bucket(this.#everybodyRate, now);
    const leftOfAll = this.#all.take(now);
    return { isAdmitted: leftOfAll >= 0, isAddressSpent: left === 0, isEverybodySpent: leftOfAll <= 0 };
  }

  /** A connection of the address came to nothing good; whether the next one may be. */
  blame(address: number, now: number): boolean {
    return this.#bucketOf(address, now).charge(blame);
  }

  #bucketOf(address: number, now: number): Bucket {
    const known = this.#buckets.get(address);
    if (known !== undefined) return known;
    const bucket = new Bucket(this.#addressRate, now);
    this.#buckets.set(address, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > addressesMax && oldest !== undefined) this.#buckets.delete(oldest);
    return bucket;
  }
}
