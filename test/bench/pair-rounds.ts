// The rounds that compare pairs, and the table of what they gave.

import { median, number, table } from './report-text.ts';
import { measurePair, type PairCase, type PairMeasurement } from './measure-pair.ts';
import { pairs, type PairKey } from './pair-servers.ts';

const offered = 20_000;
export const pairCases = (seconds: number): readonly PairCase[] => [
  { id: 'pair-window-64', window: 64, seconds },
  { id: 'pair-window-256', window: 256, seconds },
  { id: `pair-offered-${offered}`, rate: offered, seconds: Math.min(seconds, 2) },
];
/** A pair that does not reach the offered rate measures its queue, not its time to answer. */
const isMeasured = ({ rate }: PairCase, key: PairKey): boolean => rate === undefined || key !== 'kea';

export type PairResults = ReadonlyMap<string, readonly PairMeasurement[]>;
const keyOf = ({ id }: PairCase, key: PairKey): string => `${id} ${key}`;

export async function pairRounds(
  cases: readonly PairCase[], keys: readonly PairKey[], rounds: number, say: (line: string) => void, problem: (line: string) => void,
): Promise<PairResults> {
  const results = new Map<string, PairMeasurement[]>();
  for (let round = 1; round <= rounds; round++)
    for (const wanted of cases)
      for (const key of (round % 2 === 1 ? keys : keys.toReversed()).filter((one) => isMeasured(wanted, one))) {
        const name = `${wanted.id}, ${pairs[key].name}, round ${round}`;
        try {
          const result = await measurePair(pairs[key], wanted);
          results.set(keyOf(wanted, key), [...(results.get(keyOf(wanted, key)) ?? []), result]);
          const { load, cpuMicros, backlogSeconds } = result;
          say(`round ${round}  ${wanted.id.padEnd(20)} ${pairs[key].name.padEnd(24)} ${load.exchangesPerSecond.toFixed(0).padStart(7)}/s  p50 ${load.p50.toFixed(2)} p99 ${load.p99.toFixed(2)} ms  ${cpuMicros.toFixed(1)} µs  backlog ${backlogSeconds.toFixed(1)} s`);
          const wrong = load.failed + load.malformed + load.duplicates + load.naks;
          if (wrong > 0) problem(`${name}: ${load.failed} given up, ${load.malformed} malformed, ${load.duplicates} double holdings, ${load.naks} NAKs`);
        } catch (error) {
          problem(`${name}: ${(error as Error).message.split('\n')[0]}`);
        }
      }
  return results;
}

const describe = ({ window, rate }: PairCase): string => (rate === undefined ? `window ${window}` : `${number(rate)} offered per second`);

/** One row a case and server; medians. */
export function pairTable(cases: readonly PairCase[], results: PairResults): string {
  const rows = cases.flatMap((wanted) =>
    (Object.keys(pairs) as PairKey[]).flatMap((key) => {
      const list = results.get(keyOf(wanted, key));
      if (list === undefined) return [];
      const of = (pick: (one: PairMeasurement) => number): number => median(list.map(pick));
      const time = `${of(({ load }) => load.p50).toFixed(2)} / ${of(({ load }) => load.p99).toFixed(2)}`;
      const backlog = pairs[key].isDurable && pairs[key].nodes === 2 ? of(({ backlogSeconds }) => backlogSeconds).toFixed(1) : '–';
      return [[describe(wanted), pairs[key].name, number(of(({ load }) => load.exchangesPerSecond)), time, number(of(({ cpuMicros }) => cpuMicros)), backlog]];
    }),
  );
  return table(['load', 'servers', 'DORA/s', 'p50 / p99 ms', 'processor µs per DORA, nodes summed', 'seconds until every update was told'], rows);
}
