// Finding the client's host declaration and its lease (server reference §11): reads only, nothing is changed here.

import type { Ipv4 } from '../std/ipv4.ts';
import type { MonoMillis, UnixSeconds } from '../std/time.ts';
import type { Pool, ServerConfig } from '../model/server-config.ts';
import type { ServiceView } from '../model/service-view.ts';
import type { HostTable } from '../lease/host-table.ts';
import type { LeaseTable } from '../lease/lease-table.ts';
import { mayAllocate, mayExtend, ownership } from '../lease/ownership.ts';
import { agentOptionAt, type Exchange } from './exchange.ts';
import type { Networks } from './networks.ts';
import type { Offers } from './offers.ts';

/** State codes (model/binding-state.ts) as this file compares them. */
export const code = { free: 1, active: 2, expired: 3, released: 4, abandoned: 5, reset: 6, backup: 7 } as const;

/** An abandoned address is not tried again before this, seconds. */
const abandonedHoldSeconds = 300;

export interface LookupDeps {
  readonly config: ServerConfig;
  readonly table: LeaseTable;
  readonly hosts: HostTable;
  readonly networks: Networks;
  readonly offers: Offers;
  readonly views: readonly (ServiceView | undefined)[];
}

export class Lookup {
  readonly #deps: LookupDeps;

  constructor(deps: LookupDeps) {
    this.#deps = deps;
  }

  viewOf(row: number): ServiceView | undefined {
    const peer = this.#deps.table.peer(row);
    return peer < 0 ? undefined : this.#deps.views[peer];
  }

  viewOfPool(pool: number): ServiceView | undefined {
    const peer = this.#deps.config.pools[pool]?.peer ?? -1;
    return peer < 0 ? undefined : this.#deps.views[peer];
  }

  // ── Hosts ──

  /**
   * Fills the host fields of the exchange: by client identifier, else hardware, else another identifying option. A declaration
   * found by one of these keeps those found by a later one from giving their address, but not their options (dhcpd-conf
   * reference §11.3). `wanted`: only a host that has this very address counts as fixed, by whatever it was found.
   */
  findHosts(x: Exchange, wanted = 0 as Ipv4): void {
    const { hosts } = this.#deps;
    if (hosts.count === 0) return;
    const { view } = x;
    let isFixing = true;
    let host = x.hasUid ? hosts.firstByUid(view.joined, x.uidAt, x.uidLength) : -1;
    const isByUid = host >= 0;
    for (; host >= 0; host = hosts.nextByUid(host)) this.#consider(x, host, wanted, isFixing);
    isFixing = wanted !== 0 || !isByUid;
    host = hosts.firstByHardware(view.htype, view.slot, view.chaddrAt, view.hlen);
    const isByHardware = host >= 0;
    for (; host >= 0; host = hosts.nextByHardware(host)) this.#consider(x, host, wanted, isFixing);
    isFixing &&= wanted !== 0 || !isByHardware;
    for (const option of hosts.identifierOptions) {
      const isAgent = option.space === 'agent';
      const bytes = isAgent ? x.agentBytes : view.joined;
      const at = isAgent ? agentOptionAt(x, option.code) : option.space === 'dhcp' ? view.optionAt(option.code) : -1;
      if (at < 0) continue;
      const length = isAgent ? (bytes[at - 1] ?? 0) : view.optionLength(option.code);
      for (host = hosts.firstByIdentifier(option, bytes, at, length); host >= 0; host = hosts.nextByIdentifier(host))
        this.#consider(x, host, wanted, isFixing);
    }
  }

  #consider(x: Exchange, host: number, wanted: Ipv4, isFixing: boolean): void {
    x.isKnown = true;
    const addresses = this.#deps.hosts.fixedAddresses(host);
    const isWithoutAddress = addresses.length === 0 && this.#deps.hosts.declaration(host).fixedAddresses.length === 0;
    if (isWithoutAddress) {
      if (x.optionsHost < 0) x.optionsHost = host;
      return;
    }
    if (x.fixedHost >= 0 || x.network < 0 || !isFixing) return;
    for (const address of addresses)
      if ((wanted === 0 || address === wanted) && this.#deps.networks.subnetOf(address)?.sharedNetwork === x.network) {
        x.fixedHost = host;
        x.fixedAddress = address;
        return;
      }
  }

  /** The row of a host's address while somebody holds it who is neither that host nor one that shares the address; else -1. */
  strangerOn(x: Exchange, address: Ipv4): number {
    const { table } = this.#deps;
    const row = table.rowOf(address);
    if (row < 0 || table.state(row) !== code.active || table.ends(row) <= x.now.wall) return -1;
    return this.isHolder(x, row) || this.#isSibling(row, address) ? -1 : row;
  }
  /** Several hosts that name one address are one holder (bonded NICs, P2). */
  #isSibling(row: number, address: Ipv4): boolean {
    const { table, hosts } = this.#deps;
    return hosts.byFixedAddress(address).some((host) => {
      const { hardware, uid } = hosts.declaration(host);
      if (uid !== undefined && table.uidIs(row, uid, 0, uid.length)) return true;
      return hardware !== undefined && table.hardwareIs(row, hardware.htype, hardware.address, 0, hardware.address.length);
    });
  }

  // ── Leases ──

  /** Same client as the one the row remembers: by uid when the row has one and the client sends one, else by hardware. */
  isHolder(x: Exchange, row: number): boolean {
    const { table } = this.#deps;
    const { view } = x;
    if (table.hasUid(row) && x.hasUid) return table.uidIs(row, view.joined, x.uidAt, x.uidLength);
    // A row with a uid belongs to the system that sent it; the same machine without one (its boot ROM) is another client
    // only while that lease runs.
    if (table.hasUid(row) && table.state(row) === code.active) return false;
    return table.hardwareIs(row, view.htype, view.slot, view.chaddrAt, view.hlen);
  }

  /** The row the client has or had on its network, best first: a running lease, then the latest; -1 without. */
  own(x: Exchange): number {
    const { table } = this.#deps;
    const { view } = x;
    let best = -1;
    if (x.hasUid)
      for (let row = table.firstByUid(view.joined, x.uidAt, x.uidLength); row >= 0; row = table.nextByUid(row))
        if (this.#isUsable(x, row) && this.#isBetter(row, best)) best = row;
    if (best >= 0) return best;
    let row = table.firstByHardware(view.htype, view.slot, view.chaddrAt, view.hlen);
    for (; row >= 0; row = table.nextByHardware(row))
      if (this.isHolder(x, row) && this.#isUsable(x, row) && this.#isBetter(row, best)) best = row;
    return best;
  }

  #isUsable(x: Exchange, row: number): boolean {
    const { table } = this.#deps;
    const state = table.state(row);
    if (state === code.abandoned || table.isWithheld(row) || !this.isOnNetwork(x, row) || !this.isServing(table.pool(row))) return false;
    return this.isPermitted(x, table.pool(row)) && mayExtend(table, row, this.viewOf(row), x.now.wall);
  }
  #isBetter(row: number, best: number): boolean {
    const { table } = this.#deps;
    if (best < 0) return true;
    const isActive = table.state(row) === code.active;
    if (isActive !== (table.state(best) === code.active)) return isActive;
    return table.ends(row) > table.ends(best);
  }
  isOnNetwork(x: Exchange, row: number): boolean {
    const pool = this.#deps.config.pools[this.#deps.table.pool(row)];
    return pool !== undefined && pool.sharedNetwork === x.network;
  }

  /** A reserved lease stays its client's, even when it ran out. */
  isReservedForOther(x: Exchange, row: number): boolean {
    return this.#deps.table.isReserved(row) && !this.isHolder(x, row);
  }

  /** What was offered to this client a moment ago, if it may still have it. */
  offered(x: Exchange): number {
    const { table, offers } = this.#deps;
    const row = offers.rowFor(x.client, x.now.mono);
    if (row < 0 || !this.isOnNetwork(x, row) || !this.isPermitted(x, table.pool(row)) || !this.isServing(table.pool(row))) return -1;
    return mayAllocate(table, row, this.viewOf(row), x.now.wall) ? row : -1;
  }

  /** The address the client asks for, if it is nobody's and ours to give. */
  requested(x: Exchange, address: Ipv4): number {
    const { table, offers } = this.#deps;
    const row = address === 0 ? -1 : table.rowOf(address);
    if (row < 0 || !this.isOnNetwork(x, row) || !this.isPermitted(x, table.pool(row)) || !this.isServing(table.pool(row))) return -1;
    const state = table.state(row);
    if (state === code.abandoned || offers.isForeign(row, x.client, x.now.mono) || this.isReservedForOther(x, row)) return -1;
    return mayAllocate(table, row, this.viewOf(row), x.now.wall) ? row : -1;
  }

  /** The next address to give away on the client's network; -1 when there is none. */
  allocate(x: Exchange): number {
    const network = this.#deps.config.sharedNetworks[x.network];
    if (network === undefined) return -1;
    let best = -1;
    for (const pool of network.pools) {
      if (!this.isPermitted(x, pool) || !this.isServing(pool)) continue;
      const row = this.#headOf(pool, x.now.wall);
      if (row < 0) continue;
      if (best < 0 || this.#isPreferred(row, best)) best = row;
    }
    return best;
  }

  /** The failover state lets us grant from this pool; pools without a peer always serve. */
  isServing(pool: number): boolean {
    const peer = this.#deps.config.pools[pool]?.peer ?? -1;
    return peer < 0 || this.#deps.views[peer]?.service !== 'none';
  }

  /** When every address is offered: the one whose offer is oldest, if this client may have it (reference §6). */
  oldestOffered(x: Exchange): number {
    const { table, offers } = this.#deps;
    return offers.oldest(
      x.now.mono,
      (row) =>
        this.isOnNetwork(x, row) &&
        this.isPermitted(x, table.pool(row)) &&
        this.isServing(table.pool(row)) &&
        table.state(row) !== code.abandoned &&
        mayAllocate(table, row, this.viewOf(row), x.now.wall),
    );
  }

  #headOf(pool: number, now: UnixSeconds): number {
    const { table, config, views } = this.#deps;
    const peer = config.pools[pool]?.peer ?? -1;
    const view = peer < 0 ? undefined : views[peer];
    const own = view?.role === 'secondary' ? code.backup : code.free;
    const other = own === code.free ? code.backup : code.free;
    let row = table.head(pool, own);
    if (row >= 0) return row;
    if (view !== undefined && view.service !== 'partner-down' && peer >= 0) row = -1;
    else {
      row = table.head(pool, other);
      if (row >= 0 && ownership(table, row, view, now) === 'yes') return row;
    }
    row = table.head(pool, code.abandoned);
    if (row < 0 || !mayAllocate(table, row, view, now)) return -1;
    // Somebody was found on it a moment ago: probing it for every DISCOVER of a full pool would find them again.
    const abandonedAt = table.ends(row) - config.settings.abandonLeaseTime;
    return now - abandonedAt >= abandonedHoldSeconds ? row : -1;
  }

  /** Not abandoned before abandoned, never used before used, then the one that ended first. */
  #isPreferred(row: number, best: number): boolean {
    const { table } = this.#deps;
    const rank = (of: number): number => (table.state(of) === code.abandoned ? 2 : table.isUnused(of) ? 0 : 1);
    return rank(row) < rank(best) || (rank(row) === rank(best) && rank(row) === 1 && table.ends(row) < table.ends(best));
  }

  /** No deny entry matches, and the allow list is empty or one of its entries matches (dhcpd-conf reference §4.3). */
  isPermitted(x: Exchange, poolIndex: number): boolean {
    const pool = this.#deps.config.pools[poolIndex];
    if (pool === undefined) return false;
    for (const permit of pool.deny) if (permitMatches(permit, x)) return false;
    if (pool.allow.length === 0) return true;
    for (const permit of pool.allow) if (permitMatches(permit, x)) return true;
    return false;
  }

  /** The network has an address that the partner could give to this client. */
  partnerHasFree(x: Exchange, view: ServiceView): boolean {
    const theirs = view.role === 'primary' ? code.backup : code.free;
    const network = this.#deps.config.sharedNetworks[x.network];
    const { table, config } = this.#deps;
    return (network?.pools ?? []).some(
      (pool) => (config.pools[pool]?.peer ?? -1) >= 0 && table.count(pool, theirs) - table.countWithheld(pool, theirs) - table.countReserved(pool, theirs) > 0,
    );
  }

  /** The view of the first pool with a peer on the client's network. */
  networkView(x: Exchange): ServiceView | undefined {
    const { config, views } = this.#deps;
    for (const pool of config.sharedNetworks[x.network]?.pools ?? []) {
      const peer = config.pools[pool]?.peer ?? -1;
      if (peer >= 0) return views[peer];
    }
    return undefined;
  }

  expireOffers(now: MonoMillis): void {
    this.#deps.offers.expire(now);
  }
}

export function permitMatches(permit: Pool['allow'][number], x: Exchange): boolean {
  switch (permit.kind) {
    case 'known-clients': return x.isKnown;
    case 'unknown-clients': return !x.isKnown;
    case 'all-clients': case 'unauthenticated-clients': return true;
    case 'authenticated-clients': return false;
    case 'dynamic-bootp-clients': return x.view.messageType === 0;
    case 'members-of': return x.classes.hasClass(permit.classIndex);
    case 'after': return x.now.wall > permit.time;
  }
}
