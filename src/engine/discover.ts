// DHCPDISCOVER → DHCPOFFER (RFC 2131 §4.3.1): the host's address, else what the client has, had or asks for, else a free one.

import { formatIpv4, type Ipv4 } from '../std/ipv4.ts';
import type { ServiceView } from '../model/service-view.ts';
import { messageType } from '../wire/dhcp-view.ts';
import { isPrimaryBucket, loadBalanceHash } from '../wire/load-balance-hash.ts';
import type { Desk } from './desk.ts';
import { logPacket, type Exchange } from './exchange.ts';
import { holderText, notServing } from './granting.ts';
import { reservedAddressHeld } from './log-events.ts';
import { code } from './lookup.ts';
import type { Policy } from './policy.ts';

const silence = (x: Exchange, reason: string): void => {
  if (reason !== '') logPacket(x, 'DISCOVER', 0 as Ipv4, '', reason);
};

export function answerDiscover(x: Exchange, desk: Desk): void {
  if (x.network < 0) silence(x, 'unknown network segment');
  else if (x.fixedHost >= 0) offerFixed(x, desk);
  else if (desk.storage.mode === 'reserved-only') silence(x, `no leases are granted: ${desk.storage.reason}`);
  else if (!x.isRehearsal && !desk.limits.allows(x)) return; // Counted; a line each would make the storm worse.
  else offerDynamic(x, desk);
}

function offerFixed(x: Exchange, desk: Desk): void {
  const subnet = desk.networks.subnetOf(x.fixedAddress);
  if (subnet === undefined || isHeldByStranger(x, desk, 'DISCOVER')) return;
  const policy = desk.granting.policyFor(x, subnet, x.fixedAddress, -1);
  const admission = desk.granting.admit(x, policy);
  if (admission === 'yes') desk.granting.replyFixed(x, subnet, policy, messageType.offer);
  else silence(x, admission.reason);
}

/** P2 outranks P3: an address that another client may be using is not given to its host. */
export function isHeldByStranger(x: Exchange, desk: Desk, line: 'DISCOVER' | 'REQUEST' | 'BOOTREQUEST'): boolean {
  const row = desk.lookup.strangerOn(x, x.fixedAddress);
  if (row < 0) return false;
  const host = desk.hosts.declaration(x.fixedHost).name;
  x.effects.log.event(reservedAddressHeld, { ip: x.fixedAddress, host, holder: holderText(desk.table, row) });
  logPacket(x, line, x.fixedAddress, '', 'its fixed-address is leased to another client');
  return true;
}

function offerDynamic(x: Exchange, desk: Desk): void {
  const { lookup, table } = desk;
  if (!x.isRehearsal && desk.pings.joins(x)) return;
  const row = choose(x, desk);
  if (row < 0) {
    silence(x, noAddress(x, desk, lookup.networkView(x)));
    return;
  }
  const peerView = lookup.viewOf(row);
  if (peerView !== undefined && isPartnersTurn(x, desk, peerView)) return;
  const ip = table.ip(row);
  const subnet = desk.networks.subnetOf(ip);
  if (subnet === undefined) return;
  const policy = desk.granting.policyFor(x, subnet, ip, row);
  const admission = desk.granting.admit(x, policy, row);
  if (admission !== 'yes') silence(x, admission.reason);
  else if (needsPing(x, desk, row, policy)) {
    desk.offers.offer(row, x.client, x.now.mono);
    desk.pings.ask(x, row, ip, policy.parameters.pingTimeoutMillis);
  }
  else desk.granting.offer(x, row, subnet, policy);
}

/** A running or former lease, then what was offered, then the wish, then the next free address (RFC 2131 §4.3.1). */
function choose(x: Exchange, desk: Desk): number {
  const { lookup, offers } = desk;
  const { quiet } = desk.pings;
  if (quiet >= 0 && lookup.offered(x) === quiet) return quiet;
  const own = lookup.own(x);
  if (own >= 0 && !offers.isForeign(own, x.client, x.now.mono)) return chosen(x, desk, own, 'the address it has or had');
  const offered = lookup.offered(x);
  if (offered >= 0) return chosen(x, desk, offered, 'what was offered to it a moment ago');
  const wish = lookup.requested(x, x.view.requestedAddress);
  if (wish >= 0) return chosen(x, desk, wish, 'the address it asks for');
  const free = lookup.allocate(x);
  if (free >= 0) return chosen(x, desk, free, 'the next free address');
  return chosen(x, desk, lookup.oldestOffered(x), 'an address whose offer nobody took up');
}

function chosen(x: Exchange, desk: Desk, row: number, text: string): number {
  if (x.why !== undefined && row >= 0)
    x.why.step('address', `${formatIpv4(desk.table.ip(row))}: ${text}`, desk.config.pools[desk.table.pool(row)]?.span);
  return row;
}

/** dhcpd's `not responding…` when the failover state alone keeps a pool of this client from serving. */
export function notServingPool(x: Exchange, desk: Desk): string | undefined {
  for (const index of desk.config.sharedNetworks[x.network]?.pools ?? [])
    if (!desk.lookup.isServing(index) && desk.lookup.isPermitted(x, index)) return notServing(desk.lookup.viewOfPool(index));
  return undefined;
}

/** Why there is no address, in dhcpd's words where they are true. */
function noAddress(x: Exchange, desk: Desk, view: ServiceView | undefined): string {
  const network = desk.config.sharedNetworks[x.network];
  const pools = network?.pools ?? [];
  const name = `network ${network?.name ?? ''}`;
  if (pools.length === 0 && !x.isKnown) return 'unknown client';
  if (pools.length === 0) return `${name}: no free leases`;
  if (!pools.some((pool) => desk.lookup.isPermitted(x, pool)))
    return x.isKnown ? `${name}: no pool permits this client` : 'unknown client';
  const subnet = desk.config.subnets[network?.subnets[0] ?? -1];
  if (x.host < 0 && subnet !== undefined) {
    const policy = desk.granting.policyFor(x, subnet, subnet.network, -1);
    if (policy.parameters.bootUnknownClients !== 1) return policy.parameters.bootUnknownClients === 2 ? '' : 'unknown client';
  }
  const blocked = notServingPool(x, desk);
  if (blocked !== undefined) return blocked;
  if (view !== undefined && desk.lookup.partnerHasFree(x, view)) {
    if (!x.isRehearsal) view.wantsAddresses = true;
    return 'peer holds all free leases';
  }
  return `${name}: no free leases`;
}

/** Load balancing (failover reference §3.6): only while both serve, and never past the client's patience. */
function isPartnersTurn(x: Exchange, desk: Desk, view: ServiceView): boolean {
  if (view.service !== 'cooperating' || view.loadBalanceMaxSecs === 0 || view.hashBuckets === undefined) return false;
  if (secsOf(x, desk) > view.loadBalanceMaxSecs) return false;
  const { view: packet } = x;
  const hash = x.hasUid
    ? loadBalanceHash(packet.joined, x.uidAt, x.uidLength)
    : loadBalanceHash(packet.slot, packet.chaddrAt, packet.hlen);
  const isMine = isPrimaryBucket(view.hashBuckets, hash) === (view.role === 'primary');
  if (isMine) return false;
  const name = desk.config.peers[desk.table.peer(firstRow(x, desk))]?.name ?? '';
  if (!desk.lookup.partnerHasFree(x, view)) {
    silence(x, `cancel load balance to peer ${name} - no free leases`);
    return false;
  }
  silence(x, `load balance to peer ${name}`);
  return true;
}
function firstRow(x: Exchange, desk: Desk): number {
  for (const pool of desk.config.sharedNetworks[x.network]?.pools ?? []) {
    const low = desk.config.pools[pool]?.ranges[0]?.low;
    if ((desk.config.pools[pool]?.peer ?? -1) >= 0 && low !== undefined) return desk.table.rowOf(low);
  }
  return -1;
}
/** Interop: some clients send secs little-endian. */
function secsOf({ view }: Exchange, { config }: Desk): number {
  const { secs } = view;
  return config.settings.checkSecsByteOrder && secs > 255 && (secs & 255) === 0 ? secs >>> 8 : secs;
}

function needsPing(x: Exchange, desk: Desk, row: number, { parameters }: Policy): boolean {
  const { table } = desk;
  const isWanted = parameters.pingCheck || (table.isUnused(row) && desk.lookup.viewOf(row)?.probesUnused === true);
  if (x.isRehearsal || !isWanted || desk.pings.quiet === row || desk.pings.isFull) return false;
  const state = table.state(row);
  if (state === code.active) return false;
  const isSameClient = state !== code.abandoned && !table.isUnused(row) && desk.lookup.isHolder(x, row);
  return !(isSameClient && x.now.wall - table.cltt(row) < parameters.pingClttSeconds);
}
