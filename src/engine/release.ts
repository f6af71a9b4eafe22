// DHCPRELEASE (RFC 2131 §4.3.4): believed only from the client that holds the lease. Never answered.

import { logPacket, type Desk } from './engine.ts';
import type { Exchange } from './exchange.ts';
import { notServing } from './granting.ts';
import { code } from './lookup.ts';

export function answerRelease(x: Exchange, desk: Desk): void {
  const ip = x.view.ciaddr;
  const row = desk.table.rowOf(ip);
  const isFound = row >= 0 && desk.table.state(row) === code.active && desk.lookup.isHolder(x, row);
  const blocked = row < 0 ? undefined : notServing(desk.lookup.viewOf(row));
  if (isFound && blocked === undefined && desk.storage.mode === 'leasing') desk.granting.release(x, row);
  const hostname = row >= 0 && desk.table.hasExtras(row) ? (desk.table.extras(row)?.clientHostname ?? '') : '';
  logPacket(x, 'RELEASE', ip, hostname, isFound ? 'found' : 'not found');
}
