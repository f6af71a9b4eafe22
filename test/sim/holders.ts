// Who holds which address in true time, from what clients really received; finds two holders of one address (P2) and
// leases longer than the lead time allows.

import { formatIpv4, type Ipv4 } from '../../src/std/ipv4.ts';
import type { TrueMillis } from './virtual-time.ts';

export interface Holding {
  readonly client: string;
  readonly ip: Ipv4;
  readonly from: TrueMillis;
  /** When the client's right ends by its own clock; Infinity for an infinite lease. */
  until: TrueMillis;
  readonly node: string;
}

export interface Overlap {
  readonly ip: Ipv4;
  readonly first: Holding;
  readonly second: Holding;
  readonly at: TrueMillis;
}

export class Holders {
  readonly #byIp = new Map<Ipv4, Holding[]>();
  readonly overlaps: Overlap[] = [];
  readonly #tell: (overlap: Overlap) => void;

  constructor(tell: (overlap: Overlap) => void) {
    this.#tell = tell;
  }

  /** A client took an ACK in: it holds the address from now on. */
  acknowledged(holding: Holding): void {
    const others = (this.#byIp.get(holding.ip) ?? []).filter(({ until }) => until > holding.from);
    for (const other of others)
      if (other.client !== holding.client) this.#found({ ip: holding.ip, first: other, second: holding, at: holding.from });
    this.#byIp.set(holding.ip, [...others.filter(({ client }) => client !== holding.client), holding]);
  }
  #found(overlap: Overlap): void {
    this.overlaps.push(overlap);
    this.#tell(overlap);
  }
  /** Released, declined, NAKed, switched off for good, or moved to another address. */
  gaveUp(client: string, ip: Ipv4, at: TrueMillis): void {
    for (const holding of this.#byIp.get(ip) ?? [])
      if (holding.client === client && holding.until > at) holding.until = at;
  }
  all(at: TrueMillis): Holding[] {
    const all: Holding[] = [];
    for (const holdings of this.#byIp.values()) for (const holding of holdings) if (holding.until > at) all.push(holding);
    return all;
  }
  holderOf(ip: Ipv4, at: TrueMillis): Holding | undefined {
    return (this.#byIp.get(ip) ?? []).find(({ until }) => until > at);
  }
}

const spanOf = ({ client, node, from, until }: Holding): string =>
  `${client} by ${node} from ${Math.round(from)} until ${until === Infinity ? 'ever' : Math.round(until)}`;
export const describeOverlap = ({ ip, first, second, at }: Overlap): string =>
  `${formatIpv4(ip)} at ${Math.round(at)} ms: ${spanOf(first)}; ${spanOf(second)}`;
