// The rounds that compare pairs, and the table of what they gave.

import { median, number, table } from './report-text.ts';
import { measurePair, type PairCase, type PairMeasurement } from './measure-pair.ts';
import { pairs, type PairKey } from './pair-servers.ts';

const offeredMax = 20_000;
/** Measured besides, the next one each time that one node alone or the pair does not keep up with the rate before. */
const offeredLess = [10_000, 5_000];
const offered = (rate: number, seconds: number): PairCase => ({ id: `pair-offered-${rate}`, rate, seconds: Math.min(seconds, 2) });
export const pairCases = (seconds: number): readonly PairCase[] => [
  { id: 'pair-window-64', window: 64, seconds },
  { id: 'pair-window-256', window: 256, seconds },
  offered(offeredMax, seconds),
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
          if (result.load.acks === 0) throw new Error('no exchange came to its end');
          results.set(keyOf(wanted, key), [...(results.get(keyOf(wanted, key)) ?? []), result]);
          const { load, cpuMicros, backlogSeconds } = result;
          say(`round ${round}  ${wanted.id.padEnd(20)} ${pairs[key].name.padEnd(28)} ${load.exchangesPerSecond.toFixed(0).padStart(7)}/s  p50 ${load.p50.toFixed(2)} p99 ${load.p99.toFixed(2)} ms  ${cpuMicros.toFixed(1)} µs  backlog ${backlogSeconds.toFixed(1)} s`);
          const wrong = load.failed + load.malformed + load.duplicates + load.naks;
          if (wrong > 0) problem(`${name}: ${load.failed} given up, ${load.malformed} malformed, ${load.duplicates} double holdings, ${load.naks} NAKs`);
        } catch (error) {
          problem(`${name}: ${(error as Error).message.split('\n')[0]}`);
        }
      }
  return results;
}

/** Whether (nearly) all that was offered was answered; less, and the times to answer are those of a queue that grows. */
function keepsUp(wanted: PairCase, results: PairResults): boolean {
  return (['single', 'pair'] as const).every((key) => {
    const list = results.get(keyOf(wanted, key)) ?? [];
    return median(list.map(({ load }) => load.exchangesPerSecond)) >= 0.97 * (wanted.rate ?? 0);
  });
}

/** Also offers less, until one node and the pair keep up: only then their times to answer can be compared. Cases and their results. */
export async function alsoBearable(
  cases: readonly PairCase[], results: PairResults, seconds: number, run: (cases: readonly PairCase[]) => Promise<PairResults>,
): Promise<{ readonly cases: readonly PairCase[]; readonly results: PairResults }> {
  let last = cases.find(({ rate }) => rate === offeredMax);
  const allCases = [...cases];
  let all = results;
  for (const rate of offeredLess) {
    if (last === undefined || keepsUp(last, all)) break;
    last = offered(rate, seconds);
    allCases.push(last);
    all = new Map([...all, ...(await run([last]))]);
  }
  return { cases: allCases, results: all };
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

/** What a pair may cost, and what was measured: medians as multiples. */
export function boundsTable(cases: readonly PairCase[], results: PairResults): string {
  const rows = cases.flatMap((wanted) => {
    const of = (key: PairKey, pick: (one: PairMeasurement) => number): number => median((results.get(keyOf(wanted, key)) ?? []).map(pick));
    const multiple = (pick: (one: PairMeasurement) => number, other: PairKey): string => {
      const ratio = of('pair', pick) / of(other, pick);
      return Number.isFinite(ratio) ? `${ratio.toFixed(2)} ×` : '–';
    };
    if (!results.has(keyOf(wanted, 'pair'))) return [];
    const time = wanted.rate === undefined ? '–' : multiple(({ load }) => load.p99, 'single');
    return [[describe(wanted), multiple(({ cpuMicros }) => cpuMicros, 'single'), time, of('pair', ({ backlogSeconds }) => backlogSeconds).toFixed(1), multiple(({ load }) => load.exchangesPerSecond, 'kea')]];
  });
  return table(
    ['load', 'processor time per DORA, to one node (at most 2.2)', 'p99, to one node (at most 2)', 'seconds until told (at most 2)', 'DORA/s, to a Kea pair (at least 4)'],
    rows,
  );
}
