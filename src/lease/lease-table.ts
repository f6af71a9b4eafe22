// All dynamic leases as typed-array columns, one row per configured address (DESIGN §3, §4.3). Rows are append-only in a
// process: a reload adds rows and retires old ones; a row number always means the same address.

import type { ByteWriter } from '../std/bytes.ts';
import { InvariantError } from '../std/assert.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import type { UnixSeconds } from '../std/time.ts';
import type { Lease, LeaseExtras } from '../model/lease.ts';
import type { ServerConfig } from '../model/server-config.ts';
import { LeaseChange } from './lease-change.ts';
import type { LeaseCause } from './transitions.ts';

export { LeaseChange } from './lease-change.ts';
export type { LeaseCause } from './transitions.ts';

const pending = (): never => {
  throw new InvariantError('lease table is being written');
};

/** Rows of pools with a peer that changed here and that failover has not heard of yet; each row at most once. */
export interface ChangedRows {
  readonly count: number;
  /** Removes and returns the oldest row, -1 when there is none. */
  take(): number;
}

/**
 * A row is a number, -1 is none. State codes are `bindingCode` (1 free … 7 backup). PERF: every read below is a column access
 * unless it says *cold*.
 */
export class LeaseTable {
  readonly changed: ChangedRows = pending();
  /** `seed` salts the client indexes, so that nobody outside can choose colliding keys. */
  constructor(_config: ServerConfig, _seed = 0) {}

  // ── Addresses ──
  /** Rows ever made, retired ones included: 0 ≤ row < rowCount. */
  get rowCount(): number { return pending(); }
  /** The row of an address, -1 when it is in no range and no lease of it was ever read. */
  rowOf(_ip: number): number { return pending(); }
  ip(_row: number): Ipv4 { return pending(); }
  /** Index into `config.pools`, -1 when retired: outside every range of the present configuration. */
  pool(_row: number): number { return pending(); }
  /** Index into `config.peers` of the row's pool, -1 without. */
  peer(_row: number): number { return pending(); }

  // ── Columns ──
  state(_row: number): number { return pending(); }
  /** Most conservative state the partner may believe (code). */
  rewindState(_row: number): number { return pending(); }
  starts(_row: number): UnixSeconds { return pending(); }
  ends(_row: number): UnixSeconds { return pending(); }
  tstp(_row: number): UnixSeconds { return pending(); }
  tsfp(_row: number): UnixSeconds { return pending(); }
  atsfp(_row: number): UnixSeconds { return pending(); }
  cltt(_row: number): UnixSeconds { return pending(); }
  /** The address belongs to a host declaration: counted, told to the partner, never allocated (DESIGN §3). */
  isWithheld(_row: number): boolean { return pending(); }
  isReserved(_row: number): boolean { return pending(); }
  isBootp(_row: number): boolean { return pending(); }
  /** No client ever had it: no hardware, no uid, no `ends`. */
  isUnused(_row: number): boolean { return pending(); }

  // ── Clients ──
  /** -1 when the row has no hardware. */
  htype(_row: number): number { return pending(); }
  hardwareLength(_row: number): number { return pending(); }
  /** Copies the address into `out` at `at`, returns its length. */
  copyHardware(_row: number, _out: Uint8Array, _at: number): number { return pending(); }
  hardwareIs(_row: number, _htype: number, _bytes: Uint8Array, _offset: number, _length: number): boolean { return pending(); }
  hasHardware(_row: number): boolean { return pending(); }
  hasUid(_row: number): boolean { return pending(); }
  /** 0 without uid. */
  uidLength(_row: number): number { return pending(); }
  copyUid(_row: number, _out: Uint8Array, _at: number): number { return pending(); }
  uidIs(_row: number, _bytes: Uint8Array, _offset: number, _length: number): boolean { return pending(); }
  /** Rows whose last client had this hardware, in no particular order: preference is the caller's (server reference §11.1). */
  firstByHardware(_htype: number, _bytes: Uint8Array, _offset: number, _length: number): number { return pending(); }
  /** The next row with the same hardware as `row`. */
  nextByHardware(_row: number): number { return pending(); }
  firstByUid(_bytes: Uint8Array, _offset: number, _length: number): number { return pending(); }
  nextByUid(_row: number): number { return pending(); }

  // ── Extras ──
  hasExtras(_row: number): boolean { return pending(); }
  hostnameIs(_row: number, _bytes: Uint8Array, _offset: number, _length: number): boolean { return pending(); }
  /** Stashed payload of option 82: copied into `out` at `at`; returns its length, 0 for none. */
  copyAgentOptions(_row: number, _out: Uint8Array, _at: number): number { return pending(); }
  /** Cold. */
  extras(_row: number): LeaseExtras | undefined { return pending(); }
  /** Cold snapshot. */
  lease(_row: number): Lease { return pending(); }

  // ── Allocation queues: states free, backup and abandoned only ──
  /** First row to allocate in dhcpd's order: never used first, then oldest `ends`. Held and withheld rows are not in it. */
  head(_pool: number, _stateCode: number): number { return pending(); }
  /** The row after `row` in its queue; -1 at the end. O(log n). */
  next(_row: number): number { return pending(); }
  /** Addresses of the pool in this state, any of the seven, withheld and held ones included. */
  count(_pool: number, _stateCode: number): number { return pending(); }
  /** Of those, the ones that can never be allocated because a host owns them. */
  countWithheld(_pool: number, _stateCode: number): number { return pending(); }
  /** Takes a row out of its queue while an offer of it is outstanding; memory only. No effect when already held. */
  hold(_row: number): void { pending(); }
  /** Puts a held row back where its `ends` belongs. No effect when not held. A state change by `apply` also ends a hold. */
  unhold(_row: number): void { pending(); }
  isHeld(_row: number): boolean { return pending(); }

  // ── Timers ──
  /**
   * Earliest timer, `forever` when nothing waits. Timers run at `ends` for active and abandoned rows, and in pools without a
   * peer also for expired, released, reset and backup ones (at once).
   */
  get nextDue(): UnixSeconds { return pending(); }
  /** The row with the earliest timer if that is ≤ wall, else -1. The caller must `apply` a change or `setTimer` it. */
  dueRow(_wall: UnixSeconds): number { return pending(); }
  /** Own timer for a row (expired, released, reset in partner-down; an active one that waits for the partner). `forever`: none. */
  setTimer(_row: number, _at: UnixSeconds): void { pending(); }
  /** Gives every row of a pool the timer its state asks for again. Cold: walks all rows. */
  restoreTimers(_pool: number): void { pending(); }

  // ── Writes ──
  /** The scratch change, loaded with the row's present values; see LeaseChange. */
  begin(_row: number): LeaseChange { return pending(); }
  /**
   * Makes the row what `change` says: checks the move (transitions.ts), updates columns, indexes, queue and timer, appends the
   * complete record to `journal`, and notes the row in `changed` where the cause is announced and the pool has a peer.
   */
  apply(_row: number, _change: LeaseChange, _cause: LeaseCause, _journal: ByteWriter): void { pending(); }
  /** Replay only: the row becomes what `change` says without journal, check or announcement; unknown addresses get a retired row. */
  put(_ip: number, _change: LeaseChange): number { return pending(); }
  /** After replay: builds queues and timers. Before it only `put` may be called. */
  settle(): void { pending(); }
  /** Cold form of `put` for tests and tools. */
  putLease(_lease: Lease): number { return pending(); }
  /** The address is, or is no longer, a host's (host-table.ts is the only caller). Unknown addresses are passed over. */
  withhold(_ip: number, _isWithheld: boolean): void { pending(); }
  /** New configuration: new rows, retired rows, moved pools; queues are rebuilt. */
  reload(_config: ServerConfig): void { pending(); }
  /** After a step of the wall clock: every finite time of every row moves; the journal gets a clock-step comment. */
  shiftTimes(_deltaSeconds: number, _journal: ByteWriter): void { pending(); }
  /** Appends the row's record as it stands. */
  record(_row: number, _out: ByteWriter): void { pending(); }
}
