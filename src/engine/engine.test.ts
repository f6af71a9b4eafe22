// What a client gets, message by message (RFC 2131 §4.3, server reference §6–9).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIpv4 } from '../std/ipv4.ts';
import { addresses, duration, flag, ip, mac, nextServer, serverText, text, World, type WorldOptions } from './testing.ts';

const lan: WorldOptions = {
  networks: [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.109' }], statements: [addresses(3, '10.0.0.254')] }]],
  global: [addresses(6, '10.0.0.53')],
};
const fixedOnly: WorldOptions = {
  networks: [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.60-10.0.0.62' }], statements: [addresses(3, '10.0.0.254'), serverText('filename', 'pxelinux.0'), nextServer('10.0.0.30')] }]],
  hosts: [{ name: 'master01', mac: 1, fixed: ['10.0.0.61'], statements: [text(12, 'master01')] }],
  global: [flag('bootUnknownClients', 0), duration('defaultLeaseTime', -1), duration('maxLeaseTime', -1)],
};

test('a new client is offered a free address, and acknowledged only behind the journal', () => {
  const world = new World(lan);
  const [offer] = world.discover(7);
  assert.equal(offer?.lane, 'now');
  assert.equal(offer.message.type, 2);
  assert.equal(world.journal, '');
  assert.deepEqual(world.log, [
    'DHCPDISCOVER from 02:00:00:00:00:07 via eth0',
    `DHCPOFFER on ${formatIpv4(offer.message.yiaddr)} to 02:00:00:00:00:07 via eth0`,
  ]);
  const [ack] = world.send({ type: 3, chaddr: mac(7), requested: offer.message.yiaddr, serverId: ip('10.0.0.1') });
  assert.equal(ack?.lane, 'afterCommit');
  assert.equal(ack.message.type, 5);
  assert.equal(ack.message.leaseSeconds, 43_200);
  assert.match(world.journal, new RegExp(`lease ${formatIpv4(offer.message.yiaddr)} \\{[^}]*binding state active;[^}]*02:00:00:00:00:07`));
});

test('options come in the order of the request list, the mask before the routers', () => {
  const [offer] = new World(lan).discover(7, { requestList: [6, 3, 15] });
  assert.deepEqual(offer?.message.order, [53, 54, 51, 58, 59, 6, 1, 3]);
  const [other] = new World(lan).discover(7, { requestList: [3, 1, 6] });
  assert.deepEqual(other?.message.order, [53, 54, 51, 58, 59, 1, 3, 6]);
});

test('a reserved host gets its address for ever, by the now lane (P3, P4)', () => {
  const world = new World(fixedOnly);
  const ack = world.lease(1);
  assert.equal(ack?.lane, 'now');
  assert.equal(formatIpv4(ack.message.yiaddr), '10.0.0.61');
  assert.equal(ack.message.leaseSeconds, 0xffffffff);
  assert.equal(ack.message.file, 'pxelinux.0');
  assert.equal(formatIpv4(ack.message.siaddr), '10.0.0.30');
  assert.equal(String.fromCharCode(...(ack.message.options.get(12) ?? [])), 'master01');
  assert.ok(!ack.message.options.has(58), 'an infinite lease has no renewal time');
  assert.ok(!world.journal.includes('lease 10.0.0.61'));
});

test('an unknown client is denied, and the log says why', () => {
  const world = new World(fixedOnly);
  assert.deepEqual(world.discover(99), []);
  assert.deepEqual(world.log, ['DHCPDISCOVER from 02:00:00:00:00:63 via eth0: unknown client']);
});

test('the address of a host is never given to anybody else', () => {
  const world = new World({ ...fixedOnly, global: [] });
  const given = [7, 8, 9].map((last) => world.lease(last)?.message.yiaddr).filter((address) => address !== undefined);
  assert.deepEqual(given.map(formatIpv4).toSorted(), ['10.0.0.60', '10.0.0.62']);
  const [stolen] = world.send({ type: 3, chaddr: mac(9), requested: ip('10.0.0.61') });
  assert.equal(stolen?.message.type, 6);
});

test('a host whose address another client holds is refused, with the way out (P2 before P3)', () => {
  const world = new World(fixedOnly);
  const { table } = world.store;
  const row = world.row('10.0.0.61');
  const change = table.begin(row);
  change.state = 2;
  change.ends = (world.now.wall + 600) as typeof change.ends;
  change.setHardware(1, mac(50), 0, 6);
  world.collect((effects) => table.apply(row, change, 'partner-update', effects.journal));
  assert.deepEqual(world.discover(1), []);
  assert.match(world.log.join('\n'), /host master01 is not given its fixed-address 10\.0\.0\.61: 02:00:00:00:00:32 holds .* leasehold leases free 10\.0\.0\.61/);
  world.pass(601);
  assert.equal(world.discover(1)[0]?.message.type, 2);
});

test('an offered address is held for its client', () => {
  const world = new World({ networks: [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.101' }] }]] });
  const first = world.discover(1)[0]?.message.yiaddr;
  const second = world.discover(2, { requested: first })[0]?.message.yiaddr;
  assert.notEqual(first, second);
  assert.deepEqual(world.discover(3), []);
  assert.equal(world.discover(1)[0]?.message.yiaddr, first);
  world.pass(121);
  world.collect((effects) => world.engine.tick(world.now, effects));
  assert.equal(world.discover(3).length, 1);
});

interface RequestRow {
  readonly id: string;
  readonly fields: Parameters<World['send']>[0];
  /** 5 ACK, 6 NAK, 0 silence. */
  readonly answer: 0 | 5 | 6;
  readonly log: RegExp;
}
const held = '10.0.0.100';
const rows: readonly RequestRow[] = [
  { id: 'INIT-REBOOT, own lease', fields: { type: 3, chaddr: mac(1), requested: ip(held) }, answer: 5, log: /DHCPACK on 10\.0\.0\.100/ },
  { id: 'INIT-REBOOT, wrong network', fields: { type: 3, chaddr: mac(1), requested: ip('192.168.9.9') }, answer: 6, log: /wrong network\./ },
  { id: 'INIT-REBOOT, in our subnet but in no range', fields: { type: 3, chaddr: mac(1), requested: ip('10.0.0.7') }, answer: 0, log: /unknown lease 10\.0\.0\.7\./ },
  { id: 'RENEWING, own lease', fields: { type: 3, chaddr: mac(1), ciaddr: ip(held) }, answer: 5, log: /DHCPACK/ },
  { id: 'RENEWING, somebody else’s', fields: { type: 3, chaddr: mac(2), ciaddr: ip(held) }, answer: 6, log: /lease 10\.0\.0\.100 unavailable\./ },
  { id: 'SELECTING, taken', fields: { type: 3, chaddr: mac(2), requested: ip(held), serverId: ip('10.0.0.1') }, answer: 6, log: /unavailable/ },
  { id: 'SELECTING, another server', fields: { type: 3, chaddr: mac(2), requested: ip('10.0.0.105'), serverId: ip('10.0.0.2') }, answer: 0, log: /not our server id/ },
  { id: 'RENEWING, undeclared network', fields: { type: 3, chaddr: mac(1), ciaddr: ip('172.16.0.1') }, answer: 0, log: /unknown lease/ },
];
for (const { id, fields, answer, log } of rows)
  test(`REQUEST: ${id}`, () => {
    const world = new World(lan);
    const ack = world.lease(1, { requested: ip(held) });
    assert.equal(ack?.message.type, 5);
    assert.equal(formatIpv4(ack.message.yiaddr), held);
    world.pass(60_000 / 1000);
    const [reply] = world.send(fields);
    assert.equal(reply?.message.type ?? 0, answer);
    assert.match(world.log.join('\n'), log);
  });

test('a NAK is broadcast with its flag set and says why', () => {
  const world = new World(lan);
  const [nak] = world.send({ type: 3, requested: ip('192.168.9.9') });
  assert.equal(nak?.mac, 'ff:ff:ff:ff:ff:ff');
  assert.equal(nak.destination, '255.255.255.255');
  assert.equal(nak.message.flags, 0x8000);
  assert.equal(String.fromCharCode(...(nak.message.options.get(56) ?? [])), 'requested address on bad subnet');
});

interface AddressRow {
  readonly id: string;
  readonly fields: Partial<Parameters<World['send']>[0]>;
  readonly expected: { path: string; destination: string; port: number; mac?: string };
}
const addressRows: readonly AddressRow[] = [
  { id: 'unicast to the hardware address', fields: {}, expected: { path: 'raw', destination: '10.0.0.100', port: 68, mac: '02:00:00:00:00:01' } },
  { id: 'broadcast when asked', fields: { wantsBroadcast: true }, expected: { path: 'raw', destination: '255.255.255.255', port: 68, mac: 'ff:ff:ff:ff:ff:ff' } },
  { id: 'to the relay', fields: { giaddr: ip('10.0.0.250') }, expected: { path: 'routed', destination: '10.0.0.250', port: 67 } },
];
for (const { id, fields, expected } of addressRows)
  test(`replies go ${id}`, () => {
    const [offer] = new World(lan).send({ type: 1, requested: ip('10.0.0.100'), ...fields });
    assert.equal(offer?.path, expected.path);
    assert.equal(offer.destination, expected.destination);
    assert.equal(offer.port, expected.port);
    if (expected.mac !== undefined) assert.equal(offer.mac, expected.mac);
  });

test('option 82 is echoed last and outside the client’s limit', () => {
  const [offer] = new World(lan).send({ type: 1, giaddr: ip('10.0.0.250'), extra: [[82, [1, 4, 112, 55, 45, 49]]] });
  assert.equal(offer?.message.order.at(-1), 82);
  assert.deepEqual([...(offer?.message.options.get(82) ?? [])], [1, 4, 112, 55, 45, 49]);
});

test('the client identifier is returned (RFC 6842)', () => {
  const [offer] = new World(lan).discover(1, { clientId: Uint8Array.of(255, 1, 2, 3) });
  assert.deepEqual([...(offer?.message.options.get(61) ?? [])], [255, 1, 2, 3]);
});

test('a lease is released by its holder only', () => {
  const world = new World(lan);
  const ip100 = world.lease(1)?.message.yiaddr;
  world.send({ type: 7, chaddr: mac(2), ciaddr: ip100 as never });
  assert.match(world.log[0] ?? '', /\(not found\)$/);
  assert.equal(world.store.table.state(world.store.table.rowOf(ip100 ?? 0)), 2);
  world.send({ type: 7, chaddr: mac(1), ciaddr: ip100 as never });
  assert.match(world.log[0] ?? '', /^DHCPRELEASE of .* from 02:00:00:00:00:01 via eth0 \(found\)$/);
  assert.equal(world.store.table.state(world.store.table.rowOf(ip100 ?? 0)), 1);
});

test('a forged DECLINE abandons nothing; the holder’s does', () => {
  const world = new World(lan);
  const given = world.lease(1)?.message.yiaddr;
  world.send({ type: 4, chaddr: mac(2), requested: given, serverId: ip('10.0.0.1') });
  assert.equal(world.store.table.state(world.store.table.rowOf(given ?? 0)), 2);
  world.send({ type: 4, chaddr: mac(1), requested: given, serverId: ip('10.0.0.1') });
  assert.match(world.log.join('\n'), /Abandoning IP address .*: declined\./);
  assert.equal(world.store.table.state(world.store.table.rowOf(given ?? 0)), 5);
});

test('INFORM is answered with options, without a lease', () => {
  const world = new World(lan);
  const [ack] = world.send({ type: 8, ciaddr: ip('10.0.0.7'), requestList: [3, 6] });
  assert.equal(ack?.message.type, 5);
  assert.equal(ack.message.leaseSeconds, undefined);
  assert.deepEqual(ack.message.order, [53, 54, 3, 6]);
  assert.equal(ack.destination, '10.0.0.7');
  assert.equal(world.journal, '');
});

test('BOOTP gets the address of its host, and none from a pool that denies it, as every plain range does', () => {
  const world = new World({
    ...fixedOnly, global: [],
    networks: [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.60-10.0.0.62', deny: ['dynamic-bootp-clients'] }] }]],
  });
  const [reply] = world.send({ type: 0, requestList: [] });
  assert.equal(formatIpv4(reply?.message.yiaddr ?? ip('0.0.0.0')), '10.0.0.61');
  assert.ok(!reply?.message.options.has(53));
  assert.deepEqual(world.send({ type: 0, chaddr: mac(40), requestList: [] }), []);
  assert.match(world.log[0] ?? '', /BOOTREQUEST from .*: BOOTP from dynamic client and no dynamic leases/);
});

test('reserved-only mode serves hosts and nobody else, and says why', () => {
  const world = new World({ ...fixedOnly, global: [] });
  world.storage.mode = 'reserved-only';
  world.storage.reason = 'disk full';
  assert.equal(world.lease(1)?.message.type, 5);
  assert.deepEqual(world.discover(7), []);
  assert.match(world.log[0] ?? '', /no leases are granted: disk full/);
});

test('a renewal in the first quarter of the lease is confirmed without a write', () => {
  const world = new World({ ...lan, global: [duration('defaultLeaseTime', 1000)] });
  const given = world.lease(1)?.message.yiaddr;
  const { journal } = world;
  world.pass(100);
  const [early] = world.send({ type: 3, chaddr: mac(1), ciaddr: given as never });
  assert.equal(early?.message.leaseSeconds, 900);
  assert.equal(world.journal, journal);
  world.pass(200);
  const [late] = world.send({ type: 3, chaddr: mac(1), ciaddr: given as never });
  assert.equal(late?.message.leaseSeconds, 1000);
  assert.notEqual(world.journal, journal);
});

const times: readonly (readonly [string, number | undefined, number])[] = [
  ['nothing asked', undefined, 600],
  ['zero', 0, 300],
  ['one', 1, 300],
  ['300', 300, 300],
  ['huge', 0x80000000, 7200],
  ['infinite', 0xffffffff, 7200],
];
for (const [id, asked, expected] of times)
  test(`lease time: ${id}`, () => {
    const world = new World({ ...lan, global: [duration('defaultLeaseTime', 600), duration('maxLeaseTime', 7200)] });
    assert.equal(world.discover(1, { leaseSeconds: asked })[0]?.message.leaseSeconds, expected);
  });
