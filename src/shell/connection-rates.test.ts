// Connections of one address: a burst, then so many a second; others do not suffer, until everybody together is too many.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionRates } from './connection-rates.ts';

const admitted = (rates: ConnectionRates, address: number, count: number, now: number): number =>
  Array.from({ length: count }, () => rates.take(address, now)).filter(({ isAdmitted }) => isAdmitted).length;

test('two hundred at once, fifty a second after that, each address for itself', () => {
  const rates = new ConnectionRates();
  assert.equal(admitted(rates, 1, 300, 0), 200);
  assert.equal(admitted(rates, 1, 300, 1_000), 50);
  assert.equal(admitted(rates, 2, 10, 1_000), 10);
  assert.equal(admitted(rates, 1, 300, 60_000), 200);
});

test('four hundred of all addresses at once, two hundred a second after that', () => {
  const rates = new ConnectionRates();
  const many = (now: number): number => Array.from({ length: 100 }, (_, address) => admitted(rates, address, 10, now)).reduce((sum, count) => sum + count);
  assert.equal(many(0), 400);
  assert.equal(many(1_000), 200);
});

test('who takes the last connection is told that it was the last', () => {
  const rates = new ConnectionRates();
  const verdicts = Array.from({ length: 201 }, () => rates.take(1, 0));
  assert.equal(verdicts.findIndex(({ isAddressSpent }) => isAddressSpent), 199);
  assert.deepEqual(verdicts[199], { isAdmitted: true, isAddressSpent: true, isEverybodySpent: false });
  assert.deepEqual(verdicts[200], { isAdmitted: false, isAddressSpent: true, isEverybodySpent: false });
  const others = Array.from({ length: 200 }, (_, index) => rates.take(2 + index, 0));
  assert.equal(others.findIndex(({ isEverybodySpent }) => isEverybodySpent), 199);
});

test('other rates, and the highest address', () => {
  const rates = new ConnectionRates({ perSecond: 2, burst: 3 });
  assert.deepEqual([0, 0, 0, 0, 500, 500].map((now) => rates.take(0xffffffff, now).isAdmitted), [true, true, true, false, true, false]);
});
