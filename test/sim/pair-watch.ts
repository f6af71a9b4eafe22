// Everything that is checked of a pair while it runs, behind one door: what leaves each node, what it says, what happens to its
// disk. Where clocks step, times cannot be judged from outside, and only its conduct is.

import type { Ipv4 } from '../../src/std/ipv4.ts';
import { Agreement } from './agreement.ts';
import { Conduct } from './conduct.ts';
import { JournalFirst } from './journal-first.ts';
import { LeadTime } from './lead-time.ts';
import type { Connection } from './network.ts';
import type { Sim } from './sim.ts';
import type { SimNode } from './sim-node.ts';

export interface WatchOptions {
  /** Seconds. */
  readonly mclt: number;
  readonly doClocksStep: boolean;
}

export class PairWatch {
  readonly #sim: Sim;
  readonly #conduct: Conduct;
  readonly #leadTime: LeadTime | undefined;
  readonly #journalFirst: JournalFirst | undefined;

  constructor(sim: Sim, { mclt, doClocksStep }: WatchOptions) {
    this.#sim = sim;
    this.#conduct = new Conduct(sim, mclt);
    if (doClocksStep) return;
    this.#leadTime = new LeadTime(sim, mclt, this.#conduct);
    new Agreement(sim, this.#conduct).begin();
    this.#journalFirst = new JournalFirst((text) => sim.violated(text));
  }
  /** `down` while it does not run. */
  stateOf(node: SimNode): string {
    return this.#conduct.stateOf(node);
  }
  heard(node: SimNode, line: string): void {
    this.#conduct.heard(node, line);
    this.#leadTime?.heard(node, line);
  }
  acknowledged(node: SimNode, ip: Ipv4, leaseSeconds: number): void {
    this.#conduct.acknowledged(node, ip);
    this.#leadTime?.acknowledged(node, ip, leaseSeconds);
  }
  linkBytes(node: SimNode, connection: Connection, side: 0 | 1, bytes: Uint8Array): void {
    this.#journalFirst?.sent(node.name, this.#sim.recordsOf(node), connection, side, bytes);
  }
  losesDisk(node: SimNode): void {
    this.#conduct.losesDisk(node);
    this.#leadTime?.losesDisk(node);
  }
}
