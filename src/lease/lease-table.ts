// All dynamic leases as typed-array columns, one row per configured address (DESIGN §3, §4.3). Rows are append-only in a
// process: a reload adds rows and retires old ones; a row number always means the same address.

import { assert } from '../std/assert.ts';
import type { ByteWriter } from '../std/bytes.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import { forever, shiftTime, unset, type UnixSeconds } from '../std/time.ts';
import { bindingStateOf } from '../model/binding-state.ts';
import type { Lease, LeaseExtras } from '../model/lease.ts';
import type { ServerConfig } from '../model/server-config.ts';
import { AddressIndex } from './address-index.ts';
import { ByteArena } from './byte-arena.ts';
import { ChangedRows } from './changed-rows.ts';
import { ClientIndex } from './client-index.ts';
import { Columns, flag } from './columns.ts';
import { writeComment } from './comment-records.ts';
import { ExtrasStore, section } from './extras-store.ts';
import { LeaseChange } from './lease-change.ts';
import { PoolCounts } from './pool-counts.ts';
import { PoolQueues } from './pool-queues.ts';
import { sortRowsBy } from './radix-sort.ts';
import { RecordWriter } from './record.ts';
import { assignRows } from './row-assignment.ts';
import { TimerHeap } from './timer-heap.ts';
import { leaseCauses, mayMove, nextStateOf, type LeaseCause } from './transitions.ts';

export { LeaseChange } from './lease-change.ts';
export type { LeaseCause } from './transitions.ts';

const none = -1;
/** State codes with a queue, by place; the place of a code, -1 without. */
const queuesPerPool = 3;
const queuePlace: readonly number[] = [none, 0, none, none, none, 2, none, 1];
const stateCode = { free: 1, active: 2, abandoned: 5 } as const;
const notQueued = flag.withheld | flag.held | flag.reserved;

/**
 * A row is a number, -1 is none. State codes are `bindingCode` (1 free … 7 backup). PERF: every read below is a column access
 * unless it says *cold*.
 */
export class LeaseTable {
  /** Rows of pools with a peer that changed here and that failover has not heard of yet; each row at most once. */
  readonly changed: ChangedRows;
  readonly #columns = new Columns();
  readonly #addresses = new AddressIndex();
  readonly #arena = new ByteArena();
  readonly #extras = new ExtrasStore(this.#arena);
  readonly #clients: ClientIndex;
  readonly #queues = new PoolQueues(this.#columns);
  readonly #timers = new TimerHeap();
  readonly #counts = new PoolCounts();
  readonly #writer: RecordWriter;
  readonly #change = new LeaseChange();
  /** Peer of every pool, -1 without. */
  #peers: Int32Array = new Int32Array(0);
  #isSettled = false;

  /**
   * One row per address of every range, free and never used; `settle` must follow. `seed` salts the client indexes, so that
   * nobody outside can choose colliding keys.
   */
  constructor(config: ServerConfig, seed = 0) {
    this.changed = new ChangedRows(this.#columns);
    this.#clients = new ClientIndex(this.#columns, this.#arena, seed);
    this.#writer = new RecordWriter(this.#columns, this.#clients, this.#arena, this.#extras);
    this.#configure(config);
  }

  // ── Addresses ──
  /** Rows ever made, retired ones included: 0 ≤ row < rowCount. */
  get rowCount(): number {
    return this.#columns.count;
  }
  /** The row of an address, -1 when it is in no range and no lease of it was ever read. */
  rowOf(ip: number): number {
    return this.#addresses.rowOf(ip);
  }
  ip(row: number): Ipv4 {
    return (this.#columns.ip[row] ?? 0) as Ipv4;
  }
  /** Index into `config.pools`, -1 when retired: outside every range of the present configuration. */
  pool(row: number): number {
    return this.#columns.pool[row] ?? none;
  }
  /** Index into `config.peers` of the row's pool, -1 without. */
  peer(row: number): number {
    const pool = this.#columns.pool[row] ?? none;
    return pool < 0 ? none : (this.#peers[pool] ?? none);
  }

  // ── Columns ──
  state(row: number): number {
    return this.#columns.state[row] ?? 0;
  }
  /** Most conservative state the partner may believe (code). */
  rewindState(row: number): number {
    return this.#columns.rewind[row] ?? 0;
  }
  starts(row: number): UnixSeconds {
    return (this.#columns.starts[row] ?? 0) as UnixSeconds;
  }
  ends(row: number): UnixSeconds {
    return (this.#columns.ends[row] ?? 0) as UnixSeconds;
  }
  tstp(row: number): UnixSeconds {
    return (this.#columns.tstp[row] ?? 0) as UnixSeconds;
  }
  tsfp(row: number): UnixSeconds {
    return (this.#columns.tsfp[row] ?? 0) as UnixSeconds;
  }
  atsfp(row: number): UnixSeconds {
    return (this.#columns.atsfp[row] ?? 0) as UnixSeconds;
  }
  cltt(row: number): UnixSeconds {
    return (this.#columns.cltt[row] ?? 0) as UnixSeconds;
  }
  /** The address belongs to a host declaration: counted, told to the partner, never allocated (DESIGN §3). */
  isWithheld(row: number): boolean {
    return this.#has(row, flag.withheld);
  }
  isReserved(row: number): boolean {
    return this.#has(row, flag.reserved);
  }
  isBootp(row: number): boolean {
    return this.#has(row, flag.bootp);
  }
  /** The row was written or read at least once: the lease file must keep it. */
  isRecorded(row: number): boolean {
    return this.#has(row, flag.recorded);
  }
  /** No client ever had it: no hardware, no uid, no `ends`. */
  isUnused(row: number): boolean {
    return this.#columns.ends[row] === unset && this.#clients.htype(row) < 0 && !this.#clients.hasUid(row);
  }
  #has(row: number, bit: number): boolean {
    return ((this.#columns.flags[row] ?? 0) & bit) !== 0;
  }

  // ── Clients ──
  /** -1 when the row has no hardware. */
  htype(row: number): number {
    return this.#clients.htype(row);
  }
  hasHardware(row: number): boolean {
    return this.#clients.htype(row) >= 0;
  }
  hardwareLength(row: number): number {
    return this.#clients.hardwareLength(row);
  }
  /** Copies the address into `out` at `at`, returns its length. */
  copyHardware(row: number, out: Uint8Array, at: number): number {
    const bytes = this.#clients.hardwareBytes(row);
    const from = this.#clients.hardwareAt(row);
    const length = this.#clients.hardwareLength(row);
    for (let i = 0; i < length; i++) out[at + i] = bytes[from + i] ?? 0;
    return length;
  }
  hardwareIs(row: number, htype: number, bytes: Uint8Array, offset: number, length: number): boolean {
    return this.#clients.hardwareIs(row, htype, bytes, offset, length);
  }
  hasUid(row: number): boolean {
    return this.#clients.hasUid(row);
  }
  /** 0 without uid. */
  uidLength(row: number): number {
    const reference = this.#columns.uid[row] ?? 0;
    return reference === 0 ? 0 : this.#arena.length(reference);
  }
  /** Copies the client identifier into `out` at `at`, returns its length. */
  copyUid(row: number, out: Uint8Array, at: number): number {
    const reference = this.#columns.uid[row] ?? 0;
    return reference === 0 ? 0 : this.#arena.copy(reference, out, at);
  }
  uidIs(row: number, bytes: Uint8Array, offset: number, length: number): boolean {
    return this.#clients.uidIs(row, bytes, offset, length);
  }
  /** Rows whose last client had this hardware, in no particular order: preference is the caller's (server reference §11.1). */
  firstByHardware(htype: number, bytes: Uint8Array, offset: number, length: number): number {
    return this.#clients.firstByHardware(htype, bytes, offset, length);
  }
  /** The next row with the same hardware as `row`. Ask before the row's hardware is changed. */
  nextByHardware(row: number): number {
    return this.#clients.nextByHardware(row);
  }
  firstByUid(bytes: Uint8Array, offset: number, length: number): number {
    return this.#clients.firstByUid(bytes, offset, length);
  }
  nextByUid(row: number): number {
    return this.#clients.nextByUid(row);
  }

  // ── Extras ──
  hasExtras(row: number): boolean {
    return this.#columns.extras[row] !== 0;
  }
  hostnameIs(row: number, bytes: Uint8Array, offset: number, length: number): boolean {
    return this.#sectionIs(row, section.hostname, bytes, offset, length);
  }
  agentOptionsAre(row: number, bytes: Uint8Array, offset: number, length: number): boolean {
    return this.#sectionIs(row, section.agentOptions, bytes, offset, length);
  }
  /** Stashed payload of option 82: copied into `out` at `at`; returns its length, 0 for none. */
  copyAgentOptions(row: number, out: Uint8Array, at: number): number {
    const reference = this.#columns.extras[row] ?? 0;
    const from = this.#extras.find(reference, section.agentOptions);
    if (from < 0) return 0;
    const bytes = this.#arena.bytes(reference);
    const length = ((bytes[from - 2] ?? 0) << 8) | (bytes[from - 1] ?? 0);
    for (let i = 0; i < length; i++) out[at + i] = bytes[from + i] ?? 0;
    return length;
  }
  /** Cold. */
  extras(row: number): LeaseExtras | undefined {
    return this.#extras.decode(this.#columns.extras[row] ?? 0);
  }
  #sectionIs(row: number, kind: number, bytes: Uint8Array, offset: number, length: number): boolean {
    const reference = this.#columns.extras[row] ?? 0;
    const from = this.#extras.find(reference, kind);
    if (from < 0) return length === 0;
    const own = this.#arena.bytes(reference);
    if ((((own[from - 2] ?? 0) << 8) | (own[from - 1] ?? 0)) !== length) return false;
    for (let i = 0; i < length; i++) if (own[from + i] !== bytes[offset + i]) return false;
    return true;
  }

  /** Cold snapshot. */
  lease(row: number): Lease {
    const columns = this.#columns;
    const state = bindingStateOf(this.state(row));
    assert(state !== undefined, 'a row has a binding state');
    const next = bindingStateOf(nextStateOf(this.state(row), this.peer(row) >= 0));
    const rewind = bindingStateOf(this.rewindState(row));
    const hardwareAt = this.#clients.hardwareAt(row);
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
            address: this.#clients.hardwareBytes(row).slice(hardwareAt, hardwareAt + this.hardwareLength(row)),
          }
        : undefined,
      uid: uid === 0 ? undefined : this.#arena.slice(uid),
      isReserved: this.isReserved(row),
      isBootp: this.isBootp(row),
      extras: this.extras(row),
    };
  }

  // ── Allocation queues: states free, backup and abandoned only ──
  /** First row to allocate in dhcpd's order: never used first, then oldest `ends`. Held, withheld and reserved rows are not in it. */
  head(pool: number, state: number): number {
    const place = queuePlace[state] ?? none;
    assert(place >= 0, 'only free, backup and abandoned rows are queued');
    return this.#queues.head(pool * queuesPerPool + place);
  }
  /** The row after `row` in its queue, -1 at the end and for a row that is in none. O(log n). */
  next(row: number): number {
    const queue = this.#queueOf(row);
    return queue < 0 ? none : this.#queues.next(queue, row);
  }
  /** Addresses of the pool in this state, any of the seven; withheld, reserved and held ones included. */
  count(pool: number, state: number): number {
    return this.#counts.all(pool, state);
  }
  /** Of those, the ones that can never be allocated because a host owns them. */
  countWithheld(pool: number, state: number): number {
    return this.#counts.withheld(pool, state);
  }
  /** Of those, the reserved ones. */
  countReserved(pool: number, state: number): number {
    return this.#counts.reserved(pool, state);
  }
  /** Takes a row out of its queue while an offer of it is outstanding; memory only. No effect when already held. */
  hold(row: number): void {
    if (this.isHeld(row)) return;
    const queue = this.#queueOf(row);
    if (queue >= 0) this.#queues.remove(queue, row);
    this.#columns.flags[row] = (this.#columns.flags[row] ?? 0) | flag.held;
  }
  /** Puts a held row back where its `ends` belongs. No effect when not held. Every `apply` ends a hold too. */
  unhold(row: number): void {
    if (!this.isHeld(row)) return;
    this.#columns.flags[row] = (this.#columns.flags[row] ?? 0) & ~flag.held;
    const queue = this.#queueOf(row);
    if (queue >= 0) this.#queues.insert(queue, row);
  }
  isHeld(row: number): boolean {
    return this.#has(row, flag.held);
  }
  /** -1: the row is in no queue. */
  #queueOf(row: number): number {
    const pool = this.#columns.pool[row] ?? none;
    const place = queuePlace[this.#columns.state[row] ?? 0] ?? none;
    if (pool < 0 || place < 0 || this.#has(row, notQueued)) return none;
    return pool * queuesPerPool + place;
  }

  // ── Timers ──
  /**
   * Earliest timer, `forever` when nothing waits. Timers run at `ends` for active and abandoned rows, and in pools without a
   * peer also for expired, released, reset and backup ones (at once). Retired rows have none.
   */
  get nextDue(): UnixSeconds {
    return this.#timers.earliest;
  }
  /** The row with the earliest timer if that is ≤ wall, else -1. The caller must `apply` a change or `setTimer` it. */
  dueRow(wall: UnixSeconds): number {
    return this.#timers.earliest <= wall && this.#timers.count > 0 ? this.#timers.first : none;
  }
  /** Own timer for a row (expired, released, reset in partner-down; an active one that waits for the partner). `forever`: none. */
  setTimer(row: number, at: UnixSeconds): void {
    this.#timers.set(row, at);
  }
  /** Gives every row of a pool the timer its state asks for again. Cold: walks all rows. */
  restoreTimers(pool: number): void {
    for (let row = 0; row < this.rowCount; row++)
      if (this.#columns.pool[row] === pool) this.#timers.set(row, this.#timerOf(row));
  }
  #timerOf(row: number): UnixSeconds {
    const pool = this.#columns.pool[row] ?? none;
    const state = this.#columns.state[row] ?? 0;
    if (pool < 0 || state === stateCode.free) return forever;
    if (state === stateCode.active || state === stateCode.abandoned) return this.ends(row);
    return (this.#peers[pool] ?? none) < 0 ? (1 as UnixSeconds) : forever;
  }

  // ── Writes ──
  /** The scratch change, loaded with the row's present values, parts on `keep`; see LeaseChange. */
  begin(row: number): LeaseChange {
    const columns = this.#columns;
    const change = this.#change;
    change.state = columns.state[row] ?? 0;
    change.rewindState = columns.rewind[row] ?? 0;
    change.starts = this.starts(row);
    change.ends = this.ends(row);
    change.tstp = this.tstp(row);
    change.tsfp = this.tsfp(row);
    change.atsfp = this.atsfp(row);
    change.cltt = this.cltt(row);
    const flags = columns.flags[row] ?? 0;
    change.isReserved = (flags & flag.reserved) !== 0;
    change.isBootp = (flags & flag.bootp) !== 0;
    change.keepParts();
    return change;
  }

  /**
   * Makes the row what `change` says: checks the move (transitions.ts), updates columns, indexes, queue and timer, appends the
   * complete record to `journal`, and notes the row in `changed` where the cause is announced and the pool has a peer. Parts
   * left on `keep` are dropped where dhcpd drops them for this cause. PERF: no allocation unless an extra is new.
   */
  apply(row: number, change: LeaseChange, cause: LeaseCause, journal: ByteWriter): void {
    const from = this.#columns.state[row] ?? 0;
    assert(mayMove(cause, from, change.state), `a lease does not move from ${from} to ${change.state} by ${cause}`);
    assert(change.state !== stateCode.active || change.ends !== unset, 'an active lease has an end');
    assert(
      !this.isWithheld(row) || cause !== 'grant' || from === stateCode.active,
      'an address that belongs to a host is not allocated',
    );
    const peer = this.peer(row);
    dropParts(change, cause);
    if (peer < 0) change.rewindState = stateCode.free;
    this.#write(row, change);
    this.#writer.append(journal, row, peer >= 0);
    if (peer >= 0 && leaseCauses[cause].isAnnounced) this.changed.add(row);
  }

  /** Replay only: the row becomes what `change` says without journal, check or announcement; unknown addresses get a retired row. */
  put(ip: number, change: LeaseChange): number {
    assert(change.state >= 1 && change.state <= 7, 'a row that is put has a binding state');
    const known = this.#addresses.rowOf(ip);
    const row = known >= 0 ? known : this.#addStray(ip);
    this.#write(row, change);
    return row;
  }

  /** Cold form of `put` for tests and tools: exactly this lease. */
  putLease(lease: Lease): number {
    this.#change.load(lease);
    return this.put(lease.ip, this.#change);
  }

  #addStray(ip: number): number {
    const row = this.#columns.append(ip, none);
    this.#growIndexes();
    this.#addresses.addStray(ip, row);
    return row;
  }

  #write(row: number, change: LeaseChange): void {
    const columns = this.#columns;
    const before = this.#isSettled ? this.#queueOf(row) : none;
    if (before >= 0) this.#queues.remove(before, row);
    this.#count(row, -1);
    columns.state[row] = change.state;
    columns.rewind[row] = change.rewindState;
    columns.starts[row] = change.starts;
    columns.ends[row] = change.ends;
    columns.tstp[row] = change.tstp;
    columns.tsfp[row] = change.tsfp;
    columns.atsfp[row] = change.atsfp;
    columns.cltt[row] = change.cltt;
    const stays = (columns.flags[row] ?? 0) & (flag.withheld | flag.changed);
    columns.flags[row] =
      stays | flag.recorded | (change.isReserved ? flag.reserved : 0) | (change.isBootp ? flag.bootp : 0);
    this.#writeParts(row, change);
    this.#count(row, 1);
    if (!this.#isSettled) return;
    const after = this.#queueOf(row);
    if (after >= 0) this.#queues.insert(after, row);
    this.#timers.set(row, this.#timerOf(row));
  }

  #writeParts(row: number, change: LeaseChange): void {
    const { bytes, offset, length } = change.hardware;
    if (change.hardwareAction === 'set') this.#clients.setHardware(row, change.htype, bytes, offset, length);
    else if (change.hardwareAction === 'clear') this.#clients.clearHardware(row);
    if (change.uidAction === 'set' && change.uid.length > 0)
      this.#clients.setUid(row, change.uid.bytes, change.uid.offset, change.uid.length);
    else if (change.uidAction !== 'keep') this.#clients.clearUid(row);
    const extras = this.#columns.extras[row] ?? 0;
    if (change.changesExtras && (extras !== 0 || change.setsExtras))
      this.#columns.extras[row] = this.#extras.update(extras, change);
  }

  #count(row: number, difference: number): void {
    const pool = this.#columns.pool[row] ?? none;
    if (pool >= 0) this.#counts.add(pool, this.#columns.state[row] ?? 0, this.#columns.flags[row] ?? 0, difference);
  }

  /** The address is, or is no longer, a host's (host-table.ts is the only caller). Unknown addresses are passed over. */
  withhold(ip: number, isWithheld: boolean): void {
    const row = this.rowOf(ip);
    if (row < 0 || this.isWithheld(row) === isWithheld) return;
    const before = this.#isSettled ? this.#queueOf(row) : none;
    if (before >= 0) this.#queues.remove(before, row);
    this.#count(row, -1);
    const { flags } = this.#columns;
    flags[row] = isWithheld ? (flags[row] ?? 0) | flag.withheld : (flags[row] ?? 0) & ~flag.withheld;
    this.#count(row, 1);
    const after = this.#isSettled ? this.#queueOf(row) : none;
    if (after >= 0) this.#queues.insert(after, row);
  }

  // ── The table as a whole ──
  /** After construction and replay: builds queues and timers. Before it only `put` and reads may be called. */
  settle(): void {
    this.#buildQueues();
    this.#timers.reset();
    for (let row = 0; row < this.rowCount; row++) {
      const at = this.#timerOf(row);
      if (at !== forever) this.#timers.append(row, at);
    }
    this.#timers.heapify();
    this.#isSettled = true;
  }

  #buildQueues(): void {
    const { count, capacity, ends, ip } = this.#columns;
    const queueCount = this.#peers.length * queuesPerPool;
    this.#queues.reset(queueCount, capacity);
    const queueOf = new Int32Array(count);
    let queued = 0;
    for (let row = 0; row < count; row++) {
      const queue = this.#queueOf(row);
      queueOf[row] = queue;
      if (queue >= 0) queued++;
    }
    const rows = new Uint32Array(queued);
    for (let row = 0, at = 0; row < count; row++) if ((queueOf[row] ?? none) >= 0) rows[at++] = row;
    const byQueue = sortRowsBy(sortRowsBy(sortRowsBy(rows, ip), ends), new Uint32Array(queueOf.buffer));
    for (let from = 0; from < queued; ) {
      const queue = queueOf[byQueue[from] ?? 0] ?? none;
      let to = from + 1;
      while (to < queued && queueOf[byQueue[to] ?? 0] === queue) to++;
      this.#queues.build(queue, byQueue, from, to);
      from = to;
    }
  }

  /** New configuration: new rows, retired rows, moved pools; queues and timers are built again. Cold. */
  reload(config: ServerConfig): void {
    this.#configure(config);
    this.settle();
  }

  #configure(config: ServerConfig): void {
    this.#isSettled = false;
    this.#peers = Int32Array.from(config.pools, (pool) => pool.peer);
    this.#writer.setFormat(config.settings);
    assignRows(config.pools, this.#columns, this.#addresses);
    this.#growIndexes();
    this.#counts.reset(config.pools.length);
    for (let row = 0; row < this.rowCount; row++) this.#count(row, 1);
  }

  #growIndexes(): void {
    this.#clients.grow();
    this.#timers.grow(this.#columns.capacity);
    this.changed.grow(this.#columns.capacity);
    if (this.#isSettled) this.#queues.grow(this.#columns.capacity);
  }

  /** After a step of the wall clock: every finite time of every row moves; the journal gets a clock-step comment. Cold. */
  shiftTimes(deltaSeconds: number, journal: ByteWriter | undefined): void {
    const { starts, ends, tstp, tsfp, atsfp, cltt } = this.#columns;
    for (const column of [starts, ends, tstp, tsfp, atsfp, cltt])
      for (let row = 0; row < this.rowCount; row++) column[row] = shiftTime((column[row] ?? 0) as UnixSeconds, deltaSeconds);
    if (journal !== undefined) writeComment(journal, { kind: 'clock-step', deltaSeconds });
    if (this.#isSettled) this.settle();
  }

  /** Appends the row's record as it stands. */
  record(row: number, out: ByteWriter): void {
    this.#writer.append(out, row, this.peer(row) >= 0);
  }

  /** Rows that queues and timers looked at so far, and bytes of the arena: for tests and status. Cold. */
  get figures(): { readonly touched: number; readonly arenaSize: number } {
    return { touched: this.#queues.touched + this.#timers.touched, arenaSize: this.#arena.size.used };
  }
}

/** What dhcpd drops from a record by itself (dhcpd-leases reference §5); what the caller set or cleared stays so. */
function dropParts(change: LeaseChange, cause: LeaseCause): void {
  const { drops } = leaseCauses[cause];
  if (drops === 'nothing') return;
  if (change.hostnameAction === 'keep') change.hostnameAction = 'clear';
  if (change.agentOptionsAction === 'keep') change.agentOptionsAction = 'clear';
  if (change.billingAction === 'keep') change.billingAction = 'clear';
  if (change.handlersAction === 'keep') change.handlersAction = 'clear';
  if (drops === 'all but variables') return;
  if (change.variablesAction === 'keep') change.variablesAction = 'clear';
  if (drops === 'extras') return;
  if (change.hardwareAction === 'keep') change.hardwareAction = 'clear';
  if (change.uidAction === 'keep') change.uidAction = 'clear';
}
