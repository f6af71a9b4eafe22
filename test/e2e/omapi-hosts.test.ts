// Hosts made over OMAPI, end to end: served at once, kept through kill -9, read by dhcpd, gone when deleted; thousands of them.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Child } from '../../src/cli/lab/child.ts';
import { subject, type DhcpServer } from './support/dhcp-servers.ts';
import { openLab, skipWithout } from './support/lab.ts';
import type { Space } from './support/namespaces.ts';
import { connectLines, omshell, type OmshellKey } from './support/omshell.ts';

const skip = skipWithout('dhcpd', 'omshell', 'udhcpc') || (subject === 'dhcpd' && 'compares with dhcpd itself');
const secret = 'MDEyMzQ1Njc4OWFiY2RlZg==';
const key: OmshellKey = { name: 'omapi_key', secret };
const config = `authoritative; deny unknown-clients; ping-check off;
omapi-port 7911; omapi-key omapi_key;
key omapi_key { algorithm hmac-md5; secret "${secret}"; }
default-lease-time 3600;
subnet 10.64.0.0 netmask 255.255.0.0 { range 10.64.1.0 10.64.4.255; option routers 10.64.0.1; }
host known { hardware ethernet 02:00:aa:00:00:01; }
`;
const options = { config, cidr: '10.64.0.1/16', interfaceNames: ['eth0'] } as const;
const mac = '02:cc:00:00:00:01';

const inShell = ({ host }: DhcpServer, ...lines: readonly string[]): string => omshell(host.name, [...connectLines(key), ...lines]);
const createLines = [
  'new host', 'set name = "fm1.example"', 'set ip-address = 10.64.0.61', `set hardware-address = ${mac}`, 'set hardware-type = 1',
  'set statements = "filename = \\"pxelinux.0\\"; next-server = 0a:40:00:01; option host-name = \\"fm1.example\\";"', 'create',
];
const deleteLines = ['new host', `set hardware-address = ${mac}`, 'open', 'remove'];

function start(host: Space, ...words: readonly string[]): Child {
  return host.start([process.execPath, '--import', 'tsx', join(import.meta.dirname, 'support/omapi-client-main.ts'), ...words]);
}

test('a host made by omshell is served at once, survives kill -9, is read by dhcpd, and is gone when deleted', { skip }, async (t) => {
  const lab = await openLab(t);
  const server = await lab.server(options).start();
  await server.line(/OMAPI listens/);
  const client = lab.host('machine', { mac });
  const discover = { type: 1, mac, options: { 55: '010c' } };
  const [before] = await lab.craft(client, [discover]);
  assert.equal(before, undefined, 'nobody knows it yet');
  assert.doesNotMatch(inShell(server, ...createLines), /can't/);
  const [offer] = await lab.craft(client, [discover]);
  assert.deepEqual([offer?.yiaddr, offer?.siaddr, offer?.file], ['10.64.0.61', '10.64.0.1', 'pxelinux.0']);
  await server.kill();
  assert.match(readByDhcpd(server), /host fm1\.example/);
  await server.start();
  await server.line(/OMAPI listens/);
  const [again] = await lab.craft(client, [discover]);
  assert.equal(again?.yiaddr, '10.64.0.61');
  assert.match(inShell(server, ...deleteLines), /obj: <null>\n> $/);
  const [gone] = await lab.craft(client, [discover]);
  assert.equal(gone, undefined);
  await server.restart();
  const [stillGone] = await lab.craft(client, [discover]);
  assert.equal(stillGone, undefined);
});

/** dhcpd's own reading of our lease file: its rewrite of a copy, and no complaint. */
function readByDhcpd(server: DhcpServer): string {
  const copy = join(server.folder, 'copy.leases');
  execFileSync('cp', [server.leaseFile, copy]);
  const { stderr, status } = spawnSync('ip', ['netns', 'exec', server.host.name, 'dhcpd', '-4', '-T', '-cf', server.configFile, '-lf', copy], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  assert.doesNotMatch(stderr, /corrupt|semicolon|lease file line|expecting/i);
  return readFileSync(copy, 'utf8');
}

test('ten thousand hosts over one connection, durable, while clients are served', { skip }, async (t) => {
  const lab = await openLab(t);
  const server = await lab.server(options).start();
  await server.line(/OMAPI listens/);
  const creating = start(server.host, 'create', '10000', '127.0.0.1', '16');
  await creating.exited;
  const { count, millis } = JSON.parse(creating.lines.find((line) => line.startsWith('{')) ?? '{}') as { count: number; millis: number };
  t.diagnostic(`10,000 hosts in ${Math.round(millis)} ms, 16 of them on the way at once`);
  assert.equal(count, 10_000, creating.text);
  await server.kill();
  await server.start();
  const machine = '02:ee:00:00:27:0f';
  const client = lab.host('last', { mac: machine });
  const [offer] = await lab.craft(client, [{ type: 1, mac: machine, options: { 55: '010c' } }]);
  assert.deepEqual([offer?.yiaddr, offer?.file], ['10.64.167.15', 'boot/9999']);
});

test('killed while hosts are made, every host that was confirmed is there, whole', { skip }, async (t) => {
  const lab = await openLab(t);
  const server = await lab.server(options).start();
  await server.line(/OMAPI listens/);
  const creating = start(server.host, 'create', '1000000');
  await creating.line(/begun/);
  await server.nextLine(/create host made-500 /);
  await server.kill();
  await creating.exited;
  const made = [...server.log.matchAll(/create host made-(\d+) by .*: done/g)].length;
  const text = readByDhcpd(server);
  const hosts = [...text.matchAll(/^host made-\d+ \{\n(?:.*\n)*?\}/gm)].map(([record]) => record);
  assert.ok(hosts.length >= made - 1, `${hosts.length} hosts in the file, ${made} confirmed`);
  for (const record of hosts) assert.match(record, /hardware ethernet[^]*fixed-address[^]*filename[^]*host-name/);
});
