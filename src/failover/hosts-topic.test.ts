// Hosts of a secured pair: what is changed on one node is on both, through partitions, restarts and edits on both sides, and nothing
// that somebody wrote is gone unseen.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteWriter } from '../std/bytes.ts';
import type { AddressItem } from '../model/expression.ts';
import { replayBytes } from '../lease/replay.ts';
import { textOf } from '../lease/host-text.ts';
import type { HostRecord } from '../lease/host-record.ts';
import { hostSink } from '../lease/host-conflicts.ts';
import { LeaseStore } from '../lease/lease-store.ts';
import { ip } from '../lease/testing.ts';
import { Pair, type NodeName, type PairOptions } from './testing.ts';

const good = '0123456789abcdef';
const secured: NonNullable<PairOptions['security']> = { a: { policy: 'prefer', secret: good }, b: { policy: 'prefer', secret: good } };
const plain: NonNullable<PairOptions['security']> = { a: { policy: 'off', secret: good }, b: { policy: 'off', secret: good } };
const both = ['a', 'b'] as const;

function pairOf(security = secured): Pair {
  const pair = new Pair({ security });
  for (const name of both) {
    pair.start(name);
    pair.command(name, 'failover.init', { identity: 'pair-00000001' });
  }
  pair.run(60);
  return pair;
}
const host = (name: string, mac: number, address = `10.77.2.${mac}`, isStatic = false): HostRecord => ({
  name, isDeleted: false, isStatic, hardware: { htype: 1, address: Uint8Array.of(2, 0, 0, 0, 0, mac) }, uid: undefined,
  fixedAddresses: [{ kind: 'address', address: ip(address) } satisfies AddressItem], group: undefined, statements: [],
});
const put = (pair: Pair, node: NodeName, ...records: HostRecord[]): void =>
  pair.step(pair.nodes[node], (_failover, effects) => {
    for (const record of records) pair.nodes[node].store.hosts.put(record, effects.journal);
  });
const remove = (pair: Pair, node: NodeName, name: string): void =>
  pair.step(pair.nodes[node], (_failover, effects) => void pair.nodes[node].store.hosts.remove(name, effects.journal));
/** What the node serves of hosts, one line each. */
const served = (pair: Pair, node: NodeName): string[] => {
  const { hosts } = pair.nodes[node].store;
  return [...hosts.records()].filter(({ isDeleted }) => !isDeleted).map((record) => textOf(record).replace(/\s+/g, ' ')).toSorted();
};
const names = (pair: Pair, node: NodeName): string[] => served(pair, node).map((text) => text.split(' ')[1] ?? '');
const assertEqual = (pair: Pair): void => {
  assert.deepEqual(served(pair, 'a'), served(pair, 'b'));
  assert.deepEqual(pair.nodes.a.store.replicated.digests(), pair.nodes.b.store.replicated.digests());
  for (const node of both) assert.equal(pair.nodes[node].endpoint.hosts.waitingCount, 0);
};
const conflicts = (pair: Pair, node: NodeName): string[] =>
  [...pair.nodes[node].store.replicated.conflicts()].map(({ name, kind, lost }) => `${kind} ${name}: ${/fixed-address ([\d.]+)/.exec(lost.text)?.[1] ?? lost.text}`).toSorted();
/** Rewrites the file as a compaction does, and starts on it. */
function restart(pair: Pair, node: NodeName, throughDhcpd = false): void {
  pair.kill(node);
  const { store, config } = pair.nodes[node];
  const out = new ByteWriter();
  for (let cursor = 0; cursor >= 0; ) cursor = store.snapshot(cursor, 1 << 20, out);
  const text = Buffer.from(out.view()).toString('latin1');
  const again = new LeaseStore(config);
  const report = replayBytes(Buffer.from(throughDhcpd ? text.replace(/^#.*\n/gm, '') : text, 'latin1'), again, pair.now.wall);
  assert.deepEqual(report.problems, []);
  pair.nodes[node].store = again;
  pair.start(node);
  pair.run(30);
}
function apart(pair: Pair, act: () => void): void {
  pair.cut();
  pair.run(30);
  act();
  pair.run(30);
  pair.heal();
  pair.run(60);
}

test('a host made, changed and removed on either node is so on both', () => {
  const pair = pairOf();
  put(pair, 'a', host('one', 1));
  put(pair, 'b', host('two', 2));
  pair.run(1);
  assert.deepEqual([names(pair, 'a'), names(pair, 'b')], [['one', 'two'], ['one', 'two']]);
  put(pair, 'b', host('one', 1, '10.77.2.99'));
  remove(pair, 'a', 'two');
  pair.run(1);
  assert.match(served(pair, 'a').join(), /fixed-address 10\.77\.2\.99/);
  assert.deepEqual(names(pair, 'b'), ['one']);
  assertEqual(pair);
  assert.deepEqual([conflicts(pair, 'a'), conflicts(pair, 'b')], [[], []]);
});

test('the same text again is no change: nothing is written or said', () => {
  const pair = pairOf();
  put(pair, 'a', host('one', 1));
  pair.run(1);
  const version = pair.nodes.a.store.replicated.version('one');
  put(pair, 'a', host('one', 1));
  assert.deepEqual(pair.nodes.a.store.replicated.version('one'), version);
});

test('what was changed while the link was down comes when it is up again', () => {
  const pair = pairOf();
  put(pair, 'a', host('gone', 9), host('kept', 8));
  pair.run(1);
  apart(pair, () => {
    put(pair, 'a', ...Array.from({ length: 200 }, (_, index) => host(`many-${index}`, index + 10, `10.77.3.${index}`)));
    put(pair, 'b', host('kept', 8, '10.77.2.200'));
    remove(pair, 'b', 'gone');
  });
  assert.equal(names(pair, 'a').length, 201);
  assertEqual(pair);
  assert.deepEqual(conflicts(pair, 'a'), []);
});

test('one name changed on both sides: the later counts on both, and both show what lost', () => {
  const pair = pairOf();
  put(pair, 'a', host('one', 1));
  pair.run(1);
  apart(pair, () => {
    put(pair, 'a', host('one', 1, '10.77.2.50'));
    pair.run(5);
    put(pair, 'b', host('one', 1, '10.77.2.60'));
  });
  assertEqual(pair);
  assert.match(served(pair, 'a').join(), /10\.77\.2\.60/);
  for (const node of both) {
    assert.deepEqual(conflicts(pair, node), ['name one: 10.77.2.50']);
    const line = pair.transcript.find((text) => text.includes(` ${node}: host one was changed on both nodes`));
    assert.match(line ?? '', /later counts: .*10\.77\.2\.60.*lost: .*10\.77\.2\.50/);
  }
});

test('deleted here and changed there is a conflict too; the same change on both sides is none', () => {
  const pair = pairOf();
  put(pair, 'a', host('one', 1), host('two', 2));
  pair.run(1);
  apart(pair, () => {
    remove(pair, 'a', 'one');
    for (const node of both) put(pair, node, host('two', 2, '10.77.2.22'));
    pair.run(5);
    put(pair, 'b', host('one', 1, '10.77.2.60'));
  });
  assertEqual(pair);
  assert.deepEqual(names(pair, 'a'), ['one', 'two']);
  for (const node of both) assert.match(conflicts(pair, node).join(), /^name one: host one \{\s+dynamic;\s+deleted;/);
});

for (const { what, second } of [
  { what: 'one MAC named differently', second: host('second', 1, '10.77.2.44') },
  { what: 'one address given to two names', second: host('second', 2, '10.77.2.1') },
])
  test(`${what} on two nodes: the later is in force, the other is shown, and comes back by a command or by itself`, () => {
    const pair = pairOf();
    apart(pair, () => {
      put(pair, 'a', host('first', 1));
      pair.run(5);
      put(pair, 'b', second);
    });
    assertEqual(pair);
    assert.deepEqual(names(pair, 'a'), ['second']);
    for (const node of both) assert.deepEqual(conflicts(pair, node), ['clash first: 10.77.2.1']);
    for (const node of both) restart(pair, node);
    assert.deepEqual(conflicts(pair, 'b'), ['clash first: 10.77.2.1']);
    pair.step(pair.nodes.b, (_failover, effects) => assert.ok(pair.nodes.b.store.replicated.restore('first', pair.now, hostSink(effects))));
    pair.run(1);
    assertEqual(pair);
    assert.deepEqual(names(pair, 'a'), ['first']);
    remove(pair, 'a', 'first');
    pair.run(1);
    assertEqual(pair);
    assert.deepEqual([names(pair, 'b'), conflicts(pair, 'b')], [['second'], []]);
  });

test('two hosts of one MAC by somebody who saw both are no conflict', () => {
  const pair = pairOf();
  put(pair, 'a', host('first', 1));
  pair.run(1);
  put(pair, 'b', host('second', 1, '10.77.2.44'));
  pair.run(1);
  assert.deepEqual([names(pair, 'a'), names(pair, 'b')], [['first', 'second'], ['first', 'second']]);
  assert.deepEqual([conflicts(pair, 'a'), conflicts(pair, 'b')], [[], []]);
});

for (const throughDhcpd of [false, true])
  test(`both restart${throughDhcpd ? ', after a dhcpd rewrote the file of one' : ''}: all is there, nothing is in conflict`, () => {
    const pair = pairOf();
    put(pair, 'a', host('one', 1), host('two', 2), host('odd "name', 3));
    remove(pair, 'a', 'two');
    pair.run(1);
    restart(pair, 'a', throughDhcpd);
    restart(pair, 'b');
    assertEqual(pair);
    assert.equal(names(pair, 'b').length, 2);
    assert.deepEqual([conflicts(pair, 'a'), conflicts(pair, 'b')], [[], []]);
    put(pair, 'b', host('three', 4));
    pair.run(1);
    assertEqual(pair);
    assert.equal(names(pair, 'a').length, 3);
  });

test('a node that lost its disk gets everything back', () => {
  const pair = pairOf();
  put(pair, 'a', host('one', 1), host('two', 2));
  pair.run(1);
  pair.kill('b');
  pair.forget('b');
  put(pair, 'a', host('three', 3));
  pair.start('b');
  pair.run(200);
  assertEqual(pair);
  assert.deepEqual(names(pair, 'b'), ['one', 'three', 'two']);
});

test('over a plain connection nothing is said, and nothing is written down', () => {
  const pair = pairOf(plain);
  put(pair, 'a', host('one', 1));
  pair.run(10);
  assert.deepEqual(names(pair, 'b'), []);
  assert.equal(pair.nodes.a.store.replicated.isEnabled, false);
});

test('a host in a group that the partner does not have: served there without it, and said; with it as soon as the group is made', () => {
  const pair = pairOf();
  const { store } = pair.nodes.b;
  const bodies = (): string[] => {
    const { scopes } = store.hosts.declaration(store.hosts.byName('one'));
    return scopes.map(({ title, statements }) => `${title}: ${statements.length}`);
  };
  put(pair, 'a', { ...host('one', 1), group: 'made' });
  pair.run(1);
  assert.equal(store.hosts.record('one')?.group, 'made', 'the host is there, with its group');
  assert.deepEqual(bodies(), []);
  assert.equal(pair.transcript.filter((line) => / b: .*host one is in group made, which this node does not have/.test(line)).length, 1);
  store.kept.put('group', 'made', 'group made {\n  dynamic;\n        option domain-name "x";\n}\n');
  store.hosts.groupMade();
  assert.deepEqual(bodies(), ['group made: 1']);
  put(pair, 'a', { ...host('two', 2), group: 'made' });
  pair.run(1);
  assert.equal(pair.transcript.filter((line) => /host two is in group/.test(line)).length, 0, 'nothing is wrong with the next one');
});
