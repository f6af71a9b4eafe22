// All dynamic leases as typed-array columns, one row per configured address. Rows are append-only in a
// process: a reload adds rows and retires old ones; a row number always means the same address.

import { assert } from '../std/assert.ts';
import type { ByteWriter } from '../std/bytes.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import { forever, shiftTime, unset, type UnixSeconds } from '../std/time.ts';
import type { Lease } from '../model/lease.ts';
import type { ServerConfig } from '../model/server-config.ts';
import { ChangedRows } from './changed-rows.ts';
import { flag } from './columns.ts';
import { writeAgreed } from './agreed-lines.ts';
import { writeComment } from './comment-records.ts';
import { LeaseChange } from './lease-change.ts';
import { LeaseRows } from './lease-rows.ts';
import { PoolCounts } from './pool-counts.ts';
import { PoolQueues } from './pool-queues.ts';
import { sortRowsBy } from './radix-sort.ts';
import { RecordWriter } from './record.ts';
import { assignRows } from './row-assignment.ts';
import { TimerHeap } from './timer-heap.ts';
import { leaseCauses, mayMove, type LeaseCause } from './transitions.ts';

export { LeaseChange } from './lease-change.ts';
export type { LeaseCause } from './transitions.ts';

const none = -1;
/** State codes with a queue, by place; the place of a code, -1 without. */
const queuesPerPool = 3;
const queuePlace: readonly number[] = [none, 0, none, none, none, 2, none, 1];
const stateCode = { free: 1, active: 2, abandoned: 5 } as const;
const notQueued = flag.withheld | flag.held | flag.reserved;

/** The whole table; reads are inherited. Invariant: nothing but this class writes a row. */
export class LeaseTable extends LeaseRows {
  /** Rows of pools with a peer that changed here and that failover has not heard of yet; each row at most once. */
  readonly changed: ChangedRows;
  readonly #queues = new PoolQueues(this.columns);
  readonly #timers = new TimerHeap();
  readonly #counts = new PoolCounts();
  readonly #writer: RecordWriter;
  readonly #change = new LeaseChange();
  /** The row whose change is being filled: there is one scratch object, so changes do not nest. */
  #begun = none;
  #isSettled = false;

  /**
   * One row per address of every range, free and never used; `settle` must follow. `seed` salts the client indexes.
   */
  constructor(config: ServerConfig, seed = 0) {
    super(seed);
    this.changed = new ChangedRows(this.columns);
    this.#writer = new RecordWriter(this.columns, this.clients, this.arena, this.extrasStore);
    this.#configure(config);
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
    this.columns.flags[row] = (this.columns.flags[row] ?? 0) | flag.held;
  }
  /** Puts a held row back where its `ends` belongs. No effect when not held. Every `apply` ends a hold too. */
  unhold(row: number): void {
    if (!this.isHeld(row)) return;
    this.columns.flags[row] = (this.columns.flags[row] ?? 0) & ~flag.held;
    const queue = this.#queueOf(row);
    if (queue >= 0) this.#queues.insert(queue, row);
  }
  isHeld(row: number): boolean {
    return this.has(row, flag.held);
  }
  /** -1: the row is in no queue. */
  #queueOf(row: number): number {
    const pool = this.columns.pool[row] ?? none;
    const place = queuePlace[this.columns.state[row] ?? 0] ?? none;
    if (pool < 0 || place < 0 || this.has(row, notQueued)) return none;
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
      if (this.columns.pool[row] === pool) this.#timers.set(row, this.#timerOf(row));
  }
  #timerOf(row: number): UnixSeconds {
    const pool = this.columns.pool[row] ?? none;
    const state = this.columns.state[row] ?? 0;
    if (pool < 0 || state === stateCode.free) return forever;
    if (state === stateCode.active || state === stateCode.abandoned) return this.ends(row);
    return (this.peers[pool] ?? none) < 0 ? (1 as UnixSeconds) : forever;
  }

  // ── Writes ──
  /** The scratch change, loaded with the row's present values, parts on `keep`; see LeaseChange. */
  begin(row: number): LeaseChange {
    const columns = this.columns;
    const change = this.#change;
    this.#begun = row;
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
    const from = this.columns.state[row] ?? 0;
    assert(change !== this.#change || this.#begun === row, 'a change is applied to the row that was begun last');
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

  /** The partner has the row as it is: its promise is agreed, nothing else changes. PERF: a line of the journal, no record. */
  agree(row: number, journal: ByteWriter): void {
    const { ip, tstp } = this.columns;
    const time = (tstp[row] ?? unset) as UnixSeconds;
    assert(time !== unset, 'what is agreed was promised');
    this.#setAgreed(row, time);
    writeAgreed(journal, (ip[row] ?? 0) as Ipv4, time);
  }
  #setAgreed(row: number, time: UnixSeconds): void {
    this.columns.tsfp[row] = time;
    this.columns.atsfp[row] = time;
  }
  /** Replay only: the line that `agree` wrote. False: of an address that is in no range, and of which no record was read. */
  putAgreed(ip: Ipv4, time: UnixSeconds): boolean {
    const row = this.rowOf(ip);
    if (row < 0) return false;
    this.#setAgreed(row, time);
    return true;
  }

  /** Replay only: the row becomes what `change` says without journal, check or announcement; unknown addresses get a retired row. */
  put(ip: number, change: LeaseChange): number {
    assert(change.state >= 1 && change.state <= 7, 'a row that is put has a binding state');
    const known = this.addresses.rowOf(ip);
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
    const row = this.columns.append(ip, none);
    this.#growIndexes();
    this.addresses.addStray(ip, row);
    return row;
  }

  #write(row: number, change: LeaseChange): void {
    const columns = this.columns;
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
    if (change.hardwareAction === 'set') this.clients.setHardware(row, change.htype, bytes, offset, length);
    else if (change.hardwareAction === 'clear') this.clients.clearHardware(row);
    if (change.uidAction === 'set' && change.uid.length > 0)
      this.clients.setUid(row, change.uid.bytes, change.uid.offset, change.uid.length);
    else if (change.uidAction !== 'keep') this.clients.clearUid(row);
    const extras = this.columns.extras[row] ?? 0;
    if (change.changesExtras && (extras !== 0 || change.setsExtras))
      this.columns.extras[row] = this.extrasStore.update(extras, change);
  }

  #count(row: number, difference: number): void {
    const pool = this.columns.pool[row] ?? none;
    if (pool >= 0) this.#counts.add(pool, this.columns.state[row] ?? 0, this.columns.flags[row] ?? 0, difference);
  }

  /** The address is, or is no longer, a host's (host-table.ts is the only caller). Unknown addresses are passed over. */
  withhold(ip: number, isWithheld: boolean): void {
    const row = this.rowOf(ip);
    if (row < 0 || this.isWithheld(row) === isWithheld) return;
    const before = this.#isSettled ? this.#queueOf(row) : none;
    if (before >= 0) this.#queues.remove(before, row);
    this.#count(row, -1);
    const { flags } = this.columns;
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
    const { count, capacity, ends, ip } = this.columns;
    const queueCount = this.peers.length * queuesPerPool;
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
    this.peers = Int32Array.from(config.pools, (pool) => pool.peer);
    this.#writer.setFormat(config.settings);
    assignRows(config.pools, this.columns, this.addresses);
    this.#growIndexes();
    this.#counts.reset(config.pools.length);
    for (let row = 0; row < this.rowCount; row++) this.#count(row, 1);
  }

  #growIndexes(): void {
    this.clients.grow();
    this.#timers.grow(this.columns.capacity);
    this.changed.grow(this.columns.capacity);
    if (this.#isSettled) this.#queues.grow(this.columns.capacity);
  }

  /** After a step of the wall clock: every finite time of every row moves; the journal gets a clock-step comment. Cold. */
  shiftTimes(deltaSeconds: number, journal: ByteWriter | undefined): void {
    const { starts, ends, tstp, tsfp, atsfp, cltt } = this.columns;
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
    return { touched: this.#queues.touched + this.#timers.touched, arenaSize: this.arena.size.used };
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
