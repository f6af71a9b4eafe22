// Hosts of two real nodes: made on one, served by the other; durable on both; told differently, shown on both; and a dhcpd hears nothing
// of it.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { eventually } from '../../src/cli/lab/child.ts';
import { subject, type DhcpServer } from './support/dhcp-servers.ts';
import { openLab, skipWithout, type Lab } from './support/lab.ts';
import { connectLines, omshell } from './support/omshell.ts';

const skip = skipWithout('udhcpc', 'tshark', 'dhcpd', 'omshell') || (subject === 'dhcpd' && 'a test of Leasehold nodes');
const secret = 'vhBJOlRUsC6HtbP5Yk+H3A==';
const config = (role: 'primary' | 'secondary'): string => {
  const [own, other] = role === 'primary' ? ['10.64.0.1', '10.64.0.2'] : ['10.64.0.2', '10.64.0.1'];
  return `omapi-port 7911; omapi-key k; key k { algorithm hmac-md5; secret ${secret}; }
failover peer "pair" { ${role}; address ${own}; port 647; peer address ${other}; peer port 647; max-response-delay 10;
  max-unacked-updates 10; load balance max seconds 3; ${role === 'primary' ? 'mclt 600; split 128;' : ''} }
authoritative; ddns-update-style none; ping-check false; default-lease-time 3600;
subnet 10.64.0.0 netmask 255.255.0.0 { pool { failover peer "pair"; range 10.64.1.0 10.64.1.63; } }
`;
};

async function open(t: TestContext, secondaryKind: 'leasehold' | 'dhcpd' = 'leasehold'): Promise<{ lab: Lab; nodes: readonly [DhcpServer, DhcpServer] }> {
  const lab = await openLab(t);
  const server = (role: 'primary' | 'secondary', kind: 'leasehold' | 'dhcpd'): DhcpServer =>
    lab.server({ kind, config: config(role), cidr: role === 'primary' ? '10.64.0.1/16' : '10.64.0.2/16', interfaceNames: ['eth0'] });
  const nodes = [server('primary', 'leasehold'), server('secondary', secondaryKind)] as const;
  await nodes[0].start();
  nodes[0].command('failover', 'init', '--yes');
  await nodes[1].start();
  for (const node of nodes) await node.line(/Both servers normal/, 40_000);
  return { lab, nodes };
}
interface HostView {
  readonly name: string;
  readonly addresses: readonly string[];
}
const valueOf = (server: DhcpServer, ...words: readonly string[]): unknown => (JSON.parse(server.command(...words, '--json')) as { value: unknown }).value;
const hostsOf = (server: DhcpServer): string[] =>
  (valueOf(server, 'hosts', 'list') as { hosts: HostView[] }).hosts.map(({ name, addresses }) => `${name} ${addresses.join()}`).toSorted();
const countOf = (server: DhcpServer): number => (valueOf(server, 'status') as { hosts: { count: number } }).hosts.count;
const replicationOf = (server: DhcpServer): { replication: string; waiting: number; conflicts: number } =>
  (valueOf(server, 'failover', 'status') as [{ hosts: { replication: string; waiting: number; conflicts: number } }])[0].hosts;
const bothHave = (nodes: readonly DhcpServer[], hosts: readonly string[]): Promise<true> =>
  eventually(`${hosts.join('; ')} on both nodes`, () => (nodes.every((node) => hostsOf(node).join('; ') === hosts.join('; ')) ? true : undefined));

test('a host made on either node is served by the other, outlives kill -9 of both, and goes on both', { skip }, async (t) => {
  const { lab, nodes } = await open(t);
  const [primary, secondary] = nodes;
  const mac = '02:cc:00:00:00:01';
  primary.command('hosts', 'add', 'one', '--mac', mac, '--ip', '10.64.0.61');
  const made = omshell(secondary.host.name, [
    ...connectLines({ name: 'k', secret }), 'new host', 'set name = "two"', 'set ip-address = 10.64.0.62', 'set hardware-address = 02:cc:00:00:00:02',
    'set hardware-type = 1', 'create',
  ]);
  assert.doesNotMatch(made, /can't/);
  await bothHave(nodes, ['one 10.64.0.61', 'two 10.64.0.62']);
  assert.deepEqual(replicationOf(primary), { replication: 'on', waiting: 0, conflicts: 0 });
  await primary.kill();
  assert.equal((await lab.client('udhcpc', mac).bind()).ip, '10.64.0.61');
  await secondary.kill();
  await secondary.start();
  assert.deepEqual(hostsOf(secondary), ['one 10.64.0.61', 'two 10.64.0.62']);
  await primary.start();
  secondary.command('hosts', 'remove', 'one');
  await bothHave(nodes, ['two 10.64.0.62']);
});

test('told differently while one was down: the later counts on both, both show what lost, and one command brings it back', { skip }, async (t) => {
  const { nodes } = await open(t);
  const [primary, secondary] = nodes;
  const add = (node: DhcpServer, name: string, mac: string, address: string): void =>
    void node.command('hosts', 'add', name, '--mac', mac, '--ip', address, '--replace');
  add(primary, 'one', '02:cc:00:00:00:01', '10.64.0.61');
  await bothHave(nodes, ['one 10.64.0.61']);
  await secondary.stop();
  add(primary, 'one', '02:cc:00:00:00:01', '10.64.0.71');
  add(primary, 'here', '02:cc:00:00:00:09', '10.64.0.73');
  const edited = Math.floor(Date.now() / 1000);
  await primary.stop();
  await secondary.start();
  await eventually('a later second: of two edits in one, another rule chooses', () => (Math.floor(Date.now() / 1000) > edited ? true : undefined));
  add(secondary, 'one', '02:cc:00:00:00:01', '10.64.0.72');
  add(secondary, 'there', '02:cc:00:00:00:09', '10.64.0.74');
  await primary.start();
  await bothHave(nodes, ['one 10.64.0.72', 'there 10.64.0.74']);
  for (const node of nodes) {
    assert.equal(replicationOf(node).conflicts, 2);
    await node.line(/host one was changed on both nodes; the later counts: .*10\.64\.0\.72.*; lost: .*10\.64\.0\.71/);
    await node.line(/hosts there and here, made on two nodes, want one hardware.*; not in force: .*10\.64\.0\.73/);
    assert.match(node.command('hosts', 'conflicts'), /host one was changed on both nodes\n {2}counts {2}host one .*10\.64\.0\.72.*\n {2}lost {4}host one .*10\.64\.0\.71/);
  }
  secondary.command('hosts', 'restore', 'one');
  primary.command('hosts', 'restore', 'here');
  await bothHave(nodes, ['here 10.64.0.73', 'one 10.64.0.71']);
  secondary.command('hosts', 'remove', 'there');
  await eventually('no conflict on either', () => (nodes.every((node) => replicationOf(node).conflicts === 0) ? true : undefined));
  assert.match(primary.command('failover', 'status'), /hosts {8}in step on both nodes\n/);
});

test('ten thousand hosts imported on one node are on both after kill -9 of both', { skip }, async (t) => {
  const { lab, nodes } = await open(t);
  const [primary, secondary] = nodes;
  const hex = (value: number): string => value.toString(16).padStart(2, '0');
  const rows = Array.from({ length: 10_000 }, (_, at) => `h${at},02:dd:00:00:${hex(at >> 8)}:${hex(at & 255)},10.64.${100 + (at >> 8)}.${at & 255}`);
  const file = join(primary.folder, 'hosts.csv');
  writeFileSync(file, `name,mac,ip\n${rows.join('\n')}\n`);
  primary.command('hosts', 'import', file, '--yes');
  // A host is told behind the commit here, and taken off the list behind the commit there.
  await eventually('all on their way and back', () => (countOf(secondary) === 10_000 && replicationOf(primary).waiting === 0 ? true : undefined), 60_000);
  for (const node of nodes) await node.kill();
  for (const node of nodes) await node.start();
  for (const node of nodes) assert.equal(hostsOf(node).length, 10_000);
  assert.deepEqual(hostsOf(primary), hostsOf(secondary));
  await primary.kill();
  assert.equal((await lab.client('udhcpc', '02:dd:00:00:27:0f').bind()).ip, '10.64.139.15');
});

test('leases and hosts read the same on both nodes, and so do their exported files, which dhcpd takes', { skip }, async (t) => {
  const { lab, nodes } = await open(t);
  const [primary, secondary] = nodes;
  primary.command('hosts', 'add', 'one', '--mac', '02:cc:00:00:00:01', '--ip', '10.64.0.61', '--statements', 'filename "pxelinux.0";');
  await bothHave(nodes, ['one 10.64.0.61']);
  await lab.client('udhcpc', '02:cc:00:00:00:01').bind();
  const { ip } = await lab.client('udhcpc', '02:cc:00:00:00:02').bind();
  const list = (node: DhcpServer, what: 'leases' | 'hosts'): string => JSON.stringify(valueOf(node, what, 'list'));
  await eventually('one list of leases', () => (list(primary, 'leases') === list(secondary, 'leases') ? true : undefined));
  assert.match(list(primary, 'leases'), new RegExp(`"ip":"${ip}","state":"active"`));
  assert.match(list(secondary, 'leases'), /"vendorClass":"udhcp/, 'what the client said of itself is in both');
  await eventually('one list of hosts', () => (list(primary, 'hosts') === list(secondary, 'hosts') ? true : undefined));
  assert.match(list(secondary, 'hosts'), /"lastContact":\d+,"lastContactWith":"(primary|secondary)"/);
  const files = nodes.map((node) => join(node.folder, 'hosts.conf'));
  for (const [place, node] of nodes.entries()) node.command('hosts', 'export', files[place] ?? '');
  const [ours, theirs] = files.map((file) => readFileSync(file, 'latin1'));
  assert.equal(ours, theirs);
  assert.match(primary.command('hosts', 'export', files[0] ?? ''), /is up to date: 1 hosts/);
  primary.configure(`${config('primary')}include "${files[0]}";\n`);
  const checked = spawnSync('dhcpd', ['-4', '-t', '-cf', primary.configFile], { encoding: 'utf8' });
  assert.equal(checked.status, 0, checked.stderr);
  await primary.restart();
  assert.deepEqual(hostsOf(primary), ['one 10.64.0.61']);
});

test('a dhcpd partner hears nothing of hosts, and this node writes no version down', { skip }, async (t) => {
  const { lab, nodes: [primary, secondary] } = await open(t, 'dhcpd');
  const capture = await lab.capture(secondary.host, 'eth0', 'tcp port 647');
  primary.command('hosts', 'add', 'one', '--mac', '02:cc:00:00:00:01', '--ip', '10.64.0.61');
  await eventually('something was said', () => (capture.read('tcp.len > 0', ['tcp.len']).length > 1 ? true : undefined), 30_000);
  await capture.stop();
  const payload = capture.read('tcp.len > 0', ['tcp.payload']).map(([text]) => text ?? '').join(' ');
  assert.doesNotMatch(payload, /f010/);
  assert.equal(replicationOf(primary).replication, 'off: the partner is no Leasehold');
  assert.doesNotMatch(primary.leases(), /# leasehold host-/);
});
