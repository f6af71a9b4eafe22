// Two Leasehold nodes with a live pool, under load: one is killed, one is cut off; nobody notices more than a retransmission.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { LoadResult } from '../../src/cli/bench/tally.ts';
import { eventually, type Child } from '../../src/cli/lab/child.ts';
import { leasesInFile } from './support/acked-leases.ts';
import { subject, type DhcpServer } from './support/dhcp-servers.ts';
import { openLab, skipWithout, type Lab } from './support/lab.ts';
import type { Space } from './support/namespaces.ts';

const skip = skipWithout('udhcpc', 'nft') || (subject === 'dhcpd' && 'a test of two Leasehold nodes');
const reserved = { mac: '02:00:aa:00:00:01', ip: '10.64.0.60' } as const;
const retryMillis = 1_000;

const config = (role: 'primary' | 'secondary', silenceSeconds = 10): string => {
  const [own, other] = role === 'primary' ? ['10.64.0.1', '10.64.0.2'] : ['10.64.0.2', '10.64.0.1'];
  return `
failover peer "pair" {
  ${role}; address ${own}; port 647; peer address ${other}; peer port 647;
  max-response-delay ${silenceSeconds}; max-unacked-updates 10; load balance max seconds 3;
  ${role === 'primary' ? 'mclt 600; split 128;' : ''}
}
authoritative;
ddns-update-style none;
ping-check false;
dhcp-cache-threshold 0;
default-lease-time 3600;
subnet 10.64.0.0 netmask 255.255.0.0 {
  host reserved { hardware ethernet ${reserved.mac}; fixed-address ${reserved.ip}; }
  pool { failover peer "pair"; range 10.64.1.0 10.64.8.255; }
}
`;
};

async function pairOf(lab: Lab, silenceSeconds?: number): Promise<readonly [DhcpServer, DhcpServer]> {
  const primary = lab.server({ config: config('primary', silenceSeconds), cidr: '10.64.0.1/16', interfaceNames: ['eth0'] });
  const secondary = lab.server({ config: config('secondary', silenceSeconds), cidr: '10.64.0.2/16', interfaceNames: ['eth0'] });
  await primary.start();
  await secondary.start();
  await primary.line(/peer update completed/);
  primary.command('failover', 'init', '--yes');
  await primary.line(/Both servers normal/);
  await secondary.line(/Both servers normal/);
  await eventually('a shared pool', () => ((secondary.leases().match(/^ {2}binding state backup/gm)?.length ?? 0) > 900 ? true : undefined));
  return [primary, secondary];
}

function load(host: Space, words: readonly string[], retry = retryMillis): Child {
  const program = join(import.meta.dirname, '../bench/load-main.ts');
  const flags = ['--server', '10.64.0.1', '--interface', 'eth0', '--warm-up', '0', '--retry', String(retry), '--json'];
  return host.start([process.execPath, '--import', 'tsx', program, ...flags, ...words]);
}
async function result(child: Child): Promise<LoadResult> {
  await child.exited;
  const line = child.lines.find((text) => text.startsWith('{'));
  assert.ok(line !== undefined, child.text);
  return JSON.parse(line) as LoadResult;
}

test('kill -9 of the primary under load: no client waits longer than one retransmission, and the pair heals itself', { skip }, async (t) => {
  const lab = await openLab(t);
  const [primary, secondary] = await pairOf(lab);
  const loading = load(lab.host('load', { cidr: '10.64.0.3/16' }), ['--rate', '100', '--duration', '8', '--clients', '700']);
  await eventually('leases of new clients', () => (leasesInFile(primary.leases()).size > 100 ? true : undefined));
  await primary.kill();
  await secondary.line(/I move from normal to communications-interrupted/);
  assert.equal((await lab.client('udhcpc', reserved.mac).bind()).ip, reserved.ip);
  const { acks, failed, malformed, duplicates, max } = await result(loading);
  assert.deepEqual({ failed, malformed, duplicates }, { failed: 0, malformed: 0, duplicates: 0 });
  assert.ok(acks > 600, `${acks} ACKs`);
  assert.ok(max < 2 * retryMillis, `one client waited ${max.toFixed(0)} ms`);

  const from = secondary.child.lines.length;
  await primary.start();
  await secondary.child.line(/Both servers normal/, from);
  const held = leasesInFile(secondary.leases());
  await eventually("the survivor's leases at the other node", () => {
    const there = leasesInFile(primary.leases());
    return [...held].every(([address, mac]) => there.get(address) === mac) ? true : undefined;
  });
});

test('a silent cut: reserved hosts wait for nothing, and the pair heals itself', { skip }, async (t) => {
  const lab = await openLab(t);
  const [primary, secondary] = await pairOf(lab);
  lab.lan.cut(primary.host);
  const started = performance.now();
  assert.equal((await lab.client('udhcpc', reserved.mac).bind()).ip, reserved.ip);
  assert.ok(performance.now() - started < 2_500, 'the survivor answers a reserved host at once');
  await secondary.line(/timeout waiting for failover peer pair/);
  await secondary.line(/I move from normal to communications-interrupted/);
  const { acks, failed } = await result(load(lab.host('load', { cidr: '10.64.0.3/16' }), ['--window', '4', '--duration', '1', '--clients', '200']));
  assert.equal(failed, 0);
  assert.ok(acks > 100, `${acks} ACKs`);
  const from = secondary.child.lines.length;
  lab.lan.heal();
  await secondary.child.line(/Both servers normal/, from);
});

test('a silent cut of the primary under load: no client waits longer than one retransmission in any step', { skip }, async (t) => {
  const lab = await openLab(t);
  // Noticed before the first retransmission of a client, which comes after four seconds (RFC 2131 §4.1).
  const [primary, secondary] = await pairOf(lab, 3);
  const retransmitMillis = 4_000;
  const loading = load(lab.host('load', { cidr: '10.64.0.3/16' }), ['--rate', '60', '--duration', '14', '--clients', '700'], retransmitMillis);
  await eventually('leases of new clients', () => (leasesInFile(primary.leases()).size > 100 ? true : undefined));
  lab.lan.cut(primary.host);
  await secondary.line(/I move from normal to communications-interrupted/);
  const { acks, failed, malformed, duplicates, max } = await result(loading);
  t.diagnostic(`${acks} ACKs, longest wait ${max.toFixed(0)} ms`);
  assert.deepEqual({ failed, malformed, duplicates }, { failed: 0, malformed: 0, duplicates: 0 });
  assert.ok(acks > 600, `${acks} ACKs`);
  // An offer and an acknowledgement: two steps.
  assert.ok(max < 2 * retransmitMillis + 500, `one client waited ${max.toFixed(0)} ms`);
  const from = secondary.child.lines.length;
  lab.lan.heal();
  await secondary.child.line(/Both servers normal/, from);
});
