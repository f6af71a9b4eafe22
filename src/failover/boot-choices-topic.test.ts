// What was set for machines that boot from the network is the same on both nodes of a secured pair, whoever set it and when.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { UnixSeconds } from '../std/time.ts';
import type { BootChoice } from '../model/boot-choice.ts';
import { applyBootChoice } from '../lease/boot-choices.ts';
import { readBootChoices } from '../wire/boot-choice-parcel.ts';
import { Pair, type NodeName } from './testing.ts';

const secret = '0123456789abcdef';
function open(other = secret): Pair {
  const pair = new Pair({ security: { a: { policy: 'prefer', secret }, b: { policy: 'prefer', secret: other } } });
  for (const name of ['a', 'b'] as const) {
    pair.start(name);
    pair.command(name, 'failover.init', { identity: 'pair-00000001' });
  }
  pair.run(60);
  return pair;
}
const choice = (mac: string, setAt: number, more: Partial<BootChoice> = {}): BootChoice =>
  ({ mac: mac.padStart(12, '0'), target: 'install', profile: '', setAt: setAt as UnixSeconds, state: 'pending', ...more });
function set(pair: Pair, name: NodeName, change: BootChoice): void {
  const { store } = pair.nodes[name];
  pair.step(pair.nodes[name], (_failover, effects) => void applyBootChoice(store.bootChoices, change, effects));
  pair.settle();
}
const held = (pair: Pair, name: NodeName): BootChoice[] => [...pair.nodes[name].store.bootChoices.values()].toSorted((a, b) => (a.mac < b.mac ? -1 : 1));

test('a choice is on both nodes at once, and so is that it is done', () => {
  const pair = open();
  set(pair, 'a', choice('1', 100));
  assert.deepEqual(held(pair, 'b'), [choice('1', 100)]);
  set(pair, 'b', choice('1', 100, { state: 'done' }));
  assert.deepEqual(held(pair, 'a'), [choice('1', 100, { state: 'done' })]);
});

test('what was set on both sides of a cut is joined: of one machine the later counts', () => {
  const pair = open();
  pair.cut();
  pair.run(60);
  set(pair, 'a', choice('1', 100));
  set(pair, 'b', choice('1', 101, { target: 'local' }));
  set(pair, 'a', choice('2', 100));
  set(pair, 'b', choice('3', 100, { profile: 'web' }));
  pair.heal();
  pair.run(120);
  const both = [choice('1', 101, { target: 'local' }), choice('2', 100), choice('3', 100, { profile: 'web' })];
  assert.deepEqual(held(pair, 'a'), both);
  assert.deepEqual(held(pair, 'b'), both);
});

test('many machines are told in turns', () => {
  const pair = open();
  pair.cut();
  pair.run(60);
  for (let machine = 0; machine < 1_000; machine++) set(pair, 'a', choice(machine.toString(16), 100 + machine));
  pair.heal();
  pair.run(120);
  assert.equal(held(pair, 'b').length, 1_000);
  assert.deepEqual(held(pair, 'b'), held(pair, 'a'));
});

test('over a plain connection nothing is told', () => {
  const pair = open('another secret..');
  set(pair, 'a', choice('1', 100));
  pair.run(10);
  assert.deepEqual(held(pair, 'b'), []);
});

test('whatever a parcel holds, only rows of ours are read', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    for (const [mac, , , setAt] of readBootChoices(new TextEncoder().encode(JSON.stringify(value)))) assert.ok(/^[0-9a-f]{12}$/.test(mac) && setAt > 0);
  }), { numRuns: 1_000 });
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void readBootChoices(bytes)), { numRuns: 1_000 });
  assert.equal(readBootChoices(new TextEncoder().encode('[["525400000001","local","",5,"done"],["x","local","",5,"done"],7]')).length, 1);
});
