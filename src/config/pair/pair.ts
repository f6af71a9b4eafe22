// Two configurations that shall serve one network, as the comparison sees them.

import type { Subnet } from '../../model/server-config.ts';
import { cidr } from '../diagnostics/networks.ts';
import type { ConfigDraft } from '../load-config.ts';

export interface Pair {
  readonly a: ConfigDraft;
  readonly b: ConfigDraft;
  /** What messages call the other file. */
  readonly nameB: string;
}

/** Finds the subnet of the same numbers, the first where a file has it twice. */
export function twinFinder({ config: { subnets } }: ConfigDraft): (subnet: Subnet) => Subnet | undefined {
  const byNumbers = new Map<string, Subnet>();
  for (const subnet of subnets) if (!byNumbers.has(cidr(subnet))) byNumbers.set(cidr(subnet), subnet);
  return (subnet) => byNumbers.get(cidr(subnet));
}
