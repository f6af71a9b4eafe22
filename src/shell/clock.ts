// The two clocks, read together, and the eye on a wall clock that jumps.

import type { MonoMillis, Now, UnixSeconds } from '../std/time.ts';

export interface ClockPort {
  monoMillis(): number;
  wallMillis(): number;
}

export const realClock: ClockPort = {
  monoMillis: () => performance.now(),
  wallMillis: () => Date.now(),
};

export class Clock {
  readonly #port: ClockPort;
  #lastMono: number;
  #lastWall: number;
  /** Seconds by which the wall clock jumped at the latest `read`; 0 nearly always. */
  jumpSeconds = 0;

  constructor(port: ClockPort = realClock) {
    this.#port = port;
    this.#lastMono = port.monoMillis();
    this.#lastWall = port.wallMillis();
  }

  monoMillis(): number {
    return this.#port.monoMillis();
  }

  /**
   * Read at least once a minute: slewing is then never mistaken for a jump, because each reading is compared with
   * the one before.
   */
  read(stepMaxSeconds: number): Now {
    const mono = this.#port.monoMillis();
    const wall = this.#port.wallMillis();
    const jump = wall - this.#lastWall - (mono - this.#lastMono);
    this.jumpSeconds = Math.abs(jump) > stepMaxSeconds * 1000 ? Math.round(jump / 1000) : 0;
    this.#lastMono = mono;
    this.#lastWall = wall;
    return { mono: mono as MonoMillis, wall: Math.floor(wall / 1000) as UnixSeconds };
  }
}
