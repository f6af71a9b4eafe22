// One node under crashes (P1): no acknowledged lease is lost, no half record believed, no address given twice.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { singleConfig, addressA } from './configs.ts';
import { productionNode } from './node-factory.ts';
import { Sim } from './sim.ts';

const isNight = process.env['LEASEHOLD_NIGHT'] === '1';
const runs = isNight ? 600 : 14;
/** Virtual hours per run; with a crash every two minutes and up to two minutes down, about 20 restarts each. */
const hours = 1;

test(`${runs} seeds of one crashing node: durable before acknowledged, one holder an address`, () => {
  let crashes = 0;
  for (let seed = 1; seed <= runs; seed++) {
    const sim = new Sim({
      seed,
      nodes: [{ name: 'a', address: addressA, config: singleConfig(30) }],
      factory: productionNode,
      clients: 20,
    });
    sim.start();
    sim.plague({ crashMinutes: 2, stopMinutes: 20, diskFullMinutes: 15, syncFailMinutes: 40 });
    sim.runSeconds(hours * 3600);
    sim.heal();
    sim.runSeconds(1800);
    crashes += sim.nodes.reduce((sum, node) => sum + node.starts, 0);
    const problems = [...sim.problems(), ...sim.unbound()];
    assert.deepEqual(problems, [], `seed ${seed} of one node; the end of its transcript:\n${sim.transcript.slice(-40).join('\n')}`);
    assert.ok(sim.clients.reduce((sum, client) => sum + client.counters.acks, 0) > 20);
  }
  assert.ok(crashes >= (isNight ? 10_000 : 200), `only ${crashes} restarts`);
  console.log(`${crashes} restarts survived`);
});
