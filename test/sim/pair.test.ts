// Two nodes under protocol faults: partitions, crashes, loss, skew (P2). Safety first, then heal and liveness.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runPair } from './pair.ts';

const isNight = process.env['LEASEHOLD_NIGHT'] === '1';
const seeds = isNight ? 10_000 : 200;

test(`${seeds} seeds of a pair: one holder an address; both normal and agreed after healing`, () => {
  let acks = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const { sim, problems } = runPair(seed);
    assert.deepEqual(problems, [], `replay: npm run sim -- --seed ${seed}`);
    acks += sim.clients.reduce((sum, client) => sum + client.counters.acks, 0);
  }
  assert.ok(acks > seeds * 100, `only ${acks} leases were given`);
});
