// Two nodes whose clocks differ by up to 5 minutes and step while they serve: no lease ends before its time, none is given twice.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runClocks } from './clocks.ts';

const isNight = process.env['LEASEHOLD_NIGHT'] === '1';
const seeds = isNight ? 10_000 : 200;

test(`${seeds} seeds of a pair with skewed and stepping clocks: no lease cut short or doubled, both normal and agreed in the end`, () => {
  let acks = 0;
  let steps = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const { sim, problems } = runClocks(seed);
    assert.deepEqual(problems, [], `replay: npm run sim -- --world clocks --seed ${seed}`);
    acks += sim.clients.reduce((sum, client) => sum + client.counters.acks, 0);
    steps += sim.schedule.struck.filter(({ name }) => name.startsWith('step-clock')).length;
  }
  assert.ok(acks > seeds * 50 && steps > seeds, `only ${acks} leases were given, and ${steps} steps made`);
});
