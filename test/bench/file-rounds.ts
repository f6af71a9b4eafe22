// The rounds that compare TFTP servers, and the table of what they gave.

import { FileBench, type FileCase } from './measure-files.ts';
import { fileServers, type FileServerKey } from './file-servers.ts';
import { median, number, table } from './report-text.ts';
import { inTurn, multipleOf, withBenches } from './turns.ts';

const blockSize = 1468;
export const fileCases: readonly FileCase[] = [
  { id: 'tftp-1', transfers: 1, megabytes: 32, blockSize, windowSize: 1 },
  { id: 'tftp-16', transfers: 16, megabytes: 8, blockSize, windowSize: 1 },
  { id: 'tftp-1-window-16', transfers: 1, megabytes: 128, blockSize, windowSize: 16 },
  { id: 'tftp-16-window-16', transfers: 16, megabytes: 16, blockSize, windowSize: 16 },
];

/** Fetches of each round: one takes a second or two, and a machine may change its pace from one to the next. */
const fetchesPerRound = 3;

/** Megabytes per second of each fetch, in the order of the fetches; equal places of two servers were fetched one behind the other. */
export type FileResults = ReadonlyMap<string, readonly number[]>;
const keyOf = ({ id }: FileCase, key: FileServerKey): string => `${id} ${key}`;

/** All servers of a case run at the same time, and one of them is asked at a time, in turn. */
export async function fileRounds(
  cases: readonly FileCase[], keys: readonly FileServerKey[], rounds: number, say: (line: string) => void, problem: (line: string) => void,
): Promise<FileResults> {
  const results = new Map<string, readonly number[]>();
  for (const wanted of cases)
    await withBenches(
      keys,
      (key) => FileBench.open(fileServers[key], wanted),
      async (open) => {
        for (const [key, list] of await inTurn(open, rounds * fetchesPerRound, (bench) => bench.fetch())) {
          results.set(keyOf(wanted, key), list);
          say(`${wanted.id.padEnd(20)} ${fileServers[key].name.padEnd(16)} ${median(list).toFixed(1).padStart(7)} MB/s (${Math.min(...list).toFixed(1)} to ${Math.max(...list).toFixed(1)})`);
        }
      },
      ({ message }, key) => problem(`${wanted.id}${key === undefined ? '' : `, ${fileServers[key].name}`}: ${message.split('\n')[0]}`),
    );
  return results;
}

const describe = ({ transfers, megabytes, windowSize }: FileCase): string =>
  `${transfers} of ${megabytes} MiB at once, windowsize ${windowSize}`;

/** One row a case and server: the rate, and ours as a multiple of it, of each fetch to the one beside it. */
export function fileTable(cases: readonly FileCase[], results: FileResults): string {
  const rows = cases.flatMap((wanted) =>
    (Object.keys(fileServers) as FileServerKey[]).flatMap((key) => {
      const list = results.get(keyOf(wanted, key));
      if (list === undefined) return [];
      const own = results.get(keyOf(wanted, 'leasehold')) ?? [];
      const multiple = multipleOf(own, list);
      const remark = wanted.windowSize > 1 && !fileServers[key].hasWindows ? ' (knows no windowsize)' : '';
      return [[describe(wanted), `${fileServers[key].name}${remark}`, number(median(list)), key === 'leasehold' ? '' : `${multiple.toFixed(2)} ×`]];
    }),
  );
  return table(['load', 'server', 'MB/s', 'Leasehold, as a multiple'], rows);
}
