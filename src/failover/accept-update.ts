// Whether a partner's BNDUPD is taken over (failover reference §5.4, §5.5): checks in order, two tables, one verdict.

import type { UnixSeconds } from '../std/time.ts';
import type { BindingState } from '../model/binding-state.ts';
import { ipFlag, rejectReason, type Rejection, type FailoverMessage } from '../wire/failover-message.ts';
import type { Role, ServerState } from './peer-states.ts';

export type Bndupd = Extract<FailoverMessage, { kind: 'bndupd' }>;

/** `ok`; `never`; `past`: only when the message's potential expiry has passed; `ended`: only when our lease (nearly) has. */
export type Acceptance = 'ok' | 'never' | 'past' | 'ended';
type AcceptanceRow = Readonly<Record<BindingState, Acceptance>>;

const row = (free: Acceptance, active: Acceptance, expired: Acceptance, released: Acceptance, abandoned: Acceptance, reset: Acceptance, backup: Acceptance): AcceptanceRow =>
  ({ free, active, expired, released, abandoned, reset, backup });
const anything = row('ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok');

/** In normal: our state by incoming state, for each role. */
export const acceptedInNormal: Readonly<Record<Role, Readonly<Record<BindingState, AcceptanceRow>>>> = {
  secondary: {
    free: anything,
    abandoned: anything,
    active: row('past', 'ok', 'ended', 'ok', 'ok', 'ok', 'past'),
    expired: row('past', 'ok', 'ok', 'ok', 'ok', 'ok', 'past'),
    reset: row('past', 'ok', 'ok', 'ok', 'ok', 'ok', 'past'),
    released: anything,
    backup: anything,
  },
  primary: {
    free: anything,
    abandoned: anything,
    active: row('never', 'ok', 'never', 'ok', 'ok', 'never', 'never'),
    expired: row('past', 'ok', 'ok', 'ok', 'ok', 'ok', 'past'),
    reset: row('past', 'ok', 'ok', 'ok', 'ok', 'ok', 'past'),
    released: anything,
    backup: anything,
  },
};
/** In every other state, both roles. */
export const acceptedElsewhere: Readonly<Record<BindingState, AcceptanceRow>> = {
  free: anything,
  abandoned: anything,
  expired: anything,
  released: anything,
  reset: anything,
  backup: anything,
  active: row('never', 'ok', 'ended', 'ok', 'ok', 'ok', 'never'),
};

/**
 * dhcpd's allowance for clocks and delays when it compares our `ends` with now, seconds. When the two meet again after a time
 * apart it is only for a partner that knows of our last renewal: another has no say in the last minute of our lease. (dhcpd lets
 * the lease end there, and two clients hold the address.) In normal a dhcpd has it always: it does not keep our times of contact.
 */
const fudgeSeconds = 65;

/**
 * Ends that are not a matter of time. (dhcpd believes them whatever it did since the two lost sight of each other: what a client
 * did at the partner before we leased the address ends our lease, and two clients hold the address.)
 */
const endedByClient: ReadonlySet<BindingState> = new Set(['released', 'abandoned', 'reset']);

/**
 * A client ends a lease at the server that gave it: what the partner says is over, and it has not heard of our lease since, is a lease
 * before ours, also when both were in one second, as far as two clocks of whole seconds tell. (A dhcpd does not keep our times of contact.)
 */
const clockSeconds = 1;
function endedBefore(update: Bndupd, { cltt, isUnheard, isOwnPartner }: OurBinding): boolean {
  const theirs = update.cltt ?? 0;
  return theirs < cltt || (isUnheard && isOwnPartner && theirs <= cltt + clockSeconds);
}

/** What the check needs of our row. */
export interface OurBinding {
  readonly state: BindingState;
  readonly ends: UnixSeconds;
  readonly cltt: UnixSeconds;
  readonly isReserved: boolean;
  readonly isBootp: boolean;
  /** State of our update that is sent and not acknowledged; undefined when there is none. */
  readonly unacked: BindingState | undefined;
  /** We lease the address to another client, and the partner has not confirmed that. */
  readonly isRival: boolean;
  /** The partner has not confirmed our last contact with the client. */
  readonly isUnheard: boolean;
  /** The partner is a Leasehold: its updates carry the last contact with either node. */
  readonly isOwnPartner: boolean;
}

const reject = (reason: Rejection['reason'], message: string): Rejection => ({ reason, message });

/** undefined: accept. The address is known to be in a pool of this relationship. */
export function rejection(update: Bndupd, ours: OurBinding, role: Role, mine: ServerState, now: UnixSeconds): Rejection | undefined {
  const { status } = update;
  if (status === undefined) return reject(rejectReason.missingBinding, 'binding update lacks required options');
  return (
    duel(update, status, ours, role) ??
    clientProblem(update, status) ??
    flagProblem(update, ours, role) ??
    transitionProblem(update, status, ours, role, mine, now)
  );
}

/**
 * Both sent an update of the row at once (§5.5): only one may stand. The same rule decides between two clients when both nodes
 * leased the address while apart, also before our update is sent: the later transaction keeps it, so both nodes decide alike.
 */
function duel(update: Bndupd, status: BindingState, ours: OurBinding, role: Role): Rejection | undefined {
  const announced = ours.unacked ?? (ours.isRival && status === 'active' ? 'active' : undefined);
  if (announced === undefined) return undefined;
  const isOurs = isOursMoreCritical(announced, status, ours.cltt, update.cltt ?? 0, role) || isUnheardRenewal(announced, status, ours, update);
  if (!isOurs) return undefined;
  return reject(rejectReason.lessCriticalBinding, 'incoming update is less critical than outgoing update');
}

/**
 * The partner ended the lease before it heard of our renewal, which is on its way to it. When both cross at the very end of that
 * renewal, both would be taken over: the partner would measure the client's next lease by a promise that is forgotten here, and let
 * it run beyond MCLT. (A dhcpd has its way, as with another: it does not keep our times of contact.)
 */
const isUnheardRenewal = (announced: BindingState, status: BindingState, ours: OurBinding, update: Bndupd): boolean =>
  announced === 'active' && status === 'expired' && ours.isOwnPartner && ours.cltt > (update.cltt ?? 0);

function isOursMoreCritical(ours: BindingState, theirs: BindingState, ourContact: number, theirContact: number, role: Role): boolean {
  const isPrimary = role === 'primary';
  if (ours === 'active' && theirs === 'active') return ourContact > theirContact || (ourContact === theirContact && isPrimary);
  if (ours === 'active' && theirs === 'expired') return false;
  if (ours !== 'active' && theirs === 'active') return false;
  return isPrimary;
}

function clientProblem({ hardware, uid }: Bndupd, status: BindingState): Rejection | undefined {
  if (hardware !== undefined && hardware.address.length > 20) return reject(rejectReason.unknownReason, 'chaddr too long');
  if (status === 'abandoned' && hardware !== undefined) return reject(rejectReason.unknownReason, 'BNDUPD to ABANDONED with a CHADDR');
  if (status === 'abandoned' && uid !== undefined) return reject(rejectReason.unknownReason, 'BNDUPD to ABANDONED with client-id');
  const needsHardware = status === 'active' || status === 'expired' || status === 'released';
  if (needsHardware && hardware === undefined) return reject(rejectReason.missingBinding, 'BNDUPD without CHADDR');
  return undefined;
}

function flagProblem({ ipFlags }: Bndupd, ours: OurBinding, role: Role): Rejection | undefined {
  const isOurs = ours.state === (role === 'primary' ? 'free' : 'backup');
  if (ipFlags === undefined || !isOurs) return undefined;
  if ((ipFlags & ipFlag.reserved) !== 0 && !ours.isReserved) return reject(rejectReason.notReserved, 'Address is not reserved.');
  if ((ipFlags & ipFlag.bootp) !== 0 && !ours.isBootp) return reject(rejectReason.unknownReason, 'Address is not allocated to BOOTP.');
  return undefined;
}

function transitionProblem(update: Bndupd, status: BindingState, ours: OurBinding, role: Role, mine: ServerState, now: UnixSeconds): Rejection | undefined {
  if (ours.state === status) return undefined;
  const table = mine === 'normal' ? acceptedInNormal[role] : acceptedElsewhere;
  const hasContacts = ours.isOwnPartner || mine !== 'normal';
  const isOutdated = hasContacts && (update.cltt ?? 0) < ours.cltt;
  if (hasContacts && ours.state === 'active' && ours.ends > now && endedByClient.has(status) && endedBefore(update, ours))
    return reject(rejectReason.outdatedBinding, 'the client was heard here since');
  const isGood = holds(table[ours.state][status], update, ours, now, isOutdated ? 0 : fudgeSeconds);
  if (isGood) return undefined;
  const ip = update.address ?? 0;
  const dotted = `${ip >>> 24}.${(ip >>> 16) & 255}.${(ip >>> 8) & 255}.${ip & 255}`;
  return reject(rejectReason.fatalConflict, `${dotted}: invalid state transition: ${ours.state} to ${status}`);
}

function holds(acceptance: Acceptance, update: Bndupd, ours: OurBinding, now: UnixSeconds, fudge: number): boolean {
  switch (acceptance) {
    case 'ok': return true;
    case 'never': return false;
    case 'past': return (update.potentialExpiration ?? 0) <= now;
    case 'ended': return ours.ends - fudge <= now;
  }
}
