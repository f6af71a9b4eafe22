// Sharing the free addresses of a pool out between the partners (failover reference §6). Integer arithmetic truncates towards zero.

import type { Now } from '../std/time.ts';
import { bindingCode } from '../model/binding-state.ts';
import type { Effects } from '../model/step.ts';
import type { FailoverPeer, ServerConfig } from '../model/server-config.ts';
import type { LeaseTable } from '../lease/lease-table.ts';
import { isPrimaryBucket, loadBalanceHash } from '../wire/load-balance-hash.ts';
import { freeStateOf, otherRole, type Bindings } from './bindings.ts';
import { balanced, balancing, imbalanced } from './log-events.ts';

export interface BalanceNumbers {
  /** Addresses to give to the partner; negative: to get. */
  readonly lts: number;
  readonly thresh: number;
  readonly hold: number;
  readonly panic: number;
}

export interface FreeCounts {
  readonly free: number;
  readonly backup: number;
}
/** What either side can allocate: reserved addresses do not count (reference §6), nor do those of host declarations. */
export function freeCounts(table: LeaseTable, pool: number): FreeCounts {
  const allocatable = (state: number): number =>
    Math.max(table.count(pool, state) - table.countReserved(pool, state) - table.countWithheld(pool, state), 0);
  return { free: allocatable(bindingCode.free), backup: allocatable(bindingCode.backup) };
}

export function balanceNumbers(peer: FailoverPeer, free: number, backup: number): BalanceNumbers {
  const total = free + backup;
  const ours = peer.role === 'primary' ? free : backup;
  const theirs = total - ours;
  const thresh = Math.trunc((total * peer.maxLeaseMisbalance + 50) / 100);
  const hold = Math.trunc((total * peer.maxLeaseOwnership + 50) / 100);
  return { lts: Math.trunc((ours - theirs) / 2), thresh, hold, panic: thresh === 0 ? -1 : -2 * thresh };
}

export interface BalanceDeps {
  readonly config: ServerConfig;
  readonly table: LeaseTable;
  readonly bindings: Bindings;
  /** Hash buckets in force; undefined on a secondary before its first CONNECT. */
  readonly hashBuckets: Uint8Array | undefined;
}

export interface BalanceResult {
  /** Addresses given away. */
  readonly count: number;
  /** We are so short that the partner should be asked. */
  readonly wantsRequest: boolean;
  /** Nothing is left to give. */
  readonly isFinished: boolean;
}

/** Rows that one step may look at for clients of the partner. */
const seenMax = 5_000;

/** Why a pool is balanced now. `goes-on`: a step before this one gave all that a step may give. */
export type BalanceReason = 'change' | 'timer' | 'goes-on';

/**
 * Balances one pool: gives away what is above our share, clients' own addresses first, `budget` of them at most. The log tells of its
 * beginning and of its end, however many steps lie between.
 */
export function balancePool(
  deps: BalanceDeps, peer: FailoverPeer, poolIndex: number, reason: BalanceReason, budget: number, now: Now, effects: Effects,
): BalanceResult {
  const { table } = deps;
  const counts = (): FreeCounts => freeCounts(table, poolIndex);
  const before = counts();
  const numbers = balanceNumbers(peer, before.free, before.backup);
  const { hold, thresh, panic } = numbers;
  let { lts } = numbers;
  const pool = (0x1000 + poolIndex * 0x40).toString(16);
  const network = deps.config.sharedNetworks[deps.config.pools[poolIndex]?.sharedNetwork ?? -1]?.name ?? '';
  const total = poolSize(deps.config, poolIndex);
  const asks = reason === 'timer' && lts < panic;
  if (reason !== 'goes-on') effects.log.event(balancing, { pool, network, total, ...before, lts, hold, asks });
  const count = give(deps, peer, poolIndex, { lts, hold, budget }, now, effects);
  lts -= count;
  const isFinished = count < budget;
  if (isFinished) effects.log.event(lts > thresh ? imbalanced : balanced, { pool, network, total, ...counts(), lts, thresh });
  return { count, wantsRequest: asks, isFinished };
}

const poolSize = (config: ServerConfig, pool: number): number =>
  (config.pools[pool]?.ranges ?? []).reduce((sum, { low, high }) => sum + high - low + 1, 0);

interface Share {
  readonly lts: number;
  readonly hold: number;
  readonly budget: number;
}

function give(deps: BalanceDeps, peer: FailoverPeer, pool: number, { lts: ltsAtStart, hold, budget }: Share, now: Now, effects: Effects): number {
  const { table, bindings } = deps;
  const own = bindingCode[freeStateOf(peer.role)];
  const theirs = freeStateOf(otherRole(peer.role));
  let lts = ltsAtStart;
  let count = 0;
  const hand = (row: number): void => {
    bindings.give(row, theirs, now, effects);
    lts--;
    count++;
  };
  // Pass 1: what the partner's clients had last, within the share it may own.
  let row = table.head(pool, own);
  for (let seen = 0; row >= 0 && lts > -hold && seen < seenMax && count < budget; seen++) {
    const next = table.next(row);
    if (!table.isUnused(row) && !table.isReserved(row) && partnerWants(deps, peer, row)) hand(row);
    row = next;
  }
  // Pass 2: anything, down to the share; never used ones until both have the same.
  row = table.head(pool, own);
  while (row >= 0 && count < budget) {
    const isUnused = table.isUnused(row);
    if (isUnused ? lts <= 0 : lts <= hold) break;
    const next = table.next(row);
    if (!table.isReserved(row)) hand(row);
    row = next;
  }
  return count;
}

/**
 * Seconds until a pool's next timer run (reference §6): the age of the oldest free address of either side, our own twice, as far
 * as the tolerated imbalance goes. A side without an address is looked after at once.
 */
export function balanceDelay(table: LeaseTable, peer: FailoverPeer, pool: number, now: Now): number {
  const tolerated = (state: number): number => {
    const row = table.head(pool, state);
    return row < 0 ? 0 : Math.trunc((Math.max(now.wall - table.ends(row), 0) * peer.maxLeaseMisbalance) / 100);
  };
  const ours = bindingCode[freeStateOf(peer.role)];
  const theirs = bindingCode[freeStateOf(otherRole(peer.role))];
  return Math.min(tolerated(ours) * 2, tolerated(theirs), peer.maxBalance);
}

/** A freed address goes to the partner when its last client belongs there, within what the partner may own (reference §5.3). */
export function belongsToPartner(deps: BalanceDeps, peer: FailoverPeer, row: number): boolean {
  const { table } = deps;
  if (peer.role !== 'primary' || table.state(row) !== bindingCode.free) return false;
  if (table.isReserved(row) || table.isBootp(row) || table.isWithheld(row) || !partnerWants(deps, peer, row)) return false;
  const { free, backup } = freeCounts(table, table.pool(row));
  const { lts, hold } = balanceNumbers(peer, free, backup);
  return lts > -hold;
}

const scratch = new Uint8Array(256);

/** Whether the row's last client hashes to the partner (reference §3.5). */
export function partnerWants({ table, hashBuckets }: Pick<BalanceDeps, 'table' | 'hashBuckets'>, peer: FailoverPeer, row: number): boolean {
  if (hashBuckets === undefined) return false;
  const size = table.hasUid(row) ? table.copyUid(row, scratch, 0) : table.hasHardware(row) ? table.copyHardware(row, scratch, 0) : 0;
  if (size === 0) return false;
  return isPrimaryBucket(hashBuckets, loadBalanceHash(scratch, 0, size)) !== (peer.role === 'primary');
}
