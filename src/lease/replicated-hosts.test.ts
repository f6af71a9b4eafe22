// What a node does with hosts its partner tells of: put in force, held back, or refused; and what of deletions is kept.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteWriter } from '../std/bytes.ts';
import type { MonoMillis, Now, UnixSeconds } from '../std/time.ts';
import type { ServerConfig } from '../model/server-config.ts';
import { tombstone, type HostRecord } from './host-record.ts';
import { dotsPerSecond, joined, losers, winner, type HostVersion } from './host-version.ts';
import { LeaseStore } from './lease-store.ts';
import { exportText, textOf } from './host-text.ts';
import type { HostConflict } from './replicated-hosts.ts';
import { testConfig } from './testing.ts';

const now: Now = { mono: 0 as MonoMillis, wall: 1_800_000_000 as UnixSeconds };
const own = 'p00000001';
const partner = 's00000002';
const host = (name: string, mac: number, statements: readonly string[] = []): HostRecord => ({
  name, isDeleted: false, isStatic: false, hardware: { htype: 1, address: Uint8Array.of(2, 0, 0, 0, 0, mac) }, uid: undefined, fixedAddresses: [], group: undefined, statements,
});
const version = (text: string, at = now.wall * dotsPerSecond, origin = partner): HostVersion => ({
  seen: [{ origin, at }], written: [{ dot: { origin, at }, text, beside: [] }],
});

class Bench {
  readonly store: LeaseStore;
  readonly journal = new ByteWriter();
  readonly found: HostConflict[] = [];
  readonly sink = { journal: this.journal, found: (conflict: HostConflict) => void this.found.push(conflict) };
  told = 0;

  constructor(config: ServerConfig = testConfig({ pools: [], hosts: [{ name: 'known', hardware: '02:00:00:00:00:07' }] })) {
    this.store = new LeaseStore(config);
    this.store.settle();
    this.store.replicated.enableAs(own, this.sink);
    this.store.replicated.watch();
  }
  receive(name: string, text: string, at?: number): boolean {
    return this.store.replicated.receive(name, version(text, at), this.sink, () => this.told++);
  }
  /** Reserved hosts of this name: where it is from, or `none`. */
  source(name: string): string {
    const number = this.store.hosts.byName(name);
    return number < 0 ? 'none' : this.store.hosts.declaration(number).source;
  }
}

test('a host of the partner is in force, and nothing need be told back', () => {
  const bench = new Bench();
  assert.equal(bench.receive('new', textOf(host('new', 1))), true);
  assert.deepEqual([bench.source('new'), bench.told, bench.found], ['lease-file', 0, []]);
});

const refusals: readonly (readonly [what: string, text: string])[] = [
  ['no record', 'hello'],
  ['a record of another host', textOf(host('other', 1))],
  ['a record with more behind it', 'host new {\n  dynamic;\n  hardware ethernet zz;\n}\n'],
];
for (const [what, text] of refusals)
  test(`refused: ${what}`, () => {
    const bench = new Bench();
    assert.equal(bench.receive('new', text), false);
    assert.deepEqual([bench.source('new'), bench.store.replicated.count], ['none', 0]);
  });

test('dhcpd.conf of this node counts against a host of the partner of the same name, and that is shown', () => {
  const bench = new Bench();
  bench.receive('known', textOf(host('known', 1)));
  assert.equal(bench.source('known'), 'configuration');
  assert.deepEqual([...bench.store.replicated.conflicts()].map(({ name, kind }) => `${kind} ${name}`), ['configured known']);
});
test('a deletion of the partner hides what dhcpd.conf declares only where it was meant so', () => {
  const bench = new Bench();
  bench.receive('known', textOf(tombstone('known')));
  assert.equal(bench.source('known'), 'configuration');
  bench.receive('known', textOf(tombstone('known', true)), (now.wall + 1) * dotsPerSecond);
  assert.equal(bench.source('known'), 'none');
});
test('an exported host that this node includes already is no other host', () => {
  const declared = host('known', 7);
  const text = exportText(declared);
  const plain = testConfig({ pools: [], hosts: [{ name: 'known', hardware: '02:00:00:00:00:07' }] });
  const span = { file: { name: 'hosts.conf', text }, start: 0, end: text.length };
  const bench = new Bench({ ...plain, hosts: plain.hosts.map((own) => ({ ...own, span })) });
  bench.receive('known', textOf(declared));
  assert.deepEqual([bench.source('known'), [...bench.store.replicated.conflicts()]], ['lease-file', []]);
  bench.receive('known', textOf(host('known', 9)), (now.wall + 1) * dotsPerSecond);
  assert.deepEqual([bench.source('known'), [...bench.store.replicated.conflicts()]], ['lease-file', []]);
});
test('a host that would run a program is held back where omapi-execute is off', () => {
  const config = testConfig({ pools: [] });
  const statements = ['on commit { execute("/bin/touch", "x"); }'];
  const closed = new Bench(config);
  closed.receive('run', textOf(host('run', 1, statements)));
  assert.deepEqual([closed.source('run'), closed.found.map(({ kind }) => kind)], ['none', ['execute']]);
  const open = new Bench({ ...config, leasehold: { ...config.leasehold, omapi: { ...config.leasehold.omapi, allowsExecute: true } } });
  open.receive('run', textOf(host('run', 1, statements)));
  assert.equal(open.source('run'), 'lease-file');
  const named = new Bench(config);
  named.receive('run', textOf(host('run', 1, ['filename "execute";'])));
  assert.equal(named.source('run'), 'lease-file');
});
test('a deletion is kept for ninety days, so that a partner that was away does not bring the host back', () => {
  const bench = new Bench();
  bench.receive('gone', textOf(tombstone('gone')));
  const after = (days: number): Now => ({ ...now, wall: (now.wall + days * 86_400) as UnixSeconds });
  bench.store.replicated.prune(after(89));
  assert.equal(bench.store.replicated.count, 1);
  bench.receive('gone', textOf(host('gone', 1)), (now.wall - 10) * dotsPerSecond);
  assert.equal(bench.source('gone'), 'none');
  bench.store.replicated.settleConflict('gone', after(89), bench.sink);
  bench.store.replicated.prune(after(180));
  assert.equal(bench.store.replicated.count, 0);
});

test('joined from either side, in any order, versions are one', () => {
  const one = version('host a { }\n', 1000);
  const two = version('host a { x; }\n', 2000, own);
  const three: HostVersion = { seen: [{ origin: partner, at: 3000 }, { origin: own, at: 2000 }], written: [{ dot: { origin: partner, at: 3000 }, text: 'host a { y; }\n', beside: [] }] };
  assert.deepEqual(joined(one, two), joined(two, one));
  assert.equal(winner(joined(one, two)).text, 'host a { x; }\n');
  assert.equal(losers(joined(one, two)).length, 1);
  for (const all of [joined(joined(one, two), three), joined(one, joined(two, three)), joined(three, one)]) assert.deepEqual(all, three);
  assert.deepEqual(joined(three, three), three);
});
