// Lease rows and the wire: what a BNDUPD says of a row, what an accepted one does to it, what an ack means
// (failover reference §5). Every change of a row that failover makes is in this file.

import { emptyBytes } from '../std/bytes.ts';
import { addSeconds, earliest, forever, latest, unset, type Now, type Seconds, type UnixSeconds, seconds } from '../std/time.ts';
import { bindingCode, bindingStateOf, type BindingState } from '../model/binding-state.ts';
import type { Effects } from '../model/step.ts';
import type { LeaseTable } from '../lease/lease-table.ts';
import { ipFlag, type BndupdFields, type FailoverHardware } from '../wire/failover-message.ts';
import type { Bndupd } from './accept-update.ts';
import type { Role, ServerState } from './peer-states.ts';

export const freeStateOf = (role: Role): BindingState => (role === 'primary' ? 'free' : 'backup');
export const otherRole = (role: Role): Role => (role === 'primary' ? 'secondary' : 'primary');

const isEnded = (state: BindingState): boolean => state === 'expired' || state === 'released' || state === 'reset';
/** One less than `forever`: as good as never, but no promise of an unlimited lease. */
const nearlyForever = (forever - 1) as UnixSeconds;

/** What a relationship knows that decides over a row's timer. */
export interface Situation {
  readonly role: Role;
  readonly my: ServerState;
  readonly stos: UnixSeconds;
  readonly mclt: Seconds;
}

/** What two synchronised clocks may differ by, and a second for rounding: leases of a pair end that much later for us. */
export const expiryGrace = seconds(6);

/** Normal begins with the partner's updates of what it did alone: no lease is judged before they can have come. */
const settleTime = seconds(10);

const nobody: FailoverHardware = { htype: 0, address: emptyBytes };

/** Bytes of whatever size, used again and again. */
class Scratch {
  readonly #ofSize: Uint8Array[] = [];

  ofSize(size: number): Uint8Array {
    return size > 255 ? new Uint8Array(size) : (this.#ofSize[size] ??= new Uint8Array(size));
  }
}

export class Bindings {
  readonly #table: LeaseTable;
  readonly #hardwareBytes = new Scratch();
  readonly #uidBytes = new Scratch();

  constructor(table: LeaseTable) {
    this.#table = table;
  }

  state(row: number): BindingState {
    return bindingStateOf(this.#table.state(row)) ?? 'free';
  }

  /** True when the partner has not confirmed what the row says now (reference §4.7). */
  isBehind(row: number): boolean {
    const table = this.#table;
    return table.tstp(row) > table.atsfp(row) || isEnded(this.state(row));
  }

  /**
   * The BNDUPD of a row as `announce` left it (reference §5.8). Its bytes are valid until the next call. PERF: every lease comes
   * here when it is granted, so the literals are spelt out and nothing is copied that need not be.
   */
  fields(row: number): BndupdFields {
    const table = this.#table;
    const status = this.state(row);
    const address = table.ip(row);
    const leaseExpiration = table.ends(row);
    const tstp = table.tstp(row);
    const potentialExpiration = status === 'active' || tstp !== unset ? tstp : leaseExpiration;
    const stos = table.starts(row);
    const cltt = table.cltt(row);
    const isReserved = table.isReserved(row);
    const isBootp = table.isBootp(row);
    if (status === 'abandoned') return { address, status, leaseExpiration, potentialExpiration, stos, cltt, isReserved, isBootp };
    const hardware = this.#hardware(row);
    const uid = this.#uid(row);
    if (status === 'active' || status === 'expired' || status === 'released') {
      // A holder without hardware (it is known by its identifier only) is announced with an empty address.
      const holder = hardware ?? nobody;
      return { address, status, hardware: holder, uid, leaseExpiration, potentialExpiration, stos, cltt, isReserved, isBootp };
    }
    return { address, status, hardware, uid, leaseExpiration, potentialExpiration, stos, cltt, isReserved, isBootp };
  }
  #hardware(row: number): FailoverHardware | undefined {
    const table = this.#table;
    const htype = table.htype(row);
    if (htype < 0) return undefined;
    const address = this.#hardwareBytes.ofSize(table.hardwareLength(row));
    table.copyHardware(row, address, 0);
    return { htype, address };
  }
  #uid(row: number): Uint8Array | undefined {
    const table = this.#table;
    if (!table.hasUid(row)) return undefined;
    const uid = this.#uidBytes.ofSize(table.uidLength(row));
    table.copyUid(row, uid, 0);
    return uid;
  }

  /**
   * Before a BNDUPD leaves: from now on the partner may believe the row's present state. Journaled when that is new.
   * dhcpd repeats whatever potential expiry it sent last; we send what is true (§11.2): of an active lease what both agreed on, if
   * that is later, and of an expired one its end, unless an older promise is unacknowledged and may still count. What nobody
   * leases has an expiry that has passed (§11.1 item 19): it is what both agree on, and the next lease is measured by it.
   */
  announce(row: number, now: UnixSeconds, effects: Effects): void {
    const table = this.#table;
    const tstp = this.#trueExpiry(row, now);
    if (table.rewindState(row) === table.state(row) && tstp === table.tstp(row)) return;
    const change = table.begin(row);
    change.rewindState = change.state;
    change.tstp = tstp;
    table.apply(row, change, 'announce', effects.journal);
  }
  #trueExpiry(row: number, now: UnixSeconds): UnixSeconds {
    const table = this.#table;
    const [tstp, tsfp] = [table.tstp(row), table.tsfp(row)];
    const state = this.state(row);
    if (state === 'free' || state === 'backup' || state === 'abandoned') return earliest(tstp === unset ? table.ends(row) : tstp, now);
    if (state === 'active' && !table.isBootp(row)) return latest(tstp, tsfp);
    return state === 'expired' && tsfp >= tstp ? table.ends(row) : tstp;
  }

  /**
   * The partner's word replaces ours (reference §5.4 step 9). Expired, released and reset are free for us at once. True: it was
   * history to us, our lease stands, and the partner must be told, again if it was.
   */
  accept(row: number, update: Bndupd, role: Role, now: UnixSeconds, effects: Effects): boolean {
    const table = this.#table;
    const status = update.status ?? 'free';
    const isReserved = table.isReserved(row);
    const before = this.state(row);
    const state: BindingState = isEnded(status) ? (isReserved && role === 'secondary' ? 'backup' : 'free') : status;
    const change = table.begin(row);
    change.state = bindingCode[state];
    change.rewindState = bindingCode[state];
    const isHistory = before === 'active' && state === 'active' && this.#isHistory(row, update, now);
    if (update.stos !== undefined && !isHistory) change.starts = update.stos;
    if (update.leaseExpiration !== undefined && !isHistory) change.ends = update.leaseExpiration;
    const expiry = update.potentialExpiration ?? unset;
    // A lease without an end is no lease; a partner that leaves it out is taken at its potential expiry.
    if (state === 'active' && change.ends === unset) change.ends = latest(expiry, now);
    change.tsfp = expiry;
    change.atsfp = expiry;
    if (before !== state && (state === 'free' || state === 'backup')) change.tstp = change.ends;
    // What we once promised is superseded: nothing of ours is left to tell.
    if (!isHistory) change.tstp = earliest(change.tstp, expiry);
    // dhcpd forgets the partner's time of contact; we keep the later one, for the next duel and for people.
    if (update.cltt !== undefined && update.cltt > change.cltt) change.cltt = update.cltt;
    change.isReserved = ((update.ipFlags ?? 0) & ipFlag.reserved) !== 0;
    change.isBootp = ((update.ipFlags ?? 0) & ipFlag.bootp) !== 0;
    this.#setClient(change, update, status);
    if (state !== 'active') change.clearExtras();
    table.apply(row, change, 'partner-update', effects.journal);
    return isHistory;
  }

  /**
   * What a node without its leases takes over: it may have renewed this one, unheard, until MCLT after what its partner knows. So
   * long it stands, and the partner is told (P2). (dhcpd takes the partner's end, and two clients hold the address.) The same
   * object when the partner knows it so.
   */
  mayHaveRenewed(update: Bndupd, mclt: Seconds): Bndupd {
    const { status, leaseExpiration = unset, potentialExpiration = unset } = update;
    const promised = addSeconds(potentialExpiration, mclt);
    return status === 'active' && promised > leaseExpiration ? { ...update, leaseExpiration: promised } : update;
  }

  /**
   * Renewed here since the partner last heard of it: what the partner tells is history, and ours has yet to be told. When both
   * acknowledged one client at the same time, as far as the clocks can tell, the longer stands, on both nodes.
   */
  #isHistory(row: number, { cltt, leaseExpiration }: Bndupd, now: UnixSeconds): boolean {
    const table = this.#table;
    const [ours, theirs] = [table.cltt(row), cltt ?? now];
    if (table.ends(row) <= now || theirs > addSeconds(ours, expiryGrace)) return false;
    const isAtOnce = addSeconds(theirs, expiryGrace) >= ours;
    return !isAtOnce || (leaseExpiration ?? forever) < table.ends(row);
  }

  #setClient(change: ReturnType<LeaseTable['begin']>, { hardware, uid }: Bndupd, status: BindingState): void {
    if (hardware !== undefined) change.setHardware(hardware.htype, hardware.address, 0, hardware.address.length);
    else if (status === 'abandoned') change.clearHardware();
    if (uid !== undefined && uid.length > 0) change.setUid(uid, 0, Math.min(uid.length, 255));
    else if (status !== 'free' && status !== 'backup' && status !== 'reset') change.clearUid();
  }

  /** Our client, when we lease the address to another than the partner does or did; undefined when there is no rival. */
  rival(row: number, { status, hardware, uid }: Bndupd): FailoverHardware | undefined {
    const table = this.#table;
    const hadHolder = status === 'active' || status === 'expired' || status === 'released';
    if (!hadHolder || hardware === undefined || table.state(row) !== bindingCode.active) return undefined;
    const isSame =
      table.hasUid(row) && uid !== undefined
        ? table.uidIs(row, uid, 0, uid.length)
        : table.hardwareIs(row, hardware.htype, hardware.address, 0, hardware.address.length);
    return isSame ? undefined : (table.lease(row).hardware ?? nobody);
  }

  /** The partner accepted what we sent: agreed times; what had ended becomes free, or its reserved holder's. */
  acknowledged(row: number, role: Role, effects: Effects): void {
    const table = this.#table;
    if (!isEnded(this.state(row)) && table.tstp(row) !== unset) {
      table.agree(row, effects.journal);
      return;
    }
    const change = table.begin(row);
    change.tsfp = change.tstp;
    change.atsfp = change.tstp;
    if (isEnded(this.state(row))) {
      const freed = table.isReserved(row) && role === 'secondary' ? 'backup' : 'free';
      change.state = bindingCode[freed];
      change.rewindState = bindingCode[freed];
      change.clearExtras();
    }
    table.apply(row, change, 'partner-ack', effects.journal);
  }

  /** A free address changes sides (reference §5.2 *pool gift*). */
  give(row: number, to: BindingState, now: Now, effects: Effects): void {
    const table = this.#table;
    const change = table.begin(row);
    change.state = bindingCode[to];
    change.tstp = now.wall;
    change.starts = now.wall;
    change.atsfp = unset;
    change.clearHostname();
    table.apply(row, change, 'balance', effects.journal);
  }

  /**
   * The row's timer came (reference §5.3). In normal the secondary waits for the primary's word; a lease that the partner never
   * heard of goes straight back to its owner's free state.
   */
  due(row: number, situation: Situation, now: Now, effects: Effects): void {
    const table = this.#table;
    const { role, my } = situation;
    const state = this.state(row);
    if (state === 'active') this.#expireAfterGrace(row, situation, now, effects);
    else if (state === 'abandoned') this.#free(row, 'free', now, effects);
    else if (isEnded(state) && my === 'partner-down') {
      const at = latest(table.tsfp(row), table.ends(row));
      if (at <= now.wall) this.#free(row, freeStateOf(role), now, effects);
      else table.setTimer(row, at);
    } else table.setTimer(row, forever);
  }

  /** The end may have been written by the partner's clock: nobody's lease ends early because ours runs ahead (P2). */
  #expireAfterGrace(row: number, situation: Situation, now: Now, effects: Effects): void {
    const table = this.#table;
    const settled = situation.my === 'normal' ? addSeconds(situation.stos, settleTime) : addSeconds(this.#promisedEnd(row, situation), expiryGrace);
    const end = latest(addSeconds(table.ends(row), expiryGrace), settled);
    if (end > now.wall) table.setTimer(row, end);
    else this.#expire(row, situation, effects);
  }
  /**
   * Until when the partner, unheard, may have renewed a lease that it knows of. Calling it expired before that helps nobody, since
   * only its acknowledgement frees the address; and a partner that comes back without its leases acknowledges what it does not
   * know. (dhcpd calls it expired, and two clients hold the address.) unset: it never heard of the lease.
   */
  #promisedEnd(row: number, { role, my, stos, mclt }: Situation): UnixSeconds {
    const table = this.#table;
    if (table.rewindState(row) === bindingCode[freeStateOf(role)]) return unset;
    const promised = latest(table.tsfp(row), table.tstp(row));
    return addSeconds(my === 'partner-down' ? latest(promised, stos) : promised, mclt);
  }

  #expire(row: number, situation: Situation, effects: Effects): void {
    const table = this.#table;
    const { role, my } = situation;
    // Elsewhere the partner may know better: a node that starts or recovers has not heard yet who renewed meanwhile. Timers are
    // set anew when it serves again.
    const mayJudge = my === 'communications-interrupted' || my === 'partner-down' || (my === 'normal' && role === 'primary');
    if (!mayJudge) {
      table.setTimer(row, forever);
      return;
    }
    const isUnannounced = table.rewindState(row) === bindingCode[freeStateOf(role)] && my !== 'normal';
    const change = table.begin(row);
    change.state = bindingCode[isUnannounced ? freeStateOf(role) : 'expired'];
    change.atsfp = unset;
    change.clearHostname();
    change.clearAgentOptions();
    change.setBilling(undefined);
    table.apply(row, change, 'expire', effects.journal);
    if (my === 'partner-down') this.timeEnded(row, situation, effects);
  }

  /**
   * In partner-down nobody acknowledges the end of a lease: time does, when every promise of the partner has run out. It may have
   * promised MCLT beyond the last expiry either side announced, and beyond the moment it was declared down. (dhcpd waits for the
   * latter only.) tsfp carries the moment, so that the rules of ownership see it too.
   */
  timeEnded(row: number, { stos, mclt }: Situation, effects: Effects): void {
    const table = this.#table;
    if (!isEnded(this.state(row))) return;
    const announced = latest(table.tsfp(row), table.tstp(row));
    const change = table.begin(row);
    change.tsfp = earliest(addSeconds(latest(announced, stos), mclt), nearlyForever);
    table.apply(row, change, 'announce', effects.journal);
    table.setTimer(row, latest(change.tsfp, change.ends));
  }

  #free(row: number, to: BindingState, now: Now, effects: Effects): void {
    const change = this.#table.begin(row);
    change.state = bindingCode[to];
    change.tstp = now.wall;
    change.atsfp = unset;
    this.#table.apply(row, change, 'expire', effects.journal);
  }
}
