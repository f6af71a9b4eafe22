// The rounds that compare TFTP servers, and the table of what they gave.

import { measureFiles, type FileCase } from './measure-files.ts';
import { fileServers, type FileServerKey } from './file-servers.ts';
import { median, number, table } from './report-text.ts';

const blockSize = 1468;
export const fileCases: readonly FileCase[] = [
  { id: 'tftp-1', transfers: 1, megabytes: 32, blockSize, windowSize: 1 },
  { id: 'tftp-16', transfers: 16, megabytes: 8, blockSize, windowSize: 1 },
  { id: 'tftp-1-window-16', transfers: 1, megabytes: 128, blockSize, windowSize: 16 },
  { id: 'tftp-16-window-16', transfers: 16, megabytes: 16, blockSize, windowSize: 16 },
];

/** Megabytes per second of each round. */
export type FileResults = ReadonlyMap<string, readonly number[]>;
const keyOf = ({ id }: FileCase, key: FileServerKey): string => `${id} ${key}`;

export async function fileRounds(
  cases: readonly FileCase[], keys: readonly FileServerKey[], rounds: number, say: (line: string) => void, problem: (line: string) => void,
): Promise<FileResults> {
  const results = new Map<string, number[]>();
  for (let round = 1; round <= rounds; round++)
    for (const wanted of cases)
      for (const key of round % 2 === 1 ? keys : keys.toReversed()) {
        const name = `${wanted.id}, ${fileServers[key].name}, round ${round}`;
        try {
          const { rate } = await measureFiles(fileServers[key], wanted);
          results.set(keyOf(wanted, key), [...(results.get(keyOf(wanted, key)) ?? []), rate]);
          say(`round ${round}  ${wanted.id.padEnd(20)} ${fileServers[key].name.padEnd(16)} ${rate.toFixed(1).padStart(7)} MB/s`);
        } catch (error) {
          problem(`${name}: ${(error as Error).message.split('\n')[0]}`);
        }
      }
  return results;
}

const describe = ({ transfers, megabytes, windowSize }: FileCase): string =>
  `${transfers} of ${megabytes} MiB at once, windowsize ${windowSize}`;

/** One row a case and server: the rate, and ours as a multiple of it. */
export function fileTable(cases: readonly FileCase[], results: FileResults): string {
  const rows = cases.flatMap((wanted) =>
    (Object.keys(fileServers) as FileServerKey[]).flatMap((key) => {
      const list = results.get(keyOf(wanted, key));
      if (list === undefined) return [];
      const own = median(results.get(keyOf(wanted, 'leasehold')) ?? []);
      const remark = wanted.windowSize > 1 && !fileServers[key].hasWindows ? ' (knows no windowsize)' : '';
      return [[describe(wanted), `${fileServers[key].name}${remark}`, number(median(list)), key === 'leasehold' ? '' : `${(own / median(list)).toFixed(2)} ×`]];
    }),
  );
  return table(['load', 'server', 'MB/s', 'Leasehold, as a multiple'], rows);
}
