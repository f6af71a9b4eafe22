// Says why packets were dropped without letting a flood of them flood the log: one line per reason in ten seconds.

import type { LogLane } from '../model/log-lane.ts';
import { packetsDropped } from './log-events.ts';

const pauseMillis = 10_000;

export class DropReport {
  readonly #drops: () => ReadonlyMap<string, number>;
  readonly #log: LogLane;
  readonly #said = new Map<string, { count: number; at: number }>();

  constructor(drops: () => ReadonlyMap<string, number>, log: LogLane) {
    this.#drops = drops;
    this.#log = log;
  }

  /** Call now and then; cheap when nothing was dropped. */
  look(nowMillis: number): void {
    for (const [reason, count] of this.#drops()) {
      const said = this.#said.get(reason);
      if (said !== undefined && (said.count === count || nowMillis - said.at < pauseMillis)) continue;
      this.#log.event(packetsDropped, { reason, count: count - (said?.count ?? 0) });
      this.#said.set(reason, { count, at: nowMillis });
    }
  }
}
