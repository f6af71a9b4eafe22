// How a node of a pair may behave, told from its log and its frames alone: when it serves, and how it comes back to normal
// (failover-12 §9; reference §4.1, §4.4, §4.7). Written apart from the product's tables, so that a wrong cell there shows here.

import { formatIpv4, type Ipv4 } from '../../src/std/ipv4.ts';
import type { Sim } from './sim.ts';
import type { SimNode } from './sim-node.ts';
import type { TrueMillis } from './virtual-time.ts';

const serving: ReadonlySet<string> = new Set(['normal', 'communications-interrupted', 'partner-down']);

interface Known {
  /** The process that said it: the next one begins in startup. */
  readonly start: number;
  readonly mine: string;
  readonly partner: string;
}
const atStart: Known = { start: 0, mine: 'startup', partner: 'unknown-state' };

export class Conduct {
  readonly #sim: Sim;
  readonly #mcltMillis: number;
  readonly #known = new Map<SimNode, Known>();
  readonly #lostAt = new Map<SimNode, TrueMillis>();
  /** When either node last changed its state. */
  movedAt: TrueMillis = 0;

  constructor(sim: Sim, mclt: number) {
    this.#sim = sim;
    this.#mcltMillis = mclt * 1000;
  }
  stateOf(node: SimNode): string {
    return node.isUp ? this.#of(node).mine : 'down';
  }
  #of(node: SimNode): Known {
    const known = this.#known.get(node);
    return known?.start === node.starts ? known : { ...atStart, start: node.starts };
  }

  heard(node: SimNode, line: string): void {
    const [, who, from = '', to = ''] = /: (I move|peer moves) from (\S+) to (\S+)$/.exec(line) ?? [];
    if (who === undefined) return;
    const known = this.#of(node);
    this.#known.set(node, who === 'I move' ? { ...known, mine: to } : { ...known, partner: to });
    if (who !== 'I move') return;
    this.movedAt = this.#sim.time.now;
    // Both may have leased the partner's addresses: only whoever has taken over the other's leases is joined without comparing.
    if (from === 'partner-down' && to === 'normal' && known.partner !== 'recover-done')
      this.#sim.violated(`conduct: ${node.name} joins a partner in ${known.partner} without comparing leases`);
  }
  losesDisk(node: SimNode): void {
    this.#lostAt.set(node, this.#sim.time.now);
  }
  /** A lease is acknowledged to a client. */
  acknowledged(node: SimNode, ip: Ipv4): void {
    const state = this.stateOf(node);
    if (!serving.has(state)) this.#sim.violated(`conduct: ${node.name} leases ${formatIpv4(ip)} in ${state}`);
    // Its last leases may be known to nobody; they end within MCLT.
    const lostAt = this.#lostAt.get(node);
    if (lostAt !== undefined && this.#sim.time.now < lostAt + this.#mcltMillis)
      this.#sim.violated(`conduct: ${node.name} leases ${formatIpv4(ip)} within MCLT after it lost its disk`);
  }
}
