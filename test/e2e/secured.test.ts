// The failover connection of two real nodes: secured with one key, so that no lease crosses the network readable; with two keys, with a
// dhcpd, and with strangers as the policy says.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { subject, type DhcpServer } from './support/dhcp-servers.ts';
import { bytesBy } from './support/failover-wire.ts';
import { openLab, skipWithout, type Lab } from './support/lab.ts';
import { leaseIsUnreadable } from './support/unreadable-lease.ts';

const skip = skipWithout('udhcpc', 'tshark', 'dhcpd') || (subject === 'dhcpd' && 'a test of Leasehold nodes');
const secrets = ['vhBJOlRUsC6HtbP5Yk+H3A==', 'yU/0AV8c9XIvAwnhMCdQbg=='] as const;

interface Node {
  readonly secret: string;
  readonly settings?: string;
  readonly kind?: 'leasehold' | 'dhcpd';
}
const addresses = { primary: '10.64.0.1', secondary: '10.64.0.2' } as const;
const config = (role: 'primary' | 'secondary', secret: string): string => {
  const own = addresses[role];
  const other = addresses[role === 'primary' ? 'secondary' : 'primary'];
  return `omapi-key k; key k { algorithm hmac-sha256; secret ${secret}; }
failover peer "pair" { ${role}; address ${own}; port 647; peer address ${other}; peer port 647; max-response-delay 10;
  max-unacked-updates 10; load balance max seconds 3; ${role === 'primary' ? 'mclt 600; split 128;' : ''} }
authoritative; ddns-update-style none; ping-check false; default-lease-time 3600;
subnet 10.64.0.0 netmask 255.255.0.0 { pool { failover peer "pair"; range 10.64.1.0 10.64.1.63; } }
`;
};

async function open(t: TestContext, a: Node, b: Node): Promise<{ lab: Lab; primary: DhcpServer; secondary: DhcpServer }> {
  const lab = await openLab(t);
  const server = (role: 'primary' | 'secondary', { secret, settings, kind = 'leasehold' }: Node): DhcpServer =>
    lab.server({
      kind, config: config(role, secret), cidr: `${addresses[role]}/16`, interfaceNames: ['eth0'],
      ...(settings === undefined ? {} : { settings }),
    });
  return { lab, primary: server('primary', a), secondary: server('secondary', b) };
}
async function bothNormal(primary: DhcpServer, secondary: DhcpServer): Promise<void> {
  await primary.start();
  await secondary.start();
  primary.command('failover', 'init', '--yes');
  await primary.line(/Both servers normal/);
  await secondary.line(/Both servers normal/);
}
const statusOf = (server: DhcpServer): { security: string | null; isPinned: boolean } => {
  const { value } = JSON.parse(server.command('failover', 'status', '--json')) as { value: [{ security: string | null; isPinned: boolean }] };
  return value[0];
};

/** Types of the failover messages in one direction of a connection; what lies between and behind them is whole TLS records. */
function plainTypes(stream: Buffer): number[] {
  const types: number[] = [];
  for (let at = 0; at < stream.length; ) {
    const isTls = stream.readUInt8(at) >= 20 && stream.readUInt8(at) <= 23 && stream.readUInt8(at + 1) === 3;
    if (!isTls) types.push(stream.readUInt8(at + 2));
    const size = isTls ? 5 + stream.readUInt16BE(at + 3) : stream.readUInt16BE(at);
    assert.ok(size > 4, `a record or message of ${size} bytes at ${at}`);
    at += size;
  }
  return types;
}

test('one key: what crosses the network is TLS, and no lease can be read in it', { skip }, async (t) => {
  const { lab, primary, secondary } = await open(t, { secret: secrets[0] }, { secret: secrets[0] });
  const capture = await lab.capture(secondary.host, 'eth0', 'tcp port 647');
  await bothNormal(primary, secondary);
  for (const server of [primary, secondary]) {
    await server.line(/the connection is secured \(TLS 1\.3, TLS_AES_128_GCM_SHA256\)/);
    assert.deepEqual([statusOf(server).security, statusOf(server).isPinned], ['TLS_AES_128_GCM_SHA256', true]);
  }
  await leaseIsUnreadable(lab, [primary, secondary], capture);
  const said = [addresses.primary, addresses.secondary].map((address) => bytesBy(capture, address).flatMap(plainTypes));
  assert.deepEqual(said, [[5], [6]], 'CONNECT and CONNECTACK only');
});

test('two keys: plain with prefer, and both say so with both fingerprints', { skip }, async (t) => {
  const { primary, secondary } = await open(t, { secret: secrets[0] }, { secret: secrets[1] });
  await bothNormal(primary, secondary);
  const told = await Promise.all([primary, secondary].map((server) => server.line(/NOT secured: the keys differ: k here has fingerprint/)));
  const [ours, theirs] = told.map((line) => line.match(/[0-9a-f]{2}(?::[0-9a-f]{2}){7}/g) ?? []);
  assert.deepEqual(ours?.toSorted(), theirs?.toSorted());
  assert.match(statusOf(primary).security ?? '', /^plain: the keys differ/);
});

test('a partner that was secured and comes back with another key is refused, until trust-plain', { skip }, async (t) => {
  const { primary, secondary } = await open(t, { secret: secrets[0] }, { secret: secrets[0] });
  await bothNormal(primary, secondary);
  await secondary.stop();
  secondary.configure(config('secondary', secrets[1]));
  const from = primary.child.lines.length;
  await secondary.start();
  // The secondary hears CONNECT first, and is pinned as well: it refuses, and tells the primary.
  await secondary.line(/a plain connection was refused: the keys differ.*, and this partner was secured before/);
  await primary.child.line(/the connection must be secured/, from);
  primary.command('failover', 'trust-plain', '--yes');
  secondary.command('failover', 'trust-plain', '--yes');
  await primary.child.line(/Both servers normal/, from, 40_000);
});

test('security required, and the partner is a dhcpd: refused, with one line that says why', { skip }, async (t) => {
  const { primary, secondary } = await open(
    t, { secret: secrets[0], settings: 'relationship { security "require"; }' }, { secret: secrets[0], kind: 'dhcpd' },
  );
  await primary.start();
  await secondary.start();
  await primary.line(/a plain connection was refused: the partner is no Leasehold/);
  assert.equal(statusOf(primary).security, null);
});

test('with prefer a dhcpd is a partner as ever', { skip }, async (t) => {
  const { primary, secondary } = await open(t, { secret: secrets[0] }, { secret: secrets[0], kind: 'dhcpd' });
  await primary.start();
  primary.command('failover', 'init', '--yes');
  await secondary.start();
  await primary.line(/Both servers normal/, 40_000);
  assert.equal(statusOf(primary).security, 'plain: the partner is no Leasehold');
  assert.doesNotMatch(primary.log, /NOT secured/);
});
