// What a flood of half-open TFTP transfers does to DHCP: the same load of exchanges without a flood, with the flood at a socket that
// nobody reads, and with the flood at the file server beside the DHCP server. Generator, network and kernel are in the second
// figure already; what the third has on top is the file server's.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadResult } from '../../src/cli/bench/tally.ts';
import { fileServers } from './file-servers.ts';
import { BenchLink, clientDev, serverDev } from './measure.ts';
import { median, number, table } from './report-text.ts';
import { serverAddress } from './servers.ts';

export type FloodArm = 'none' | 'mute' | 'served';
const arms: readonly FloodArm[] = ['none', 'mute', 'served'];
const names: Readonly<Record<FloodArm, string>> = {
  none: 'no flood', mute: 'at a socket that nobody reads', served: 'at the file server',
};

export interface FloodCase {
  readonly id: string;
  /** DHCP exchanges offered per second. */
  readonly rate: number;
  /** Requests per second, and the addresses they seem to come from. */
  readonly flood: number;
  readonly addresses: number;
}
export const floodCases: readonly FloodCase[] = [
  { id: 'flood-10000-from-1', rate: 1_000, flood: 10_000, addresses: 1 },
  { id: 'flood-10000-from-50000', rate: 1_000, flood: 10_000, addresses: 50_000 },
];
export type FloodResults = ReadonlyMap<string, readonly LoadResult[]>;
const keyOf = ({ id }: FloodCase, arm: FloodArm): string => `${id} ${arm}`;
/** In memory: how long a disk takes differs more between two runs than what is asked here. */
const scratch = '/dev/shm';
/** Of the load. Above its 99th percentile lie sixty exchanges; with the twenty of two seconds it differed threefold between two rounds. */
const loadSeconds = 6;
/** The flood begins before the load does, so that every place is taken, and outlives it. */
const floodSecondsMore = 20;

async function measureFlood(wanted: FloodCase, arm: FloodArm): Promise<LoadResult> {
  const folder = mkdtempSync(join(scratch, 'leasehold-bench-'));
  const link = new BenchLink();
  try {
    chmodSync(folder, 0o755);
    const root = join(folder, 'root');
    mkdirSync(root);
    writeFileSync(join(root, 'image'), new Uint8Array(1_000_000));
    const words = fileServers.leasehold.prepare(join(folder, 'server'), root, serverDev);
    if (arm === 'mute') rmSync(join(folder, 'server/leasehold.conf'));
    const child = link.server.start(words, { keepsLines: false });
    await child.line(arm === 'mute' ? /Server starting service/ : /boot: serving files of/);
    const run = (script: string, ...rest: readonly string[]): string[] => [process.execPath, '--import', 'tsx', script, ...rest];
    if (arm === 'mute') await link.server.start(run(join(import.meta.dirname, 'mute-socket.ts'), serverAddress, '69')).line(/ready/);
    if (arm !== 'none') {
      const mac = /link\/ether (\S+)/.exec(link.server.ip('link', 'show', serverDev))?.[1] ?? '';
      const program = join(import.meta.dirname, '../e2e/support/tftp-flood-main.ts');
      const seconds = String(loadSeconds + floodSecondsMore);
      // Its sender would have a machine of its own: it takes no processor time that a server or a client wants.
      link.client.start(['chrt', '--idle', '0', ...run(program, clientDev, serverAddress, mac, 'image', String(wanted.flood), seconds, String(wanted.addresses))]);
    }
    return await link.load(['--rate', String(wanted.rate), '--duration', String(loadSeconds), '--clients', '200', '--warm-up', '3']);
  } finally {
    await link.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function floodRounds(
  cases: readonly FloodCase[], rounds: number, say: (line: string) => void, problem: (line: string) => void,
): Promise<FloodResults> {
  const results = new Map<string, LoadResult[]>();
  for (let round = 1; round <= rounds; round++)
    for (const wanted of cases)
      for (const arm of round % 2 === 1 ? arms : arms.toReversed()) {
        try {
          const load = await measureFlood(wanted, arm);
          results.set(keyOf(wanted, arm), [...(results.get(keyOf(wanted, arm)) ?? []), load]);
          say(`round ${round}  ${wanted.id.padEnd(24)} ${names[arm].padEnd(30)} ${load.exchangesPerSecond.toFixed(0).padStart(7)}/s  p50 ${load.p50.toFixed(2)} p99 ${load.p99.toFixed(2)} ms`);
          if (load.failed > 0) problem(`${wanted.id}, ${names[arm]}, round ${round}: ${load.failed} given up`);
        } catch (error) {
          problem(`${wanted.id}, ${names[arm]}, round ${round}: ${(error as Error).message.split('\n')[0]}`);
        }
      }
  return results;
}

const describe = ({ rate, flood, addresses }: FloodCase): string =>
  `${number(rate)} DORA/s offered, ${number(flood)} requests/s from ${addresses === 1 ? 'one address' : `${number(addresses)} addresses`}`;

/** One row a case and arm: medians, and the file server's p99 against that of the other two. */
export function floodTable(cases: readonly FloodCase[], results: FloodResults): string {
  const rows = cases.flatMap((wanted) => {
    const p99 = (arm: FloodArm): number => median((results.get(keyOf(wanted, arm)) ?? []).map((load) => load.p99));
    return arms.flatMap((arm) => {
      const list = results.get(keyOf(wanted, arm));
      if (list === undefined) return [];
      const of = (pick: (one: LoadResult) => number): string => median(list.map(pick)).toFixed(2);
      const served = arm === 'served' ? '' : `${((p99('served') / p99(arm)) * 100 - 100).toFixed(0)} %`;
      return [[describe(wanted), names[arm], `${of((load) => load.p50)} / ${of((load) => load.p99)}`, served]];
    });
  });
  return table(['load', 'flood', 'DHCP p50 / p99 ms', 'p99 with the file server flooded, against this'], rows);
}
