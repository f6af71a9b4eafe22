// sync-updates: the ACK of a new lease waits for the partner, everything else for nobody.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MonoMillis } from '../std/time.ts';
import type { ServiceView } from '../model/service-view.ts';
import { duration, ip, mac, World, type Sent } from './testing.ts';

const pair = (view: Partial<ServiceView> = {}): World =>
  new World({
    networks: [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.109', peer: 0 }] }]],
    roles: ['primary'], views: [{ isSynchronous: true, ...view }],
    hosts: [{ name: 'master', mac: 9, fixed: ['10.0.0.9'] }],
    global: [duration('defaultLeaseTime', 3600)],
  });

/** DISCOVER, OFFER, REQUEST; what came back for the last one. */
function request(world: World, last: number): Sent[] {
  const [offer] = world.discover(last);
  assert.ok(offer !== undefined);
  return ask(world, last, offer.message.serverId);
}
const ask = (world: World, last: number, serverId?: Sent['message']['serverId']): Sent[] =>
  world.send({ type: 3, chaddr: mac(last), requested: ip('10.0.0.100'), ...(serverId === undefined ? {} : { serverId }) });

function confirm(world: World): void {
  const { table } = world.store;
  const row = world.row('10.0.0.100');
  const change = table.begin(row);
  change.tsfp = change.atsfp = change.tstp;
  world.collect((effects) => table.apply(row, change, 'partner-ack', effects.journal));
}
const settle = (world: World): Sent[] => world.collect((effects) => world.engine.settle(world.now, effects));
const later = (world: World, millis: number): void => {
  world.now = { ...world.now, mono: (world.now.mono + millis) as MonoMillis };
};

test('a new lease is written down at once and acknowledged when the partner has it', () => {
  const world = pair();
  assert.deepEqual(request(world, 1), []);
  assert.equal(world.stateOf('10.0.0.100'), 'active');
  assert.match(world.journal, /lease 10\.0\.0\.100 \{/);
  assert.deepEqual(settle(world), [], 'nothing is settled before the partner spoke');
  const written = world.journal.length;
  confirm(world);
  const [ack, ...more] = settle(world);
  assert.deepEqual([ack?.message.type, ack?.message.yiaddr, ack?.lane, more.length], [5, ip('10.0.0.100'), 'afterCommit', 0]);
  assert.match(world.log.join('\n'), /^DHCPREQUEST for 10\.0\.0\.100 .*\nDHCPACK on 10\.0\.0\.100 to 02:00:00:00:00:01 via eth0$/);
  assert.ok(world.journal.length - written < 600, 'the acknowledgement writes no second lease');
  assert.deepEqual(settle(world), []);
  assert.equal(world.views[0]?.unconfirmedAcks, 0);
});

test('the client is told what is left of its lease, not a moment more', () => {
  const world = pair({ syncWaitMillis: 5000 });
  request(world, 1);
  world.pass(2);
  confirm(world);
  assert.equal(settle(world)[0]?.message.leaseSeconds, 58);
});

test('the wait is bounded; then the ACK leaves all the same, is said, and counted', () => {
  const world = pair();
  request(world, 1);
  assert.equal(world.engine.deadline, world.now.mono + 100);
  later(world, 99);
  assert.deepEqual(settle(world), []);
  later(world, 1);
  const [ack] = world.collect((effects) => world.engine.tick(world.now, effects));
  assert.deepEqual([ack?.message.type, ack?.message.leaseSeconds], [5, 60]);
  assert.match(world.log[0] ?? '', /the lease of 10\.0\.0\.100 was acknowledged before the partner had it/);
  assert.equal(world.views[0]?.unconfirmedAcks, 1);
});

test('a partner that is gone is waited for no longer', () => {
  const world = pair();
  request(world, 1);
  const [view] = world.views;
  assert.ok(view !== undefined);
  view.isSynchronous = false;
  assert.equal(settle(world)[0]?.message.type, 5);
});

test('a client that repeats itself meanwhile is answered once', () => {
  const world = pair();
  request(world, 1);
  assert.deepEqual(ask(world, 1), []);
  confirm(world);
  assert.equal(settle(world).length, 1);
});

test('a lease that was released meanwhile is not acknowledged', () => {
  const world = pair();
  request(world, 1);
  world.send({ type: 7, chaddr: mac(1), ciaddr: ip('10.0.0.100'), serverId: ip('10.0.0.1') });
  later(world, 100);
  assert.equal(world.stateOf('10.0.0.100'), 'released');
  assert.deepEqual(settle(world), []);
});

test('renewals and reserved hosts wait for nobody', () => {
  const world = pair();
  request(world, 1);
  confirm(world);
  settle(world);
  world.pass(30);
  assert.equal(world.send({ type: 3, chaddr: mac(1), ciaddr: ip('10.0.0.100') })[0]?.message.type, 5);
  assert.equal(world.lease(9)?.message.type, 5);
});

test('more requests than may be held are answered at once', () => {
  const world = new World({
    networks: [[{ network: '10.0.0.0/16', pools: [{ range: '10.0.1.0-10.0.40.255', peer: 0 }] }]],
    roles: ['primary'], views: [{ isSynchronous: true }], leasehold: { offersMax: 20_000 },
  });
  let answered = 0;
  for (let client = 0; client < 4200; client++) {
    const chaddr = Uint8Array.of(2, 0, 0, 1, client >> 8, client & 255);
    const [offer] = world.send({ type: 1, chaddr });
    assert.ok(offer !== undefined);
    answered += world.send({ type: 3, chaddr, requested: offer.message.yiaddr, serverId: offer.message.serverId }).length;
  }
  assert.equal(answered, 4200 - 4096);
});
