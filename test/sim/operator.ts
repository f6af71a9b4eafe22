// One run of a pair whose operators err: they declare a live partner down, lose both disks at once, set clocks wrong. Addresses
// can be held twice then (P2's provisos): each such case must follow from an error, be told by both nodes once they have met, and
// end by itself.

import type { Prng } from '../../src/std/prng.ts';
import { formatIpv4 } from '../../src/std/ipv4.ts';
import { addressA, addressB, contactOf, pairConfigs } from './configs.ts';
import { describeOverlap, type Overlap } from './holders.ts';
import { productionNode } from './node-factory.ts';
import { OverlapCauses } from './overlap-causes.ts';
import { Sim, type Part } from './sim.ts';
import type { SimNode } from './sim-node.ts';
import type { TrueMillis } from './virtual-time.ts';
import type { WorldRun } from './worlds.ts';

/** Half an hour of peace follows. */
const faultyMinutes = 360;
const mclt = 60;
/** Longest lease of the configuration and both lead times: after so long nothing of an error is left. */
const calmMillis = (600 + 2 * mclt + 30) * 1000;
/** So long after both nodes are normal again the alarm must stand in both logs. */
const toldWithinMillis = 60_000;
const lookMillis = 1_000;

interface Told {
  readonly overlap: Overlap;
  /** When both were normal again after it. */
  healedAt: TrueMillis | undefined;
  /** Both claims ran on until then, so that the nodes can know. */
  isOwed: boolean;
}

class Operators {
  readonly sim: Sim;
  readonly causes = new OverlapCauses(calmMillis);
  readonly problems: string[] = [];
  readonly #told: Told[] = [];
  #seen = 0;
  /** Lines of either node that name a double holding, by address. */
  readonly #alarms = new Map<string, { readonly node: string; readonly at: TrueMillis }[]>();
  #isOver = false;

  constructor(sim: Sim) {
    this.sim = sim;
    sim.schedule.every('declare-live', 45, (dice) => this.#declareLivePartner(dice));
    sim.schedule.every('lose-both-disks', 150, (dice) => this.#loseBothDisks(dice));
    sim.schedule.every('step-clock', 60, (dice) => this.#stepClock(dice));
    this.#look();
  }
  stop(): void {
    this.#isOver = true;
    for (const node of this.sim.nodes) node.stepClock(-node.wallOffsetMillis);
  }
  heard(node: SimNode, line: string): void {
    const ip = /^(\S+) was held twice: /.exec(line)?.[1];
    if (ip !== undefined) this.#alarms.set(ip, [...(this.#alarms.get(ip) ?? []), { node: node.name, at: this.sim.time.now }]);
  }

  // ── Errors ──

  /** The link is cut, both serve, and one or both are told that the other is down. */
  #declareLivePartner(dice: Prng): boolean {
    const { sim } = this;
    const [a, b] = sim.nodes as [SimNode, SimNode];
    if (!a.isUp || !b.isUp) return false;
    sim.cut(a, b);
    const misled = dice.chance(0.3) ? [a, b] : [dice.pick(sim.nodes)];
    sim.time.plan(20_000, () => {
      this.causes.happened('live partner declared down', sim.time.now);
      for (const node of misled) if (node.isUp) node.command('failover.partner-down', { yes: true });
      sim.note(`operator declares a live partner down on ${misled.map(({ name }) => name).join(' and ')}`);
    });
    sim.time.plan(20_000 + dice.unit() * 900_000, () => {
      this.causes.happened('live partner declared down', sim.time.now);
      sim.note('heal');
      sim.network.heal();
    });
    return true;
  }
  #loseBothDisks(dice: Prng): boolean {
    this.causes.happened('both disks lost', this.sim.time.now);
    this.sim.note('both disks are lost');
    for (const node of this.sim.nodes) {
      this.sim.loseDisk(node);
      this.sim.time.plan(dice.unit() * 60_000, () => node.start());
    }
    return true;
  }
  #stepClock(dice: Prng): boolean {
    const { sim } = this;
    const node = dice.pick(sim.nodes);
    const millis = (dice.chance(0.5) ? 1 : -1) * dice.between(10, 400) * 1000;
    this.#step(node, millis);
    sim.time.plan(dice.unit() * 600_000, () => !this.#isOver && this.#step(node, -millis));
    return true;
  }
  #step(node: SimNode, millis: number): void {
    this.causes.happened('clock stepped', this.sim.time.now);
    this.sim.note(`${node.name}'s clock steps by ${millis / 1000} s`);
    node.stepClock(millis);
  }

  // ── Judging ──

  #look(): void {
    const { sim } = this;
    const areNormal = sim.areNormal();
    this.causes.looked(areNormal, sim.time.now);
    for (; this.#seen < sim.holders.overlaps.length; this.#seen++) this.#judge(sim.holders.overlaps[this.#seen] as Overlap);
    if (areNormal) for (const told of this.#told) this.#healed(told);
    sim.time.plan(lookMillis, () => this.#look());
  }
  #judge(overlap: Overlap): void {
    if (this.causes.causeOf(overlap) === undefined) this.problems.push(`without an operator's error: ${describeOverlap(overlap)}`);
    else this.#told.push({ overlap, healedAt: undefined, isOwed: false });
  }
  #healed(told: Told): void {
    const { now } = this.sim.time;
    if (told.healedAt !== undefined) return;
    told.healedAt = now;
    const { first, second } = told.overlap;
    // Two claims of one node, or one that ended before they met, leave nothing to compare.
    told.isOwed = first.node !== second.node && first.until > now && second.until > now;
  }

  /** What was never told by both nodes, and what still stands. */
  finish(): void {
    const { now } = this.sim.time;
    for (const { overlap, healedAt, isOwed } of this.#told) {
      if (overlap.first.until > now && overlap.second.until > now) this.problems.push(`still held twice: ${describeOverlap(overlap)}`);
      if (!isOwed || healedAt === undefined) continue;
      // The winner renews while the loser's claim, of which was told, runs out.
      const since = Math.min(overlap.first.from, overlap.second.from);
      const alarms = (this.#alarms.get(formatIpv4(overlap.ip)) ?? []).filter(({ at }) => at >= since && at <= healedAt + toldWithinMillis);
      const heardBy = new Set(alarms.map(({ node }) => node));
      for (const { name } of this.sim.nodes) if (!heardBy.has(name)) this.problems.push(`${name} does not tell of ${describeOverlap(overlap)}, healed at ${Math.round(healedAt)} ms`);
    }
  }
}

export function runOperator(seed: number, part: Part = {}): WorldRun {
  const [primary, secondary] = pairConfigs(40, mclt, contactOf(seed, part));
  let operators: Operators | undefined;
  const sim = new Sim({
    seed,
    part,
    nodes: [{ name: 'a', address: addressA, config: primary }, { name: 'b', address: addressB, config: secondary }],
    factory: productionNode,
    clients: 16,
    watch: { mclt, doClocksStep: true },
    onLine: (node, line) => operators?.heard(node, line),
  });
  sim.start();
  sim.runSeconds(5);
  for (const node of sim.nodes) node.command('failover.init', { identity: 'simulated-pair', yes: true });
  operators = new Operators(sim);
  sim.plague({ crashMinutes: 90, partitionMinutes: 60 });
  sim.runSeconds((part.minutes ?? faultyMinutes) * 60);
  operators.stop();
  sim.heal();
  sim.runSeconds(1800);
  operators.finish();
  return { sim, problems: [...sim.violations, ...operators.problems, ...sim.unbound(), ...sim.disagreements()] };
}
