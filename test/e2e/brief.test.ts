// The brief: seven machines that boot from the network get their addresses for ever, and no stranger gets one.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { clientKinds, type Bound } from './support/dhcp-clients.ts';
import { subject } from './support/dhcp-servers.ts';
import { openLab, skipWithout, type Lab } from './support/lab.ts';

const skip = skipWithout('udhcpc', 'dhclient', 'dhcpcd', 'tshark');
/** One node of the brief, its secret replaced by one that can be read, names by addresses that need no resolver. */
const config = readFileSync(join(import.meta.dirname, 'support/brief-one-node.conf'), 'utf8');
const machines = ['bootstrap', 'master01', 'master02', 'master03', 'worker01', 'worker02', 'worker03'].map((name, index) => ({
  name,
  ip: `192.168.50.${60 + index}`,
  mac: index === 6 ? '52:54:00:7d:2d:c1' : `52:54:00:7d:2d:b${index + 1}`,
}));
const forever = 4294967295;

async function serveBrief(lab: Lab): Promise<Awaited<ReturnType<ReturnType<Lab['server']>['start']>>> {
  return lab.server({ config, interfaceNames: ['eth0'] }).start();
}

function assertBrief(bound: Bound, machine: (typeof machines)[number]): void {
  assert.equal(bound.ip, machine.ip);
  assert.equal(bound.routers, '192.168.50.1');
  assert.equal(bound.domainNameServers, '192.168.50.30');
  assert.equal(bound.domainSearch.replace(/\.(?=\s|$)/g, ''), 'local.bytewise.my ocp4.local.bytewise.my');
  assert.equal(bound.hostName, machine.name);
  assert.equal(bound.serverIdentifier, '192.168.50.80');
  // dhcpd's own infinite ends in 2038; that is the flaw Leasehold ends.
  if (subject === 'leasehold') assert.equal(bound.leaseSeconds, forever);
}

for (const kind of clientKinds)
  test(`each of the seven machines gets its address with ${kind}`, { skip }, async (t) => {
    const lab = await openLab(t);
    await serveBrief(lab);
    for (const machine of machines) {
      const client = lab.client(kind, machine.mac);
      const bound = await client.bind();
      assertBrief(bound, machine);
      // dhcpcd does not tell its script about network boot.
      if (kind !== 'dhcpcd') assert.deepEqual([bound.nextServer, bound.filename], ['192.168.50.30', 'pxelinux.0']);
      await client.child?.stop('SIGKILL');
    }
  });

test('on the wire: 4294967295 seconds, next-server and filename in their fields', { skip: skip || (subject === 'dhcpd' && 'dhcpd ends in 2038') }, async (t) => {
  const lab = await openLab(t);
  const server = await serveBrief(lab);
  const [machine] = machines as [(typeof machines)[number]];
  const host = lab.host('machine', { mac: machine.mac });
  const capture = await lab.capture(host, 'eth0', 'udp port 67 or udp port 68');
  await lab.clientOn('udhcpc', host).bind();
  await capture.holds('dhcp.option.dhcp == 5');
  await capture.stop();
  const rows = capture.read('dhcp.option.dhcp == 5', ['dhcp.option.ip_address_lease_time', 'dhcp.ip.your', 'dhcp.ip.server', 'dhcp.file', 'eth.dst']);
  assert.deepEqual(rows[0], [String(forever), machine.ip, '192.168.50.30', 'pxelinux.0', machine.mac]);
  assert.deepEqual(capture.read('_ws.malformed', ['frame.number']), []);
  await server.line(/^DHCPACK on 192\.168\.50\.60 to 52:54:00:7d:2d:b1 via eth0$/);
});

test('a stranger gets nothing, and the log says why', { skip }, async (t) => {
  const lab = await openLab(t);
  const server = await serveBrief(lab);
  const stranger = lab.client('udhcpc', '52:54:00:00:00:99');
  const child = stranger.start('-n');
  await child.exited;
  assert.deepEqual(stranger.leases(), []);
  await server.line(/^DHCPDISCOVER from 52:54:00:00:00:99 via eth0: .*unknown client/);
});

test('a renewal keeps the address, by unicast', { skip }, async (t) => {
  const lab = await openLab(t);
  const server = await serveBrief(lab);
  const [machine] = machines as [(typeof machines)[number]];
  const client = lab.client('udhcpc', machine.mac);
  const before = await client.bind();
  const after = await client.renew();
  assert.equal(after.ip, before.ip);
  assert.equal(server.child.lines.filter((line) => line.startsWith('DHCPACK on 192.168.50.60')).length, 2);
});
