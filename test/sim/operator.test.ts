// Two nodes whose operators err (P2's provisos): an address held twice follows from an error, both nodes tell of it, and it ends.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runOperator } from './operator.ts';

const isNight = process.env['LEASEHOLD_NIGHT'] === '1';
const seeds = isNight ? 10_000 : 100;

test(`${seeds} seeds of a pair whose operators err: every double holding has its cause, is told and ends`, () => {
  let overlaps = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const { sim, problems } = runOperator(seed);
    assert.deepEqual(problems, [], `replay: npm run sim -- --world operator --seed ${seed}`);
    overlaps += sim.holders.overlaps.length;
  }
  assert.ok(overlaps > 0, 'the errors are grave enough to be seen');
});
