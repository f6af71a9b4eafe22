// A pair that is measured: two nodes and a load on one switch, what it got and what both nodes cost.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, type Child } from '../../src/cli/lab/child.ts';
import { Segment } from '../../src/cli/lab/segment.ts';
import type { LoadResult } from '../../src/cli/bench/tally.ts';
import { Space } from '../e2e/support/namespaces.ts';
import { cpuSeconds, onProcessor, runLoad } from './measure.ts';
import { nodeAddresses, type BenchPair } from './pair-servers.ts';
import { network } from './servers.ts';

export interface PairCase {
  readonly id: string;
  /** Of one turn at the servers; before it the load runs for a third of that, unmeasured. */
  readonly seconds: number;
  /** Open exchanges of a closed loop, or exchanges offered per second. */
  readonly window?: number;
  readonly rate?: number;
}

export interface PairMeasurement {
  readonly load: LoadResult;
  /** Processor time of all nodes per acknowledged exchange, the updates behind it included, in microseconds. */
  readonly cpuMicros: number;
  /** From the end of the load until no update waits for the partner; 0 where there is none to wait. */
  readonly backlogSeconds: number;
}

const dev = 'eth0';
/** So many that no client comes twice within a turn. */
const clients = 58_000;
/** Those of the first turn, behind those of the warm-up; each turn has its own. */
const firstClient = 400_000;
/**
 * New ones, as those that are measured, but none of them: what runs then is compiled code. Clients that come again would take
 * other ways through the engine, and two compilers would run beside what is measured, one in each node of a pair. Twice as long for
 * two, so that each node has answered as many as one alone: with half of them a pair was slower in its first turns than later.
 */
const warmUp = (nodes: number, seconds: number, first: number, count: number): string[] => [
  ...['--window', '64', '--duration', String(seconds * nodes), '--first-client', String(first), '--clients', String(count * nodes)],
];

/** One node or two that are warm, with a load generator, all on one switch. */
export class PairBench {
  readonly #pair: BenchPair;
  readonly #folder = mkdtempSync(join(tmpdir(), 'leasehold-bench-'));
  readonly #lan = new Segment('bench');
  readonly #hosts: readonly Space[];
  readonly #loader: Space;
  readonly #folders: readonly string[];
  #children: readonly Child[] = [];
  #nextClient = firstClient;
  #acks = 0;

  private constructor(pair: BenchPair) {
    this.#pair = pair;
    this.#hosts = Array.from({ length: pair.nodes }, (_, place) => plugged(this.#lan, `node${place}`, nodeAddresses[place] ?? ''));
    this.#loader = plugged(this.#lan, 'load', '10.64.0.2');
    this.#folders = this.#hosts.map((_, place) => join(this.#folder, `${place}`));
  }

  static async open(pair: BenchPair): Promise<PairBench> {
    const bench = new PairBench(pair);
    try {
      await bench.#start();
      return bench;
    } catch (error) {
      await bench.close();
      throw error;
    }
  }
  async #start(): Promise<void> {
    this.#children = await start(this.#pair, this.#hosts, this.#folders);
    await this.#pair.join(this.#folders, this.#children);
    const { nodes } = this.#pair;
    await this.#load(warmUp(nodes, 4, 0, 50_000));
    await this.#pair.tidyUp(this.#folders, this.#children);
    // A configuration that was read again takes compiled code back.
    await this.#load(warmUp(nodes, 1, 200_000, 25_000));
    await untilQuiet(() => this.#cpuSeconds);
  }

  async #load(words: readonly string[]): Promise<LoadResult> {
    const load = await runLoad(this.#loader, dev, words, this.#pair.processor);
    this.#acks += load.acksInAll;
    return load;
  }

  get #cpuSeconds(): number {
    return this.#children.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0);
  }

  /** One turn, with clients that have not been here. */
  async measure({ rate, window, seconds }: PairCase): Promise<PairMeasurement> {
    const before = this.#cpuSeconds;
    const load = await this.#load([
      ...(rate === undefined ? ['--window', String(window)] : ['--rate', String(rate)]),
      ...['--duration', String(seconds), '--warm-up', String(seconds / 3), '--clients', String(clients), '--first-client', String(this.#nextClient)],
    ]);
    this.#nextClient += clients;
    const backlogSeconds = secondsUntilTold(this.#pair, this.#folders);
    return { load, cpuMicros: ((this.#cpuSeconds - before) * 1e6) / load.acksInAll, backlogSeconds };
  }

  /** Ends the nodes; throws when a durable one acknowledged what it did not write down. */
  async finish(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.stop('SIGTERM')));
    const records = this.#folders.reduce((sum, path) => sum + this.#pair.records(path), 0);
    if (this.#pair.isDurable && records < this.#acks) throw new Error(`${this.#acks} ACKs but only ${records} lease records`);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#hosts, this.#loader].map((space) => space.close()));
    await this.#lan.close();
    rmSync(this.#folder, { recursive: true, force: true });
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
      const child = host.start([...onProcessor(pair.processor), ...pair.prepare(folders[place] ?? '', place, dev)], { keepsLines: false });
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
