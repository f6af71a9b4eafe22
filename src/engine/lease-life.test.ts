// Probes, abandoned addresses, events and variables of leases, contacts of hosts, special lease times (server reference §13–15,
// dhcpd-conf reference §7, §14).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Statement } from '../model/expression.ts';
import type { Span } from '../model/span.ts';
import type { Seconds } from '../std/time.ts';
import { duration, flag, ip, literal, mac, option, World, worldConfig, type WorldOptions } from './testing.ts';

const lan: WorldOptions = { networks: [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.102' }] }]] };
const probing: WorldOptions = { ...lan, global: [flag('pingCheck', 1)] };

test('a free address is probed before it is offered, and the offer leaves when nobody answered', () => {
  const world = new World(probing);
  assert.deepEqual(world.discover(1), []);
  assert.deepEqual(world.requests.map((request) => request.kind === 'ping' && [request.address, request.timeoutMillis]), [[ip('10.0.0.100'), 1000]]);
  world.discover(2);
  assert.equal(world.requests.length, 2, 'another client is probed for another address meanwhile');
  const [, second] = world.requests;
  assert.equal(second?.kind === 'ping' && second.address, ip('10.0.0.101'));
});

for (const [id, parameters, millis] of [
  ['ping-timeout in seconds', [duration('pingTimeout', 3)], 3000],
  ['ping-timeout-ms in its place', [duration('pingTimeout', 3), duration('pingTimeoutMs', 250)], 250],
  ['ping-timeout-ms of 0 is none', [duration('pingTimeout', 2), duration('pingTimeoutMs', 0)], 2000],
] as const)
  test(`how long a probe waits: ${id}`, () => {
    const world = new World({ ...lan, global: [flag('pingCheck', 1), ...parameters] });
    world.discover(1);
    assert.deepEqual(world.requests.map((request) => request.kind === 'ping' && request.timeoutMillis), [millis]);
  });

test('abandon-lease-time: so long nobody gets a declined address, unless nothing else is left', () => {
  const world = new World({ ...lan, settings: { abandonLeaseTime: 7200 as Seconds } });
  world.lease(1);
  world.send({ type: 4, chaddr: mac(1), requested: ip('10.0.0.100'), serverId: ip('10.0.0.1') });
  world.wait(7000);
  assert.equal(world.stateOf('10.0.0.100'), 'abandoned');
  world.wait(300);
  assert.equal(world.stateOf('10.0.0.100'), 'free');
});

test('an address that answers is abandoned, and the next one is offered at once', () => {
  const world = new World(probing);
  world.discover(1);
  assert.deepEqual(world.pong(true), []);
  assert.match(world.log.join('\n'), /Abandoning IP address 10\.0\.0\.100: pinged before offer/);
  assert.equal(world.stateOf('10.0.0.100'), 'abandoned');
  const [offer] = world.pong(false);
  assert.equal(offer?.message.yiaddr, ip('10.0.0.101'));
});

test('a retransmission while the probe runs is answered once, with the latest xid', () => {
  const world = new World(probing);
  world.discover(1, { xid: 1 });
  assert.deepEqual(world.discover(1, { xid: 2 }), []);
  assert.equal(world.requests.length, 1);
  const answers = world.pong(false);
  assert.deepEqual(answers.map(({ message }) => message.xid), [2]);
});

test('no probe for a running lease, nor for the same client within ping-cltt-secs', () => {
  const world = new World({ ...probing, global: [flag('pingCheck', 1), duration('defaultLeaseTime', 300)] });
  world.discover(1);
  const [offer] = world.pong(false);
  world.send({ type: 3, chaddr: mac(1), requested: offer?.message.yiaddr });
  assert.equal(world.discover(1).length, 1);
  world.send({ type: 7, chaddr: mac(1), ciaddr: ip('10.0.0.100') });
  assert.equal(world.discover(1).length, 1);
  world.wait(130);
  world.discover(1);
  assert.equal(world.requests.length, 2, 'after a minute it is');
});

test('a declined address is used again only when nothing else is left, and not before five minutes', () => {
  const world = new World(lan);
  world.lease(1);
  world.send({ type: 4, chaddr: mac(1), requested: ip('10.0.0.100'), serverId: ip('10.0.0.1') });
  assert.match(world.journal, /binding state abandoned;/);
  world.lease(2);
  world.lease(3);
  assert.deepEqual(world.discover(4), []);
  world.wait(301);
  assert.equal(world.discover(4)[0]?.message.yiaddr, ip('10.0.0.100'));
  assert.match(world.log.join('\n'), /Reclaiming abandoned lease 10\.0\.0\.100\./);
  world.wait(86_400);
  assert.equal(world.stateOf('10.0.0.100'), 'free');
});

test('when every address is offered, the one whose client did not come back goes to the next', () => {
  const world = new World(lan);
  for (const client of [1, 2, 3]) world.discover(client);
  assert.deepEqual(world.discover(4), []);
  world.pass(11);
  assert.equal(world.discover(4)[0]?.message.yiaddr, ip('10.0.0.100'));
});

const spanOf = (text: string): Span => ({ file: { name: 'dhcpd.conf', text }, start: 0, end: text.length });
const events = (text: string, kinds: ('commit' | 'expiry' | 'release')[], ...body: Statement[]): Statement => ({ kind: 'on', events: kinds, body, span: spanOf(text) });
const where = spanOf('');
const leasedText = {
  kind: 'binary-to-ascii' as const, base: { kind: 'number' as const, value: 10, span: where }, width: { kind: 'number' as const, value: 8, span: where },
  separator: literal('.'), data: { kind: 'leased-address' as const, span: where }, span: where,
};
const withEvents: WorldOptions = {
  ...lan,
  global: [
    duration('defaultLeaseTime', 300),
    events('on commit { … }', ['commit'],
      { kind: 'set', name: 'ClientIp', value: leasedText, span: where },
      { kind: 'execute', command: '/bin/hook', arguments: [literal('commit'), leasedText], span: where }),
    events('on expiry or release { log (info, "gone"); }', ['expiry', 'release'],
      { kind: 'execute', command: '/bin/hook', arguments: [literal('gone'), { kind: 'variable', name: 'clientip', span: where }, { kind: 'hardware', span: where }], span: where }),
  ],
};
const commandsOf = (world: World): (readonly string[])[] => world.requests.splice(0).flatMap((request) => (request.kind === 'run' ? [request.arguments] : []));
const hardwareText = String.fromCharCode(1, 2, 0, 0, 0, 0, 1);

test('on commit sets variables that stay with the lease, and commands run beside the server', () => {
  const world = new World(withEvents);
  world.lease(1);
  assert.deepEqual(commandsOf(world), [['commit', '10.0.0.100']]);
  assert.match(world.journal, /set clientip = "10\.0\.0\.100";/i);
  assert.match(world.journal, /on expiry or release \{ log \(info, "gone"\); \}/);
});

test('the end of a lease runs its handler once, with the variables and the hardware of the lease', () => {
  const released = new World(withEvents);
  released.lease(1);
  commandsOf(released);
  released.send({ type: 7, chaddr: mac(1), ciaddr: ip('10.0.0.100') });
  assert.deepEqual(commandsOf(released), [['gone', '10.0.0.100', hardwareText]]);
  const expired = new World(withEvents);
  expired.lease(1);
  commandsOf(expired);
  expired.wait(303);
  assert.equal(expired.stateOf('10.0.0.100'), 'free');
  assert.deepEqual(commandsOf(expired), [['gone', '10.0.0.100', hardwareText]]);
});

test('a reserved host leaves a contact in the lease file and no lease', () => {
  const world = new World({ ...lan, hosts: [{ name: 'master', mac: 1, fixed: ['10.0.0.9'] }] });
  world.lease(1);
  assert.match(world.journal, /^# leasehold contact 10\.0\.0\.9 \d+ \d+ 1 02:00:00:00:00:01 master\n$/m);
  assert.doesNotMatch(world.journal, /lease 10\.0\.0\.9/);
});

test('a host that asks again at once leaves one contact a minute', () => {
  const world = new World({ ...lan, hosts: [{ name: 'master', mac: 1, fixed: ['10.0.0.9'] }] });
  const contacts = (): number => world.journal.split('# leasehold contact').length - 1;
  world.lease(1);
  world.lease(1);
  assert.equal(contacts(), 1);
  world.pass(61);
  world.lease(1);
  assert.equal(contacts(), 2);
});

test('a contact says what asked: firmware, then iPXE, then the installer, each at once', () => {
  const world = new World({ ...lan, hosts: [{ name: 'master', mac: 1, fixed: ['10.0.0.9'] }] });
  const option = (code: number, text: string): [number, number[]] => [code, Array.from(text, (char) => char.charCodeAt(0))];
  const arch = option(60, 'PXEClient:Arch:00007');
  for (const extra of [[arch], [arch, option(77, 'iPXE')], [option(60, 'HTTPClient:Arch:00016')], []]) world.lease(1, { extra });
  const said = [...world.journal.matchAll(/^# leasehold contact .* master(.*)$/gm)].map(([, tail]) => tail);
  assert.deepEqual(said, [' here firmware PXEClient:Arch:00007 %', ' here ipxe PXEClient:Arch:00007 iPXE', ' here http-firmware HTTPClient:Arch:00016 %', '']);
});

test('a reload keeps leases and serves by the new configuration', () => {
  const world = new World(lan);
  world.lease(1);
  const next = worldConfig({
    networks: [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.102' }, { range: '10.0.0.200-10.0.0.201', deny: ['all-clients'] }], statements: [option(15, Uint8Array.of(110))] }]],
    hosts: [{ name: 'new', mac: 2, fixed: ['10.0.0.101'] }],
  });
  world.store.table.reload(next);
  world.store.hosts.reload(next);
  world.engine.reload(next);
  const [ack] = world.send({ type: 3, chaddr: mac(1), ciaddr: ip('10.0.0.100'), requestList: [15] });
  assert.equal(ack?.message.type, 5);
  assert.deepEqual([...(ack.message.options.get(15) ?? [])], [110]);
  assert.equal(world.lease(2)?.message.yiaddr, ip('10.0.0.101'));
  assert.equal(world.lease(3)?.message.yiaddr, ip('10.0.0.102'));
  assert.deepEqual(world.discover(4), []);
});

test('hosts that share one fixed-address are one holder (bonded interfaces)', () => {
  const world = new World({ ...lan, hosts: [{ name: 'nic0', mac: 1, fixed: ['10.0.0.101'] }, { name: 'nic1', mac: 2, fixed: ['10.0.0.101'] }] });
  const row = world.row('10.0.0.101');
  const change = world.store.table.begin(row);
  change.state = 2;
  change.ends = (world.now.wall + 600) as typeof change.ends;
  change.setHardware(1, mac(2), 0, 6);
  world.collect((effects) => world.store.table.apply(row, change, 'partner-update', effects.journal));
  assert.equal(world.lease(1)?.message.yiaddr, ip('10.0.0.101'));
});

test('adaptive-lease-time-threshold shortens leases of a crowded pool', () => {
  const world = new World({ ...lan, global: [flag('adaptiveLeaseTimeThreshold', 60), duration('defaultLeaseTime', 3600), duration('minLeaseTime', 120)] });
  assert.equal(world.lease(1)?.message.leaseSeconds, 3600);
  assert.equal(world.lease(2)?.message.leaseSeconds, 3600);
  assert.equal(world.lease(3)?.message.leaseSeconds, 120);
});

test('a pool that fills is told once, and again when it emptied', () => {
  const world = new World({ ...lan, global: [flag('logThresholdHigh', 60), flag('logThresholdLow', 40)] });
  const said = (last: number): string => { world.lease(last); return world.log.filter((line) => line.startsWith('Pool')).join(); };
  assert.equal(said(1), '');
  assert.equal(said(2), 'Pool threshold exceeded - shared subnet: 10.0.0.0/24; address: 10.0.0.101; high threshold 60% 2/3.');
  assert.equal(said(3), '');
  for (const last of [1, 2, 3]) world.send({ type: 7, chaddr: mac(last), ciaddr: ip(`10.0.0.${99 + last}`) });
  assert.equal(said(1), 'Pool threshold reset - shared subnet: 10.0.0.0/24; address: 10.0.0.100; low threshold 1/3.');
});

test('a reserved lease is kept for its client when it ran out', () => {
  const world = new World(lan);
  world.lease(1);
  const row = world.row('10.0.0.100');
  const change = world.store.table.begin(row);
  change.isReserved = true;
  world.collect((effects) => world.store.table.apply(row, change, 'operator', effects.journal));
  world.send({ type: 7, chaddr: mac(1), ciaddr: ip('10.0.0.100') });
  assert.equal(world.stateOf('10.0.0.100'), 'free');
  assert.notEqual(world.discover(2, { requested: ip('10.0.0.100') })[0]?.message.yiaddr, ip('10.0.0.100'));
  assert.equal(world.send({ type: 3, chaddr: mac(2), requested: ip('10.0.0.100') })[0]?.message.type, 6);
  assert.equal(world.lease(1)?.message.yiaddr, ip('10.0.0.100'));
});

test('a pool that closes soon gives leases until then', () => {
  const world = new World(lan);
  (world.config.pools[0] as { deny: unknown }).deny = [{ kind: 'after', time: world.now.wall + 1000 }];
  assert.equal(world.lease(1)?.message.leaseSeconds, 1000);
});

test('an endless lease may become a reservation', () => {
  const world = new World({ ...lan, global: [flag('infiniteIsReserved', 1), duration('defaultLeaseTime', -1), duration('maxLeaseTime', -1)] });
  assert.equal(world.lease(1)?.message.leaseSeconds, 0xffffffff);
  assert.match(world.journal, /ends never;[^}]*reserved;/);
});

test('a BOOTP lease that ends is kept when its machine speaks DHCP while it is young', () => {
  const world = new World({ ...lan, global: [duration('defaultLeaseTime', 1000), flag('dynamicBootpLeaseLength', 200)] });
  world.send({ type: 0 });
  world.pass(10);
  assert.equal(world.discover(1)[0]?.message.leaseSeconds, 190);
  world.pass(60);
  assert.equal(world.discover(1)[0]?.message.leaseSeconds, 1000);
});

test('BOOTP: an endless lease from a pool that names BOOTP clients', () => {
  const world = new World({ networks: [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.102', allow: ['dynamic-bootp-clients'] }] }]] });
  const [reply] = world.send({ type: 0, chaddr: mac(1), requestList: [] });
  assert.equal(reply?.message.yiaddr, ip('10.0.0.100'));
  assert.equal(reply.lane, 'afterCommit');
  assert.ok(!reply.message.options.has(51) && !reply.message.options.has(54));
  assert.match(world.journal, /ends never;[^}]*dynamic-bootp;/);
});

test('min-secs keeps the first DISCOVERs waiting', () => {
  const world = new World({ ...lan, global: [flag('minSecs', 5)] });
  assert.deepEqual(world.discover(1, { secs: 3 }), []);
  assert.match(world.log[0] ?? '', /: configured min-secs value \(5\) is greater than secs field \(3\)\.  message dropped\.$/);
  assert.equal(world.discover(1, { secs: 5 }).length, 1);
});

const querying: WorldOptions = { ...lan, global: [flag('leasequery', 1)] };
/** As dhcpd 4.4.3 says them of a lease of 23 s: what is over is left out. */
const timesLeft: readonly (readonly [age: number, left: number, t1: number | undefined, t2: number | undefined])[] = [
  [0, 23, 11, 18], [6, 17, 5, 12], [14, 9, undefined, 4], [20, 3, undefined, undefined],
];
for (const [age, left, t1, t2] of timesLeft)
  test(`LEASEQUERY: T1 and T2 of a lease that is ${age} s old`, () => {
    const world = new World({ ...lan, global: [flag('leasequery', 1), duration('defaultLeaseTime', 23), duration('maxLeaseTime', 23)] });
    world.lease(1);
    world.pass(age);
    const [answer] = world.send({ type: 10, chaddr: new Uint8Array(0), ciaddr: ip('10.0.0.100'), giaddr: ip('10.0.0.250') });
    const seconds = (code: number): number | undefined => {
      const bytes = answer?.message.options.get(code);
      return bytes && new DataView(bytes.slice().buffer).getUint32(0);
    };
    assert.deepEqual([51, 58, 59].map(seconds), [left, t1, t2]);
  });

test('LEASEQUERY: active, unassigned, unknown, and not allowed', () => {
  const world = new World(querying);
  const relay = ip('10.0.0.250');
  world.lease(1, { giaddr: relay, clientId: Uint8Array.of(9, 9), extra: [[82, [1, 1, 65]]] });
  world.pass(100);
  const [active] = world.send({ type: 10, chaddr: new Uint8Array(0), ciaddr: ip('10.0.0.100'), giaddr: relay });
  assert.equal(active?.message.type, 13);
  assert.equal(active.message.leaseSeconds, 43_100);
  assert.deepEqual([...(active.message.options.get(82) ?? [])], [1, 1, 65]);
  assert.deepEqual([...(active.message.options.get(61) ?? [])], [9, 9]);
  assert.equal(new DataView((active.message.options.get(91) ?? new Uint8Array(4)).slice().buffer).getUint32(0), 100);
  assert.deepEqual(active.bytes.slice(28, 34), mac(1));
  assert.ok(active.bytes.length < 300, 'answers to queries are not padded');
  assert.match(world.log.join('\n'), /DHCPLEASEACTIVE to 10\.0\.0\.250 for IP 10\.0\.0\.100 \(0 associated IPs\)/);
  const [byMac] = world.send({ type: 10, chaddr: mac(1), giaddr: relay });
  assert.equal(byMac?.message.ciaddr, ip('10.0.0.100'));
  assert.equal(world.send({ type: 10, chaddr: new Uint8Array(0), ciaddr: ip('10.0.0.101'), giaddr: relay })[0]?.message.type, 11);
  assert.equal(world.send({ type: 10, chaddr: mac(77), giaddr: relay })[0]?.message.type, 12);
  assert.deepEqual(world.send({ type: 10, chaddr: mac(1) }), []);
  assert.match(world.log.join('\n'), /missing giaddr/);
  const closed = new World(lan);
  assert.deepEqual(closed.send({ type: 10, chaddr: mac(1), giaddr: relay }), []);
  assert.match(closed.log.join('\n'), /LEASEQUERY not allowed, query ignored/);
});
