// Plain data through flat tables and back: equal, as shared as it was, in steps; what is not plain is refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvariantError } from './assert.ts';
import { Prng } from './prng.ts';
import { packGraph, unpackGraph, type PackedGraph } from './value-graph.ts';

/** The value, and how often the receiver could do something else meanwhile. */
function unpacked(packed: PackedGraph): { value: unknown; pauses: number } {
  const work = unpackGraph(packed);
  for (let pauses = 0; ; pauses++) {
    const step = work.next();
    if (step.done === true) return { value: step.value, pauses };
  }
}
const copyOf = <T extends object>(value: T): T => unpacked(structuredClone(packGraph(value))).value as T;

const values: readonly { readonly id: string; readonly value: object }[] = [
  { id: 'an empty object', value: {} },
  { id: 'an empty array', value: [] },
  { id: 'every primitive', value: [0, -0, 1, -1, 0.5, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, -(2 ** 31), Infinity, -Infinity, NaN, '', 'a', '\0\ud800', true, false, null, undefined] },
  { id: 'a key without a value', value: { a: undefined, b: null } },
  { id: 'keys that look like numbers', value: { b: 1, 7: 2, a: 3 } },
  { id: 'maps', value: new Map<unknown, unknown>([['a', new Map([[1, [2]]])], [3, undefined]]) },
  { id: 'sets', value: new Set(['a', 1]) },
  { id: 'byte arrays', value: [new Uint8Array(0), Uint8Array.of(1, 2, 255), Uint8Array.of(3)] },
  { id: 'a part of a buffer', value: new Uint8Array([1, 2, 3, 4]).subarray(1, 3) },
  { id: 'more slots than at first there is room for', value: Array.from({ length: 40_000 }, (_, index) => ({ index })) },
];
for (const { id, value } of values) test(`${id}: the same afterwards`, () => assert.deepStrictEqual(copyOf(value), value));

test('the order of keys and entries stays', () => {
  assert.deepEqual(Object.keys(copyOf({ z: 1, a: 2, m: 3 })), ['z', 'a', 'm']);
  assert.deepEqual([...copyOf(new Map([['z', 1], ['a', 2]])).keys()], ['z', 'a']);
});

test('what is shared stays shared, and what is only equal stays apart', () => {
  const shared = { name: 'dhcpd.conf' };
  const [first, second, third, equal] = copyOf([shared, [shared], new Map([[shared, shared]]), { name: 'dhcpd.conf' }]) as [object, [object], Map<object, object>, object];
  assert.equal(first, second[0]);
  assert.equal(third.get(first), first);
  assert.notEqual(equal, first);
});

test('small integers are small integers again', () => {
  const { whole, negative } = copyOf({ whole: 7, negative: -0 });
  assert.ok(Object.is(whole, 7) && Object.is(negative, -0));
});

test('the receiver gets a pause every few hundred nodes', () => {
  const { pauses } = unpacked(packGraph(Array.from({ length: 10_000 }, () => [])));
  assert.ok(pauses >= 10, `${pauses} pauses`);
});

const cyclic: { self?: object } = {};
cyclic.self = [cyclic];
class Thing {
  size = 1;
}
for (const [id, value] of [['a cycle', cyclic], ['a function', { f: () => {} }], ['a class', [new Thing()]], ['a date', { at: new Date(0) }], ['a symbol', [Symbol('a')]]] as const)
  test(`${id} is refused`, () => assert.throws(() => packGraph(value), InvariantError));

/** Anything plain, parts of it shared. */
function arbitrary(random: Prng, depth: number, made: object[]): unknown {
  if (made.length > 0 && random.chance(0.15)) return random.pick(made);
  const inner = (): unknown => arbitrary(random, depth - 1, made);
  const several = (): unknown[] => Array.from({ length: random.below(5) }, inner);
  switch (depth === 0 ? random.below(4) : random.below(10)) {
    case 0: return random.u32();
    case 1: return random.unit() * 1e9;
    case 2: return `s${random.below(50)}`;
    case 3: return random.pick([undefined, null, true, false]);
    case 4: return kept(made, Uint8Array.from({ length: random.below(70) }, () => random.below(256)));
    case 5: return kept(made, new Map(several().map((value, index) => [index, value])));
    case 6: return kept(made, new Set(several()));
    case 7: case 8: return kept(made, Object.fromEntries(several().map((value, index) => [`k${random.below(9)}${index}`, value])));
    default: return kept(made, several());
  }
}
const kept = <T extends object>(made: object[], value: T): T => {
  made.push(value);
  return value;
};

test('property: whatever is plain comes back equal and equally shared', () => {
  const seed = Number(process.env['LEASEHOLD_SEED'] ?? 20261128);
  for (let round = 0; round < 500; round++) {
    const random = new Prng(seed + round);
    const value = Array.from({ length: 4 }, () => arbitrary(random, 5, []));
    const shared = [value, value];
    const copy = copyOf(shared);
    assert.deepStrictEqual(copy, shared, `seed ${seed + round}`);
    assert.equal(sharing(copy), sharing(shared), `seed ${seed + round}`);
  }
});

/** For each place, in order, the first place where the same object stands. */
function sharing(value: unknown, seen = new Map<object, number>()): string {
  if (typeof value !== 'object' || value === null) return '.';
  const known = seen.get(value);
  if (known !== undefined) return `@${known}`;
  seen.set(value, seen.size);
  const parts = value instanceof Uint8Array ? [] : value instanceof Map ? [...value].flat(1) : value instanceof Set ? [...value] : Object.values(value);
  return `[${parts.map((part) => sharing(part, seen)).join('')}]`;
}
