// Lease rows and the wire: what a BNDUPD says of a row, what an accepted one does to it, what an ack means
// (failover reference §5). Every change of a row that failover makes is in this file.

import { formatIpv4 } from '../std/ipv4.ts';
import { toHex } from '../std/bytes.ts';
import { forever, unset, type Now, type UnixSeconds } from '../std/time.ts';
import { bindingCode, bindingStateOf, type BindingState } from '../model/binding-state.ts';
import type { Effects } from '../model/step.ts';
import type { LeaseTable } from '../lease/lease-table.ts';
import { ipFlag, type BndupdFields } from '../wire/failover-message.ts';
import type { Bndupd } from './accept-update.ts';
import { conflictDetail, leaseConflict } from './log-events.ts';
import type { Role } from './peer-states.ts';

export const freeStateOf = (role: Role): BindingState => (role === 'primary' ? 'free' : 'backup');
export const otherRole = (role: Role): Role => (role === 'primary' ? 'secondary' : 'primary');

export class Bindings {
  readonly #table: LeaseTable;

  constructor(table: LeaseTable) {
    this.#table = table;
  }

  state(row: number): BindingState {
    return bindingStateOf(this.#table.state(row)) ?? 'free';
  }

  /** True when the partner has not confirmed what the row says now (reference §4.7). */
  isBehind(row: number): boolean {
    const table = this.#table;
    const state = this.state(row);
    return table.tstp(row) > table.atsfp(row) || state === 'expired' || state === 'released' || state === 'reset';
  }

  /** The BNDUPD of a row as it stands (reference §5.8). */
  fields(row: number): BndupdFields {
    const table = this.#table;
    const lease = table.lease(row);
    const state = lease.state;
    const common = {
      address: lease.ip,
      leaseExpiration: lease.ends,
      potentialExpiration: state === 'active' || lease.tstp !== unset ? lease.tstp : lease.ends,
      stos: lease.starts,
      cltt: lease.cltt,
      isReserved: lease.isReserved,
      isBootp: lease.isBootp,
    };
    if (state === 'abandoned') return { ...common, status: 'abandoned' };
    if (state === 'active' || state === 'expired' || state === 'released') {
      // A holder without hardware (it is known by its identifier only) is announced with an empty address.
      const hardware = lease.hardware ?? { htype: 0, address: new Uint8Array(0) };
      return { ...common, status: state, hardware, uid: lease.uid };
    }
    return { ...common, status: state, hardware: lease.hardware, uid: lease.uid };
  }

  /** Before a BNDUPD leaves: from now on the partner may believe the row's present state. Journaled when that is new. */
  announce(row: number, effects: Effects): void {
    const table = this.#table;
    if (table.rewindState(row) === table.state(row)) return;
    const change = table.begin(row);
    change.rewindState = change.state;
    table.apply(row, change, 'announce', effects.journal);
  }

  /** The partner's word replaces ours (reference §5.4 step 9). Expired, released and reset are free for us at once. */
  accept(row: number, update: Bndupd, role: Role, effects: Effects): void {
    const table = this.#table;
    const status = update.status ?? 'free';
    const before = table.lease(row);
    this.#sayConflict(row, update, effects);
    const isEnded = status === 'expired' || status === 'released' || status === 'reset';
    const state: BindingState = isEnded ? (before.isReserved && role === 'secondary' ? 'backup' : 'free') : status;
    const change = table.begin(row);
    change.state = bindingCode[state];
    change.rewindState = bindingCode[state];
    if (update.stos !== undefined) change.starts = update.stos;
    if (update.leaseExpiration !== undefined) change.ends = update.leaseExpiration;
    const expiry = update.potentialExpiration ?? unset;
    change.tsfp = expiry;
    change.atsfp = expiry;
    if (before.state !== state && (state === 'free' || state === 'backup')) change.tstp = change.ends;
    else if (change.tstp > expiry) change.tstp = expiry;
    // dhcpd forgets the partner's time of contact; we keep the later one, for the next duel and for people.
    if (update.cltt !== undefined && update.cltt > change.cltt) change.cltt = update.cltt;
    change.isReserved = ((update.ipFlags ?? 0) & ipFlag.reserved) !== 0;
    change.isBootp = ((update.ipFlags ?? 0) & ipFlag.bootp) !== 0;
    this.#setClient(change, update, status);
    if (state !== 'active') change.clearExtras();
    table.apply(row, change, 'partner-update', effects.journal);
  }

  #setClient(change: ReturnType<LeaseTable['begin']>, { hardware, uid }: Bndupd, status: BindingState): void {
    if (hardware !== undefined) change.setHardware(hardware.htype, hardware.address, 0, hardware.address.length);
    else if (status === 'abandoned') change.clearHardware();
    if (uid !== undefined && uid.length > 0) change.setUid(uid, 0, Math.min(uid.length, 255));
    else if (status !== 'free' && status !== 'backup' && status !== 'reset') change.clearUid();
  }

  /** Two clients on one address: the wire's verdict stands, and people are told (reference §11.2). */
  #sayConflict(row: number, update: Bndupd, effects: Effects): void {
    const table = this.#table;
    const { hardware, uid } = update;
    if (update.status !== 'active' || table.state(row) !== bindingCode.active || hardware === undefined) return;
    const isSame =
      table.hasUid(row) && uid !== undefined
        ? table.uidIs(row, uid, 0, uid.length)
        : table.hardwareIs(row, hardware.htype, hardware.address, 0, hardware.address.length);
    if (isSame) return;
    const ours = toHex(table.lease(row).hardware?.address ?? new Uint8Array(0), ':');
    const theirs = toHex(hardware.address, ':');
    effects.log.event(leaseConflict, { ip: table.ip(row), ours, theirs });
    effects.log.event(conflictDetail, { ip: table.ip(row), ours, theirs, winner: theirs });
  }

  /** The partner accepted what we sent: agreed times; what had ended becomes free, or its reserved holder's. */
  acknowledged(row: number, role: Role, effects: Effects): void {
    const table = this.#table;
    const change = table.begin(row);
    change.tsfp = change.tstp;
    change.atsfp = change.tstp;
    const state = this.state(row);
    if (state === 'expired' || state === 'released' || state === 'reset') {
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
  due(row: number, role: Role, mine: string, takeover: UnixSeconds, now: Now, effects: Effects): void {
    const table = this.#table;
    const state = this.state(row);
    if (state === 'active') this.#expire(row, role, mine, effects);
    else if (state === 'abandoned') this.#move(row, 'free', now, effects);
    else if ((state === 'expired' || state === 'released' || state === 'reset') && mine === 'partner-down') {
      const at = Math.max(table.tsfp(row), takeover) as UnixSeconds;
      if (at <= now.wall) this.#move(row, 'free', now, effects);
      else table.setTimer(row, at);
    } else table.setTimer(row, forever);
  }

  #expire(row: number, role: Role, mine: string, effects: Effects): void {
    const table = this.#table;
    if (role === 'secondary' && mine === 'normal') {
      table.setTimer(row, forever);
      return;
    }
    const rewind = bindingStateOf(table.rewindState(row));
    const isUnannounced = rewind === freeStateOf(role) && mine !== 'normal';
    const change = table.begin(row);
    change.state = bindingCode[isUnannounced ? freeStateOf(role) : 'expired'];
    change.atsfp = unset;
    change.clearHostname();
    change.clearAgentOptions();
    change.setBilling(undefined);
    table.apply(row, change, 'expire', effects.journal);
  }

  #move(row: number, to: BindingState, now: Now, effects: Effects): void {
    const change = this.#table.begin(row);
    change.state = bindingCode[to];
    change.tstp = now.wall;
    change.atsfp = unset;
    this.#table.apply(row, change, 'expire', effects.journal);
  }

  describe(row: number): string {
    return `${formatIpv4(this.#table.ip(row))} ${this.state(row)}`;
  }
}
