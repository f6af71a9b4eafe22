// One run of a single node that crashes every other minute on a disk that forgets and fills up.

import { addressA, singleConfig } from './configs.ts';
import { productionNode } from './node-factory.ts';
import { Sim, type Part } from './sim.ts';
import type { WorldRun } from './worlds.ts';

/** With a crash every two minutes and up to two minutes down, about 20 restarts each. */
const faultyMinutes = 60;

export function runSingle(seed: number, part: Part = {}): WorldRun {
  const sim = new Sim({
    seed,
    part,
    nodes: [{ name: 'a', address: addressA, config: singleConfig(30) }],
    factory: productionNode,
    clients: 20,
  });
  sim.start();
  sim.plague({ crashMinutes: 2, stopMinutes: 20, diskFullMinutes: 15, syncFailMinutes: 40 });
  sim.runSeconds((part.minutes ?? faultyMinutes) * 60);
  sim.heal();
  sim.runSeconds(1800);
  return { sim, problems: [...sim.problems(), ...sim.unbound()] };
}
