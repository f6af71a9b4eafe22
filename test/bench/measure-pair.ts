// One measurement of a pair: two fresh nodes and a load on one switch, what it got and what both nodes cost.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, type Child } from '../../src/cli/lab/child.ts';
import { Segment } from '../../src/cli/lab/segment.ts';
import type { LoadResult } from '../../src/cli/bench/tally.ts';
import { Space } from '../e2e/support/namespaces.ts';
import { cpuSeconds, runLoad } from './measure.ts';
import { nodeAddresses, type BenchPair } from './pair-servers.ts';
import { network } from './servers.ts';

export interface PairCase {
  readonly id: string;
  readonly seconds: number;
  /** Open exchanges of a closed loop, or exchanges offered per second. */
  readonly window?: number;
  readonly rate?: number;
}

export interface PairMeasurement {
  readonly load: LoadResult;
  /** Processor time of all nodes per acknowledged exchange once they are warm, the updates behind it included, in microseconds. */
  readonly cpuMicros: number;
  /** From the end of the load until no update waits for the partner; 0 where there is none to wait. */
  readonly backlogSeconds: number;
}

const dev = 'eth0';
/** So many that no client comes twice within a run of 20,000 a second. */
const clients = 58_000;
/**
 * New ones, as those that are measured, but none of them: what runs then is compiled code. Clients that come again would take
 * other ways through the engine, and two compilers would run beside what is measured, one in each node of a pair.
 */
const warmUp = ['--window', '64', '--duration', '4', '--first-client', '100000', '--clients', '60000'];

export async function measurePair(pair: BenchPair, wanted: PairCase): Promise<PairMeasurement> {
  const folder = mkdtempSync(join(tmpdir(), 'leasehold-bench-'));
  const lan = new Segment('bench');
  const hosts = Array.from({ length: pair.nodes }, (_, place) => plugged(lan, `node${place}`, nodeAddresses[place] ?? ''));
  const loader = plugged(lan, 'load', '10.64.0.2');
  const folders = hosts.map((_, place) => join(folder, `${place}`));
  try {
    const children = await start(pair, hosts, folders);
    await pair.join(folders, children);
    const cpuOf = (): number => children.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0);
    const warm = await runLoad(loader, dev, warmUp);
    await untilQuiet(cpuOf);
    const before = cpuOf();
    const load = await runLoad(loader, dev, [
      ...(wanted.rate === undefined ? ['--window', String(wanted.window)] : ['--rate', String(wanted.rate)]),
      ...['--duration', String(wanted.seconds), '--clients', String(clients), '--warm-up', '0.5'],
    ]);
    const backlogSeconds = secondsUntilTold(pair, folders);
    const cpu = cpuOf() - before;
    await Promise.all(children.map((child) => child.stop('SIGTERM')));
    const records = folders.reduce((sum, path) => sum + pair.records(path), 0);
    const acks = warm.acksInAll + load.acksInAll;
    if (pair.isDurable && records < acks) throw new Error(`${pair.name}: ${acks} ACKs but only ${records} lease records`);
    return { load, cpuMicros: (cpu * 1e6) / load.acksInAll, backlogSeconds };
  } finally {
    await Promise.all([...hosts, loader].map((space) => space.close()));
    await lan.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function plugged(lan: Segment, label: string, address: string): Space {
  const host = new Space(label);
  lan.plug(host, dev);
  host.address(dev, `${address}/${network.bits}`);
  return host;
}

/** Start, sharing out and the first rewrite of the lease file are not what an exchange costs. */
async function untilQuiet(cpuOf: () => number): Promise<void> {
  let before = cpuOf();
  await eventually('nodes with nothing left to do', async () => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const used = cpuOf() - before;
    before += used;
    return used <= 0.05 ? true : undefined;
  });
}

function start(pair: BenchPair, hosts: readonly Space[], folders: readonly string[]): Promise<Child[]> {
  return Promise.all(
    hosts.map(async (host, place) => {
      const child = host.start(pair.prepare(folders[place] ?? '', place, dev), { keepsLines: false });
      await child.line(pair.readyLine, 0, 60_000);
      return child;
    }),
  );
}

function secondsUntilTold(pair: BenchPair, folders: readonly string[]): number {
  const from = performance.now();
  while (folders.some((path) => pair.backlog(path) > 0)) if (performance.now() - from > 60_000) return Infinity;
  return (performance.now() - from) / 1000;
}
