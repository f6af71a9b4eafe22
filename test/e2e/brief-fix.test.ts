// `leasehold check --fix` on the two files of the brief, flaws and all: what it writes starts as a pair, reaches normal on both sides
// and serves each of the seven machines from both nodes, for ever.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { subject } from './support/dhcp-servers.ts';
import { openLab, skipWithout } from './support/lab.ts';

const skip = skipWithout('tshark') || (subject === 'dhcpd' && 'a test of two Leasehold nodes');
const program = join(import.meta.dirname, '../../dist/leasehold.mjs');
const brief = (name: string): string => readFileSync(join(import.meta.dirname, '../golden/brief', name), 'utf8');

const nodes = ['192.168.50.80', '192.168.50.81'] as const;
const machines = ['b1', 'b2', 'b3', 'b4', 'b5', 'b6', 'c1'].map((last, index) => ({ mac: `52:54:00:7d:2d:${last}`, ip: `192.168.50.${60 + index}` }));
const forever = '4294967295';
const offer = '2';
const ack = '5';

const hexOf = (address: string): string => address.split('.').map((part) => Number(part).toString(16).padStart(2, '0')).join('');

test('the brief’s two files, corrected, are a pair that serves all seven machines from both nodes', { skip }, async (t) => {
  const lab = await openLab(t);
  const [primary, secondary] = (['dhcp01.conf', 'dhcp02.conf'] as const).map((name, index) =>
    lab.server({ config: brief(name), cidr: `${nodes[index] ?? ''}/24`, interfaceNames: ['eth0'] }),
  ) as [ReturnType<typeof lab.server>, ReturnType<typeof lab.server>];
  const check = (...words: readonly string[]): string =>
    execFileSync(process.execPath, [program, 'check', primary.configFile, '--peer', secondary.configFile, ...words], { encoding: 'utf8' });
  assert.throws(() => check(), 'before, there is something to correct');
  assert.match(check('--fix'), /3 corrected[^]*4 corrected/);

  await primary.start();
  await secondary.start();
  await primary.line(/peer update completed/);
  primary.command('failover', 'init', '--yes');
  await primary.line(/Both servers normal/);
  await secondary.line(/Both servers normal/);

  const host = lab.host('machines');
  const capture = await lab.capture(host, 'eth0', 'udp port 67 or udp port 68');
  // Looking for servers, then as after a reboot: such a REQUEST names no server, so every one that knows the machine answers.
  const messages = machines.flatMap(({ mac, ip }) => [
    { type: 1, mac, isBroadcast: true },
    { type: 3, mac, isBroadcast: true, options: { 50: hexOf(ip) } },
  ]);
  const replies = await lab.craft(host, messages);
  assert.deepEqual(replies.map((reply) => reply?.yiaddr), machines.flatMap(({ ip }) => [ip, ip]));
  const last = machines.at(-1)?.mac ?? '';
  for (const node of nodes) await capture.holds(`dhcp.option.dhcp == ${ack} && dhcp.hw.mac_addr == ${last} && dhcp.option.dhcp_server_id == ${node}`);
  await capture.stop();
  const fields = ['dhcp.hw.mac_addr', 'dhcp.option.dhcp', 'dhcp.option.dhcp_server_id', 'dhcp.ip.your', 'dhcp.option.ip_address_lease_time', 'dhcp.ip.server', 'dhcp.file'];
  const said = capture.read(`dhcp.option.dhcp == ${offer} || dhcp.option.dhcp == ${ack}`, fields).map((row) => row.join(' '));
  const expected = machines.flatMap(({ mac, ip }) => [offer, ack].flatMap((type) => nodes.map((node) => `${mac} ${type} ${node} ${ip} ${forever} 192.168.50.30 pxelinux.0`)));
  assert.deepEqual(said.toSorted(), expected.toSorted());
});
