// BOOTP (RFC 951, RFC 1534, server reference §9): the host's address, or a dynamic one from pools whose permits admit BOOTP
// clients; a plain range in a subnet is a pool that denies them.

import type { Ipv4 } from '../std/ipv4.ts';
import type { Desk } from './desk.ts';
import { logPacket, type Exchange } from './exchange.ts';
import { isHeldByStranger, notServingPool } from './discover.ts';

export function answerBootp(x: Exchange, desk: Desk): void {
  const refuse = (reason: string): void => {
    if (reason !== '') logPacket(x, 'BOOTREQUEST', 0 as Ipv4, '', reason);
  };
  if (x.network < 0) return refuse('network unknown');
  if (x.fixedHost >= 0) {
    const subnet = desk.networks.subnetOf(x.fixedAddress);
    if (subnet === undefined || isHeldByStranger(x, desk, 'BOOTREQUEST')) return;
    const policy = desk.granting.policyFor(x, subnet, x.fixedAddress, -1);
    const admission = desk.granting.admit(x, policy);
    if (admission === 'yes') desk.granting.replyFixed(x, subnet, policy, 0);
    else refuse(admission.reason);
    return;
  }
  const own = desk.lookup.own(x);
  const row = own >= 0 ? own : desk.lookup.allocate(x);
  const blocked = row < 0 ? notServingPool(x, desk) : undefined;
  if (blocked !== undefined) return refuse(blocked);
  const subnet = row < 0 ? undefined : desk.networks.subnetOf(desk.table.ip(row));
  if (row < 0 || subnet === undefined || desk.storage.mode !== 'leasing' || !desk.limits.allows(x))
    return refuse('BOOTP from dynamic client and no dynamic leases');
  const policy = desk.granting.policyFor(x, subnet, desk.table.ip(row), row);
  const admission = desk.granting.admit(x, policy, row);
  if (admission === 'yes') desk.granting.bootp(x, row, subnet, policy);
  else refuse(admission.reason);
}
