// Who may use a pool, which classes a client is in, what they change, and how leases are billed to them (server reference §11.3,
// §12; dhcpd-conf reference §4.3–4.5, §11).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Scope } from '../model/server-config.ts';
import { optionOfCode, predefinedSpaces } from '../wire/option-table.ts';
import { equal, flag, ip, literal, mac, requestOption, scope, text, when, World, type WorldOptions, type WorldPool } from './testing.ts';
import { latin1 } from '../std/bytes.ts';
import { nowhere } from '../lease/testing.ts';

const pool = (range: string, made: Partial<WorldPool> = {}): WorldPool => ({ range, ...made });
const lan = (pools: readonly WorldPool[], more: Partial<WorldOptions> = {}): WorldOptions => ({
  networks: [[{ network: '10.0.0.0/24', pools }]],
  ...more,
});
const known: WorldOptions['hosts'] = [{ name: 'elsewhere', mac: 1, fixed: ['10.9.9.9'] }];
const bytesOf = (value: string): readonly number[] => [...latin1(value)];

interface PermitRow {
  readonly id: string;
  readonly pool: Partial<WorldPool>;
  readonly knownGets: boolean;
  readonly unknownGets: boolean;
}
const permitRows: readonly PermitRow[] = [
  { id: 'no permits', pool: {}, knownGets: true, unknownGets: true },
  { id: 'deny unknown-clients', pool: { deny: ['unknown-clients'] }, knownGets: true, unknownGets: false },
  { id: 'allow unknown-clients', pool: { allow: ['unknown-clients'] }, knownGets: false, unknownGets: true },
  { id: 'allow known-clients', pool: { allow: ['known-clients'] }, knownGets: true, unknownGets: false },
  { id: 'allow both', pool: { allow: ['known-clients', 'unknown-clients'] }, knownGets: true, unknownGets: true },
  { id: 'allow all, deny known', pool: { allow: ['all-clients'], deny: ['known-clients'] }, knownGets: false, unknownGets: true },
  { id: 'allow authenticated', pool: { allow: ['authenticated-clients'] }, knownGets: false, unknownGets: false },
  { id: 'deny unauthenticated', pool: { deny: ['unauthenticated-clients'] }, knownGets: false, unknownGets: false },
  { id: 'allow bootp', pool: { allow: ['dynamic-bootp-clients'] }, knownGets: false, unknownGets: false },
];
for (const row of permitRows)
  test(`permits: ${row.id}`, () => {
    const world = new World(lan([pool('10.0.0.100-10.0.0.109', row.pool)], { hosts: known ?? [] }));
    assert.equal(world.discover(1).length === 1, row.knownGets);
    assert.equal(world.discover(2).length === 1, row.unknownGets);
  });

test('the two `deny unknown-clients` differ: the flag wants a usable host declaration, the permit any', () => {
  const flagged = new World(lan([pool('10.0.0.100-10.0.0.109')], { hosts: known ?? [], global: [flag('bootUnknownClients', 0)] }));
  assert.deepEqual(flagged.discover(1), []);
  assert.match(flagged.log[0] ?? '', /: unknown client$/);
  const without = new World(lan([pool('10.0.0.100-10.0.0.109')], { hosts: [{ name: 'h', mac: 1 }], global: [flag('bootUnknownClients', 0)] }));
  assert.equal(without.discover(1).length, 1);
});

test('`ignore` refuses without a line', () => {
  const world = new World(lan([pool('10.0.0.100-10.0.0.109')], { global: [flag('bootUnknownClients', 2)] }));
  assert.deepEqual(world.discover(1), []);
  assert.deepEqual(world.log, []);
});

const red = { name: 'red', matchIf: equal(requestOption(60), literal('red')), scopes: [scope('class', 'class red', text(15, 'red.test'))] };
const everyone = { name: 'everyone', matchIf: equal(literal('a'), literal('a')), scopes: [scope('class', 'class everyone', text(15, 'every.test'), text(40, 'nis'))] };
const domain = (world: World, last: number, vendor: string): string =>
  String.fromCharCode(...(world.discover(last, { requestList: [15], extra: [[60, bytesOf(vendor)]] })[0]?.message.options.get(15) ?? []));

test('the class declared first wins over later ones, and the host over all', () => {
  const world = new World(lan([pool('10.0.0.100-10.0.0.109')], {
    classes: [red, everyone], global: [text(15, 'global.test')],
    hosts: [{ name: 'h', mac: 9, statements: [text(15, 'host.test')] }],
  }));
  assert.equal(domain(world, 1, 'red'), 'red.test');
  assert.equal(domain(world, 2, 'blue'), 'every.test');
  assert.equal(domain(world, 9, 'red'), 'host.test');
});

test('members of a class get the pool that names it, and nobody else does', () => {
  const world = new World(lan([pool('10.0.0.100-10.0.0.100', { allowClass: 0 }), pool('10.0.0.200-10.0.0.209', { allow: ['unknown-clients'] })], { classes: [red] }));
  assert.equal(world.discover(1, { extra: [[60, bytesOf('red')]] })[0]?.message.yiaddr, ip('10.0.0.100'));
  assert.equal(world.discover(2)[0]?.message.yiaddr, ip('10.0.0.200'));
});

const subclass = (key: string, ...statements: Scope['statements']): { key: Uint8Array; leaseLimit: number | undefined; scopes: Scope[]; span: typeof nowhere } => ({
  key: latin1(key), leaseLimit: undefined, scopes: [scope('subclass', `subclass ${key}`, ...statements)], span: nowhere,
});

test('a subclass is found by its exact bytes; without one the client is no member', () => {
  const vendors = { name: 'vendors', submatch: requestOption(60), scopes: [scope('class', 'vendors', text(15, 'class.test'))], subclasses: [subclass('ab', text(15, 'ab.test')), subclass('abc')] };
  const world = new World(lan([pool('10.0.0.100-10.0.0.109')], { classes: [vendors] }));
  assert.equal(domain(world, 1, 'ab'), 'ab.test');
  assert.equal(domain(world, 2, 'abc'), 'class.test');
  assert.equal(domain(world, 3, 'abcd'), '');
});

test('scopes a host is written in come with it, but those around its pool do not run again', () => {
  const foreign = scope('subnet', 'subnet 10.7.0.0', text(15, 'leaked.test'));
  const config = lan([pool('10.0.0.100-10.0.0.109', { statements: [text(15, 'pool.test')] })], { global: [text(15, 'global.test')] });
  const world = new World({ ...config, hosts: [{ name: 'a', mac: 1 }, { name: 'b', mac: 2 }] });
  const [a, b] = world.config.hosts as unknown as { scopes: Scope[] }[];
  a?.scopes.unshift(foreign);
  b?.scopes.unshift(...(world.config.subnets[0]?.scopes ?? []));
  assert.equal(domain(world, 1, 'x'), 'leaked.test');
  assert.equal(domain(world, 2, 'x'), 'pool.test');
});

const circuit = { kind: 'option' as const, option: optionOfCode(predefinedSpaces.get('agent') ?? assert.fail(), 1), span: nowhere };
const spawning = (limit: number): WorldOptions => lan([pool('10.0.0.100-10.0.0.109')], {
  classes: [{ name: 'ports', submatch: circuit, spawns: true, leaseLimit: limit }],
});
const onPort = (port: number): { giaddr: ReturnType<typeof ip>; extra: [number, number[]][] } => ({ giaddr: ip('10.0.0.250'), extra: [[82, [1, 1, port]]] });

for (const [id, clients, served] of [['N-1', 1, 1], ['N', 2, 2], ['N+1', 3, 2]] as const)
  test(`a spawned class with a limit of two at ${id} clients on one port`, () => {
    const world = new World(spawning(2));
    const acks = Array.from({ length: clients }, (_, i) => world.lease(i + 1, onPort(7))).filter((ack) => ack?.message.type === 5);
    assert.equal(acks.length, served);
    assert.match(world.journal, /billing subclass "ports" 07;/);
    if (clients > served) assert.match(world.log.join('\n'), /no available billing: lease limit reached in all matching classes \(last: 'ports'\)/);
    assert.equal(world.lease(50, onPort(8))?.message.type, 5, 'another port has a limit of its own');
  });

test('a lease limit of 0 is none', () => {
  const world = new World(spawning(0));
  for (const client of [1, 2]) assert.equal(world.lease(client, onPort(7))?.message.type, 5);
});

test('a billed client renews at the limit, and a place that ends is free again', () => {
  const world = new World(spawning(1));
  const given = world.lease(1, onPort(7))?.message.yiaddr;
  world.pass(30_000);
  assert.equal(world.send({ type: 3, chaddr: mac(1), ciaddr: given as never })[0]?.message.type, 5, 'by the stash, without its relay');
  assert.deepEqual(world.discover(2, onPort(7)), []);
  world.send({ type: 7, chaddr: mac(1), ciaddr: given as never });
  assert.equal(world.lease(2, onPort(7))?.message.type, 5);
  world.wait(50_000);
  assert.equal(world.lease(3, onPort(7))?.message.type, 5, 'expired');
});

test('at most five classes count', () => {
  const many = Array.from({ length: 7 }, (_, i) => ({ ...everyone, name: `c${i}`, scopes: [scope('class', `c${i}`, text(40 + i, 'x'))] }));
  const world = new World(lan([pool('10.0.0.100-10.0.0.109')], { classes: many }));
  const [offer] = world.discover(1, { requestList: [] });
  assert.ok(offer?.message.options.has(44));
  assert.ok(!offer?.message.options.has(45));
  assert.match(world.log.join('\n'), /too many classes match/);
});

test('a condition in a scope sees the packet, and config-option what weaker scopes set', () => {
  const option15 = optionOfCode(predefinedSpaces.get('dhcp') ?? assert.fail(), 15);
  const world = new World(lan([pool('10.0.0.100-10.0.0.109')], {
    global: [
      text(15, 'first.test'),
      when(equal(requestOption(60), literal('red')), text(15, 'red.test')),
      when(equal({ kind: 'config-option', option: option15, span: nowhere }, literal('red.test')), text(40, 'seen')),
    ],
  }));
  assert.equal(domain(world, 1, 'red'), 'red.test');
  const [offer] = world.discover(2, { requestList: [40], extra: [[60, bytesOf('red')]] });
  assert.ok(offer?.message.options.has(40));
  assert.ok(!world.discover(3, { requestList: [40], extra: [[60, bytesOf('blue')]] })[0]?.message.options.has(40));
});
