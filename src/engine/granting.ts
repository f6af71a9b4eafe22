// Turning a chosen address into an offer or a lease: admission, time, the row's change, the reply and its line
// (server reference §12–14). Every change of a row that the engine makes is in this file.

import { formatIpv4, type Ipv4 } from '../std/ipv4.ts';
import { addSeconds, forever, infinite, seconds, secondsBetween, unset, type Now, type Seconds } from '../std/time.ts';
import { grantLimit, potentialExpiry } from '../model/lease.ts';
import type { Effects } from '../model/step.ts';
import type { ServerConfig, Subnet } from '../model/server-config.ts';
import type { ServiceView, StorageView } from '../model/service-view.ts';
import type { PacketLine } from '../model/log-lane.ts';
import type { HostTable } from '../lease/host-table.ts';
import type { LeaseChange, LeaseTable } from '../lease/lease-table.ts';
import { messageType } from '../wire/dhcp-view.ts';
import { optionCode } from '../wire/option-codes.ts';
import { LeaseHostnames } from './lease-hostnames.ts';
import { logPacket, type Exchange } from './exchange.ts';
import type { Environment } from './evaluate.ts';
import { bootpTime, minTime, remaining, timeLeft, timeText, wantedTime } from './lease-time.ts';
import { abandonedReclaimed, addressAbandoned, leaseReused } from './log-events.ts';
import { code, type Lookup } from './lookup.ts';
import type { Billing } from './billing.ts';
import { noteContact } from './contacts.ts';
import type { Handlers } from './handlers.ts';
import type { LeaseEvents } from './lease-events.ts';
import type { ContactTable } from '../lease/contact-table.ts';
import type { Networks } from './networks.ts';
import type { Offers } from './offers.ts';
import { fillOf, type PoolThresholds } from './pool-fill.ts';
import type { Policies } from './policies.ts';
import type { Policy } from './policy.ts';
import { emptyPlan, type Replies, type ReplyPlan } from './reply.ts';

/** Ends are whole seconds and the client counts from the ACK that it heard: for us a lease ends so much later. */
const expiryGrace = seconds(2);

export interface GrantingDeps {
  readonly config: ServerConfig;
  readonly table: LeaseTable;
  readonly hosts: HostTable;
  readonly storage: StorageView;
  readonly networks: Networks;
  readonly lookup: Lookup;
  readonly offers: Offers;
  readonly policies: Policies;
  readonly replies: Replies;
  readonly billing: Billing;
  readonly handlers: Handlers;
  readonly events: LeaseEvents;
  readonly thresholds: PoolThresholds;
  readonly contacts: ContactTable | undefined;
}

/** Why a client that has a place is not served; the text of dhcpd's line, empty for silence. */
export type Admission = 'yes' | { readonly reason: string };

export class Granting {
  readonly #deps: GrantingDeps;

  /** PERF: one plan, refilled for every reply. */
  #scratchPlan: ReplyPlan | undefined;
  readonly #hostnames: LeaseHostnames;

  constructor(deps: GrantingDeps) {
    this.#deps = deps;
    this.#hostnames = new LeaseHostnames(deps.table);
  }

  policyFor(x: Exchange, subnet: Subnet, address: Ipv4, row: number): Policy {
    const { table, policies } = this.#deps;
    const isFixed = x.fixedHost >= 0 && x.fixedAddress === address;
    const pool = row < 0 || isFixed ? -1 : table.pool(row);
    return policies.of(x, subnet, pool, address, row, x.host);
  }

  /** The flags that keep a client out, in dhcpd's order (reference §12). */
  admit(x: Exchange, { parameters }: Policy, row = -1): Admission {
    const { view } = x;
    const isOffer = view.messageType === messageType.discover;
    if (isOffer && view.secs < parameters.minSecs)
      return { reason: `configured min-secs value (${parameters.minSecs}) is greater than secs field (${view.secs}).  message dropped.` };
    if (parameters.bootUnknownClients !== 1 && x.host < 0) return refusal(parameters.bootUnknownClients, 'unknown client');
    if (view.messageType === 0 && parameters.allowBootp !== 1) return refusal(parameters.allowBootp, 'bootp disallowed');
    if (parameters.allowBooting !== 1) return refusal(parameters.allowBooting, 'booting disallowed');
    if (row < 0) return 'yes';
    const account = this.#deps.billing.choose(x.classes, row);
    return account.kind === 'full'
      ? { reason: `no available billing: lease limit reached in all matching classes (last: '${account.className}')` }
      : 'yes';
  }

  // ── Fixed addresses ──

  /** OFFER, ACK or BOOTREPLY of a host declaration's address: waits for no disk and no partner (P3). */
  replyFixed(x: Exchange, subnet: Subnet, found: Policy, type: number): void {
    const { hosts, replies } = this.#deps;
    const name = hosts.declaration(x.fixedHost).name;
    const leaseSeconds = type === 0 ? undefined : wantedTime(x.view.leaseTime, found.parameters);
    if (leaseSeconds !== undefined) x.why?.step('time', timeText(x.view.leaseTime, found.parameters, leaseSeconds, leaseSeconds));
    const policy = found.resume?.(leaseSeconds ?? infinite, type === messageType.offer ? 'offer' : 'commit') ?? found;
    const plan = this.#plan(x, subnet, policy, type, x.fixedAddress, leaseSeconds, name);
    if (!replies.send(x, plan)) return;
    if (type !== messageType.offer) this.#contact(x, name, leaseSeconds ?? infinite, policy);
    if (type === messageType.offer) this.#lines(x, 'DISCOVER', 0 as Ipv4, 'OFFER', x.fixedAddress, '');
    else if (type === messageType.ack) this.#lines(x, 'REQUEST', x.fixedAddress, 'ACK', x.fixedAddress, '');
    else this.#lines(x, 'BOOTREQUEST', 0 as Ipv4, 'BOOTREPLY-STATIC', x.fixedAddress, name);
  }

  /** Runs `on commit` and notes the contact, behind the answer; without a journal that can be written it is left out. */
  #contact(x: Exchange, host: string, seconds: Seconds, policy: Policy): void {
    const { contacts, storage, policies } = this.#deps;
    const body = policy.handlers.get('commit');
    if (body !== undefined) {
      const environment = policy.environment ?? policies.environment(x, x.fixedHost, x.fixedAddress, []);
      policies.runHandler(x, body, { ...environment, leaseTime: () => seconds });
    }
    if (contacts !== undefined && storage.mode === 'leasing') noteContact(x, contacts, host, seconds);
  }

  // ── Dynamic addresses ──

  offer(x: Exchange, row: number, subnet: Subnet, found: Policy): void {
    const { table, offers, replies } = this.#deps;
    const ip = table.ip(row);
    const seconds = this.#reused(x, row, found) ?? this.#granted(x, row, found);
    const policy = found.resume?.(seconds, 'offer') ?? found;
    if (!replies.send(x, this.#plan(x, subnet, policy, messageType.offer, ip, seconds, this.#hostName(x)))) return;
    if (table.state(row) === code.abandoned) x.effects.log.event(abandonedReclaimed, { ip });
    if (table.state(row) !== code.active && !x.isRehearsal) offers.offer(row, x.client, x.now.mono);
    logPacket(x, 'DISCOVER', 0 as Ipv4, this.#hostnames.ofRow(x, row), '');
    logPacket(x, 'OFFER', ip, this.#hostnames.offered(x, row), '');
  }

  /** The ACK: its record is in the journal of this step, itself in the lane behind it (P1). */
  acknowledge(x: Exchange, row: number, subnet: Subnet, found: Policy): void {
    const { table, replies } = this.#deps;
    const ip = table.ip(row);
    const reused = x.isSettled ? remaining(table.ends(row), x.now.wall) : this.#reused(x, row, found);
    const seconds = reused ?? this.#granted(x, row, found);
    const policy = found.resume?.(seconds, 'commit') ?? found;
    // The line of a renewal has the name that the lease had; an offer's was heard with the DISCOVER.
    const before = table.state(row) === code.active && x.view.serverIdentifier === 0 ? this.#hostnames.ofRow(x, row) : undefined;
    const plan = this.#plan(x, subnet, policy, messageType.ack, ip, seconds, this.#hostName(x));
    plan.lane = x.effects.afterCommit;
    if (!replies.send(x, plan)) return;
    if (reused === undefined) this.#commit(x, row, policy, seconds, false);
    else if (!x.isSettled) this.#confirm(x, row, policy, seconds);
    const after = this.#hostnames.ofRow(x, row);
    logPacket(x, 'REQUEST', ip, before ?? after, '');
    logPacket(x, 'ACK', ip, after, '');
    this.#deps.thresholds.granted(x, table.pool(row), ip, policy.parameters);
  }

  /** The lease alone: its ACK waits for the partner, and is an acknowledgement of its own then (held-requests.ts). */
  grant(x: Exchange, row: number, found: Policy): void {
    const seconds = this.#granted(x, row, found);
    this.#commit(x, row, found.resume?.(seconds, 'commit') ?? found, seconds, false);
  }

  bootp(x: Exchange, row: number, subnet: Subnet, found: Policy): void {
    const { table, replies } = this.#deps;
    const ip = table.ip(row);
    const seconds = bootpTime(found.parameters, x.now.wall);
    const policy = found.resume?.(seconds, 'commit') ?? found;
    const plan = this.#plan(x, subnet, policy, 0, ip, undefined, this.#hostName(x));
    plan.lane = x.effects.afterCommit;
    if (!replies.send(x, plan)) return;
    this.#commit(x, row, policy, seconds, true);
    this.#lines(x, 'BOOTREQUEST', 0 as Ipv4, 'BOOTREPLY', ip, this.#hostnames.ofRow(x, row));
  }

  /** What the client may have by the configuration: its wish within the limits, less in a crowded or ending pool. */
  #wish(x: Exchange, row: number, policy: Policy): Seconds {
    const { table, config } = this.#deps;
    const pool = config.pools[table.pool(row)];
    const crowded = pool === undefined ? undefined : this.#crowdedTime(x, row, policy);
    return wantedTime(x.view.leaseTime, policy.parameters, crowded, pool === undefined ? undefined : timeLeft(pool, x.now.wall));
  }
  /** adaptive-lease-time-threshold: the minimum, or what is left of the lease, once that part of the pool is in use. */
  #crowdedTime(x: Exchange, row: number, { parameters }: Policy): Seconds | undefined {
    const { adaptiveThreshold } = parameters;
    if (adaptiveThreshold < 1 || adaptiveThreshold > 99) return undefined;
    const { table } = this.#deps;
    const pool = table.pool(row);
    const { used, total } = fillOf(table, pool);
    if (used * 100 < adaptiveThreshold * total) return undefined;
    const left = table.state(row) === code.active ? remaining(table.ends(row), x.now.wall) : 0;
    return Math.max(left, minTime(parameters)) as Seconds;
  }
  #granted(x: Exchange, row: number, policy: Policy): Seconds {
    const wish = this.#wish(x, row, policy);
    const view = this.#deps.lookup.viewOf(row);
    const granted = view === undefined ? wish : grantLimit(wish, this.#deps.table.tsfp(row), x.now.wall, view.mclt);
    x.why?.step('time', timeText(x.view.leaseTime, policy.parameters, wish, granted));
    return granted;
  }

  /**
   * dhcp-cache-threshold: a lease that is younger than that part of itself is confirmed as it is, without a write
   * (reference §14.2). undefined: make a new one. So is what the failover partner gave: a confirmation leaves no trace, and the
   * partner, which may just have ended the lease, would be believed. (dhcpd confirms it, and the client holds what is no lease.)
   */
  #reused(x: Exchange, row: number, policy: Policy): Seconds | undefined {
    const { parameters } = policy;
    const { table, lookup } = this.#deps;
    const { cacheThreshold } = parameters;
    if (cacheThreshold === 0 || cacheThreshold > 99 || table.state(row) !== code.active) return undefined;
    const hasUid = x.hasUid && !parameters.ignoreClientUids;
    if (!lookup.isHolder(x, row) || table.hasUid(row) !== hasUid) return undefined;
    if (lookup.viewOf(row) !== undefined && table.tstp(row) < table.tsfp(row)) return undefined;
    if (!this.#deps.billing.isUnchanged(x.classes, row)) return undefined;
    if (!table.hardwareIs(row, x.view.htype, x.view.slot, x.view.chaddrAt, x.view.hlen)) return undefined;
    const starts = table.starts(row);
    const ends = table.ends(row);
    if (ends <= x.now.wall || ends === forever) return undefined;
    const age = secondsBetween(starts, x.now.wall);
    const isYoung = age * 100 <= secondsBetween(starts, ends) * cacheThreshold;
    return isYoung && this.#isSameHostname(x, row) ? remaining(ends, x.now.wall) : undefined;
  }
  #isSameHostname(x: Exchange, row: number): boolean {
    const { view } = x;
    const length = view.hostNameLength;
    if (length <= 0) return true;
    return this.#deps.table.hostnameIs(row, view.joined, view.optionAt(optionCode.hostName), length);
  }

  #commit(x: Exchange, row: number, policy: Policy, seconds: Seconds, isBootp: boolean): void {
    const { table, lookup, offers } = this.#deps;
    const { view, now } = x;
    const change = table.begin(row);
    const peerView = lookup.viewOf(row);
    change.state = code.active;
    change.starts = now.wall;
    change.cltt = now.wall;
    change.ends = addSeconds(now.wall, seconds);
    change.isBootp = isBootp;
    if (policy.parameters.infiniteIsReserved && seconds === infinite) change.isReserved = true;
    if (peerView === undefined) change.tstp = unset;
    else this.#announceTimes(change, peerView, this.#wish(x, row, policy), seconds, now);
    change.setHardware(view.htype, view.slot, view.chaddrAt, view.hlen);
    if (x.hasUid && !policy.parameters.ignoreClientUids) change.setUid(view.joined, x.uidAt, x.uidLength);
    else change.clearUid();
    const nameLength = view.hostNameLength;
    if (nameLength > 0) change.setHostname(view.joined, view.optionAt(optionCode.hostName), nameLength);
    else if (table.hasExtras(row) && !this.#hasSameUid(x, row, policy)) change.clearHostname();
    const agentLength = x.agentLength;
    if (agentLength > 0 && policy.parameters.stashAgentOptions)
      change.setAgentOptions(x.agentBytes, x.agentAt, agentLength);
    const vendorAt = view.optionAt(optionCode.vendorClassIdentifier);
    if (vendorAt >= 0) change.setVendorClass(view.joined, vendorAt, view.optionLength(optionCode.vendorClassIdentifier));
    const userAt = view.optionAt(optionCode.userClass);
    if (userAt >= 0) change.setUserClass(view.joined, userAt, view.optionLength(optionCode.userClass));
    else if (table.hasExtras(row)) change.clearUserClass();
    const account = this.#deps.billing.choose(x.classes, row);
    if (account.kind === 'bill') change.setBilling(account.bill);
    else if (table.hasExtras(row)) change.setBilling(undefined);
    this.#runCommit(x, row, policy, seconds, change);
    offers.end(row);
    table.apply(row, change, 'grant', x.effects.journal);
    if (account.kind === 'bill') this.#deps.billing.enter(row, account.bill);
  }

  /** Whether the row remembers this client by the same identifier, or by none as it sends none. */
  #hasSameUid(x: Exchange, row: number, { parameters }: Policy): boolean {
    const { table } = this.#deps;
    return x.hasUid && !parameters.ignoreClientUids ? table.hasUid(row) && table.uidIs(row, x.view.joined, x.uidAt, x.uidLength) : !table.hasUid(row);
  }

  /** A lease that stays as it is: its handler runs, nothing is written. */
  #confirm(x: Exchange, row: number, policy: Policy, seconds: Seconds): void {
    const { table } = this.#deps;
    const age = secondsBetween(table.starts(row), x.now.wall);
    x.effects.log.event(leaseReused, { ip: table.ip(row), age, threshold: policy.parameters.cacheThreshold });
    this.#runCommitBody(x, row, policy, seconds);
  }

  /** Where the `on commit` body of the policy ran, or the scopes themselves; undefined where neither did. */
  #runCommitBody(x: Exchange, row: number, policy: Policy, seconds: Seconds): Environment | undefined {
    const { table, policies } = this.#deps;
    const body = policy.handlers.get('commit');
    if (body === undefined) return policy.environment;
    const known = table.hasExtras(row) ? (table.extras(row)?.variables ?? []) : [];
    const environment = { ...(policy.environment ?? policies.environment(x, x.host, table.ip(row), known)), leaseTime: () => seconds };
    policies.runHandler(x, body, environment);
    return environment;
  }

  /** `on commit`, the variables that were set for this lease, and what is to run when it ends. */
  #runCommit(x: Exchange, row: number, policy: Policy, seconds: Seconds, change: LeaseChange): void {
    const { table, policies, handlers } = this.#deps;
    const environment = this.#runCommitBody(x, row, policy, seconds);
    if (environment !== undefined) change.setVariables(policies.leaseVariables(environment));
    const text = handlers.textFor(policy);
    if (text !== undefined || table.hasExtras(row)) change.setHandlers(text);
  }

  /**
   * tstp, and tsfp which may not stay above it; atsfp unset: the partner has not confirmed this (failover reference §5.2). To a
   * partner that listens the update leaves within milliseconds, so it counts as told at once. PERF: no record of the telling then.
   */
  #announceTimes(change: LeaseChange, view: ServiceView, wish: Seconds, granted: Seconds, now: Now): void {
    if (view.isPartnerServing) change.rewindState = change.state;
    change.tstp = potentialExpiry(now.wall, wish, granted);
    if (change.tstp < change.tsfp) change.tsfp = change.tstp;
    change.atsfp = unset;
  }

  // ── Ends of leases ──

  release(x: Exchange, row: number): void {
    const { table, lookup, events } = this.#deps;
    events.run(row, 'release', x.now, x.effects);
    const change = table.begin(row);
    const hasPeer = lookup.viewOf(row) !== undefined;
    change.state = hasPeer ? code.released : code.free;
    change.ends = x.now.wall;
    if (hasPeer) {
      change.tstp = x.now.wall;
      change.atsfp = unset;
    }
    change.clearExtras();
    table.apply(row, change, 'release', x.effects.journal);
  }

  /** Declined, or answered a ping: nobody gets the address for abandon-lease-time, and it remembers no client. */
  abandon(row: number, reason: string, now: Now, effects: Effects): void {
    const { table, config, offers, events } = this.#deps;
    effects.log.event(addressAbandoned, { ip: table.ip(row), reason });
    events.run(row, 'release', now, effects);
    offers.end(row);
    const change = table.begin(row);
    change.state = code.abandoned;
    change.ends = addSeconds(now.wall, config.settings.abandonLeaseTime);
    change.atsfp = unset;
    change.clearHardware();
    change.clearUid();
    change.clearExtras();
    table.apply(row, change, 'abandon', effects.journal);
  }

  expire(row: number, now: Now, effects: Effects): void {
    const { table, events } = this.#deps;
    if (table.state(row) === code.active) {
      const end = addSeconds(table.ends(row), expiryGrace);
      if (end > now.wall) {
        table.setTimer(row, end);
        return;
      }
      events.run(row, 'expiry', now, effects);
    }
    const change = table.begin(row);
    change.state = code.free;
    change.clearHostname();
    change.clearAgentOptions();
    change.setBilling(undefined);
    change.setHandlers(undefined);
    table.apply(row, change, 'expire', effects.journal);
  }

  // ── Replies ──

  identifier(x: Exchange, subnet: Subnet | undefined, policy: Policy | undefined): Ipv4 {
    const configured = policy?.parameters.serverIdentifier ?? 0;
    if (configured !== 0) return configured as Ipv4;
    return this.#deps.networks.identifierFor(x.packet, x.port, subnet);
  }

  nak(x: Exchange, ip: Ipv4, reason: string, message: string): void {
    const { networks, replies, config } = this.#deps;
    // The identifier of the network where the client is, so that it equals that of our offers.
    const index = config.sharedNetworks[x.network]?.subnets[0] ?? -1;
    const subnet = config.subnets[index] ?? networks.subnetOf(ip);
    const policy = subnet === undefined ? undefined : this.policyFor(x, subnet, subnet.network, -1);
    const isSent = replies.nak(x, this.identifier(x, subnet, policy), message, policy?.parameters.echoClientId ?? true);
    logPacket(x, 'REQUEST', ip, '', reason);
    if (isSent) logPacket(x, 'NAK', ip, '', '');
  }

  #plan(x: Exchange, subnet: Subnet, policy: Policy, type: number, yiaddr: Ipv4, leaseSeconds: Seconds | undefined, hostName: string): ReplyPlan {
    const plan = (this.#scratchPlan ??= emptyPlan(policy, x.effects.now));
    plan.kind = type === messageType.ack ? 'ack' : 'lease';
    plan.type = type;
    plan.yiaddr = yiaddr;
    plan.serverId = this.identifier(x, subnet, policy);
    plan.leaseSeconds = leaseSeconds;
    plan.policy = policy;
    plan.mask = subnet.mask;
    plan.hostName = hostName;
    plan.isOnLink = subnet.sharedNetwork === x.port.network;
    plan.lane = x.effects.now;
    return plan;
  }
  #hostName(x: Exchange): string {
    return x.host < 0 ? '' : this.#deps.hosts.declaration(x.host).name;
  }
  #lines(x: Exchange, request: PacketLine, requestIp: Ipv4, reply: PacketLine, ip: Ipv4, hostname: string): void {
    logPacket(x, request, requestIp, hostname, '');
    logPacket(x, reply, ip, hostname, '');
  }
}

/** `ignore` refuses without a line. */
const refusal = (flag: number, reason: string): Admission => ({ reason: flag === 2 ? '' : reason });

/** `host 02:…` of the client that holds a row, for alarms. */
export function holderText(table: LeaseTable, row: number): string {
  const { hardware, uid, ip } = table.lease(row);
  const bytes = hardware?.address ?? uid;
  return bytes === undefined ? `the holder of ${formatIpv4(ip)}` : Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** A view that keeps pool clients waiting: dhcpd's text after `not responding`. */
export const notServing = (view: ServiceView | undefined): string | undefined =>
  view !== undefined && view.service === 'none' ? `not responding${view.reason}` : undefined;
