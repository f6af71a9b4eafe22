// What must agree between two running nodes: the two files of the brief as they stand, and a reload that would part a pair.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { subject, type DhcpServer } from './support/dhcp-servers.ts';
import { openLab, skipWithout } from './support/lab.ts';

const skip = skipWithout('udhcpc') || (subject === 'dhcpd' && 'a test of two Leasehold nodes');
const program = join(import.meta.dirname, '../../dist/leasehold.mjs');
const brief = (name: string, secret: string): string =>
  readFileSync(join(import.meta.dirname, '../golden/brief', name), 'utf8').replace(/secret .*;/, `secret ${secret};`);
const machines = ['b1', 'b2', 'b3', 'b4', 'b5', 'b6', 'c1'].map((last, index) => ({ mac: `52:54:00:7d:2d:${last}`, ip: `192.168.50.${60 + index}` }));
const hexOf = (address: string): string => address.split('.').map((part) => Number(part).toString(16).padStart(2, '0')).join('');

interface Run {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}
function leasehold(server: DhcpServer, ...words: readonly string[]): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], { encoding: 'utf8', env: { ...process.env, LEASEHOLD_CONTROL: server.controlSocket } });
  return { status, out: stdout, err: stderr };
}

async function bothNormal(...servers: readonly DhcpServer[]): Promise<void> {
  const [primary] = servers;
  assert.ok(primary !== undefined);
  for (const server of servers) await server.start();
  await primary.line(/peer update completed/);
  primary.command('failover', 'init', '--yes');
  for (const server of servers) await server.line(/Both servers normal/);
}

test('the brief’s two files with valid secrets: both nodes name what does not agree, and serve all seven machines', { skip }, async (t) => {
  const lab = await openLab(t);
  const [primary, secondary] = [
    lab.server({ config: brief('dhcp01.conf', 'vhBJOlRUsC6HtbP5Yk+H3A=='), cidr: '192.168.50.80/24', interfaceNames: ['eth0'] }),
    lab.server({ config: brief('dhcp02.conf', 'yU/0AV8c9XIvAwnhMCdQbg=='), cidr: '192.168.50.81/24', interfaceNames: ['eth0'] }),
  ] as const;
  await bothNormal(primary, secondary);
  const ours = { here: 'up to 192.168.50.80', there: 'up to 192.168.50.59' };
  await primary.line(/DIFFER in pools: addresses from 192\.168\.50\.50: only at the partner, up to 192\.168\.50\.59 \(.*dhcpd\.conf:50\)/);
  await primary.line(/DIFFER in pools: addresses from 192\.168\.50\.60: only here, up to 192\.168\.50\.80 \(.*dhcpd\.conf:50\)/);
  await secondary.line(/DIFFER in pools: addresses from 192\.168\.50\.50: only here, up to 192\.168\.50\.59/);
  await secondary.line(/DIFFER in pools: addresses from 192\.168\.50\.60: only at the partner, up to 192\.168\.50\.80/);
  // The two keys are no secret to each other's node: the channel tells of them, once on each.
  for (const server of [primary, secondary]) {
    await server.line(/NOT secured: the keys differ: omapi_secret here has fingerprint .*, the partner's/);
    const { status, out } = leasehold(server, 'check', '--live');
    assert.equal(status, 1);
    assert.match(out, /the configuration DIFFERS from the partner in 2 places/);
    for (const words of [ours.here, ours.there, 'range 192.168.50.60 192.168.50.80', 'range 192.168.50.50 192.168.50.59']) assert.ok(out.includes(words), `${words} in ${out}`);
    assert.match(leasehold(server, 'failover', 'status').out, /both nodes are normal, but their configurations differ in what must agree/);
  }
  const replies = await lab.craft(lab.host('machines'), machines.flatMap(({ mac, ip }) => [
    { type: 1, mac, isBroadcast: true },
    { type: 3, mac, isBroadcast: true, options: { 50: hexOf(ip) } },
  ]));
  assert.deepEqual(replies.map((reply) => reply?.yiaddr), machines.flatMap(({ ip }) => [ip, ip]));
});

const pairFile = (role: 'primary' | 'secondary', body: string): string => {
  const [own, other] = role === 'primary' ? ['10.64.0.1', '10.64.0.2'] : ['10.64.0.2', '10.64.0.1'];
  return `failover peer "pair" { ${role}; address ${own}; peer address ${other}; max-response-delay 10; max-unacked-updates 10;
  load balance max seconds 3; ${role === 'primary' ? 'mclt 600; split 128;' : ''} }
authoritative; ddns-update-style none; ping-check false;
subnet 10.64.0.0 netmask 255.255.0.0 { pool { failover peer "pair"; range 10.64.1.0 10.64.1.63; } }
${body}`;
};
const hosts = `host a { hardware ethernet 2:0:0:0:0:1; fixed-address 10.64.0.100; }
host b { hardware ethernet 2:0:0:0:0:2; fixed-address 10.64.0.101; }
`;

async function openPair(t: TestContext): Promise<readonly [DhcpServer, DhcpServer]> {
  const lab = await openLab(t);
  const pair = [
    lab.server({ config: pairFile('primary', hosts), cidr: '10.64.0.1/16', interfaceNames: ['eth0'] }),
    lab.server({ config: pairFile('secondary', hosts), cidr: '10.64.0.2/16', interfaceNames: ['eth0'] }),
  ] as const;
  await bothNormal(...pair);
  for (const server of pair) await server.line(/the configurations of the two nodes agree/);
  return pair;
}

test('a reload that takes a host from one node only is refused until somebody says yes; a signal does it, and both nodes raise an alarm', { skip }, async (t) => {
  const [primary, secondary] = await openPair(t);
  assert.deepEqual([leasehold(primary, 'check', '--live').status, leasehold(primary, 'check', '--live', '--json').status], [0, 0]);
  const [first = ''] = hosts.split('\n');
  primary.configure(pairFile('primary', `${first}\n`));
  const refused = leasehold(primary, 'reload');
  assert.equal(refused.status, 1);
  assert.match(refused.err, /would make the two nodes differ in what must agree: host hardware 1 02:00:00:00:00:02: only at the partner, b, 10\.64\.0\.101/);
  assert.equal(JSON.parse(leasehold(primary, 'reload', '--json').out).code, 'needs-yes');
  assert.equal(leasehold(primary, 'check', '--live').status, 0, 'nothing was changed');

  assert.equal(leasehold(primary, 'reload', '--yes').status, 0);
  await primary.line(/DIFFER in hosts: host hardware 1 02:00:00:00:00:02: only at the partner/);
  await secondary.line(/DIFFER in hosts: host hardware 1 02:00:00:00:00:02: only here/);
  assert.equal(leasehold(secondary, 'check', '--live').status, 1);

  // What repairs it needs no yes.
  const from = secondary.child.lines.length;
  primary.configure(pairFile('primary', hosts));
  assert.equal(leasehold(primary, 'reload').status, 0);
  await secondary.child.line(/the configurations of the two nodes agree/, from);

  const then = secondary.child.lines.length;
  primary.configure(pairFile('primary', `${first}\n`));
  process.kill(primary.child.pid, 'SIGHUP');
  await secondary.child.line(/DIFFER in hosts: host hardware 1 02:00:00:00:00:02: only here/, then);
});

test('without a partner nothing is known, and check --live says so with status 2', { skip }, async (t) => {
  const [primary, secondary] = await openPair(t);
  await secondary.stop();
  await primary.line(/peer pair: disconnected/);
  const { status, out } = leasehold(primary, 'check', '--live');
  assert.deepEqual([status, out.trim()], [2, 'failover peer pair: the configuration of the partner is not known: the partner is not connected']);
});
