// Which subnets of a file overlap, in the order in which dhcpd tells.

import type { Subnet } from '../model/server-config.ts';

type Net = Pick<Subnet, 'network' | 'mask'>;

const isOverlap = (a: Net, b: Net): boolean => (a.network & b.mask) >>> 0 === b.network || (b.network & a.mask) >>> 0 === a.network;

/**
 * dhcpd goes through a list with inner subnets in front of outer ones, and stops at the first that holds the new one. PERF: the
 * list is walked only for a subnet that does overlap; that one does not is known from two lookups per netmask in use.
 */
export class SubnetOverlaps<S extends Net> {
  /** dhcpd's list from its end, so that its front grows. */
  readonly #outermostFirst: S[] = [];
  /** By netmask in use: the networks declared with it, and the networks of all subnets seen through it. */
  readonly #byMask = new Map<number, { readonly declared: Set<number>; readonly seen: Set<number> }>();

  /** Subnets that overlap the new one, the innermost first, up to the one that holds it. */
  add(subnet: S): readonly S[] {
    const found: S[] = [];
    let place = this.#outermostFirst.length;
    if (this.#overlapsAny(subnet))
      for (let at = this.#outermostFirst.length - 1; at >= 0; at--) {
        const other = this.#outermostFirst[at] as S;
        if (!isOverlap(subnet, other)) continue;
        found.push(other);
        if (subnet.mask <= other.mask) continue;
        place = at + 1;
        break;
      }
    this.#outermostFirst.splice(place, 0, subnet);
    this.#note(subnet);
    return found;
  }

  #overlapsAny({ network, mask }: S): boolean {
    for (const [other, { declared }] of this.#byMask) if (declared.has((network & other) >>> 0)) return true;
    return this.#of(mask).seen.has(network);
  }

  #note({ network, mask }: S): void {
    this.#of(mask).declared.add(network);
    for (const [other, { seen }] of this.#byMask) seen.add((network & other) >>> 0);
  }

  #of(mask: number): { readonly declared: Set<number>; readonly seen: Set<number> } {
    let row = this.#byMask.get(mask);
    if (row === undefined) {
      row = { declared: new Set(), seen: new Set(this.#outermostFirst.map(({ network }) => (network & mask) >>> 0)) };
      this.#byMask.set(mask, row);
    }
    return row;
  }
}
