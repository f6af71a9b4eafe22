// The rounds that compare pairs, and the table of what they gave.

import { median, number, table } from './report-text.ts';
import { PairBench, type PairCase, type PairMeasurement } from './measure-pair.ts';
import { pairs, type PairKey } from './pair-servers.ts';
import { inTurn, multipleOf, withBenches } from './turns.ts';

const offered = (rate: number): PairCase => ({ id: `pair-offered-${rate}`, rate, seconds: 0.75 });
export const pairCases: readonly PairCase[] = [
  { id: 'pair-window-64', window: 64, seconds: 0.6 },
  { id: 'pair-window-256', window: 256, seconds: 0.6 },
  // Less besides: what a machine cannot answer says nothing about the time to answer.
  ...[20_000, 10_000, 5_000].map(offered),
];
/** Of each round: one takes a second or two, and a machine may change its pace from one to the next. */
const turnsPerRound = 2;
/** Who does not reach the offered rates measures a queue, not the time to answer. */
const isMeasured = ({ rate }: PairCase, key: PairKey): boolean => rate === undefined || (key !== 'kea' && key !== 'confined');

/** What each turn gave, in the order of the turns; equal places of two servers were measured one behind the other. */
export type PairResults = ReadonlyMap<string, readonly PairMeasurement[]>;
const keyOf = ({ id }: PairCase, key: PairKey): string => `${id} ${key}`;

/** All servers of a case run at the same time, and one of them is loaded at a time, in turn. */
export async function pairRounds(
  cases: readonly PairCase[], keys: readonly PairKey[], rounds: number, say: (line: string) => void, problem: (line: string) => void,
): Promise<PairResults> {
  const results = new Map<string, readonly PairMeasurement[]>();
  for (const wanted of cases) {
    const failed = ({ message }: Error, key?: PairKey): void =>
      problem(`${wanted.id}${key === undefined ? '' : `, ${pairs[key].name}`}: ${message.split('\n')[0]}`);
    await withBenches(
      keys.filter((key) => isMeasured(wanted, key)),
      (key) => PairBench.open(pairs[key]),
      async (open) => {
        const measure = async (bench: PairBench, key: PairKey, turn: number): Promise<PairMeasurement> => {
          const result = await bench.measure(wanted);
          say(lineOf(`turn ${turn}  ${wanted.id.padEnd(20)} ${pairs[key].name.padEnd(28)}`, result));
          const { failed: givenUp, malformed, duplicates, naks, acks } = result.load;
          if (acks === 0) throw new Error(`${pairs[key].name}: no exchange came to its end`);
          if (givenUp + malformed + duplicates + naks > 0)
            failed(new Error(`turn ${turn}: ${givenUp} given up, ${malformed} malformed, ${duplicates} double holdings, ${naks} NAKs`), key);
          return result;
        };
        for (const [key, list] of await inTurn(open, rounds * turnsPerRound, measure)) results.set(keyOf(wanted, key), list);
        for (const [key, bench] of open) await bench.finish().catch((error: unknown) => failed(error as Error, key));
      },
      failed,
    );
  }
  return results;
}

const lineOf = (head: string, { load, cpuMicros, backlogSeconds }: PairMeasurement): string =>
  `${head} ${load.exchangesPerSecond.toFixed(0).padStart(7)}/s  p50 ${load.p50.toFixed(2)} p99 ${load.p99.toFixed(2)} ms  ${cpuMicros.toFixed(1)} µs  backlog ${backlogSeconds.toFixed(1)} s`;

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

/** What a pair may cost, and what was measured: the multiple of each turn to the turn beside it, and of those the median. */
export function boundsTable(cases: readonly PairCase[], results: PairResults): string {
  const rows = cases.flatMap((wanted) => {
    const pair = results.get(keyOf(wanted, 'pair')) ?? [];
    const multiple = (pick: (one: PairMeasurement) => number, other: PairKey): string => {
      const ratio = multipleOf(pair.map(pick), (results.get(keyOf(wanted, other)) ?? []).map(pick));
      return Number.isFinite(ratio) ? `${ratio.toFixed(2)} ×` : '–';
    };
    const told = median(pair.map(({ backlogSeconds }) => backlogSeconds)).toFixed(1);
    if (!results.has(keyOf(wanted, 'pair'))) return [];
    const time = wanted.rate === undefined ? '–' : multiple(({ load }) => load.p99, 'single');
    const cost = (other: PairKey): string => multiple(({ cpuMicros }) => cpuMicros, other);
    return [[describe(wanted), cost('single'), cost('confined'), time, told, multiple(({ load }) => load.exchangesPerSecond, 'kea')]];
  });
  return table(
    ['load', 'processor time per DORA, to one node (at most 2.2)', 'to one node on one processor', 'p99, to one node (at most 2)', 'seconds until told (at most 2)', 'DORA/s, to a Kea pair (at least 4)'],
    rows,
  );
}
