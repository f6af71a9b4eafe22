// The simulated worlds by name: who lives in them and what befalls them.

import { runClocks } from './clocks.ts';
import { runOperator } from './operator.ts';
import { runPair } from './pair.ts';
import type { Part, Sim } from './sim.ts';
import { runSingle } from './single.ts';

export interface WorldRun {
  readonly sim: Sim;
  /** Empty when nothing was violated and everything came back by itself. */
  readonly problems: readonly string[];
}

export const worlds = { pair: runPair, single: runSingle, operator: runOperator, clocks: runClocks } as const satisfies Readonly<Record<string, (seed: number, part?: Part) => WorldRun>>;
export type WorldName = keyof typeof worlds;
