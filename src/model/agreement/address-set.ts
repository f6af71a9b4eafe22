// Sets of addresses as sorted, disjoint ranges, so that pools of a million addresses compare in no time.

import type { Ipv4 } from '../../std/ipv4.ts';

export interface Stretch {
  readonly low: Ipv4;
  readonly high: Ipv4;
}
export type AddressSet = readonly Stretch[];

export function addressSet(stretches: readonly Stretch[]): AddressSet {
  const joined: { low: Ipv4; high: Ipv4 }[] = [];
  for (const { low, high } of stretches.toSorted((a, b) => a.low - b.low)) {
    const last = joined.at(-1);
    if (last !== undefined && low <= last.high + 1) last.high = Math.max(last.high, high) as Ipv4;
    else joined.push({ low, high });
  }
  return joined;
}

/** What `a` has and `b` has not. */
export function minus(a: AddressSet, b: AddressSet): AddressSet {
  const left: Stretch[] = [];
  let at = 0;
  for (const { low, high } of a) {
    let from: number = low;
    while (at < b.length && (b[at]?.high ?? 0) < low) at++;
    for (let i = at; i < b.length; i++) {
      const other = b[i];
      if (other === undefined || other.low > high) break;
      if (other.low > from) left.push({ low: from as Ipv4, high: (other.low - 1) as Ipv4 });
      from = Math.max(from, other.high + 1);
    }
    if (from <= high) left.push({ low: from as Ipv4, high });
  }
  return left;
}

export const countOf = (set: AddressSet): number =>
  set.reduce((sum, { low, high }) => sum + high - low + 1, 0);
