// The read side of the lease table: what a row holds, and which rows a client has. Writing is lease-table.ts.

import { assert } from '../std/assert.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import { unset, type UnixSeconds } from '../std/time.ts';
import { bindingStateOf } from '../model/binding-state.ts';
import type { Lease, LeaseExtras } from '../model/lease.ts';
import { AddressIndex } from './address-index.ts';
import { ByteArena } from './byte-arena.ts';
import { ClientIndex } from './client-index.ts';
import { Columns, flag } from './columns.ts';
import { ExtrasStore, section } from './extras-store.ts';
import { nextStateOf } from './transitions.ts';

const none = -1;

/**
 * A row is a number, -1 is none. State codes are `bindingCode` (1 free … 7 backup). PERF: every read below is a column access
 * unless it says *cold*.
 */
export class LeaseRows {
  protected readonly columns = new Columns();
  protected readonly addresses = new AddressIndex();
  protected readonly arena = new ByteArena();
  protected readonly extrasStore = new ExtrasStore(this.arena);
  protected readonly clients: ClientIndex;
  /** Peer of every pool, -1 without. */
  protected peers: Int32Array = new Int32Array(0);

  /** `seed` salts the client indexes, so that nobody outside can choose colliding keys. */
  constructor(seed: number) {
    this.clients = new ClientIndex(this.columns, this.arena, seed);
  }

  // ── Addresses ──
  /** Rows ever made, retired ones included: 0 ≤ row < rowCount. */
  get rowCount(): number {
    return this.columns.count;
  }
  /** The row of an address, -1 when it is in no range and no lease of it was ever read. */
  rowOf(ip: number): number {
    return this.addresses.rowOf(ip);
  }
  ip(row: number): Ipv4 {
    return (this.columns.ip[row] ?? 0) as Ipv4;
  }
  /** Index into `config.pools`, -1 when retired: outside every range of the present configuration. */
  pool(row: number): number {
    return this.columns.pool[row] ?? none;
  }
  /** Index into `config.peers` of the row's pool, -1 without. */
  peer(row: number): number {
    const pool = this.columns.pool[row] ?? none;
    return pool < 0 ? none : (this.peers[pool] ?? none);
  }

  // ── Columns ──
  state(row: number): number {
    return this.columns.state[row] ?? 0;
  }
  /** Most conservative state the partner may believe (code). */
  rewindState(row: number): number {
    return this.columns.rewind[row] ?? 0;
  }
  starts(row: number): UnixSeconds {
    return (this.columns.starts[row] ?? 0) as UnixSeconds;
  }
  ends(row: number): UnixSeconds {
    return (this.columns.ends[row] ?? 0) as UnixSeconds;
  }
  tstp(row: number): UnixSeconds {
    return (this.columns.tstp[row] ?? 0) as UnixSeconds;
  }
  tsfp(row: number): UnixSeconds {
    return (this.columns.tsfp[row] ?? 0) as UnixSeconds;
  }
  atsfp(row: number): UnixSeconds {
    return (this.columns.atsfp[row] ?? 0) as UnixSeconds;
  }
  cltt(row: number): UnixSeconds {
    return (this.columns.cltt[row] ?? 0) as UnixSeconds;
  }
  /** The address belongs to a host declaration: counted, told to the partner, never allocated. */
  isWithheld(row: number): boolean {
    return this.has(row, flag.withheld);
  }
  isReserved(row: number): boolean {
    return this.has(row, flag.reserved);
  }
  isBootp(row: number): boolean {
    return this.has(row, flag.bootp);
  }
  /** The row was written or read at least once: the lease file must keep it. */
  isRecorded(row: number): boolean {
    return this.has(row, flag.recorded);
  }
  /** No client ever had it: no hardware, no uid, no `ends`. */
  isUnused(row: number): boolean {
    return this.columns.ends[row] === unset && this.clients.htype(row) < 0 && !this.clients.hasUid(row);
  }
  protected has(row: number, bit: number): boolean {
    return ((this.columns.flags[row] ?? 0) & bit) !== 0;
  }

  // ── Clients ──
  /** -1 when the row has no hardware. */
  htype(row: number): number {
    return this.clients.htype(row);
  }
  hasHardware(row: number): boolean {
    return this.clients.htype(row) >= 0;
  }
  hardwareLength(row: number): number {
    return this.clients.hardwareLength(row);
  }
  /** Copies the address into `out` at `at`, returns its length. */
  copyHardware(row: number, out: Uint8Array, at: number): number {
    const bytes = this.clients.hardwareBytes(row);
    const from = this.clients.hardwareAt(row);
    const length = this.clients.hardwareLength(row);
    for (let i = 0; i < length; i++) out[at + i] = bytes[from + i] ?? 0;
    return length;
  }
  hardwareIs(row: number, htype: number, bytes: Uint8Array, offset: number, length: number): boolean {
    return this.clients.hardwareIs(row, htype, bytes, offset, length);
  }
  hasUid(row: number): boolean {
    return this.clients.hasUid(row);
  }
  /** 0 without uid. */
  uidLength(row: number): number {
    const reference = this.columns.uid[row] ?? 0;
    return reference === 0 ? 0 : this.arena.length(reference);
  }
  /** Copies the client identifier into `out` at `at`, returns its length. */
  copyUid(row: number, out: Uint8Array, at: number): number {
    const reference = this.columns.uid[row] ?? 0;
    return reference === 0 ? 0 : this.arena.copy(reference, out, at);
  }
  uidIs(row: number, bytes: Uint8Array, offset: number, length: number): boolean {
    return this.clients.uidIs(row, bytes, offset, length);
  }
  /** Rows whose last client had this hardware, in no particular order: preference is the caller's (server reference §11.1). */
  firstByHardware(htype: number, bytes: Uint8Array, offset: number, length: number): number {
    return this.clients.firstByHardware(htype, bytes, offset, length);
  }
  /** The next row with the same hardware as `row`. Ask before the row's hardware is changed. */
  nextByHardware(row: number): number {
    return this.clients.nextByHardware(row);
  }
  firstByUid(bytes: Uint8Array, offset: number, length: number): number {
    return this.clients.firstByUid(bytes, offset, length);
  }
  nextByUid(row: number): number {
    return this.clients.nextByUid(row);
  }

  // ── Extras ──
  hasExtras(row: number): boolean {
    return this.columns.extras[row] !== 0;
  }
  hostnameIs(row: number, bytes: Uint8Array, offset: number, length: number): boolean {
    return this.#sectionIs(row, section.hostname, bytes, offset, length);
  }
  agentOptionsAre(row: number, bytes: Uint8Array, offset: number, length: number): boolean {
    return this.#sectionIs(row, section.agentOptions, bytes, offset, length);
  }
  /** Stashed payload of option 82: copied into `out` at `at`; returns its length, 0 for none. */
  copyAgentOptions(row: number, out: Uint8Array, at: number): number {
    const reference = this.columns.extras[row] ?? 0;
    const from = this.extrasStore.find(reference, section.agentOptions);
    if (from < 0) return 0;
    const bytes = this.arena.bytes(reference);
    const length = ((bytes[from - 2] ?? 0) << 8) | (bytes[from - 1] ?? 0);
    for (let i = 0; i < length; i++) out[at + i] = bytes[from + i] ?? 0;
    return length;
  }
  /** Cold. */
  extras(row: number): LeaseExtras | undefined {
    return this.extrasStore.decode(this.columns.extras[row] ?? 0);
  }
  #sectionIs(row: number, kind: number, bytes: Uint8Array, offset: number, length: number): boolean {
    const reference = this.columns.extras[row] ?? 0;
    const from = this.extrasStore.find(reference, kind);
    if (from < 0) return length === 0;
    const own = this.arena.bytes(reference);
    if ((((own[from - 2] ?? 0) << 8) | (own[from - 1] ?? 0)) !== length) return false;
    for (let i = 0; i < length; i++) if (own[from + i] !== bytes[offset + i]) return false;
    return true;
  }

  /** Cold snapshot. */
  lease(row: number): Lease {
    const columns = this.columns;
    const state = bindingStateOf(this.state(row));
    assert(state !== undefined, 'a row has a binding state');
    const next = bindingStateOf(nextStateOf(this.state(row), this.peer(row) >= 0));
    const rewind = bindingStateOf(this.rewindState(row));
    const hardwareAt = this.clients.hardwareAt(row);
    const uid = columns.uid[row] ?? 0;
    return {
      ip: this.ip(row),
      state,
      nextState: next === state ? undefined : next,
      rewindState: rewind === state ? undefined : rewind,
      starts: this.starts(row),
      ends: this.ends(row),
      tstp: this.tstp(row),
      tsfp: this.tsfp(row),
      atsfp: this.atsfp(row),
      cltt: this.cltt(row),
      hardware: this.hasHardware(row)
        ? {
            htype: this.htype(row),
            address: this.clients.hardwareBytes(row).slice(hardwareAt, hardwareAt + this.hardwareLength(row)),
          }
        : undefined,
      uid: uid === 0 ? undefined : this.arena.slice(uid),
      isReserved: this.isReserved(row),
      isBootp: this.isBootp(row),
      extras: this.extras(row),
    };
  }
}
