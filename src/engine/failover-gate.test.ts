// What the failover state lets the engine do: service, ownership, lead time, load balance (failover reference §3.6, §5.2, §5.6).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Seconds, UnixSeconds } from '../std/time.ts';
import type { ServiceView } from '../model/service-view.ts';
import { splitBuckets } from '../wire/load-balance-hash.ts';
import { code } from './lookup.ts';
import { duration, flag, ip, mac, World } from './testing.ts';

function pair(view: Partial<ServiceView> = {}, options: { readonly backup?: readonly string[] } = {}): World {
  const role = view.role ?? 'primary';
  const world = new World({
    networks: [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.109', peer: 0 }] }]],
    roles: [role], views: [{ role, ...view }],
    hosts: [{ name: 'master', mac: 9, fixed: ['10.0.0.9'] }],
    global: [duration('defaultLeaseTime', 3600)],
  });
  for (const address of options.backup ?? []) {
    const row = world.row(address);
    const change = world.store.table.begin(row);
    change.state = code.backup;
    world.collect((effects) => world.store.table.apply(row, change, 'balance', effects.journal));
  }
  return world;
}

test('a state that does not serve keeps pool clients waiting and serves reserved hosts', () => {
  const world = pair({ service: 'none', reason: ' (recovering)' });
  assert.deepEqual(world.discover(1), []);
  assert.equal(world.log[0], 'DHCPDISCOVER from 02:00:00:00:00:01 via eth0: not responding (recovering)');
  assert.deepEqual(world.send({ type: 3, requested: ip('10.0.0.100') }), []);
  assert.match(world.log[0] ?? '', /: not responding \(recovering\)$/);
  assert.equal(world.lease(9)?.message.type, 5);
});

test('a client that is denied anyway hears the true reason in every failover state', () => {
  for (const view of [{ service: 'none', reason: ' (startup)' }, { role: 'secondary' }] as const) {
    const role = 'role' in view ? view.role : 'primary';
    const world = new World({
      networks: [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.109', peer: 0 }] }]],
      roles: [role], views: [{ role, ...view }], global: [flag('bootUnknownClients', 0)],
    });
    assert.deepEqual(world.discover(1), []);
    assert.match(world.log[0] ?? '', /: unknown client$/);
  }
});

test('a silent pool does not silence another pool of the network', () => {
  const world = new World({
    networks: [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.100', peer: 0 }, { range: '10.0.0.200-10.0.0.200' }] }]],
    roles: ['primary'], views: [{ service: 'none', reason: ' (recovering)' }],
  });
  assert.equal(world.discover(1)[0]?.message.yiaddr, ip('10.0.0.200'));
});

test('the first lease is as long as MCLT, and longer once the partner acknowledged', () => {
  const world = pair({ mclt: 60 as Seconds });
  const ack = world.lease(1);
  assert.equal(ack?.message.leaseSeconds, 60);
  const { table } = world.store;
  const row = world.row('10.0.0.100');
  assert.equal(table.tstp(row), world.now.wall + 3600 + 30);
  assert.equal(table.atsfp(row), 0);
  const change = table.begin(row);
  change.tsfp = change.atsfp = change.tstp;
  world.collect((effects) => table.apply(row, change, 'partner-ack', effects.journal));
  world.pass(40);
  assert.equal(world.send({ type: 3, chaddr: mac(1), ciaddr: ip('10.0.0.100') })[0]?.message.leaseSeconds, 3600);
});

test('a lease counts as told at once where the partner listens, and as unheard where it does not', () => {
  for (const [isPartnerServing, rewindState] of [[true, undefined], [false, 'free']] as const) {
    const world = pair(isPartnerServing ? {} : { service: 'alone', isPartnerServing });
    world.lease(1);
    assert.equal(world.store.table.lease(world.row('10.0.0.100')).rewindState, rewindState);
  }
});

test('an own lease is confirmed under dhcp-cache-threshold; what the partner gave is given anew, with a record', () => {
  const world = pair({ mclt: 60 as Seconds });
  world.lease(1);
  const { table } = world.store;
  const row = world.row('10.0.0.100');
  const renew = (): number | undefined => world.send({ type: 3, chaddr: mac(1), ciaddr: ip('10.0.0.100') })[0]?.message.leaseSeconds;
  const given = world.now.wall;
  world.pass(5);
  assert.deepEqual([renew(), table.cltt(row)], [55, given]);
  const change = table.begin(row);
  change.tsfp = change.atsfp = (change.tstp + 10) as UnixSeconds;
  world.collect((effects) => table.apply(row, change, 'partner-update', effects.journal));
  world.pass(1);
  assert.deepEqual([renew(), table.cltt(row)], [3600, given + 6]);
});

test('an infinite wish stays within MCLT until it is acknowledged for ever', () => {
  const world = new World({
    networks: [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.109', peer: 0 }] }]],
    roles: ['primary'], views: [{}], global: [duration('defaultLeaseTime', -1), duration('maxLeaseTime', -1)],
  });
  assert.equal(world.lease(1)?.message.leaseSeconds, 60);
  const { table } = world.store;
  const row = world.row('10.0.0.100');
  assert.equal(table.tstp(row), 0xffffffff);
  const change = table.begin(row);
  change.tsfp = change.atsfp = 0xffffffff as UnixSeconds;
  world.collect((effects) => table.apply(row, change, 'partner-ack', effects.journal));
  world.pass(40);
  const [ack] = world.send({ type: 3, chaddr: mac(1), ciaddr: ip('10.0.0.100') });
  assert.equal(ack?.message.leaseSeconds, 0xffffffff);
  assert.match(world.journal, /ends never;/);
});

interface GateRow {
  readonly id: string;
  readonly view: Partial<ServiceView>;
  readonly backup?: readonly string[];
  readonly requested: string;
  readonly answer: 0 | 5 | 6;
  readonly log?: RegExp;
}
const gateRows: readonly GateRow[] = [
  { id: 'primary, own free address', view: {}, requested: '10.0.0.100', answer: 5 },
  { id: 'primary, the partner’s backup address', view: {}, backup: ['10.0.0.105'], requested: '10.0.0.105', answer: 0, log: /lease owned by peer$/ },
  { id: 'secondary, the partner’s free address', view: { role: 'secondary' }, requested: '10.0.0.100', answer: 0, log: /lease owned by peer$/ },
  { id: 'secondary, own backup address', view: { role: 'secondary' }, backup: ['10.0.0.105'], requested: '10.0.0.105', answer: 5 },
  { id: 'alone, the partner’s address', view: { service: 'alone' }, backup: ['10.0.0.105'], requested: '10.0.0.105', answer: 0, log: /lease owned by peer$/ },
  { id: 'partner down for less than MCLT', view: { service: 'partner-down', stos: 1_800_000_000 as UnixSeconds }, backup: ['10.0.0.105'], requested: '10.0.0.105', answer: 0 },
  { id: 'partner down for more than MCLT', view: { service: 'partner-down', stos: 1_799_999_000 as UnixSeconds }, backup: ['10.0.0.105'], requested: '10.0.0.105', answer: 5 },
];
for (const { id, view, backup, requested, answer, log } of gateRows)
  test(`REQUEST at a ${id}`, () => {
    const world = pair(view, backup === undefined ? {} : { backup });
    const [reply] = world.send({ type: 3, chaddr: mac(1), requested: ip(requested) });
    assert.equal(reply?.message.type ?? 0, answer, world.log.join('\n'));
    if (log !== undefined) assert.match(world.log.join('\n'), log);
  });

test('a client that asks a dead partner for its offer is sent back to us when it asks again', () => {
  const partner = ip('10.0.0.3');
  const world = pair({ service: 'alone', isPartnerServing: false, partnerIdentifiers: [partner] }, { backup: ['10.0.0.105'] });
  const asks = (xid: number, more = {}): number => {
    const [reply] = world.send({ type: 3, xid, chaddr: mac(1), requested: ip('10.0.0.105'), serverId: partner, ...more });
    return reply?.message.type ?? 0;
  };
  assert.equal(asks(7), 0, 'the partner may answer');
  assert.equal(asks(7), 6, 'it did not');
  assert.equal(asks(8), 0, 'another exchange');
  assert.equal(asks(9, { serverId: undefined }), 0);
  assert.equal(asks(9, { serverId: undefined }), 0, 'a lease of its own may be good: only the partner knows');
  const inPeace = pair({ isPartnerServing: true, partnerIdentifiers: [partner] }, { backup: ['10.0.0.105'] });
  for (let i = 0; i < 3; i++)
    assert.deepEqual(inPeace.send({ type: 3, xid: 7, chaddr: mac(1), requested: ip('10.0.0.105'), serverId: partner }), []);
});

test('when the partner holds all free addresses the log says so, and a rebalance is asked for', () => {
  const world = pair({ role: 'secondary' });
  assert.deepEqual(world.discover(1), []);
  assert.match(world.log[0] ?? '', /: peer holds all free leases$/);
  assert.equal(world.views[0]?.wantsAddresses, true);
});

const buckets = splitBuckets(128);
interface BalanceRow {
  readonly id: string;
  /** Last byte of the hardware address: 020000000001 hashes to 133, …04 to 150 and …02 to 45 (failover reference §3.5). */
  readonly client: number;
  readonly secs?: number;
  readonly view?: Partial<ServiceView>;
  readonly backup?: readonly string[];
  readonly isAnswered: boolean;
  readonly log?: RegExp;
}
const balanceRows: readonly BalanceRow[] = [
  { id: 'mine by hash', client: 2, isAnswered: true },
  { id: 'the partner’s by hash', client: 1, isAnswered: false, log: /: load balance to peer peer-0$/ },
  { id: 'the partner’s, secs at the limit', client: 1, secs: 3, isAnswered: false },
  { id: 'the partner’s, but the client waited', client: 1, secs: 4, isAnswered: true },
  { id: 'the partner’s, without balancing', client: 1, view: { loadBalanceMaxSecs: 0 }, isAnswered: true },
  { id: 'the partner’s, but we are alone', client: 1, view: { service: 'alone' }, isAnswered: true },
  { id: 'the partner’s, who has nothing left', client: 1, backup: [], isAnswered: true, log: /cancel load balance to peer peer-0 - no free leases/ },
];
for (const row of balanceRows)
  test(`load balance: ${row.id}`, () => {
    const world = pair({ hashBuckets: buckets, loadBalanceMaxSecs: 3, ...row.view }, { backup: row.backup ?? ['10.0.0.109'] });
    assert.equal(world.discover(row.client, { secs: row.secs ?? 0 }).length === 1, row.isAnswered, world.log.join('\n'));
    if (row.log !== undefined) assert.match(world.log.join('\n'), row.log);
  });

test('a REQUEST is never balanced', () => {
  const world = pair({ hashBuckets: buckets, loadBalanceMaxSecs: 3 }, { backup: ['10.0.0.109'] });
  assert.equal(world.send({ type: 3, chaddr: mac(1), requested: ip('10.0.0.100') })[0]?.message.type, 5);
});

test('a REQUEST that names the partner is ours while we serve alone, and not while it serves', () => {
  const named = { type: 3, chaddr: mac(1), requested: ip('10.0.0.100'), serverId: ip('10.0.0.2') };
  const alone = pair({ service: 'alone', isPartnerServing: false, partnerIdentifiers: [ip('10.0.0.2')] });
  assert.equal(alone.send(named)[0]?.message.type, 5);
  const both = pair({ partnerIdentifiers: [ip('10.0.0.2')] });
  assert.deepEqual(both.send(named), []);
});

test('a released lease of a pair waits for the partner', () => {
  const world = pair();
  const given = world.lease(1)?.message.yiaddr;
  world.send({ type: 7, chaddr: mac(1), ciaddr: given as never });
  assert.equal(world.stateOf('10.0.0.100'), 'released');
  const silent = pair({ service: 'alone' });
  silent.lease(1);
  (silent.views[0] as ServiceView).service = 'none';
  (silent.views[0] as ServiceView).reason = ' (paused)';
  silent.send({ type: 7, chaddr: mac(1), ciaddr: given as never });
  assert.deepEqual(silent.log, ['peer-0: ignored (paused)']);
  assert.equal(silent.stateOf('10.0.0.100'), 'active');
});
