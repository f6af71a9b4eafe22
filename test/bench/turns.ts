// Servers that all run at the same time, and are measured one at a time, in turn: a machine changes its pace between two minutes, and
// less between two turns.

import { median } from './report-text.ts';

interface Bench {
  close(): Promise<void>;
}

/** Opens a bench for each key, without those that do not open; `use` them, and close them whatever comes. */
export async function withBenches<Key, One extends Bench>(
  keys: readonly Key[], open: (key: Key) => Promise<One>, use: (open: ReadonlyMap<Key, One>) => Promise<void>, failed: (error: Error, key?: Key) => void,
): Promise<void> {
  const benches = new Map<Key, One>();
  for (const key of keys)
    try {
      benches.set(key, await open(key));
    } catch (error) {
      failed(error as Error, key);
    }
  try {
    await use(benches);
  } catch (error) {
    failed(error as Error);
  } finally {
    await Promise.all([...benches.values()].map((bench) => bench.close()));
  }
}

/** Every bench once a turn; what each gave, in the order of the turns. */
export async function inTurn<Key, One, Result>(
  benches: ReadonlyMap<Key, One>, turns: number, measure: (bench: One, key: Key, turn: number) => Promise<Result>,
): Promise<Map<Key, Result[]>> {
  const results = new Map([...benches.keys()].map((key) => [key, [] as Result[]]));
  for (let turn = 1; turn <= turns; turn++)
    for (const [key, bench] of turn % 2 === 1 ? [...benches] : [...benches].toReversed()) results.get(key)?.push(await measure(bench, key, turn));
  return results;
}

/** Ours as a multiple of theirs, of each turn to the turn beside it, and of those the median; NaN without any. */
export function multipleOf(ours: readonly number[], theirs: readonly number[]): number {
  const turns = Math.min(ours.length, theirs.length);
  return turns === 0 ? NaN : median(theirs.slice(0, turns).map((value, turn) => (ours[turn] ?? NaN) / value));
}
