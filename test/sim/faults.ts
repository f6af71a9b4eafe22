// What can befall the nodes of a simulation: crashes, stops, cuts, full and lost disks, skewed clocks, and machines that stay
// dead for long. P2's provisos hold here: nobody errs. (operator.ts has those who do.)

import type { Prng } from '../../src/std/prng.ts';
import type { DiskTwin } from './disk-twin.ts';
import type { Sim } from './sim.ts';
import type { SimNode } from './sim-node.ts';

/** Mean virtual minutes between faults of a kind; absent: never. */
export interface FaultPlan {
  readonly crashMinutes?: number;
  readonly stopMinutes?: number;
  readonly partitionMinutes?: number;
  readonly oneWayMinutes?: number;
  readonly diskFullMinutes?: number;
  readonly syncFailMinutes?: number;
  readonly loseDiskMinutes?: number;
  readonly skewSeconds?: number;
  /** A machine dies for long, and an operator, who has looked, declares it down on the other node. */
  readonly longOutageMinutes?: number;
}

export class Faults {
  readonly #sim: Sim;
  /** One node was declared down and has not met its partner again: until then the link stays whole. */
  #isDeclared = false;
  /** It is back, and must not miss its partner. */
  #isMeeting = false;
  /** One node lost its lease file, and has not yet all back from its partner. */
  #isApart = false;

  constructor(sim: Sim) {
    this.#sim = sim;
  }

  plague(plan: FaultPlan): void {
    const { schedule, nodes } = this.#sim;
    schedule.every('crash', plan.crashMinutes, (dice) => this.#down(dice.pick(nodes), 'crash', dice, (node) => node.crash()));
    schedule.every('stop', plan.stopMinutes, (dice) => this.#down(dice.pick(nodes), 'stop', dice, (node) => node.stop()));
    schedule.every('lose-disk', plan.loseDiskMinutes, (dice) => this.#loseDisk(dice));
    schedule.every('long-outage', plan.longOutageMinutes, (dice) => this.#longOutage(dice));
    schedule.every('partition', plan.partitionMinutes, (dice) => this.#partition(true, dice));
    schedule.every('one-way', plan.oneWayMinutes, (dice) => this.#partition(false, dice));
    schedule.every('disk-full', plan.diskFullMinutes, (dice) => this.#fillDisk(dice));
    schedule.every('sync-fail', plan.syncFailMinutes, (dice) => this.#failSync(dice));
    const { skewSeconds } = plan;
    if (skewSeconds !== undefined)
      schedule.once('skew', (dice) => {
        for (const node of nodes) node.wallOffsetMillis = (dice.unit() * 2 - 1) * skewSeconds * 1000;
        return true;
      });
  }

  #later(secondsMax: number, dice: Prng, act: () => void): void {
    this.#sim.time.plan(dice.unit() * secondsMax * 1000, act);
  }

  // ── Disks ──

  #fillDisk(dice: Prng): boolean {
    const { sim, disk, node } = this.#pickDisk(dice);
    sim.note(`disk of ${node.name} is full`);
    disk.room = dice.below(2000);
    this.#later(120, dice, () => (disk.room = Infinity));
    return true;
  }
  #failSync(dice: Prng): boolean {
    const { sim, disk, node } = this.#pickDisk(dice);
    sim.note(`${node.name} fdatasync fails`);
    disk.syncFault = 'EIO';
    this.#later(60, dice, () => {
      disk.syncFault = undefined;
      this.#down(node, 'replace disk', dice, () => node.crash());
    });
    return true;
  }
  #pickDisk(dice: Prng): { sim: Sim; disk: DiskTwin; node: SimNode } {
    const node = dice.pick(this.#sim.nodes);
    return { sim: this.#sim, disk: node.deps.disk, node };
  }
  /** One of the two disks at most: the other node has what both had agreed on until it has told this one again. */
  #loseDisk(dice: Prng): boolean {
    if (this.#isApart || this.#isDeclared || !this.#sim.areNormal()) return false;
    this.#isApart = true;
    this.#down(dice.pick(this.#sim.nodes), 'lose disk', dice, (node) => this.#sim.loseDisk(node));
    this.#untilNormal(() => (this.#isApart = false));
    // Often it comes back where nobody can tell it what it knew.
    if (dice.chance(0.5)) this.#partition(true, dice);
    return true;
  }

  // ── Machines ──

  #down(node: SimNode, what: string, dice: Prng, act: (node: SimNode) => void): boolean {
    // A disk is replaced at any time: without one the two do not meet at all.
    if (!node.isUp || (this.#isMeeting && what !== 'replace disk')) return false;
    this.#sim.note(`${what} ${node.name}`);
    act(node);
    this.#later(120, dice, () => {
      this.#sim.note(`start ${node.name}`);
      node.start();
    });
    return true;
  }

  /**
   * Declared down only after it died, and started again only later and where it meets its partner. A node that comes back behind a
   * cut is a live partner that is declared down: what dhcpd's manual forbids, and a fault of the operator.
   */
  #longOutage(dice: Prng): boolean {
    const dead = dice.pick(this.#sim.nodes);
    const survivor = this.#sim.nodes.find((node) => node !== dead);
    if (!dead.isUp || survivor === undefined || !survivor.isUp || this.#isDeclared || this.#isApart) return false;
    this.#isDeclared = true;
    // Often it was cut off before, so that nobody heard of its last leases.
    const isCutBefore = dice.chance(0.5);
    if (isCutBefore) this.#sim.cut(dead, survivor);
    this.#later(isCutBefore ? 300 : 0, dice, () => this.#die(dead, survivor, dice));
    return true;
  }
  #die(dead: SimNode, survivor: SimNode, dice: Prng): void {
    const sim = this.#sim;
    sim.note(`${dead.name} dies for long`);
    dead.crash();
    dead.isHeldDown = true;
    sim.time.plan(20_000, () => {
      if (!survivor.isUp) return;
      const answer = survivor.command('failover.partner-down', { yes: true });
      sim.note(`operator declares ${dead.name} down on ${survivor.name}: ${String(JSON.stringify(answer)).slice(0, 120)}`);
    });
    sim.time.plan(120_000 + dice.unit() * 900_000, () => this.#comesBack(dead, survivor));
  }
  /** Only to a partner that runs, and that goes on running until the two have met. */
  #comesBack(dead: SimNode, survivor: SimNode): void {
    if (!survivor.isUp) {
      this.#sim.time.plan(1_000, () => this.#comesBack(dead, survivor));
      return;
    }
    this.#isMeeting = true;
    dead.isHeldDown = false;
    this.#sim.network.heal();
    this.#sim.note(`start ${dead.name}`);
    dead.start();
    this.#untilNormal(() => {
      this.#isMeeting = false;
      this.#isDeclared = false;
    });
  }
  #untilNormal(then: () => void): void {
    if (this.#sim.areNormal()) then();
    else this.#sim.time.plan(5_000, () => this.#untilNormal(then));
  }

  // ── Links ──

  #partition(isBothWays: boolean, dice: Prng): boolean {
    const sim = this.#sim;
    const [a, b] = sim.nodes;
    if (a === undefined || b === undefined || this.#isDeclared) return false;
    if (isBothWays) sim.cut(a, b);
    else {
      sim.note('cut one way');
      sim.network.cut(a.address, b.address);
    }
    this.#later(300, dice, () => {
      sim.note('heal');
      sim.network.heal();
    });
    return true;
  }
}
