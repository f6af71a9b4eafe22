// How replies reach clients: to a hardware address, by broadcast, through relays, and past a closed firewall.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../../src/cli/lab/child.ts';
import type { CraftedMessage } from './support/crafted.ts';
import { subject } from './support/dhcp-servers.ts';
import { openLab, skipWithout } from './support/lab.ts';

const skip = skipWithout('udhcpc', 'dhcrelay', 'nft', 'perfdhcp');
const lan = '192.168.50';
const remote = '10.9.0';
const config = `
authoritative;
ddns-update-style none;
ping-check false;
dhcp-cache-threshold 0;
default-lease-time 3600;
max-lease-time 7200;
subnet ${lan}.0 netmask 255.255.255.0 { option routers ${lan}.1; pool { range ${lan}.100 ${lan}.199; } }
subnet ${remote}.0 netmask 255.255.255.0 { option routers ${remote}.1; pool { range ${remote}.100 ${remote}.199; } }
`;
const options = { config, interfaceNames: ['eth0'] } as const;
const discover: CraftedMessage = { type: 1, mac: '02:00:00:00:00:11', options: { 55: '0103' } };
const request: CraftedMessage = { ...discover, type: 3, options: { 50: '$yiaddr', 54: '$server', 55: '0103' } };
const offer = 2;
const ack = 5;

test('a client without an address is answered at its hardware address', { skip }, async (t) => {
  const lab = await openLab(t);
  await lab.server(options).start();
  const [first, second] = await lab.craft(lab.host('client', { mac: discover.mac }), [discover, request]);
  assert.deepEqual([first?.type, first?.ethernetDestination, first?.ipDestination], [offer, discover.mac, first?.yiaddr]);
  assert.deepEqual([second?.type, second?.ethernetDestination, second?.ipDestination], [ack, discover.mac, first?.yiaddr]);
  assert.equal(second?.options[54], 'c0a83250');
});

test('a client that asks for broadcasts gets them', { skip }, async (t) => {
  const lab = await openLab(t);
  await lab.server(options).start();
  const asking = [discover, request].map((message) => ({ ...message, isBroadcast: true }));
  const replies = await lab.craft(lab.host('client', { mac: discover.mac }), asking);
  for (const reply of replies) assert.deepEqual([reply?.ethernetDestination, reply?.ipDestination], ['ff:ff:ff:ff:ff:ff', '255.255.255.255']);
});

test('a relay is answered at its address, option 82 is echoed last and unchanged', { skip }, async (t) => {
  const lab = await openLab(t);
  const server = lab.server(options);
  server.host.ip('route', 'add', `${remote}.0/24`, 'via', `${lan}.2`);
  await server.start();
  const relay = lab.host('relay', { cidr: `${lan}.2/24` }).address('eth0', `${remote}.1/24`);
  const agent = '0104abcdef010203a1b2c3';
  const relayed = { ...discover, via: 'udp', giaddr: `${remote}.1`, to: `${lan}.80` } as const;
  const replies = await lab.craft(relay, [
    { ...relayed, options: { 55: '0103', 82: agent } },
    { ...relayed, type: 3, options: { 50: '$yiaddr', 54: '$server', 55: '0103', 82: agent } },
  ]);
  assert.deepEqual(replies.map((reply) => reply?.type), [offer, ack]);
  for (const reply of replies) {
    assert.deepEqual([reply?.ipDestination, reply?.giaddr], [`${remote}.1`, `${remote}.1`]);
    assert.match(reply?.yiaddr ?? '', /^10\.9\.0\.1\d\d$/);
    assert.equal(reply?.options[82], agent);
    assert.equal(reply?.optionOrder.at(-1), 82);
  }
});

for (const [title, flags] of [['without option 82', []], ['with option 82', ['-a']]] as const)
  test(`real clients get addresses through isc-dhcp-relay ${title}`, { skip }, async (t) => {
    const lab = await openLab(t);
    const server = lab.server(options);
    server.host.ip('route', 'add', `${remote}.0/24`, 'via', `${lan}.2`);
    await server.start();
    const inner = lab.segment('inner');
    lab.relay(inner, `${remote}.1/24`, `${lan}.2/24`, `${lan}.80`, ...flags);
    const client = lab.client('udhcpc', '02:00:00:00:00:21', inner);
    const bound = await client.bind();
    assert.match(bound.ip, /^10\.9\.0\.1\d\d$/);
    assert.equal(bound.routers, `${remote}.1`);
    await server.line(new RegExp(`^DHCPACK on ${bound.ip.replaceAll('.', '\\.')} to 02:00:00:00:00:21 .*via 10\\.9\\.0\\.1$`));
    // The renewal goes straight to the server, through the relay as a router.
    client.host.ip('route', 'add', 'default', 'via', `${remote}.1`);
    const renewed = await client.renew();
    assert.equal(renewed.ip, bound.ip);
  });

test('with udp/67 closed by the firewall: new clients, renewals and relays are served all the same', { skip }, async (t) => {
  const lab = await openLab(t);
  const server = lab.server(options);
  server.host.run('nft', 'add table inet closed; add chain inet closed in { type filter hook input priority 0; }; add rule inet closed in udp dport 67 drop');
  server.host.ip('route', 'add', `${remote}.0/24`, 'via', `${lan}.2`);
  await server.start();
  const client = lab.client('udhcpc', '02:00:00:00:00:31');
  const bound = await client.bind();
  assert.equal((await client.renew()).ip, bound.ip);
  const inner = lab.segment('inner');
  lab.relay(inner, `${remote}.1/24`, `${lan}.2/24`, `${lan}.80`);
  assert.match((await lab.client('udhcpc', '02:00:00:00:00:32', inner).bind()).ip, /^10\.9\.0\./);
});

test('perfdhcp loses no exchange and finds none malformed', { skip: skip || (subject === 'dhcpd' && 'a rate for Leasehold') }, async (t) => {
  const lab = await openLab(t);
  const wide = config.replaceAll(`${lan}.0 netmask 255.255.255.0`, '192.168.0.0 netmask 255.255.0.0').replace(`range ${lan}.100 ${lan}.199`, 'range 192.168.64.0 192.168.191.255');
  // perfdhcp plays one relay, which no storm protection may slow down here.
  const server = await lab.server({ ...options, config: wide, settings: 'relay-rate-max 1000000;\n', cidr: '192.168.50.80/16' }).start();
  const host = lab.host('perfdhcp', { cidr: '192.168.50.2/16' });
  const rate = process.env['LEASEHOLD_NIGHT'] === '1' ? 5000 : 1500;
  const perfdhcp = host.start(['perfdhcp', '-4', '-l', 'eth0', '-r', String(rate), '-p', '6', '-R', '20000', '-t', '2', '-W', '1000000', '192.168.50.80']);
  await perfdhcp.exited;
  const sent = [...perfdhcp.text.matchAll(/^sent packets: (\d+)/gm)].map(([, count]) => Number(count));
  const answered = ['DHCPOFFER', 'DHCPACK'].map((kind) => server.child.lines.filter((line) => line.startsWith(`${kind} on `)).length);
  // Why the server's own lines count: on a busy machine replies are lost in perfdhcp's small socket buffer.
  assert.equal(sent.length, 2, perfdhcp.text);
  assert.deepEqual(answered, sent, perfdhcp.text);
  assert.match(perfdhcp.text, /Malformed packets: 0/);
  assert.equal([...perfdhcp.text.matchAll(/rejected leases: (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0), 0, perfdhcp.text);
  await eventually('the records', () => (server.leases().includes('binding state active') ? true : undefined));
});
