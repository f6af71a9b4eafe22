// By how much the partner's clock is ahead of ours, from the times in its messages. A message that was long under way seems to come
// from a clock that is behind, never from one that is ahead: so the highest of a minute's samples is the nearest to the truth.

import type { MonoMillis, Now } from '../std/time.ts';

const spanMillis = 30_000;

export class SkewMeter {
  #spanFrom = -Infinity as MonoMillis;
  #before = -Infinity;
  #best = -Infinity;
  /** What the partner measured of us, and told; undefined: it tells nothing. */
  told: number | undefined = undefined;

  /** `time` of a message that came now, seconds. */
  note(time: number, now: Now): void {
    if (now.mono - this.#spanFrom >= spanMillis) {
      this.#before = now.mono - this.#spanFrom >= 2 * spanMillis ? -Infinity : this.#best;
      this.#best = -Infinity;
      this.#spanFrom = now.mono;
    }
    this.#best = Math.max(this.#best, time - now.wall);
  }
  /** Our own clock, or the partner's, was set: what was measured counts no more. */
  forget(): void {
    this.#before = -Infinity;
    this.#best = -Infinity;
    this.#spanFrom = -Infinity as MonoMillis;
    this.told = undefined;
  }

  /** Seconds as our messages' way says; 0 before the first. */
  get measured(): number {
    const best = Math.max(this.#before, this.#best);
    return best === -Infinity ? 0 : best;
  }
  /**
   * Seconds by which the partner is ahead. With its own measurement, in which the way counts the other way round, the two ways cancel
   * each other out.
   */
  get ahead(): number {
    return this.told === undefined ? this.measured : Math.round((this.measured - this.told) / 2);
  }
}
