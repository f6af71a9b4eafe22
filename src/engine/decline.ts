// DHCPDECLINE (RFC 2131 §4.3.3): believed only from the client that the address was leased or offered to, and only when it
// names us; dhcpd abandons any address for anybody. Never answered.

import { logPacket, type Desk } from './engine.ts';
import type { Exchange } from './exchange.ts';
import { code } from './lookup.ts';

export function answerDecline(x: Exchange, desk: Desk): void {
  const { view } = x;
  const ip = view.requestedAddress;
  if (ip === 0) return;
  const row = desk.table.rowOf(ip);
  const subnet = desk.networks.subnetOf(ip);
  if (row < 0 || subnet === undefined) {
    logPacket(x, 'DECLINE', ip, '', 'not found');
    return;
  }
  const policy = desk.granting.policyFor(x, subnet, ip, row);
  const isLeased = desk.table.state(row) === code.active && desk.lookup.isHolder(x, row);
  const isTheirs = isLeased || desk.offers.isOffered(row, x.client);
  const isNamed = view.serverIdentifier === 0 || desk.networks.isOurs(view.serverIdentifier);
  if (policy.parameters.allowDeclines !== 1) {
    if (policy.parameters.allowDeclines === 0) logPacket(x, 'DECLINE', ip, '', 'ignored');
    return;
  }
  if (!isTheirs || !isNamed || desk.storage.mode !== 'leasing') {
    logPacket(x, 'DECLINE', ip, '', isTheirs ? 'ignored' : 'not leased to this client');
    return;
  }
  logPacket(x, 'DECLINE', ip, '', 'abandoned');
  desk.granting.abandon(row, 'declined.', x.now, x.effects);
}
