// One node under crashes (P1): no acknowledged lease is lost, no half record believed, no address given twice.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSingle } from './single.ts';

const isNight = process.env['LEASEHOLD_NIGHT'] === '1';
const runs = isNight ? 600 : 14;

test(`${runs} seeds of one crashing node: durable before acknowledged, one holder an address`, () => {
  let crashes = 0;
  for (let seed = 1; seed <= runs; seed++) {
    const { sim, problems } = runSingle(seed);
    crashes += sim.nodes.reduce((sum, node) => sum + node.starts, 0);
    assert.deepEqual(problems, [], `replay: npm run sim -- --world single --seed ${seed}`);
    assert.ok(sim.clients.reduce((sum, client) => sum + client.counters.acks, 0) > 20);
  }
  assert.ok(crashes >= (isNight ? 10_000 : 200), `only ${crashes} restarts`);
  console.log(`${crashes} restarts survived`);
});
