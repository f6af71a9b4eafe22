// One measurement: a fresh server in its namespace, one load from another, and what both cost.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoadResult } from '../../src/cli/bench/tally.ts';
import { cable, Space } from '../e2e/support/namespaces.ts';
import { Child } from '../../src/cli/lab/child.ts';
import { firstAddress, network, serverAddress, type BenchServer } from './servers.ts';

export interface Case {
  readonly id: string;
  readonly mode: 'dora' | 'renew';
  readonly window: number;
  readonly poolSize: number;
  readonly seconds: number;
  readonly rate?: number;
  /** Fewer than the pool has where a server would take minutes to reach the end. */
  readonly clients?: number;
}

export interface Measurement {
  readonly load: LoadResult;
  /** Processor time of the server per acknowledged exchange, in microseconds. */
  readonly cpuMicros: number;
  /** Lease records appended; 0 where none is kept. */
  readonly records: number;
}

const ticksPerSecond = 100;
export const serverDev = 'bs';
export const clientDev = 'bc';

/** User and system time of a process and its ended children, in seconds (proc(5)). */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
export function residentMegabytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

/** What a command line begins with to run on one processor, or on any. */
export const onProcessor = (processor: number | undefined): string[] => (processor === undefined ? [] : ['taskset', '--cpu-list', String(processor)]);

/** The load generator in a namespace, to its end. */
export async function runLoad(host: Space, dev: string, words: readonly string[], processor?: number): Promise<LoadResult> {
  const child = host.start([...onProcessor(processor), process.execPath, '--import', 'tsx', join(import.meta.dirname, 'load-main.ts'), '--server', serverAddress, '--interface', dev, '--json', ...words]);
  await child.exited;
  const line = child.lines.find((text) => text.startsWith('{'));
  if (line === undefined) throw new Error(`the load generator said: ${child.text}`);
  return JSON.parse(line) as LoadResult;
}

/** A server and a client namespace joined by a cable. */
export class BenchLink {
  readonly server = new Space('bserver');
  readonly client = new Space('bclient');

  constructor() {
    cable(this.server, serverDev, this.client, clientDev);
    this.server.address(serverDev, `${serverAddress}/${network.bits}`);
    this.client.address(clientDev, `10.64.0.2/${network.bits}`);
    // Renewals are answered through the kernel: one neighbour stands for all clients, else its table overflows.
    for (const half of ['10.64.0.0/12', '10.80.0.0/12']) this.server.ip('route', 'add', half, 'via', '10.64.0.2', 'dev', serverDev, 'onlink');
    this.server.run('sysctl', '-qw', 'net.ipv4.conf.all.send_redirects=0');
  }

  /** Starts the server and waits until it serves; the seconds that took. */
  async start(server: BenchServer, folder: string, poolSize: number, millis = 120_000): Promise<{ child: Child; seconds: number }> {
    const words = server.prepare(folder, poolSize, serverDev);
    const from = performance.now();
    const child = this.server.start(words, { keepsLines: false });
    await child.line(server.readyLine, 0, millis);
    return { child, seconds: (performance.now() - from) / 1000 };
  }

  load(words: readonly string[]): Promise<LoadResult> {
    return runLoad(this.client, clientDev, words);
  }

  async close(): Promise<void> {
    await this.server.close();
    await this.client.close();
  }
}

const clientsOf = ({ poolSize, clients, window }: Case): number => Math.max(clients ?? Math.floor(poolSize * 0.9), Math.min(window, poolSize));

export async function measure(server: BenchServer, wanted: Case): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), 'leasehold-bench-'));
  const link = new BenchLink();
  try {
    const { child } = await link.start(server, folder, wanted.poolSize);
    const before = cpuSeconds(child.pid);
    const load = await link.load([
      ...['--mode', wanted.mode, '--window', String(Math.min(wanted.window, clientsOf(wanted))), '--duration', String(wanted.seconds)],
      ...['--clients', String(clientsOf(wanted)), '--warm-up', '0.5'],
      ...(wanted.rate === undefined ? [] : ['--rate', String(wanted.rate)]),
    ]);
    const cpu = cpuSeconds(child.pid) - before;
    await child.stop('SIGTERM');
    const records = server.records(folder);
    if (server.isDurable && records < load.acksInAll) throw new Error(`${server.name}: ${load.acksInAll} ACKs but only ${records} lease records`);
    return { load, cpuMicros: (cpu * 1e6) / load.acksInAll, records };
  } finally {
    await link.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface StartUp {
  readonly seconds: number;
  readonly megabytes: number;
  /** Exchanges per second right after. */
  readonly perSecond: number;
}

/** Start with `leases` active leases: until it serves, what it then occupies, and that it does serve. */
export async function measureStart(server: BenchServer, leases: number): Promise<StartUp> {
  const folder = mkdtempSync(join(tmpdir(), 'leasehold-bench-'));
  const link = new BenchLink();
  try {
    server.fill(folder, leases);
    const { child, seconds } = await link.start(server, folder, leases, 300_000);
    const megabytes = residentMegabytes(child.pid);
    const load = await link.load(['--window', '64', '--duration', '3', '--warm-up', '0', '--clients', String(leases), '--retry', '5000']);
    return { seconds, megabytes, perSecond: load.exchangesPerSecond };
  } finally {
    await link.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

export const lastAddressOf = (poolSize: number): number => firstAddress + poolSize - 1;
