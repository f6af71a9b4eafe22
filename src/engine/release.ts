// DHCPRELEASE (RFC 2131 §4.3.4): believed only from the client that holds the lease. Never answered.

import type { Desk } from './desk.ts';
import { logPacket, type Exchange } from './exchange.ts';
import { notServing } from './granting.ts';
import { peerIgnored, releaseNamesRequested } from './log-events.ts';
import { code } from './lookup.ts';
import { optionCode } from '../wire/option-codes.ts';
import { describeClient } from './reply.ts';

export function answerRelease(x: Exchange, desk: Desk): void {
  const ip = x.view.ciaddr;
  const row = desk.table.rowOf(ip);
  if (x.view.hasOption(optionCode.requestedAddress)) x.effects.log.event(releaseNamesRequested, { client: describeClient(x) });
  const isKnown = row >= 0 && !desk.table.isUnused(row) && desk.lookup.isHolder(x, row);
  const isFound = isKnown && desk.table.state(row) === code.active;
  const hostname = row >= 0 && desk.table.hasExtras(row) ? (desk.table.extras(row)?.clientHostname ?? '') : '';
  const blocked = isFound ? notServing(desk.lookup.viewOf(row)) : undefined;
  if (blocked !== undefined) {
    const peer = desk.config.peers[desk.table.peer(row)]?.name ?? '';
    x.effects.log.event(peerIgnored, { peer, reason: blocked.replace('not responding', '') });
    return;
  }
  if (isFound && desk.storage.mode === 'leasing') desk.granting.release(x, row);
  logPacket(x, 'RELEASE', ip, hostname, isKnown ? 'found' : 'not found');
}
