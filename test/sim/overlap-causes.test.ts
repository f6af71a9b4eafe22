// The judge itself: it excuses what follows from a fault of an operator, and nothing else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Overlap } from './holders.ts';
import { OverlapCauses } from './overlap-causes.ts';

const overlapAt = (at: number): Overlap => ({ at }) as Overlap;

test('an overlap before any fault, or after the pair was calm again, is not excused', () => {
  const causes = new OverlapCauses(1000);
  causes.looked(true, 0);
  assert.equal(causes.causeOf(overlapAt(50)), undefined);
  causes.happened('both disks lost', 100);
  assert.equal(causes.causeOf(overlapAt(99)), undefined);
  assert.equal(causes.causeOf(overlapAt(100)), 'both disks lost');
  causes.looked(false, 200);
  causes.looked(true, 300);
  causes.looked(false, 900);
  causes.looked(true, 1000);
  causes.looked(true, 2000);
  assert.equal(causes.causeOf(overlapAt(1999)), 'both disks lost');
  assert.equal(causes.causeOf(overlapAt(2001)), undefined);
});

test('the latest of two faults is named', () => {
  const causes = new OverlapCauses(1000);
  causes.happened('both disks lost', 100);
  causes.happened('clock stepped', 200);
  assert.equal(causes.causeOf(overlapAt(150)), 'both disks lost');
  assert.equal(causes.causeOf(overlapAt(250)), 'clock stepped');
});
