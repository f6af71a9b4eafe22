// DHCPREQUEST in its four client states (RFC 2131 §4.3.2, server reference §7).

import type { Ipv4 } from '../std/ipv4.ts';
import { messageType } from '../wire/dhcp-view.ts';
import type { ServiceView } from '../model/service-view.ts';
import { ownership } from '../lease/ownership.ts';
import type { Desk } from './desk.ts';
import { logPacket, type Exchange } from './exchange.ts';
import { isHeldByStranger } from './discover.ts';
import { isOurIdentifier } from './identifier.ts';
import { notServing } from './granting.ts';
import { abandonedReclaimed, duplicateLease } from './log-events.ts';
import type { Policy } from './policy.ts';
import { describeClient } from './reply.ts';
import { code } from './lookup.ts';

const notAvailable = 'requested address not available';

const silence = (x: Exchange, ip: Ipv4, reason: string): void => {
  if (reason !== '') logPacket(x, 'REQUEST', ip, '', reason);
};

export function answerRequest(x: Exchange, desk: Desk): void {
  const { view } = x;
  const wanted = view.requestedAddress !== 0 ? view.requestedAddress : view.ciaddr;
  const isRenewing = view.ciaddr !== 0 && view.giaddr === 0 && view.requestedAddress === 0;
  if (!isForUs(x, desk, wanted)) return;
  const subnet = desk.networks.subnetOf(wanted);
  if (!isRenewing && !isOnRightNetwork(x, desk, wanted)) return;
  // A renewing client is where its address is: it reached us by unicast from anywhere.
  if (isRenewing && subnet !== undefined && subnet.sharedNetwork !== x.network) {
    x.network = subnet.sharedNetwork;
    x.fixedHost = -1;
    desk.lookup.findHosts(x);
  }
  if (x.fixedHost >= 0) answerFixed(x, desk, wanted);
  else answerDynamic(x, desk, wanted);
}

/**
 * A REQUEST that names another server refuses our offer: the address is free again at once, and nothing is said
 * (dhcpd acknowledges it). The partner's identifiers count as ours while we serve without it, and always for reserved hosts.
 */
function isForUs(x: Exchange, desk: Desk, wanted: Ipv4): boolean {
  const named = x.view.serverIdentifier;
  if (named === 0 || isOurIdentifier(x, desk, wanted)) return true;
  const view = desk.lookup.networkView(x);
  const isPartner = view?.partnerIdentifiers.includes(named) === true;
  if (isPartner && (x.fixedHost >= 0 || !view.isPartnerServing)) return true;
  const row = desk.table.rowOf(wanted);
  if (row >= 0 && desk.offers.isOffered(row, x.client)) desk.offers.end(row);
  silence(x, wanted, 'not our server id');
  return false;
}

/** Says what is wrong and answers; false when that was all (reference §7.2). */
function isOnRightNetwork(x: Exchange, desk: Desk, wanted: Ipv4): boolean {
  const subnet = desk.networks.subnetOf(wanted);
  if (x.network < 0) {
    if (subnet?.isAuthoritative === true) desk.granting.nak(x, wanted, 'wrong network.', 'requested address on bad subnet');
    else silence(x, wanted, subnet === undefined ? 'ignored (unknown subnet).' : 'ignored (not authoritative).');
    return false;
  }
  if (subnet?.sharedNetwork === x.network) return true;
  const network = desk.config.sharedNetworks[x.network];
  const isAuthoritative = network?.subnets.every((index) => desk.config.subnets[index]?.isAuthoritative) === true;
  if (isAuthoritative) desk.granting.nak(x, wanted, 'wrong network.', 'requested address on bad subnet');
  else silence(x, wanted, 'ignored (not authoritative).');
  return false;
}

function answerFixed(x: Exchange, desk: Desk, wanted: Ipv4): void {
  if (wanted !== x.fixedAddress) {
    desk.granting.nak(x, wanted, `lease ${dotted(wanted)} unavailable.`, 'requested address is incorrect');
    return;
  }
  const subnet = desk.networks.subnetOf(wanted);
  if (subnet === undefined || isHeldByStranger(x, desk, 'REQUEST')) return;
  const policy = desk.granting.policyFor(x, subnet, wanted, -1);
  const admission = desk.granting.admit(x, policy);
  if (admission === 'yes') desk.granting.replyFixed(x, subnet, policy, messageType.ack);
  else silence(x, wanted, admission.reason);
}

function answerDynamic(x: Exchange, desk: Desk, wanted: Ipv4): void {
  const { table, lookup } = desk;
  const row = table.rowOf(wanted);
  const subnet = desk.networks.subnetOf(wanted);
  if (row < 0 || subnet === undefined || !lookup.isOnNetwork(x, row)) {
    silence(x, wanted, `unknown lease ${dotted(wanted)}.`);
    return;
  }
  if (desk.storage.mode === 'reserved-only') {
    silence(x, wanted, `no leases are granted: ${desk.storage.reason}`);
    return;
  }
  const blocked = notServing(lookup.viewOf(row));
  if (blocked !== undefined) {
    silence(x, wanted, blocked);
    return;
  }
  const verdict = judge(x, desk, row);
  if (verdict === 'nak') desk.granting.nak(x, wanted, `lease ${dotted(wanted)} unavailable.`, notAvailable);
  else if (verdict === 'yes') acknowledge(x, desk, row, wanted);
  else silence(x, wanted, verdict);
}

/** `yes`, `nak`, or the reason of silence. */
function judge(x: Exchange, desk: Desk, row: number): string {
  const { table, lookup, offers } = desk;
  const state = table.state(row);
  const isHolder = !table.isUnused(row) && lookup.isHolder(x, row);
  if (table.isWithheld(row) || !lookup.isPermitted(x, table.pool(row))) return 'nak';
  // Somebody else may be using it: only who was offered it, when nothing else was left, may have it.
  if (state === code.abandoned && !offers.isOffered(row, x.client)) return `unknown lease ${dotted(table.ip(row))}.`;
  if (state === code.active) return isHolder ? 'yes' : 'nak';
  if (offers.isForeign(row, x.client, x.now.mono) || lookup.isReservedForOther(x, row)) return 'nak';
  if (isHolder && table.rewindState(row) === code.active) return 'yes';
  const view = lookup.viewOf(row);
  switch (ownership(table, row, view, x.now.wall)) {
    case 'yes': return 'yes';
    case 'owned-by-peer': return isLeftByPartner(x, desk, view) ? 'nak' : 'lease owned by peer';
    case 'in-transition': return `lease in transition state ${state === code.expired ? 'expired' : 'released'}`;
    default: return 'nak';
  }
}

/** The partner offered the address, and did not answer this client when it asked for it (left-to-partner.ts). */
const isLeftByPartner = (x: Exchange, desk: Desk, view: ServiceView | undefined): boolean =>
  view !== undefined && !view.isPartnerServing && view.partnerIdentifiers.includes(x.view.serverIdentifier) &&
  desk.leftToPartner.isAgain(x.view, x.now.mono);

function acknowledge(x: Exchange, desk: Desk, row: number, ip: Ipv4): void {
  const subnet = desk.networks.subnetOf(ip);
  if (subnet === undefined) return;
  const policy = desk.granting.policyFor(x, subnet, ip, row);
  const admission = desk.granting.admit(x, policy, row);
  if (admission !== 'yes') {
    silence(x, ip, admission.reason);
    return;
  }
  if (x.isSettled) {
    // Its client may have released it meanwhile: then nobody waits for an answer.
    if (desk.table.state(row) === code.active) desk.granting.acknowledge(x, row, subnet, policy);
    return;
  }
  if (desk.held.has(row)) return; // The client repeats itself: it is answered when the partner has its lease.
  if (desk.table.state(row) === code.abandoned) x.effects.log.event(abandonedReclaimed, { ip });
  releaseOthers(x, desk, row, policy);
  const view = desk.lookup.viewOf(row);
  if (desk.held.mustWait(row, view)) {
    desk.granting.grant(x, row, policy);
    desk.held.keep(x, row, view);
  } else desk.granting.acknowledge(x, row, subnet, policy);
}

/**
 * A client that takes one address gives up the other it holds on this network when it starts over with the same identifier;
 * with one-lease-per-client all others anywhere, found by hardware too where it sends no identifier (dhcpd-conf reference §14).
 */
function releaseOthers(x: Exchange, desk: Desk, row: number, { parameters }: Policy): void {
  const { table, lookup, config } = desk;
  const { view } = x;
  const isOnePerClient = parameters.oneLeasePerClient;
  if (x.hasUid && (isOnePerClient || view.ciaddr === 0)) {
    for (let other = table.firstByUid(view.joined, x.uidAt, x.uidLength), next = -1; other >= 0; other = next) {
      next = table.nextByUid(other);
      if (other === row || table.state(other) !== code.active) continue;
      if (!isOnePerClient && !lookup.isOnNetwork(x, other)) continue;
      const network = config.sharedNetworks[x.network]?.name ?? '';
      if (!isOnePerClient) x.effects.log.event(duplicateLease, { ip: table.ip(other), client: describeClient(x), network });
      desk.granting.release(x, other);
    }
  }
  const isHardwareOnly = x.optionsHost >= 0 && desk.hosts.declaration(x.optionsHost).uid === undefined;
  if (!isOnePerClient || (x.hasUid && !(isHardwareOnly && parameters.duplicates !== 1))) return;
  let other = table.firstByHardware(view.htype, view.slot, view.chaddrAt, view.hlen);
  for (let next = -1; other >= 0; other = next) {
    next = table.nextByHardware(other);
    if (other !== row && table.state(other) === code.active && (!table.hasUid(other) || parameters.duplicates !== 1))
      desk.granting.release(x, other);
  }
}

const dotted = (ip: Ipv4): string => `${ip >>> 24}.${(ip >>> 16) & 255}.${(ip >>> 8) & 255}.${ip & 255}`;
