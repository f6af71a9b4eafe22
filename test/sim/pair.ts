// One run of a pair under protocol faults: partitions, crashes, loss, skew, one lost disk at a time, and
// operators who declare down what is dead.

import { addressA, addressB, contactOf, pairConfigs } from './configs.ts';
import { clientKinds } from './client.ts';
import { productionNode } from './node-factory.ts';
import { Sim, type Part } from './sim.ts';
import type { WorldRun } from './worlds.ts';

/** Half an hour of peace follows. */
const faultyMinutes = 360;
const mclt = 60;

/** `problems` is empty when nothing was violated and the pair came back by itself. */
export function runPair(seed: number, part: Part = {}): WorldRun {
  // Every third pair has hardly more addresses than clients, so that what is the partner's is wanted; who declines would use
  // them all up.
  const isShort = seed % 3 === 0;
  const [primary, secondary] = pairConfigs(isShort ? 20 : 40, mclt, contactOf(seed, part));
  const sim = new Sim({
    seed,
    part,
    nodes: [
      { name: 'a', address: addressA, config: primary },
      { name: 'b', address: addressB, config: secondary },
    ],
    factory: productionNode,
    clients: 16,
    watch: { mclt, doClocksStep: false },
    kinds: isShort ? clientKinds.filter((kind) => kind !== 'declining') : clientKinds,
  });
  sim.start();
  sim.runSeconds(5);
  for (const node of sim.nodes) node.command('failover.init', { identity: 'simulated-pair', yes: true });
  sim.plague({
    crashMinutes: 25, stopMinutes: 60, partitionMinutes: 30, oneWayMinutes: 60, diskFullMinutes: 240, syncFailMinutes: 400,
    loseDiskMinutes: 120, longOutageMinutes: 90, skewSeconds: 3,
  });
  sim.runSeconds((part.minutes ?? faultyMinutes) * 60);
  sim.heal();
  sim.runSeconds(1800);
  return { sim, problems: [...sim.problems(), ...sim.unbound(), ...sim.disagreements()] };
}
