// `tsx test/bench/measure-hosts.ts [--hosts N] [--rate N] [--seconds N]`: hosts made on one node of a secured pair, until both have them on
// disk, and what DHCP clients notice of it. Prints only.

import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { LoadResult } from '../../src/cli/bench/tally.ts';
import { sendCommand } from '../../src/cli/control-client.ts';
import { putHosts } from '../../src/cli/host-commands.ts';
import { Segment } from '../../src/cli/lab/segment.ts';
import { Space } from '../e2e/support/namespaces.ts';
import { runLoad } from './measure.ts';
import { leasehold, nodeAddresses } from './pair-servers.ts';
import { network } from './servers.ts';

const { values: flags } = parseArgs({
  options: { hosts: { type: 'string', default: '10000' }, rate: { type: 'string', default: '500' }, seconds: { type: 'string', default: '6' } },
});
const hostCount = Number(flags.hosts);
const dev = 'eth0';
/** Addresses, and clients that come again and again: the pair is not what is measured. */
const pair = leasehold('Leasehold pair', 2, 8192);
const clients = 3000;
const key = 'omapi-key k; key k { algorithm hmac-sha256; secret vhBJOlRUsC6HtbP5Yk+H3A==; }\n';

async function ask(folder: string, name: string, given: Readonly<Record<string, unknown>> = {}): Promise<Readonly<Record<string, unknown>>> {
  const answer = await sendCommand(join(folder, 'control.sock'), name, given);
  if (!answer.ok || !answer.value.ok) throw new Error(`${name}: ${JSON.stringify(answer)}`);
  return answer.value.value as Readonly<Record<string, unknown>>;
}
const hosts = Array.from({ length: hostCount }, (_, at) => ({
  name: `h${at}`,
  hardware: `02:dd:00:${[at >> 16, at >> 8, at].map((byte) => (byte & 255).toString(16).padStart(2, '0')).join(':')}`,
  addresses: [`10.80.${(at >> 8) & 255}.${at & 255}`],
  statements: `option host-name "h${at}"; filename "pxelinux.0";`,
}));

/** Seconds until the last was answered, and until the partner said that it has all on disk. */
async function importHosts([own, partner]: readonly [string, string]): Promise<{ readonly answered: number; readonly onBoth: number }> {
  const started = performance.now();
  const since = (): number => (performance.now() - started) / 1000;
  const { done, refusal } = await putHosts(join(own, 'control.sock'), hosts);
  if (done < hosts.length) throw new Error(`only ${done} hosts were taken: ${JSON.stringify(refusal)}`);
  const answered = since();
  for (;;) {
    const [status] = (await ask(own, 'failover.status')) as unknown as [{ hosts: { waiting: number; replication: string } }];
    const { hosts: there } = (await ask(partner, 'status')) as { hosts: { count: number } };
    if (status.hosts.waiting === 0 && there.count >= hostCount) return { answered, onBoth: since() };
    await pause(100);
    if (since() > 120) throw new Error(`${status.hosts.waiting} wait, ${there.count} are there (${status.hosts.replication})`);
  }
}

function plugged(lan: Segment, label: string, address: string): Space {
  const host = new Space(label);
  lan.plug(host, dev);
  host.address(dev, `${address}/${network.bits}`);
  return host;
}

const folder = mkdtempSync(join(tmpdir(), 'leasehold-bench-'));
const lan = new Segment('bench');
const nodes = nodeAddresses.map((address, place) => plugged(lan, `node${place}`, address));
const loader = plugged(lan, 'load', '10.64.0.2');
const folders = [join(folder, '0'), join(folder, '1')] as const;
const load = (): Promise<LoadResult> => runLoad(loader, dev, ['--rate', flags.rate, '--duration', flags.seconds, '--clients', String(clients), '--warm-up', '0.5']);
try {
  const children = await Promise.all(nodes.map(async (node, place) => {
    const words = pair.prepare(folders[place] ?? '', place, dev);
    appendFileSync(join(folders[place] ?? '', 'dhcpd.conf'), key);
    const child = node.start(words, { keepsLines: false });
    await child.line(pair.readyLine, 0, 60_000);
    return child;
  }));
  await pair.join(folders, children);
  const idle = await load();
  const [busy, taken] = await Promise.all([load(), importHosts(folders)]);
  const line = (what: string, { p50, p99, max, acks, failed }: LoadResult): string =>
    `${what}: p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, max ${max.toFixed(1)} ms, ${acks} ACKs, ${failed} failed`;
  console.log(line('idle  ', idle));
  console.log(line('import', busy));
  console.log(`${hostCount} hosts: answered after ${taken.answered.toFixed(2)} s, on both nodes' disks after ${taken.onBoth.toFixed(2)} s; p99 × ${(busy.p99 / idle.p99).toFixed(2)}`);
  await Promise.all(children.map((child) => child.stop('SIGTERM')));
} finally {
  await Promise.all([...nodes, loader].map((space) => space.close()));
  await lan.close();
  rmSync(folder, { recursive: true, force: true });
}
