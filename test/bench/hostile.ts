// `npm run bench:hostile`: what 200 hostile OMAPI connections cost the clients of DHCP. In alternating rounds the same load meets a server
// that nobody attacks, one whose machine is busy with an attack on somebody else, and one that is attacked itself.
// Flags: --rounds N, --seconds N

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { LoadResult } from '../../src/cli/bench/tally.ts';
import type { Child } from '../../src/cli/lab/child.ts';
import { cable, removeLeftovers, Space } from '../e2e/support/namespaces.ts';
import { BenchLink, cpuSeconds } from './measure.ts';
import { median, number, table } from './report-text.ts';
import { dhcpdConf, servers, type BenchServer } from './servers.ts';

const { values: flags } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '4' } } });
const connections = 200;
const poolSize = 65_536;
const clientProgram = join(import.meta.dirname, '../e2e/support/omapi-client-main.ts');

/** The Leasehold of the other benchmarks, with OMAPI and a key. */
const attacked: BenchServer = {
  ...servers.leasehold,
  prepare(folder, size, dev) {
    mkdirSync(folder, { recursive: true });
    const words = servers.leasehold.prepare(folder, size, dev);
    const omapi = 'omapi-port 7911; omapi-key omapi_key; key omapi_key { algorithm hmac-md5; secret "MDEyMzQ1Njc4OWFiY2RlZg=="; }\n';
    writeFileSync(join(folder, 'dhcpd.conf'), `${omapi}${dhcpdConf(size)}`);
    return words;
  },
};

const targets = ['nobody', 'a dummy', 'the server'] as const;
type Target = (typeof targets)[number];
const loads = [
  { id: '2 000 DORA offered per second', words: ['--rate', '2000', '--retry', '1000'] },
  { id: 'DORA, window 8', words: ['--window', '8'] },
] as const;

interface Attack {
  readonly tried: number;
  readonly connected: number;
  readonly cpuSeconds: number;
}
interface Measurement {
  readonly load: LoadResult;
  /** Processor time of the server, share of one processor. */
  readonly serverShare: number;
  readonly attack: Attack | undefined;
  readonly seconds: number;
}

/** An attacker has a machine of its own; here it gets what client and server leave of this one. */
const program = (space: Space, ...words: readonly string[]): Child => space.start(['nice', '-n', '19', process.execPath, '--import', 'tsx', clientProgram, ...words]);

/** The attacker has a cable to the server and one to a dummy in a namespace of its own. */
class Attackers {
  readonly attacker = new Space('hostile');
  readonly dummy = new Space('dummy');

  constructor(server: Space) {
    cable(server, 'as', this.attacker, 'ac');
    server.address('as', '10.99.0.1/30');
    this.attacker.address('ac', '10.99.0.2/30');
    cable(this.dummy, 'ds', this.attacker, 'dc');
    this.dummy.address('ds', '10.99.1.1/30');
    this.attacker.address('dc', '10.99.1.2/30');
  }

  async begin(target: Target): Promise<Child | undefined> {
    if (target === 'nobody') return undefined;
    if (target === 'a dummy') await program(this.dummy, 'dummy').line(/ready/);
    const child = program(this.attacker, 'hostile', String(connections), target === 'a dummy' ? '10.99.1.1' : '10.99.0.1');
    await child.line(/begun/);
    return child;
  }
  async end(child: Child | undefined): Promise<Attack | undefined> {
    await child?.stop('SIGTERM');
    const line = child?.lines.find((text) => text.startsWith('{'));
    return line === undefined ? undefined : (JSON.parse(line) as Attack);
  }
  async close(): Promise<void> {
    await this.attacker.close();
    await this.dummy.close();
  }
}

async function measureUnder(target: Target, words: readonly string[]): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), 'leasehold-bench-'));
  const link = new BenchLink();
  const attackers = new Attackers(link.server);
  try {
    const { child } = await link.start(attacked, folder, poolSize);
    const attack = await attackers.begin(target);
    const [cpuBefore, from] = [cpuSeconds(child.pid), performance.now()];
    const load = await link.load(['--clients', '50000', '--duration', String(flags.seconds), '--warm-up', '1', ...words]);
    const seconds = (performance.now() - from) / 1000;
    const serverShare = (cpuSeconds(child.pid) - cpuBefore) / seconds;
    return { load, serverShare, attack: await attackers.end(attack), seconds };
  } finally {
    await attackers.close();
    await link.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

removeLeftovers();
execFileSync(process.execPath, ['--import', 'tsx', 'tools/build.ts'], { stdio: 'inherit' });
const measured = new Map<string, Measurement[]>();
const keyOf = (id: string, target: Target): string => `${id}, attack on ${target}`;
for (let round = 1; round <= Number(flags.rounds); round++)
  for (const { id, words } of loads)
    for (const target of round % 2 === 1 ? targets : targets.toReversed()) {
      const result = await measureUnder(target, words);
      const { load, serverShare, attack, seconds } = result;
      measured.set(keyOf(id, target), [...(measured.get(keyOf(id, target)) ?? []), result]);
      const attackText = attack === undefined ? '' : `  ${(attack.connected / seconds).toFixed(0)} connections/s of ${(attack.tried / seconds).toFixed(0)} tried, attacker ${(attack.cpuSeconds / seconds * 100).toFixed(0)} %`;
      console.log(`round ${round}  ${keyOf(id, target).padEnd(56)} ${load.exchangesPerSecond.toFixed(0).padStart(6)}/s  p50 ${load.p50.toFixed(2)} p99 ${load.p99.toFixed(2)} p99.9 ${load.p999.toFixed(2)} ms  ${load.failed} failed  server ${(serverShare * 100).toFixed(0)} %${attackText}`);
    }

console.log(
  table(
    ['load', 'attack on', 'p50 / p99 / p99.9 ms', 'DORA/s', 'server, % of a processor', 'connections of the attacker per second'],
    loads.flatMap(({ id }) =>
      targets.map((target) => {
        const list = measured.get(keyOf(id, target)) ?? [];
        const of = (pick: (one: Measurement) => number): number => median(list.map(pick));
        const times = [of(({ load }) => load.p50), of(({ load }) => load.p99), of(({ load }) => load.p999)].map((millis) => millis.toFixed(2)).join(' / ');
        const rate = target === 'nobody' ? '–' : number(of(({ attack, seconds }) => (attack?.connected ?? 0) / seconds));
        return [id, target, times, number(of(({ load }) => load.exchangesPerSecond)), number(of(({ serverShare }) => serverShare * 100)), rate];
      }),
    ),
  ),
);
