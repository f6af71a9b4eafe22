// May this node allocate or extend a lease? Pure, over a row and the view failover keeps (failover reference §5.6).

import { addSeconds, latest, type UnixSeconds } from '../std/time.ts';
import type { ServiceView } from '../model/service-view.ts';
import type { LeaseTable } from './lease-table.ts';

/** `yes`, or why not: dhcpd's log texts name the same cases. */
export type Ownership = 'yes' | 'withheld' | 'active' | 'owned-by-peer' | 'in-transition' | 'reset';

type Rule = 'never' | 'always' | 'told-or-takeover' | 'takeover' | 'expired-takeover-or-rewind' | 'reset-takeover';
/** Rows by state code, for each role. */
const rules: Readonly<Record<ServiceView['role'], readonly Rule[]>> = {
  // By state code: none, free, active, expired, released, abandoned, reset, backup.
  primary: ['never', 'always', 'never', 'expired-takeover-or-rewind', 'expired-takeover-or-rewind', 'told-or-takeover', 'reset-takeover', 'takeover'],
  secondary: ['never', 'takeover', 'never', 'expired-takeover-or-rewind', 'expired-takeover-or-rewind', 'takeover', 'reset-takeover', 'always'],
};

const isTakenOver = (table: LeaseTable, row: number, { service, stos, mclt }: ServiceView, now: UnixSeconds): boolean =>
  service === 'partner-down' && now > addSeconds(latest(table.tsfp(row), stos), mclt);

/**
 * Whether a free address may be given to anybody now. Without a peer (`view` undefined) free, backup and abandoned rows are ours.
 * In partner-down the partner's addresses become ours after max(tsfp, STOS) + MCLT.
 */
export function ownership(table: LeaseTable, row: number, view: ServiceView | undefined, now: UnixSeconds): Ownership {
  const state = table.state(row);
  if (table.isWithheld(row)) return 'withheld';
  if (state === 2) return 'active';
  if (view === undefined) return 'yes';
  const isDown = view.service === 'partner-down';
  switch (rules[view.role][state] ?? 'never') {
    case 'always':
      return 'yes';
    // Why: until the partner has heard that the address is abandoned it may be its own, free to give out.
    case 'told-or-takeover':
      return table.tstp(row) <= table.atsfp(row) || isTakenOver(table, row, view, now) ? 'yes' : 'owned-by-peer';
    case 'takeover':
      return isTakenOver(table, row, view, now) ? 'yes' : 'owned-by-peer';
    case 'expired-takeover-or-rewind':
      if (table.rewindState(row) === (view.role === 'primary' ? 1 : 7)) return 'yes';
      return isDown && table.tsfp(row) < now ? 'yes' : 'in-transition';
    case 'reset-takeover':
      return isDown && table.tsfp(row) < now ? 'yes' : 'reset';
    case 'never':
      return 'active';
  }
}

export const mayAllocate = (table: LeaseTable, row: number, view: ServiceView | undefined, now: UnixSeconds): boolean =>
  ownership(table, row, view, now) === 'yes';

/**
 * Whether the row may be granted to the client that had it last: as above, and always while its binding or rewind state is
 * active. The caller has checked that it is the same client.
 */
export const mayExtend = (table: LeaseTable, row: number, view: ServiceView | undefined, now: UnixSeconds): boolean =>
  table.state(row) === 2 || table.rewindState(row) === 2 || mayAllocate(table, row, view, now);
