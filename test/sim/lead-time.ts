// The lead time as an outsider measures it (failover-12 §5.2.1; reference §5.2): whenever the partner serves or may come to serve,
// no lease of a node ends more than MCLT after what the partner's disk knows of the address.
//
// Two exceptions, both of the protocol. What a partner knew whose disk is lost counts until it serves again: it has it all back by
// then. In partner-down a node need not keep to MCLT towards a partner that is dead: by the time that one serves it must know.

import { formatIpv4, type Ipv4 } from '../../src/std/ipv4.ts';
import type { Conduct } from './conduct.ts';
import type { LeaseRecord } from './lease-record.ts';
import type { Sim } from './sim.ts';
import type { SimNode } from './sim-node.ts';
import type { TrueMillis } from './virtual-time.ts';

/** Two clocks 3 s off either way, and whole seconds. */
const toleranceMillis = 10_000;

export class LeadTime {
  readonly #sim: Sim;
  readonly #mcltMillis: number;
  readonly #conduct: Conduct;
  /** What a node knew whose disk was lost, until it serves again. */
  readonly #lost = new Map<SimNode, ReadonlyMap<Ipv4, LeaseRecord>>();

  constructor(sim: Sim, mclt: number, conduct: Conduct) {
    this.#sim = sim;
    this.#conduct = conduct;
    this.#mcltMillis = mclt * 1000;
  }
  heard(node: SimNode, line: string): void {
    if (line.endsWith(' to normal') && line.includes(': I move from ')) this.#sim.time.plan(0, () => this.#serves(node));
  }
  losesDisk(node: SimNode): void {
    if (!this.#lost.has(node)) this.#lost.set(node, this.#sim.recordsOf(node).all());
  }
  acknowledged(node: SimNode, ip: Ipv4, leaseSeconds: number): void {
    const partner = this.#sim.nodes.find((other) => other !== node);
    // Whoever is declared down learns everything before it serves: that is when it must know.
    if (partner !== undefined && this.#conduct.stateOf(node) !== 'partner-down')
      this.#judge(node, partner, ip, this.#sim.time.now + leaseSeconds * 1000);
  }
  /** Everything its partner gave and clients hold. */
  #serves(node: SimNode): void {
    this.#lost.delete(node);
    const { holders, time } = this.#sim;
    for (const holding of holders.all(time.now))
      for (const other of this.#sim.nodes)
        if (other !== node && other.name === holding.node) this.#judge(other, node, holding.ip, holding.until);
  }
  #judge(node: SimNode, partner: SimNode, ip: Ipv4, ends: TrueMillis): void {
    const sim = this.#sim;
    const limit = Math.max(this.#known(partner, ip), sim.time.now) + this.#mcltMillis;
    if (ends <= limit + toleranceMillis) return;
    const seconds = Math.round((ends - limit) / 1000);
    const [who, whom] = [node, partner].map((one) => `${one.name} (${this.#conduct.stateOf(one)})`);
    sim.violated(`lead time: ${who} lets ${formatIpv4(ip)} until ${Math.round(ends)} ms, ${seconds} s more than MCLT beyond what ${whom} knows`);
  }
  /** The latest end that the disk of the node remembers, or remembered, for the address, whoever promised it. */
  #known(node: SimNode, ip: Ipv4): TrueMillis {
    const records = [this.#sim.recordsOf(node).of(ip), this.#lost.get(node)?.get(ip)];
    return node.trueMillis(Math.max(...records.map((record) => record?.latest ?? 0)));
  }
}
