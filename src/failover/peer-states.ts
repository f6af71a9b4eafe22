// The endpoint's states as tables (failover reference §4): where a partner's STATE takes us, running and starting, what each
// state serves, what a lost link and a finished update lead to. Transitions are nowhere else.

import { serverStateCode, type ServerState } from '../wire/failover-tables.ts';

export type { ServerState } from '../wire/failover-tables.ts';
export const serverStates = Object.keys(serverStateCode) as readonly ServerState[];

/**
 * What a partner's state does to us: a state to enter, `stay`, or `ask` — stay in recover and ask for everything again.
 * Absent: stay.
 */
export type Reaction = ServerState | 'ask';

type ReactionRow = Readonly<Partial<Record<ServerState, Reaction>>>;

/**
 * Where we go (key of the row: our state; of the cell: the partner's): ISC's cells, but for those in `safer` below, where ISC
 * would end its process, or would stop serving until somebody comes.
 */
export const onPartnerState: Readonly<Record<ServerState, ReactionRow>> = {
  normal: {
    'partner-down': 'potential-conflict',
    recover: 'partner-down',
    paused: 'communications-interrupted',
    shutdown: 'partner-down',
    // Cannot be: whoever is in one of these has not been told that we are normal. Compare leases again and say so.
    'potential-conflict': 'potential-conflict',
    'resolution-interrupted': 'potential-conflict',
    'conflict-done': 'potential-conflict',
  },
  'communications-interrupted': {
    normal: 'normal',
    'communications-interrupted': 'normal',
    'recover-done': 'normal',
    'recover-wait': 'normal',
    'partner-down': 'potential-conflict',
    'potential-conflict': 'potential-conflict',
    'resolution-interrupted': 'potential-conflict',
    'conflict-done': 'potential-conflict',
    // It lost its leases, or it says that it is leaving: we hold everything that was ever announced.
    recover: 'partner-down',
    shutdown: 'partner-down',
  },
  'partner-down': {
    normal: 'potential-conflict',
    'communications-interrupted': 'potential-conflict',
    'partner-down': 'potential-conflict',
    'potential-conflict': 'potential-conflict',
    'resolution-interrupted': 'potential-conflict',
    'conflict-done': 'potential-conflict',
    'recover-done': 'normal',
  },
  // A partner that went on without us serves; we take everything from it. One in recover comes to us when it hears our state: if
  // we went to it, the two would change places for ever.
  'potential-conflict': { normal: 'recover', shutdown: 'partner-down' },
  recover: {
    normal: 'potential-conflict',
    'potential-conflict': 'potential-conflict',
    'resolution-interrupted': 'potential-conflict',
    'conflict-done': 'potential-conflict',
    'communications-interrupted': 'ask',
    'partner-down': 'ask',
    recover: 'ask',
    // Not partner-down on shutdown: what the partner leased while we were away has not arrived, so nothing may be given out.
  },
  'recover-wait': {},
  'recover-done': { normal: 'normal', 'recover-done': 'normal', shutdown: 'partner-down' },
  'resolution-interrupted': {
    normal: 'potential-conflict',
    'communications-interrupted': 'potential-conflict',
    'partner-down': 'potential-conflict',
    'potential-conflict': 'potential-conflict',
    recover: 'potential-conflict',
    'recover-done': 'potential-conflict',
    'resolution-interrupted': 'potential-conflict',
    'conflict-done': 'potential-conflict',
    'recover-wait': 'potential-conflict',
    shutdown: 'partner-down',
  },
  'conflict-done': {
    normal: 'normal',
    'recover-done': 'normal',
    'communications-interrupted': 'potential-conflict',
    'partner-down': 'potential-conflict',
    'conflict-done': 'potential-conflict',
    // We hold the leases of both by now.
    recover: 'partner-down',
    shutdown: 'partner-down',
  },
  shutdown: {},
  paused: {},
  startup: {},
  'unknown-state': {},
};

/** Our cells that differ from ISC's, `mine/partner`, and what ISC does there: `die` ends its process. Tests and documentation. */
export const safer: Readonly<Record<string, ServerState | 'die' | 'stay'>> = {
  'normal/potential-conflict': 'shutdown',
  'normal/resolution-interrupted': 'shutdown',
  'normal/conflict-done': 'shutdown',
  'potential-conflict/normal': 'shutdown',
  'potential-conflict/recover': 'recover',
  'recover/shutdown': 'partner-down',
  'conflict-done/communications-interrupted': 'die',
  'conflict-done/partner-down': 'die',
  'conflict-done/recover': 'die',
  'conflict-done/paused': 'die',
  'conflict-done/shutdown': 'shutdown',
  'conflict-done/recover-done': 'die',
  'conflict-done/conflict-done': 'die',
  'conflict-done/recover-wait': 'die',
};

/** Running: the state to be in after the partner announced `partner`. */
export const reactionTo = (mine: ServerState, partner: ServerState): Reaction | 'stay' =>
  onPartnerState[mine][partner] ?? 'stay';

/** Starting with saved state `saved`: as running, but normal yields to partner-down, and staying means entering `saved`. */
export function startupReaction(saved: ServerState, partner: ServerState): ServerState {
  if (saved === 'normal' && partner === 'partner-down') return 'recover';
  const reaction = onPartnerState[saved][partner] ?? saved;
  return reaction === 'ask' ? 'recover' : reaction;
}

/** Where a lost link, or a startup that heard nobody, leads (reference §4.3). Absent: stay, or enter the saved state. */
export const onDisconnect: Readonly<Partial<Record<ServerState, ServerState>>> = {
  normal: 'communications-interrupted',
  'potential-conflict': 'resolution-interrupted',
  'unknown-state': 'resolution-interrupted',
};

export type Role = 'primary' | 'secondary';
/** What UPDDONE leads to (reference §4.7); `wait` is recover-wait. */
export function onUpdateDone(mine: ServerState, role: Role, partner: ServerState, isWaitOver: boolean): ServerState | 'stay' | 'error' {
  switch (mine) {
    case 'recover': return partner === 'recover' || partner === 'recover-done' || isWaitOver ? 'recover-done' : 'recover-wait';
    case 'potential-conflict':
      if (role === 'primary') return partner === 'conflict-done' ? 'error' : 'conflict-done';
      return partner === 'conflict-done' ? 'normal' : 'error';
    case 'conflict-done': return 'error';
    default: return 'stay';
  }
}

/** What a state serves of failover pools, and dhcpd's words when it serves nothing (reference §4.1). */
export interface ServiceRow {
  readonly service: 'cooperating' | 'alone' | 'partner-down' | 'none';
  readonly reason: string;
}
const none = (reason: string): ServiceRow => ({ service: 'none', reason });
export const serviceOf: Readonly<Record<ServerState, ServiceRow>> = {
  'unknown-state': none(' (my state unknown)'),
  startup: none(' (startup)'),
  normal: { service: 'cooperating', reason: '' },
  'communications-interrupted': { service: 'alone', reason: '' },
  'partner-down': { service: 'partner-down', reason: '' },
  'potential-conflict': none(' (resolving conflicts)'),
  recover: none(' (recovering)'),
  paused: none(' (paused)'),
  shutdown: none(' (shut down)'),
  'recover-done': none(' (recover done)'),
  'resolution-interrupted': none(' (resolving conflicts)'),
  'conflict-done': none(' (resolving conflicts)'),
  'recover-wait': none(' (recover wait)'),
};

/** The last known partner state overrides a serving state of ours, also while the link is down. */
export const partnerOverride: Readonly<Partial<Record<ServerState, string>>> = {
  'partner-down': ' (peer demands: recovering)',
  'potential-conflict': ' (peer demands: resolving conflicts)',
  'conflict-done': ' (peer demands: resolving conflicts)',
  'resolution-interrupted': ' (peer demands: resolving conflicts)',
};

/**
 * What we serve: our state's row, unless the partner demands silence. An operator's partner-down overrules the demand: the
 * partner does not run. With a partner that does not serve there is nobody to share clients with (ISC drops those of the partner).
 */
export function serviceFor(mine: ServerState, partner: ServerState): ServiceRow {
  const row = serviceOf[mine];
  if (row.service === 'none' || row.service === 'partner-down') return row;
  const demand = partnerOverride[partner];
  if (demand !== undefined) return none(demand);
  const isShared = partner === 'normal' || partner === 'communications-interrupted';
  return row.service === 'cooperating' && !isShared ? { service: 'alone', reason: '' } : row;
}

/** What a dhcpd in conflict-done survives hearing; anything else ends its process (reference §11.1 item 2). */
export const bearableInConflictDone: ReadonlySet<ServerState> = new Set([
  'normal', 'shutdown', 'potential-conflict', 'resolution-interrupted',
]);

/** Leaving these puts un-acked updates back to the head of the queue (reference §4.6). */
export const requeuesOnLeaving: ReadonlySet<ServerState> = new Set(['normal', 'potential-conflict', 'partner-down']);

/** Repeated STATE of the same partner state: handled like a change in these, passed over in all others (reference §4.4). */
export const handlesRepeats: ReadonlySet<ServerState> = new Set([
  'partner-down', 'communications-interrupted', 'resolution-interrupted', 'recover', 'conflict-done',
]);
