// When which fault strikes. Every kind draws from a generator of its own and every fault from one of its own again, so that
// leaving one out changes neither the moment nor the dice of any other: that is what lets a failing seed shrink.

import { Prng } from '../../src/std/prng.ts';
import type { TrueMillis, VirtualTime } from './virtual-time.ts';

/** `KIND.N`: the Nth of its kind, from 0. */
export type FaultName = `${string}.${number}`;

export interface Fault {
  readonly name: FaultName;
  readonly at: TrueMillis;
}

/** A generator that depends on the seed and this word only (FNV-1a; seeds up to 2^32). */
export function forkOf(seed: number, word: string): Prng {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193) >>> 0;
  return new Prng((seed >>> 0) + (hash & 0x1fffff) * 0x100000000);
}

/** False: the world was not in the condition for it, and nothing happened. */
export type Strike = (dice: Prng) => boolean;

export class FaultSchedule {
  readonly #time: VirtualTime;
  readonly #seed: number;
  /** undefined: all. */
  readonly #only: ReadonlySet<FaultName> | undefined;
  #isOver = false;
  /** What really struck, oldest first. */
  readonly struck: Fault[] = [];

  constructor(time: VirtualTime, seed: number, only: ReadonlySet<FaultName> | undefined) {
    this.#time = time;
    this.#seed = seed;
    this.#only = only;
  }

  /** Again and again, `minutes` apart on average; absent: never. */
  every(kind: string, minutes: number | undefined, strike: Strike): void {
    if (minutes === undefined) return;
    const times = forkOf(this.#seed, `fault ${kind}`);
    const next = (number: number): void =>
      void this.#time.plan(-Math.log(1 - times.unit()) * minutes * 60_000, () => {
        if (this.#isOver) return;
        this.#strike(`${kind}.${number}`, strike);
        next(number + 1);
      });
    next(0);
  }
  /** Once, now. */
  once(kind: string, strike: Strike): void {
    this.#strike(`${kind}.0`, strike);
  }
  end(): void {
    this.#isOver = true;
  }

  #strike(name: FaultName, strike: Strike): void {
    if (this.#only !== undefined && !this.#only.has(name)) return;
    const at = this.#time.now;
    if (strike(forkOf(this.#seed, name))) this.struck.push({ name, at });
  }
}
