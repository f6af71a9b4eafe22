// One run of a pair whose clocks differ, from 1 s to 5 min, and are set back and forward while it serves, by hand or by NTP. Both
// nodes take the partner's times by their own clock and shift their stored times with a step: nobody errs who is left to that, so no
// address may be held twice and no lease end before its time. (A machine that boots with another clock than it went down with is an error: operator.ts.)

import { formatIpv4 } from '../../src/std/ipv4.ts';
import type { Prng } from '../../src/std/prng.ts';
import { clientKinds } from './client.ts';
import { addressA, addressB, contactOf, pairConfigs } from './configs.ts';
import { productionNode } from './node-factory.ts';
import { Sim, type Part } from './sim.ts';
import type { SimNode } from './sim-node.ts';
import type { WorldRun } from './worlds.ts';

/** Half an hour of peace follows. Shorter than elsewhere, with more faults: a lease here lasts ten minutes. */
const faultyMinutes = 120;
const mclt = 60;
const skews = [0, 1, 30, 300] as const;

/** Steps of up to 5 s are not told from a clock that runs unevenly; a few of them and whole seconds. */
const toleranceMillis = 15_000;
const lookMillis = 60_000;

/** While both nodes are normal, both know of every lease that a client still has: none ended before its time by a clock. */
function watchForShortLeases(sim: Sim): void {
  const look = (): void => {
    const { now } = sim.time;
    if (sim.areNormal())
      for (const node of sim.nodes) {
        const active = new Set(activeLeases(node));
        for (const { client, ip, from, until } of sim.holders.all(now))
          if (from < now - toleranceMillis && until > now + toleranceMillis && !active.has(formatIpv4(ip)))
            sim.violated(`${node.name} ended the lease of ${formatIpv4(ip)} before its time: ${client} has it until ${Math.round(until)} ms`);
      }
    sim.time.plan(lookMillis, look);
  };
  look();
}
const activeLeases = (node: SimNode): string[] => {
  const answer = node.command('leases.list', { state: 'active' }) as { value?: { leases: { ip: string }[] } } | undefined;
  return (answer?.value?.leases ?? []).map(({ ip }) => ip);
};

const signed = (dice: Prng, seconds: number): number => (dice.chance(0.5) ? 1 : -1) * seconds;

/** `problems` is empty when no address was held twice and the pair came back by itself. */
export function runClocks(seed: number, part: Part = {}): WorldRun {
  // Who declines would use a short pool up (pair.ts).
  const isShort = seed % 3 === 0;
  const [primary, secondary] = pairConfigs(isShort ? 20 : 40, mclt, contactOf(seed, part));
  const sim = new Sim({
    seed,
    part,
    nodes: [{ name: 'a', address: addressA, config: primary }, { name: 'b', address: addressB, config: secondary }],
    factory: productionNode,
    clients: 16,
    watch: { mclt, doClocksStep: true },
    kinds: isShort ? clientKinds.filter((kind) => kind !== 'declining') : clientKinds,
  });
  sim.schedule.once('skew', (dice) => {
    for (const node of sim.nodes) node.wallOffsetMillis = signed(dice, dice.pick(skews)) * 1000;
    return true;
  });
  sim.start();
  sim.runSeconds(5);
  for (const node of sim.nodes) node.command('failover.init', { identity: 'simulated-pair', yes: true });
  watchForShortLeases(sim);
  sim.schedule.every('step-clock', 15, (dice) => {
    const node = dice.pick(sim.nodes);
    const seconds = signed(dice, dice.pick([1, 4, 30, 300, dice.between(2, 900)]));
    if (!node.isUp) return false;
    sim.note(`${node.name}'s clock steps by ${seconds} s`);
    node.stepClock(seconds * 1000);
    return true;
  });
  sim.plague({ crashMinutes: 25, stopMinutes: 60, partitionMinutes: 25, longOutageMinutes: 60 });
  sim.runSeconds((part.minutes ?? faultyMinutes) * 60);
  sim.heal();
  sim.runSeconds(1800);
  return { sim, problems: [...sim.problems(), ...sim.unbound(), ...sim.disagreements()] };
}
