// DHCPDECLINE (RFC 2131 §4.3.3): believed only from the client that the address was leased or offered to, and only when it
// names us; dhcpd abandons any address for anybody. Never answered.

import type { Desk } from './desk.ts';
import { logPacket, type Exchange } from './exchange.ts';
import { notServing } from './granting.ts';
import { peerIgnored } from './log-events.ts';
import { code } from './lookup.ts';
import { isOurIdentifier } from './identifier.ts';

export function answerDecline(x: Exchange, desk: Desk): void {
  const { view } = x;
  const ip = view.requestedAddress;
  if (ip === 0) return;
  const say = (reason: string): void => logPacket(x, 'DECLINE', ip, '', reason);
  const row = desk.table.rowOf(ip);
  const subnet = desk.networks.subnetOf(ip);
  if (row < 0 || subnet === undefined) return say('not found');
  const { allowDeclines } = desk.granting.policyFor(x, subnet, ip, row).parameters;
  if (allowDeclines === 2) return;
  if (allowDeclines === 0) return say('ignored');
  const blocked = notServing(desk.lookup.viewOf(row));
  if (blocked !== undefined) {
    const peer = desk.config.peers[desk.table.peer(row)]?.name ?? '';
    x.effects.log.event(peerIgnored, { peer, reason: blocked.replace('not responding', '') });
    return;
  }
  const isLeased = desk.table.state(row) === code.active && desk.lookup.isHolder(x, row);
  if (!isLeased && !desk.offers.isOffered(row, x.client)) return say('not leased to this client');
  if (!isOurIdentifier(x, desk, ip)) return say('not our server id');
  if (desk.storage.mode !== 'leasing') return say(`ignored: ${desk.storage.reason}`);
  if (!desk.limits.allowsDecline(x)) return say('ignored: too many from this place');
  say('abandoned');
  desk.granting.abandon(row, 'declined.', x.now, x.effects);
}
