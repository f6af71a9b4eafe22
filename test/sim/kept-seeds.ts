// Parts of seeds that once showed a fault, of the product or of a rule broken on purpose, in the fewest faults and clients:
// what `npm run sim -- --seed N --shrink` printed. They are played with every test run.

import { parseArgs } from 'node:util';
import { partOf, type PartFlags } from './shrink.ts';
import type { Part } from './sim.ts';
import type { WorldName } from './worlds.ts';

export interface KeptSeed {
  /** Arguments of `npm run sim`. */
  readonly replay: string;
  /** The kind of failure (shrink.ts). */
  readonly showed: string;
  /** While this was wrong: what was mended, or the broken rule of mutant-rows.ts by its name. */
  readonly when: string;
}

export const keptSeeds: readonly KeptSeed[] = [
  {
    replay: '--seed 28 --minutes 240 --faults partition.1,long-outage.2 --clients 4,10,16 --contact 0',
    showed: 'two holders', when: 'MCLT is ignored when a lease is granted',
  },
  {
    replay: '--seed 360 --faults long-outage.0,crash.1,partition.5,partition.6,one-way.2,long-outage.1,crash.8,long-outage.2,long-outage.3,partition.15,one-way.5,lose-disk.3 --clients 5 --contact 0',
    showed: 'lead time', when: 'while apart a lease is over although the partner may have renewed it',
  },
  {
    replay: '--seed 551 --minutes 290 --contact 0',
    showed: 'not durable', when: 'an update that a cut had held back was judged by when it was sent',
  },
  {
    replay: '--seed 655 --faults skew.0,partition.0,crash.0,crash.2,partition.1,lose-disk.0,stop.0,lose-disk.1,partition.2,one-way.0,stop.3,partition.4,one-way.1,stop.5,crash.8,partition.5,long-outage.0,crash.9,crash.10,long-outage.3,sync-fail.0,disk-full.1 --clients 1,2,3,4,6,7,9,10,12,13,14,15,16 --contact 0',
    showed: 'agreement', when: 'of two updates that crossed, the one refused was not told again although its lease stood',
  },
  {
    replay: '--seed 2275 --minutes 160 --faults long-outage.0,crash.1,partition.0,stop.2,one-way.0 --clients 1,2,3,4,6,9,10,16 --contact 0',
    showed: 'lead time', when: 'an end that was judged without our renewal is believed while that is on its way',
  },
  {
    replay: '--seed 5630 --faults skew.0,long-outage.0,crash.3,one-way.0,crash.4,sync-fail.0,crash.9,lose-disk.2,stop.2,partition.8,partition.9,crash.11,sync-fail.1,lose-disk.3,lose-disk.4,partition.11,partition.13,crash.13,long-outage.1,crash.14,partition.14 --clients 1,2,3,4,6,7,8,9,10,12,13,14,15,16',
    showed: 'agreement', when: 'a DECLINE at the partner ends a lease of the same second that it has not heard of',
  },
  {
    replay: '--seed 8668 --minutes 92',
    showed: 'two holders', when: 'what the partner may have leased unheard is free to the second after MCLT',
  },
];

export function readReplay(replay: string): { world: WorldName; seed: number; part: Part } {
  const { values } = parseArgs({
    args: replay.split(' '),
    options: {
      world: { type: 'string', default: 'pair' },
      seed: { type: 'string' },
      faults: { type: 'string' },
      clients: { type: 'string' },
      minutes: { type: 'string' },
      contact: { type: 'string' },
    },
  });
  return { world: values.world as WorldName, seed: Number(values.seed), part: partOf(values as PartFlags) };
}
