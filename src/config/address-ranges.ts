// Which addresses are in a range already. Sorted by low end; configured ranges never overlap, those that would are reported.

import type { Ipv4 } from '../std/ipv4.ts';
import type { AddressRange } from '../model/server-config.ts';

export interface Overlap {
  readonly first: Ipv4;
  readonly count: number;
  readonly with: AddressRange;
}

export class AddressRanges {
  readonly #ranges: AddressRange[] = [];

  /** Index of the first range whose high end is not below `ip`. */
  #indexOf(ip: number): number {
    let low = 0;
    for (let high = this.#ranges.length; low < high;) {
      const middle = (low + high) >> 1;
      if ((this.#ranges[middle]?.high ?? 0) < ip) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  holding(ip: Ipv4): AddressRange | undefined {
    const range = this.#ranges[this.#indexOf(ip)];
    return range !== undefined && range.low <= ip ? range : undefined;
  }

  /** The first range that has an address in common, or undefined. */
  overlap({ low, high }: AddressRange): Overlap | undefined {
    const other = this.#ranges[this.#indexOf(low)];
    if (other === undefined || other.low > high) return undefined;
    const first = Math.max(low, other.low) as Ipv4;
    return { first, count: Math.min(high, other.high) - first + 1, with: other };
  }

  /** *Invariant:* `range` overlaps none that is there. */
  add(range: AddressRange): void {
    this.#ranges.splice(this.#indexOf(range.low), 0, range);
  }

  get all(): readonly AddressRange[] {
    return this.#ranges;
  }
}
