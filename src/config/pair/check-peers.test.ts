// Two files of a pair: what must agree, each row one disagreement.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Ipv4 } from '../../std/ipv4.ts';
import { expectGolden } from '../caret-testing.ts';
import { check } from '../testing.ts';
import { addressSet, countOf, minus } from '../../model/agreement/address-set.ts';
import { checkPeers } from './check-peers.ts';
import { pairRows as rows, pairText as rest, primaryText as primary, secondaryText as secondary } from './testing.ts';

for (const { id, codes, from, to } of rows)
  test(`pair differs in ${id}`, () => {
    const other = `${secondary}\n${rest}`.replace(from, to);
    const report = checkPeers(check(`${primary}\n${rest}`).draft, check(other).draft);
    const found = new Set(report.map(({ code }) => code));
    const all = report.map(({ code, message }) => `${code} ${message}`).join('\n');
    for (const code of codes) assert.ok(found.has(code), `${code} in:\n${all}`);
    if (codes.length === 0) assert.equal(all, '');
    // One cause, one message, but for what follows from it.
    if (!['L2508', 'L2501'].includes(codes[0] ?? '')) assert.deepEqual([...found], codes, all);
  });

test('each difference points at its words, as the golden file shows', () => {
  const blocks = rows
    .filter(({ codes }) => codes.length > 0)
    .map(({ id, from, to }) => ({ title: id, said: checkPeers(check(`${primary}\n${rest}`).draft, check(`${secondary}\n${rest}`.replace(from, to)).draft) }));
  expectGolden('test/golden/conf/pair.txt', 'What two nodes of a pair must agree about: the texts are in src/config/pair/testing.ts.', blocks);
});

test('the order of words does not matter', () => {
  const swapped = rest.replace(
    'option routers 10.0.0.1; next-server 10.0.0.9;',
    'next-server 10.0.0.9; option routers 10.0.0.1;',
  );
  assert.deepEqual(
    checkPeers(check(`${primary}\n${rest}`).draft, check(`${secondary}\n${swapped}`).draft),
    [],
  );
});

test('sets of addresses subtract like sets of numbers', () => {
  const stretch = fc
    .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 9 }))
    .map(([low, size]) => ({ low: low as Ipv4, high: (low + size) as Ipv4 }));
  const members = (set: readonly { low: number; high: number }[]): Set<number> =>
    new Set(
      set.flatMap(({ low, high }) => Array.from({ length: high - low + 1 }, (_, index) => low + index)),
    );
  fc.assert(
    fc.property(fc.array(stretch), fc.array(stretch), (a, b) => {
      const expected = [...members(a)]
        .filter((address) => !members(b).has(address))
        .toSorted((x, y) => x - y);
      const found = minus(addressSet(a), addressSet(b));
      assert.deepEqual(
        [...members(found)].toSorted((x, y) => x - y),
        expected,
      );
      assert.equal(countOf(found), expected.length);
    }),
  );
});
