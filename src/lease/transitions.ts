// Every move of a binding as one table: which cause may take a row from which state to which (failover reference §5.3,
// dhcpd-leases reference §5). Only lease-table.ts asks; role-dependent acceptance of partner updates is failover's.

import type { BindingState } from '../model/binding-state.ts';
import { bindingStates } from '../model/binding-state.ts';

/** Why a row changes. */
export type LeaseCause =
  /** We sent, or are about to send, an ACK: also a renewal. */
  | 'grant'
  /** The client gave the address back. */
  | 'release'
  /** A DECLINE was believed, or an address answered a ping. */
  | 'abandon'
  /** The row's timer came (`dueRow`). */
  | 'expire'
  /** An operator freed the address or corrected the row. */
  | 'operator'
  /** A BNDUPD of the partner was accepted. */
  | 'partner-update'
  /** A BNDACK of the partner: agreed times, and expired, released, reset become free or backup. */
  | 'partner-ack'
  /** Bookkeeping of an update about to be sent (rewind state, tstp), or of entering partner-down (tsfp). */
  | 'announce'
  /** Pool balance or affinity: free and backup change sides. */
  | 'balance'
  /** The partner told what its client said besides (host name, option 82, vendor class): the binding stays. */
  | 'details'
  /** Both partners held the address; the written rule decided. */
  | 'conflict';

interface CauseRow {
  /** Targets by origin; an origin that is absent cannot move by this cause. */
  readonly moves: Readonly<Partial<Record<BindingState, readonly BindingState[]>>>;
  /** Whether failover hears of it (`LeaseTable.changed`). */
  readonly isAnnounced: boolean;
  /** What the record loses by itself (dhcpd-leases reference §5). `extras`: host name, agent options, billing, variables, handlers. */
  readonly drops: 'nothing' | 'all but variables' | 'extras' | 'client and extras';
}

const anywhere = (targets: readonly BindingState[]): Record<BindingState, readonly BindingState[]> => ({
  free: targets, active: targets, expired: targets, released: targets, abandoned: targets, reset: targets, backup: targets,
});

export const leaseCauses: Readonly<Record<LeaseCause, CauseRow>> = {
  grant: { moves: anywhere(['active']), isAnnounced: true, drops: 'nothing' },
  release: { moves: { active: ['free', 'released'] }, isAnnounced: true, drops: 'extras' },
  abandon: { moves: anywhere(['abandoned']), isAnnounced: true, drops: 'client and extras' },
  expire: {
    moves: {
      // Straight to free or backup: no partner, or one that was never told (rewind state).
      active: ['expired', 'free', 'backup'],
      expired: ['free', 'backup'],
      released: ['free', 'backup'],
      reset: ['free', 'backup'],
      abandoned: ['free'],
      // A pool that lost its failover peer.
      backup: ['free'],
    },
    isAnnounced: true,
    drops: 'all but variables',
  },
  operator: {
    moves: {
      free: ['free', 'abandoned'],
      backup: ['backup', 'free', 'abandoned'],
      active: ['active', 'reset', 'free', 'released', 'expired', 'abandoned'],
      expired: ['expired', 'free', 'reset'],
      released: ['released', 'free', 'reset'],
      reset: ['reset', 'free'],
      abandoned: ['abandoned', 'free', 'reset'],
    },
    isAnnounced: true,
    drops: 'nothing',
  },
  // A receiver stores expired, released and reset as free or backup at once: it never shows them.
  'partner-update': { moves: anywhere(['free', 'active', 'abandoned', 'backup']), isAnnounced: false, drops: 'nothing' },
  'partner-ack': {
    moves: {
      free: ['free', 'backup'],
      backup: ['backup', 'free'],
      active: ['active'],
      abandoned: ['abandoned'],
      expired: ['free', 'backup', 'expired'],
      released: ['free', 'backup', 'released'],
      reset: ['free', 'backup', 'reset'],
    },
    isAnnounced: false,
    drops: 'nothing',
  },
  announce: {
    moves: {
      free: ['free'], active: ['active'], expired: ['expired'], released: ['released'], abandoned: ['abandoned'],
      reset: ['reset'], backup: ['backup'],
    },
    isAnnounced: false,
    drops: 'nothing',
  },
  details: { moves: { active: ['active'] }, isAnnounced: false, drops: 'nothing' },
  balance: { moves: { free: ['backup'], backup: ['free'] }, isAnnounced: true, drops: 'nothing' },
  conflict: { moves: anywhere(['active', 'abandoned', 'free', 'backup']), isAnnounced: true, drops: 'nothing' },
};

/** PERF: one bit per target state, indexed by cause and origin, so that a grant costs one load and one test. */
const targetBits: Readonly<Record<LeaseCause, Uint8Array>> = bitsOf();

function bitsOf(): Record<LeaseCause, Uint8Array> {
  const bits: Partial<Record<LeaseCause, Uint8Array>> = {};
  for (const [cause, { moves }] of Object.entries(leaseCauses) as [LeaseCause, CauseRow][]) {
    const row = new Uint8Array(8);
    bindingStates.forEach((from, index) => {
      for (const to of moves[from] ?? []) row[index + 1] = (row[index + 1] ?? 0) | (1 << bindingStates.indexOf(to));
    });
    bits[cause] = row;
  }
  return bits as Record<LeaseCause, Uint8Array>;
}

/** Whether `cause` may take a row from state code `from` to state code `to` (1..7 each). */
export const mayMove = (cause: LeaseCause, from: number, to: number): boolean =>
  (((targetBits[cause][from] ?? 0) >> (to - 1)) & 1) === 1;

/** Where the timer takes a row, as dhcpd writes `next binding state` (state codes). */
export const nextStateOf = (state: number, hasPeer: boolean): number => (hasPeer ? nextWithPeer : nextAlone)[state] ?? state;
const nextAlone: readonly number[] = [0, 1, 1, 1, 1, 1, 1, 7];
const nextWithPeer: readonly number[] = [0, 1, 3, 1, 1, 1, 1, 7];
