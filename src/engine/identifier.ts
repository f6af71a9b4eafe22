// Whether a client means us (option 54).

import type { Ipv4 } from '../std/ipv4.ts';
import type { Desk } from './desk.ts';
import type { Exchange } from './exchange.ts';

/** Option 54 is an address of ours, or what we are configured to call ourselves in the scope of the address. */
export function isOurIdentifier(x: Exchange, desk: Desk, wanted: Ipv4): boolean {
  const named = x.view.serverIdentifier;
  if (named === 0) return false;
  if (desk.networks.isOurs(named)) return true;
  const subnet = desk.networks.subnetOf(wanted) ?? desk.config.subnets[desk.config.sharedNetworks[x.network]?.subnets[0] ?? -1];
  if (subnet === undefined) return false;
  const row = desk.table.rowOf(wanted);
  return desk.granting.identifier(x, subnet, desk.granting.policyFor(x, subnet, wanted, row)) === named;
}
