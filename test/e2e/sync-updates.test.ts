// sync-updates between two real nodes: whoever was told of a new lease is known to the node that survives, killed or cut off.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { eventually, type Child } from '../../src/cli/lab/child.ts';
import { ackedLeases, leasesInFile } from './support/acked-leases.ts';
import type { Capture } from './support/capture.ts';
import { subject, type DhcpServer } from './support/dhcp-servers.ts';
import { openLab, skipWithout, type Lab } from './support/lab.ts';

const skip = skipWithout('nft', 'tshark') || (subject === 'dhcpd' && 'a test of two Leasehold nodes');
const [primaryAddress, secondaryAddress] = ['10.64.0.1', '10.64.0.2'] as const;

const config = (own: string, other: string): string => `
failover peer "pair" {
  ${own === primaryAddress ? 'primary' : 'secondary'}; address ${own}; port 647; peer address ${other}; peer port 647;
  max-response-delay 3; max-unacked-updates 10; load balance max seconds 3; ${own === primaryAddress ? 'mclt 600; split 128;' : ''}
}
authoritative; ddns-update-style none; ping-check false; dhcp-cache-threshold 0; default-lease-time 3600;
subnet 10.64.0.0 netmask 255.255.0.0 { pool { failover peer "pair"; range 10.64.1.0 10.64.8.255; } }
`;

interface Scene {
  readonly lab: Lab;
  readonly primary: DhcpServer;
  readonly secondary: DhcpServer;
  readonly capture: Capture;
  load(): Child;
}

async function open(t: TestContext, waitMillis: number): Promise<Scene> {
  const lab = await openLab(t);
  const settings = `relationship { sync-updates on; sync-updates-wait ${waitMillis}; }`;
  const server = (own: string, other: string): DhcpServer =>
    lab.server({ config: config(own, other), settings, cidr: `${own}/16`, interfaceNames: ['eth0'] });
  const primary = server(primaryAddress, secondaryAddress);
  const secondary = server(secondaryAddress, primaryAddress);
  const host = lab.host('load', { cidr: '10.64.0.3/16' });
  const capture = await lab.capture(host, 'eth0', 'udp port 67 or udp port 68');
  await primary.start();
  await secondary.start();
  primary.command('failover', 'init', '--yes');
  for (const node of [primary, secondary]) await node.line(/Both servers normal/);
  await eventually('a shared pool', () => ((secondary.leases().match(/^ {2}binding state backup/gm)?.length ?? 0) > 900 ? true : undefined));
  const program = join(import.meta.dirname, '../bench/load-main.ts');
  const load = (): Child =>
    host.start([process.execPath, '--import', 'tsx', program, '--server', primaryAddress, '--interface', 'eth0', '--warm-up', '0', '--retry', '1000', '--json',
      '--rate', '150', '--duration', '6', '--clients', '1200']);
  return { lab, primary, secondary, capture, load };
}

/** Addresses whose ACK left `server` and that `survivor` has under another client, or under none. */
function unknownTo(survivor: DhcpServer, acked: ReadonlyMap<string, string>): string[] {
  const known = leasesInFile(survivor.leases());
  return [...acked].filter(([address, mac]) => known.get(address) !== mac).map(([address]) => address);
}
const saidUnconfirmed = (server: DhcpServer): string[] =>
  [...server.log.matchAll(/the lease of (\S+) was acknowledged before the partner had it/g)].map(([, address = '']) => address);

test('kill -9 under load: no new lease that a client was told of is unknown to the survivor', { skip }, async (t) => {
  const { primary, secondary, capture, load } = await open(t, 3000);
  const status = JSON.parse(primary.command('failover', 'status', '--json')) as { value: [{ syncUpdates: boolean }] };
  assert.equal(status.value[0].syncUpdates, true);
  const loading = load();
  await eventually('leases of new clients', () => (leasesInFile(primary.leases()).size > 200 ? true : undefined));
  await primary.kill();
  await secondary.line(/I move from normal to communications-interrupted/);
  await loading.exited;
  await capture.stop();
  const acked = ackedLeases(capture);
  assert.ok(acked.size > 500, `${acked.size} leases acknowledged`);
  assert.deepEqual(saidUnconfirmed(primary), []);
  assert.deepEqual(unknownTo(secondary, acked), []);
});

test('a silent cut of the link under load: what the partner does not know left late, and is said line by line', { skip }, async (t) => {
  const { primary, secondary, capture, load } = await open(t, 250);
  const loading = load();
  await eventually('leases of new clients', () => (leasesInFile(primary.leases()).size > 200 ? true : undefined));
  const closed = 'add table inet cut; add chain inet cut in { type filter hook input priority 0; }; add rule inet cut in tcp dport 647 drop; add rule inet cut in tcp sport 647 drop';
  primary.host.run('nft', closed);
  await secondary.line(/I move from normal to communications-interrupted/);
  await loading.exited;
  await capture.stop();
  const interrupted = /I move from normal to communications-interrupted/;
  await primary.line(interrupted);
  // What a node acknowledges after it knows that it is alone, its partner cannot know, and no rule says it should.
  const [beforeCut = ''] = primary.log.split(interrupted);
  const whileNormal = new Set([...beforeCut.matchAll(/DHCPACK on (\S+) to/g)].map(([, address = '']) => address));
  const acked = new Map([...ackedLeases(capture)].filter(([address]) => whileNormal.has(address)));
  assert.ok(acked.size > 200, `${acked.size} leases acknowledged in normal`);
  const said = new Set(saidUnconfirmed(primary));
  assert.deepEqual(unknownTo(secondary, acked).filter((address) => !said.has(address)), []);
});
