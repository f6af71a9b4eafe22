// A pair is upgraded node by node under clients: an older Leasehold, stood in for by one that can do nothing beyond dhcpd's
// protocol, and this one are partners in both roles, and no client loses its address.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import type { LoadResult } from '../../src/cli/bench/tally.ts';
import { eventually, type Child } from '../../src/cli/lab/child.ts';
import { leasesInFile } from './support/acked-leases.ts';
import { subject, type DhcpServer } from './support/dhcp-servers.ts';
import { openLab, skipWithout } from './support/lab.ts';
import { buildMasked } from './support/masked-build.ts';
import type { Space } from './support/namespaces.ts';

const skip = skipWithout('udhcpc') || (subject === 'dhcpd' && 'a test of two Leasehold nodes');
const [primaryAddress, secondaryAddress] = ['10.64.0.1', '10.64.0.2'] as const;
const config = (own: string, other: string): string => `
omapi-key k; key k { algorithm hmac-sha256; secret vhBJOlRUsC6HtbP5Yk+H3A==; }
failover peer "pair" {
  ${own === primaryAddress ? 'primary' : 'secondary'}; address ${own}; port 647; peer address ${other}; peer port 647;
  max-response-delay 10; max-unacked-updates 10; load balance max seconds 3; ${own === primaryAddress ? 'mclt 600; split 128;' : ''}
}
authoritative; ddns-update-style none; ping-check false; dhcp-cache-threshold 0; default-lease-time 3600;
subnet 10.64.0.0 netmask 255.255.0.0 { pool { failover peer "pair"; range 10.64.1.0 10.64.2.255; } }
`;

let masked: Awaited<ReturnType<typeof buildMasked>> | undefined;
before(async () => {
  if (skip === false) masked = await buildMasked();
});
after(() => masked?.remove());

interface Status {
  readonly myState: string;
  readonly partnerState: string;
  readonly partnerSoftware: string;
  readonly notShared: readonly string[];
  readonly security: string;
}
const statusOf = (server: DhcpServer): Status => (JSON.parse(server.command('failover', 'status', '--json')) as { value: [Status] }).value[0];

/** New clients without pause; whoever is not answered asks again. */
function load(host: Space, clients: number): Child {
  const program = join(import.meta.dirname, '../bench/load-main.ts');
  return host.start([process.execPath, '--import', 'tsx', program, '--server', primaryAddress, '--interface', 'eth0', '--warm-up', '0', '--retry', '1000', '--json',
    '--rate', '20', '--duration', '8', '--clients', String(clients)]);
}
async function everyoneWasServed(child: Child): Promise<void> {
  await child.exited;
  const { acks, failed, malformed, duplicates } = JSON.parse(child.lines.find((line) => line.startsWith('{')) ?? '{}') as LoadResult;
  assert.deepEqual({ failed, malformed, duplicates }, { failed: 0, malformed: 0, duplicates: 0 });
  assert.ok(acks > 100, `${acks} ACKs`);
}
/** Every lease of one node is at the other, with the same client. */
const knownToBoth = (a: DhcpServer, b: DhcpServer): Promise<true> =>
  eventually('the same leases on both nodes', () => {
    const [here, there] = [leasesInFile(a.leases()), leasesInFile(b.leases())];
    return here.size > 0 && here.size === there.size && [...here].every(([address, mac]) => there.get(address) === mac) ? true : undefined;
  });
async function normalAgain(restarted: DhcpServer, other: DhcpServer, from: number): Promise<void> {
  await restarted.line(/Both servers normal/, 40_000);
  await other.child.line(/Both servers normal/, from, 40_000);
}

async function walk(t: TestContext, first: 'primary' | 'secondary'): Promise<void> {
  const lab = await openLab(t);
  const old = { ...(masked === undefined ? {} : { bundle: masked.path }) };
  const nodes = {
    primary: lab.server({ config: config(primaryAddress, secondaryAddress), cidr: `${primaryAddress}/16`, interfaceNames: ['eth0'], ...old }),
    secondary: lab.server({ config: config(secondaryAddress, primaryAddress), cidr: `${secondaryAddress}/16`, interfaceNames: ['eth0'], ...old }),
  };
  const second = first === 'primary' ? 'secondary' : 'primary';
  await nodes.primary.start();
  await nodes.secondary.start();
  for (const node of Object.values(nodes)) node.command('failover', 'init', '--yes');
  for (const node of Object.values(nodes)) await node.line(/Both servers normal/, 40_000);
  const machine = lab.client('udhcpc', '02:00:aa:00:00:01');
  const before = await machine.bind();
  const loadHost = lab.host('load', { cidr: '10.64.0.3/16' });

  const upgrade = async (role: 'primary' | 'secondary'): Promise<void> => {
    const [node, partner] = [nodes[role], nodes[role === 'primary' ? 'secondary' : 'primary']];
    const loading = load(loadHost, 120);
    const from = partner.child.lines.length;
    await node.stop();
    node.useBundle(undefined);
    await node.start();
    await normalAgain(node, partner, from);
    await everyoneWasServed(loading);
    await knownToBoth(node, partner);
    assert.equal((await machine.renew()).ip, before.ip, 'the client keeps its address');
  };

  await upgrade(first);
  const half = statusOf(nodes[first]);
  assert.deepEqual([half.myState, half.partnerState, half.partnerSoftware], ['normal', 'normal', 'leasehold/0.0']);
  assert.ok(half.notShared.includes('parcels') && half.notShared.includes('short-contact'), String(half.notShared));
  assert.match(half.security, /^plain/);
  assert.match(nodes[first].command('failover', 'status'), /versions {5}this node leasehold\/0\.1, the partner leasehold\/0\.0: not used until both are the same/);

  await upgrade(second);
  for (const node of Object.values(nodes)) {
    const { notShared, security, partnerSoftware } = statusOf(node);
    assert.deepEqual([notShared, security, partnerSoftware], [[], 'TLS_AES_128_GCM_SHA256', 'leasehold/0.1']);
  }
}

test('the primary is upgraded first', { skip }, (t) => walk(t, 'primary'));
test('the secondary is upgraded first', { skip }, (t) => walk(t, 'secondary'));
