// The edge cases of the server reference §19, column "ours", one row each.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dhcpPacket, type TestOption, type TestPacket } from '../wire/testing.ts';
import { ip, mac, World, type WorldOptions } from './testing.ts';

const site: WorldOptions = {
  networks: [
    [{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.109' }, { range: '10.0.0.1-10.0.0.1', deny: ['all-clients'] }] }],
    [{ network: '10.1.0.0/24', pools: [{ range: '10.1.0.100-10.1.0.109' }] }],
  ],
};
const discover: TestOption = [53, [1]];
const request: TestOption = [53, [3]];
const uid: TestOption = [61, [1, 2, 3]];
interface Row {
  readonly id: string;
  readonly packet: TestPacket;
  /** Option 53 of the answer, 0 for BOOTREPLY, undefined for silence. */
  readonly answer: number | undefined;
  readonly log?: RegExp;
  readonly address?: string;
}
const only = (...options: TestOption[]): TestPacket => ({ options });
const rows: readonly Row[] = [
  { id: '1 no END', packet: { ...only(discover), tail: '', sizeMin: 0 }, answer: 2 },
  { id: '3 235 bytes', packet: { hasCookie: false, sizeMin: 0 }, answer: undefined },
  { id: '4 op 2', packet: { op: 2, ...only(discover) }, answer: undefined },
  { id: '5 hlen 0 without identifier', packet: { hlen: 0, chaddr: '', ...only(discover) }, answer: undefined },
  { id: '6 hlen 0 with identifier', packet: { hlen: 0, chaddr: '', ...only(discover, uid) }, answer: 2 },
  { id: '7 hlen 16', packet: { hlen: 16, chaddr: '000102030405060708090a0b0c0d0e0f', htype: 32, ...only(discover) }, answer: 2 },
  { id: '8 hlen 17', packet: { hlen: 17, ...only(discover) }, answer: undefined },
  { id: '9 group address', packet: { chaddr: '010000000001', ...only(discover) }, answer: undefined },
  { id: '9 all ones', packet: { chaddr: 'ffffffffffff', ...only(discover) }, answer: undefined },
  { id: '10 zero without identifier', packet: { chaddr: '000000000000', ...only(discover) }, answer: undefined },
  { id: '11 message type 0', packet: only([53, [0]]), answer: undefined },
  { id: '12 message type twice', packet: only(discover, request), answer: undefined },
  { id: '13 what servers send', packet: only([53, [2]]), answer: undefined },
  { id: '14 type 200', packet: only([53, [200]]), answer: undefined, log: /type 200 from 02:00:00:00:00:01 via eth0: unknown packet type/ },
  { id: '15 empty identifier', packet: only(discover, [61, []]), answer: undefined },
  { id: '16 identifier in two pieces', packet: only(discover, [61, [1]], [61, [2]]), answer: 2 },
  { id: '17 empty host name', packet: only(discover, [12, []]), answer: 2 },
  { id: '18 option 50 of 3 bytes', packet: only(discover, [50, [10, 0, 0]]), answer: 2, address: '10.0.0.100' },
  { id: '19 option 50 of 5 bytes', packet: only(discover, [50, [10, 0, 0, 105, 9]]), answer: 2, address: '10.0.0.100' },
  { id: '20 our own address asked for', packet: only(discover, [50, [10, 0, 0, 1]]), answer: 2, address: '10.0.0.100' },
  { id: '20 broadcast asked for', packet: only(discover, [50, [10, 0, 0, 255]]), answer: 2, address: '10.0.0.100' },
  { id: '22 tiny option 57', packet: only(discover, [57, [0, 100]]), answer: 2 },
  { id: '23 option past the end', packet: { ...only(discover), tail: '0cff', sizeMin: 0 }, answer: undefined },
  { id: '27 malformed option 82', packet: { giaddr: ip('10.0.0.250'), ...only(discover, [82, [1, 200]]) }, answer: 2 },
  { id: '28 link selection of wrong length', packet: { giaddr: ip('10.0.0.250'), ...only(discover, [82, [5, 3, 10, 1, 0]]) }, answer: undefined, log: /unknown network segment/ },
  { id: '28 link selection of an unknown net', packet: { giaddr: ip('10.0.0.250'), ...only(discover, [82, [5, 4, 172, 16, 0, 0]]) }, answer: undefined, log: /unknown network segment/ },
  { id: '28 subnet selection of wrong length', packet: only(discover, [118, [10, 1, 0]]), answer: undefined, log: /unknown network segment/ },
  { id: 'link selection', packet: { giaddr: ip('10.0.0.250'), ...only(discover, [82, [5, 4, 10, 1, 0, 0]]) }, answer: 2, address: '10.1.0.100' },
  { id: 'link selection without a relay is forged', packet: only(discover, [82, [5, 4, 10, 1, 0, 0]]), answer: 2, address: '10.0.0.100' },
  { id: 'subnet selection', packet: only(discover, [118, [10, 1, 0, 0]]), answer: 2, address: '10.1.0.100' },
  { id: '29 giaddr unknown', packet: { giaddr: ip('172.16.0.1'), ...only(discover) }, answer: undefined, log: /unknown network segment/ },
  { id: '31 giaddr loopback', packet: { giaddr: ip('127.0.0.1'), ...only(discover) }, answer: undefined },
  { id: '31 giaddr broadcast', packet: { giaddr: 0xffffffff, ...only(discover) }, answer: undefined },
  { id: '31 giaddr our own', packet: { giaddr: ip('10.0.0.1'), ...only(discover) }, answer: undefined, log: /which is an address of this server/ },
  { id: '32 ciaddr in a DISCOVER', packet: { ciaddr: ip('10.0.0.105'), ...only(discover) }, answer: 2, address: '10.0.0.100' },
  { id: '39 much of what nobody knows', packet: only(discover, ...Array.from({ length: 5 }, (_, i): TestOption => [200 + i, new Uint8Array(200)])), answer: 2 },
  { id: '40 FQDN of no length', packet: only(discover, [81, [0, 0]]), answer: 2 },
  { id: '40 FQDN with a label of 64', packet: only(discover, [81, [4, 0, 0, 64, ...Array.from({ length: 64 }, () => 97), 0]]), answer: 2 },
  { id: '45 user class as bare text', packet: only(discover, [77, [105, 80, 88, 69]]), answer: 2 },
];
for (const { id, packet, answer, log, address } of rows)
  test(`edge case ${id}`, () => {
    const world = new World(site);
    const bytes = dhcpPacket(packet);
    const [reply] = world.sendBytes(id.startsWith('3 ') ? bytes.slice(0, 235) : bytes);
    assert.equal(reply === undefined ? undefined : reply.message.type, answer, world.log.join('\n'));
    if (log !== undefined) assert.match(world.log.join('\n'), log);
    if (address !== undefined) assert.equal(reply?.message.yiaddr, ip(address));
    if (answer === 2) assert.equal(reply?.message.ciaddr, 0);
  });

test('edge case 27: a malformed option 82 comes back byte for byte', () => {
  const [reply] = new World(site).sendBytes(dhcpPacket({ giaddr: ip('10.0.0.250'), options: [discover, [82, [1, 200]]] }));
  assert.deepEqual([...(reply?.message.options.get(82) ?? [])], [1, 200]);
});

test('edge case 40: an unreadable FQDN is not answered', () => {
  const [reply] = new World(site).sendBytes(dhcpPacket({ options: [discover, [81, [4, 0, 0, 64, 97]]] }));
  assert.ok(!reply?.message.options.has(81));
});

test('edge case 42: five copies within ten milliseconds are answered once', () => {
  const world = new World(site);
  const bytes = dhcpPacket({ options: [discover] });
  let answers = world.sendBytes(bytes).length;
  for (let copy = 0; copy < 4; copy++) {
    world.now = { ...world.now, mono: (world.now.mono - 98) as typeof world.now.mono };
    answers += world.sendBytes(bytes).length;
  }
  assert.equal(answers, 1);
  assert.equal(world.sendBytes(bytes).length, 1, 'a retransmission later is answered');
});

test('edge case 36: a DECLINE of a stranger, or towards another server, abandons nothing', () => {
  const world = new World(site);
  const given = world.lease(1)?.message.yiaddr;
  world.send({ type: 4, chaddr: mac(2), requested: given, serverId: ip('10.0.0.1') });
  world.send({ type: 4, chaddr: mac(1), requested: given, serverId: ip('10.0.0.99') });
  assert.equal(world.stateOf('10.0.0.100'), 'active');
  world.discover(3);
  world.send({ type: 4, chaddr: mac(3), requested: ip('10.0.0.101'), serverId: ip('10.0.0.1') });
  assert.equal(world.stateOf('10.0.0.101'), 'abandoned', 'whom it was offered to is believed');
});

test('edge case 41: a storm of one relay is bounded; others and reserved hosts are served', () => {
  const world = new World({ ...site, leasehold: { relayRateMax: 3 }, hosts: [{ name: 'h', mac: 200, fixed: ['10.0.0.9'] }] });
  const relay = ip('10.0.0.250');
  const answered = Array.from({ length: 20 }, (_, i) => world.discover(i + 1, { giaddr: relay }).length);
  assert.ok(answered.reduce((sum, count) => sum + count, 0) < 10);
  assert.equal(world.discover(200, { giaddr: relay }).length, 1);
  assert.equal(world.discover(100).length, 1);
});
