// In peace both nodes know of every lease that runs: who has it, and until when. Looked at while the pair runs, not only at its end:
// an address that is free too early is found before somebody else gets it.

import { formatIpv4 } from '../../src/std/ipv4.ts';
import type { Conduct } from './conduct.ts';
import type { Holding } from './holders.ts';
import type { Sim } from './sim.ts';
import type { SimNode } from './sim-node.ts';
import type { TrueMillis } from './virtual-time.ts';

const lookMillis = 10_000;
/** Both normal on sound disks for so long: every update was sent and answered, or sent again. */
const peaceMillis = 40_000;
/** Two clocks 3 s off either way, and whole seconds. */
const toleranceMillis = 10_000;

export class Agreement {
  readonly #sim: Sim;
  readonly #conduct: Conduct;
  #peaceSince: TrueMillis = Infinity;

  constructor(sim: Sim, conduct: Conduct) {
    this.#sim = sim;
    this.#conduct = conduct;
  }
  /** Looks again and again from now on. */
  begin(): void {
    this.#sim.time.plan(lookMillis, () => {
      this.#look();
      this.begin();
    });
  }

  #look(): void {
    const { time, nodes, holders } = this.#sim;
    const { now } = time;
    const isPeace = nodes.every((node) => this.#conduct.stateOf(node) === 'normal' && node.deps.disk.isSound);
    this.#peaceSince = isPeace ? Math.min(this.#peaceSince, now) : Infinity;
    if (now - Math.max(this.#peaceSince, this.#conduct.movedAt) < peaceMillis) return;
    for (const holding of holders.all(now + toleranceMillis))
      if (holding.from <= now - peaceMillis) for (const node of nodes) this.#compare(node, holding);
  }
  #compare(node: SimNode, { client, ip, until }: Holding): void {
    const record = this.#sim.recordsOf(node).of(ip);
    const ends = record === undefined ? 0 : node.trueMillis(record.ends);
    const mac = this.#sim.clients.find(({ name }) => name === client)?.mac;
    if (record?.state === 'active' && record.holder === mac && ends >= until - toleranceMillis) return;
    const known = record?.text.replaceAll(/\s+/g, ' ') ?? 'nothing';
    this.#sim.violated(`agreement: ${node.name} knows ${known}, but ${client} has ${formatIpv4(ip)} until ${Math.round(until)} ms (${Math.round((until - ends) / 1000)} s more)`);
  }
}
