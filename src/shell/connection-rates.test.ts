// Connections of one address: a burst, then so many a second; others do not suffer.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionRates } from './connection-rates.ts';

test('two hundred at once, fifty a second after that, each address for itself', () => {
  const rates = new ConnectionRates();
  const admitted = (address: string, count: number, now: number): number =>
    Array.from({ length: count }, () => rates.admits(address, now)).filter(Boolean).length;
  assert.equal(admitted('10.0.0.1', 300, 0), 200);
  assert.equal(admitted('10.0.0.1', 300, 1_000), 50);
  assert.equal(admitted('10.0.0.2', 10, 1_000), 10);
  assert.equal(admitted('10.0.0.1', 300, 60_000), 200);
});

test('other limits, and addresses as numbers', () => {
  const rates = new ConnectionRates({ perSecond: 2, burst: 3 });
  assert.deepEqual([0, 0, 0, 0, 500, 500].map((now) => rates.admits(0xffffffff, now)), [true, true, true, false, true, false]);
});
