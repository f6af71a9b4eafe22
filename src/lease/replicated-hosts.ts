// Hosts that both nodes of a pair hold: which version of each is known here, which of them is in force, and why another is not
// (docs/replicated-hosts.md has the rules). What is in force is in the host table and so in dhcpd's records; the rest is in comments.

import { assert } from '../std/assert.ts';
import type { ByteWriter } from '../std/bytes.ts';
import type { Now } from '../std/time.ts';
import { writeComment, type CommentRecord } from './comment-records.ts';
import { hostKeys, SharedKeys } from './host-keys.ts';
import { tombstone, type HostRecord } from './host-record.ts';
import { HostSums } from './host-sums.ts';
import type { HostTable } from './host-table.ts';
import { asWrittenHere, exportText, recordIn, textOf } from './host-text.ts';
import {
  atMax, compareDots, dotsPerSecond, isSameDot, isSameVersion, joined, losers, rewritten, settled, winner,
  type Dot, type HostVersion, type Written,
} from './host-version.ts';

/** Why what counts is not in force on this node. */
export type HeldReason =
  /** A later host has its hardware, identifier or address; whoever wrote the one did not know of the other. */
  | 'clash'
  /** dhcpd.conf of this node declares a host of this name. */
  | 'configured'
  /** It would run a program, and `omapi-execute` is off here. */
  | 'execute';

export interface HostConflict {
  readonly name: string;
  /** `name`: two texts for one name; else why the host is not in force. */
  readonly kind: 'name' | HeldReason;
  readonly won: Written | undefined;
  readonly lost: Written;
  /** The host that clashes. */
  readonly rival: string | undefined;
}

/** Where changes go, and who is told what they brought to light. */
export interface ChangeSink {
  readonly journal: ByteWriter;
  readonly found: (conflict: HostConflict) => void;
}

interface Entry {
  readonly version: HostVersion;
  readonly record: HostRecord | undefined;
  readonly keys: readonly string[];
  held: HeldReason | undefined;
}

/** Deletions are kept so long, and so many of them: a partner that was away longer may bring a host back. */
const tombstoneSeconds = 90 * 86_400;
const tombstonesMax = 20_000;
/** Hosts that were there before anybody counted: any write that is known wins. */
const unknownAt = 1;

export class ReplicatedHosts {
  readonly #hosts: HostTable;
  readonly #entries = new Map<string, Entry>();
  readonly #sharers = new SharedKeys();
  readonly #sums = new HostSums();
  /** By relationship: whom a new version concerns. */
  readonly watchers = new Map<string, (name: string) => void>();
  #origin: string | undefined = undefined;
  #last = 0;
  #tombstones = 0;
  #placedFor: object | undefined = undefined;

  constructor(hosts: HostTable) {
    this.#hosts = hosts;
    hosts.replayed = (name) => this.#drop(name);
  }

  get isEnabled(): boolean {
    return this.#origin !== undefined;
  }
  /** Hosts, deletions included. */
  get count(): number {
    return this.#entries.size;
  }
  names(): IterableIterator<string> {
    return this.#entries.keys();
  }
  version(name: string): HostVersion | undefined {
    return this.#entries.get(name)?.version;
  }
  /** The sums over all buckets, two words each. */
  digests(): Uint32Array {
    return this.#sums.words;
  }

  // ── Reading the lease file ──

  takeOrigin(origin: string): void {
    this.#origin = origin;
  }
  /** Whether it was about something. */
  takeVersion({ name, dot, beside, text, seen }: Extract<CommentRecord, { kind: 'host-version' }>): boolean {
    const record = this.#hosts.record(name);
    const counts = text ?? (record === undefined ? undefined : textOf(record));
    if (counts === undefined || !seen.some(({ origin, at }) => origin === dot.origin && at >= dot.at)) return false;
    this.#set(name, { seen, written: [{ dot, text: counts, beside }] }, undefined);
    return true;
  }
  takeLoser(name: string, write: Written): boolean {
    const entry = this.#entries.get(name);
    if (entry === undefined) return false;
    const { seen, written } = entry.version;
    this.#set(name, { seen, written: [...written, write] }, undefined);
    return true;
  }
  /** After the whole file: what its records do not say is not in force. */
  settle(): void {
    for (const [name, entry] of this.#entries)
      if (!this.#isPlaced(name, entry)) entry.held = this.#reason(name, entry) ?? 'configured';
  }

  // ── What happens here ──

  /** Changes are remembered from now on; from the first Leasehold partner on, they get versions. */
  watch(): void {
    this.#hosts.isWatched = true;
  }
  enableAs(origin: string, { journal }: ChangeSink): void {
    this.#origin = origin;
    writeComment(journal, { kind: 'host-origin', origin });
  }
  /** Hosts without a version, because nobody counted or a dhcpd rewrote the file, get one that is older than all others. */
  countUncounted({ journal }: ChangeSink): void {
    assert(this.#origin !== undefined, 'versions are kept');
    const dot = { origin: this.#origin, at: unknownAt };
    const fresh = [...this.#hosts.records()].filter(({ name }) => !this.#entries.has(name) && !this.#hosts.changes.has(name));
    for (const record of fresh) this.#sharers.add(record.name, hostKeys(record));
    for (const record of fresh) {
      const { name } = record;
      this.#set(name, { seen: [dot], written: [{ dot, text: textOf(record), beside: this.#beside(name, hostKeys(record)) }] }, undefined);
      this.#write(journal, name);
    }
  }

  /** After every step: hosts that somebody changed here get their version. PERF: two comparisons when nobody did. */
  stamp(now: Now, sink: ChangeSink): void {
    const { changes, config } = this.#hosts;
    if (!this.isEnabled || (changes.size === 0 && this.#placedFor === config)) return;
    if (this.#placedFor !== config) {
      this.#placedFor = config;
      for (const [name, { held }] of this.#entries) if (held !== undefined) this.#replace(name, sink);
    }
    for (const name of changes) {
      const record = this.#hosts.record(name);
      const text = record === undefined ? '' : textOf(record);
      const before = this.#entries.get(name);
      if (before !== undefined && before.held === undefined && winner(before.version).text === text) continue;
      this.#change(name, rewritten(before?.version, this.#written(name, text, now, record)), sink, record);
    }
    changes.clear();
  }

  #written(name: string, text: string, { wall }: Now, record = recordIn(name, text)): Written {
    assert(this.#origin !== undefined, 'versions are kept');
    this.#last = Math.min(Math.max(this.#last + 1, wall * dotsPerSecond), atMax);
    return { dot: { origin: this.#origin, at: this.#last }, text, beside: this.#beside(name, hostKeys(record)) };
  }
  /** Who shares a key, as far as whoever writes can see them. */
  #beside(name: string, keys: readonly string[]): readonly string[] {
    return this.#sharers.others(name, keys).filter((other) => this.#entries.get(other)?.held !== 'clash').toSorted();
  }

  /** What the partner holds. False: nothing that can be a host. `tell` asks for what is known here to go to the partner. */
  receive(name: string, sent: HostVersion, sink: ChangeSink, tell: () => void): boolean {
    const read = asWrittenHere(name, sent);
    if (read === undefined) return false;
    const { version: theirs, record } = read;
    const before = this.#entries.get(name)?.version;
    const after = before === undefined ? theirs : joined(before, theirs);
    for (const { at } of after.seen) this.#last = Math.max(this.#last, at);
    if (before === undefined || !isSameVersion(before, after)) {
      this.#change(name, after, sink, winner(after) === winner(theirs) ? record : undefined);
      for (const lost of losers(after))
        if (before === undefined || !losers(before).some(({ dot }) => isSameDot(dot, lost.dot)))
          sink.found({ name, kind: 'name', won: winner(after), lost, rival: undefined });
    }
    if (!isSameVersion(after, theirs)) tell();
    return true;
  }

  /** PERF: `record` is that of what counts, where it was read already. */
  #change(name: string, version: HostVersion, sink: ChangeSink, record?: HostRecord): void {
    const before = this.#entries.get(name);
    const after = this.#set(name, version, before?.held, record);
    this.#replace(name, sink, true);
    for (const other of this.#sharers.others(name, [...(before?.keys ?? []), ...after.keys])) this.#replace(other, sink);
    for (const watch of this.watchers.values()) watch(name);
  }

  /** Puts in force, or takes out, what is known of a host; its version is written down when that changes, or when it must be. */
  #replace(name: string, sink: ChangeSink, mustWrite = false): void {
    const entry = this.#entries.get(name);
    assert(entry !== undefined, 'a host with keys is known');
    const before = entry.held;
    entry.held = this.#reason(name, entry);
    if (entry.held === before && !mustWrite) return;
    this.#place(name, entry, sink.journal);
    this.#write(sink.journal, name);
    if (entry.held !== undefined && entry.held !== before && isLive(entry)) sink.found(this.#heldConflict(name, entry, entry.held));
  }
  #place(name: string, entry: Entry, journal: ByteWriter): void {
    const { held, record, version } = entry;
    const current = this.#hosts.record(name);
    const isDeclared = held === 'configured' || winner(version).text === '';
    if (isDeclared) {
      if (current !== undefined) this.#hosts.forget(name, journal);
    } else if (held !== undefined || record === undefined) {
      if (current?.isDeleted === false) this.#hosts.place(tombstone(name, current.isStatic), journal);
    } else if (!this.#isPlaced(name, entry)) this.#hosts.place(record, journal);
  }

  #reason(name: string, entry: Entry): HeldReason | undefined {
    const { record } = entry;
    if (record === undefined) return undefined;
    if (!record.isStatic && !this.#isPlaced(name, entry) && this.#isElsewhere(name, record)) return 'configured';
    if (record.isDeleted) return undefined;
    if (runsPrograms(record) && !this.#hosts.config.leasehold.omapi.allowsExecute) return 'execute';
    return this.#rival(name, entry) === undefined ? undefined : 'clash';
  }
  /** dhcpd.conf declares something else under this name, and no record here had replaced it before. */
  #isElsewhere(name: string, record: HostRecord): boolean {
    const declared = this.#hosts.declared(name);
    const current = this.#hosts.record(name);
    if (declared === undefined || current?.isStatic === false) return false;
    const { file, start, end } = declared.span;
    return oneLine(file.text.slice(start, end)) !== oneLine(exportText(record));
  }
  /**
   * The latest of the later hosts with one of the keys whose writer did not know of this one. Whom this one's writer knew does not
   * count: it can only have known what that host was before.
   */
  #rival(name: string, { keys, version }: Entry): string | undefined {
    const own = winner(version);
    let latest: { readonly name: string; readonly dot: Dot } | undefined;
    for (const other of this.#sharers.others(name, keys)) {
      const rival = this.#entries.get(other);
      if (rival === undefined) continue;
      const { dot, beside } = winner(rival.version);
      if (!beside.includes(name) && compareDots(dot, own.dot) < 0 && (latest === undefined || compareDots(dot, latest.dot) < 0)) latest = { name: other, dot };
    }
    return latest?.name;
  }
  /** A deletion is in force where nothing of that name is left to hide: a rewrite of the file drops it. */
  #isPlaced(name: string, { version, record }: Entry): boolean {
    const current = this.#hosts.record(name);
    if (record !== undefined && current === record) return true;
    if (record?.isDeleted === true) return current === undefined ? !this.#hosts.isConfigured(name) : current.isDeleted;
    return (current === undefined ? '' : textOf(current)) === winner(version).text;
  }

  // ── What operators see and decide ──

  *conflicts(): Generator<HostConflict> {
    for (const [name, entry] of this.#entries) {
      for (const lost of losers(entry.version)) yield { name, kind: 'name', won: winner(entry.version), lost, rival: undefined };
      if (entry.held !== undefined && isLive(entry)) yield this.#heldConflict(name, entry, entry.held);
    }
  }
  #heldConflict(name: string, entry: Entry, kind: HeldReason): HostConflict {
    const rival = kind === 'clash' ? this.#rival(name, entry) : undefined;
    const won = rival === undefined ? undefined : this.#entries.get(rival)?.version;
    return { name, kind, won: won === undefined ? undefined : winner(won), lost: winner(entry.version), rival };
  }
  /** Whether the host is known and not in force. */
  isHeld(name: string): boolean {
    const entry = this.#entries.get(name);
    return entry?.held !== undefined && isLive(entry);
  }
  hasLosers(name: string): boolean {
    const version = this.version(name);
    return version !== undefined && losers(version).length > 0;
  }
  /** What lost counts again: the latest lost text of the name, or the host that a later one displaced. False: nothing lost. */
  restore(name: string, now: Now, sink: ChangeSink): boolean {
    const entry = this.#entries.get(name);
    if (entry === undefined) return false;
    const [lost] = losers(entry.version);
    if (lost !== undefined) this.#change(name, settled(entry.version, this.#written(name, lost.text, now)), sink);
    else if (entry.held === 'clash') this.#change(name, rewritten(entry.version, { ...this.#written(name, winner(entry.version).text, now), beside: [] }), sink);
    else return false;
    return true;
  }
  /** What lost is forgotten, on both nodes. False: nothing lost. */
  settleConflict(name: string, now: Now, sink: ChangeSink): boolean {
    const entry = this.#entries.get(name);
    if (entry === undefined || losers(entry.version).length === 0) return false;
    this.#change(name, settled(entry.version, this.#written(name, winner(entry.version).text, now)), sink);
    return true;
  }
  /** Deletes a host that is not in force. */
  remove(name: string, now: Now, sink: ChangeSink): void {
    const entry = this.#entries.get(name);
    assert(entry !== undefined, 'a host that is held is known');
    this.#change(name, rewritten(entry.version, this.#written(name, textOf(tombstone(name)), now)), sink);
  }

  // ── Keeping ──

  #set(name: string, version: HostVersion, held: HeldReason | undefined, record = recordIn(name, winner(version).text)): Entry {
    this.#drop(name);
    for (const { at } of version.seen) this.#last = Math.max(this.#last, at);
    const entry = { version, record, keys: hostKeys(record), held };
    this.#entries.set(name, entry);
    this.#sharers.add(name, entry.keys);
    if (record?.isDeleted === true) this.#tombstones++;
    this.#sums.toggle(name, version);
    return entry;
  }
  #drop(name: string): void {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    this.#entries.delete(name);
    this.#sharers.remove(name, entry.keys);
    if (entry.record?.isDeleted === true) this.#tombstones--;
    this.#sums.toggle(name, entry.version);
  }

  /** Old deletions go; when a link comes up, so that both nodes do it at about the same time. */
  prune({ wall }: Now): void {
    const surplus = this.#tombstones - tombstonesMax;
    const dead = [...this.#entries].filter(([, { record }]) => record?.isDeleted === true && !record.isStatic)
      .toSorted(([, a], [, b]) => winner(a.version).dot.at - winner(b.version).dot.at);
    dead.forEach(([name, { version }], index) => {
      const at = winner(version).dot.at / dotsPerSecond;
      if (losers(version).length === 0 && (index < surplus || (at >= 1 && at + tombstoneSeconds < wall))) this.#drop(name);
    });
  }

  #write(out: ByteWriter, name: string): void {
    const entry = this.#entries.get(name);
    assert(entry !== undefined, 'a version is written while it is known');
    const { dot, text, beside } = winner(entry.version);
    const isAsRecord = entry.held === undefined && isLive(entry);
    writeComment(out, { kind: 'host-version', name, dot, beside, text: isAsRecord ? undefined : text, seen: entry.version.seen });
    for (const write of losers(entry.version)) writeComment(out, { kind: 'host-loser', name, write });
  }
  /** Behind the records of hosts. */
  snapshot(out: ByteWriter): void {
    if (this.#origin !== undefined) writeComment(out, { kind: 'host-origin', origin: this.#origin });
    for (const name of this.#entries.keys()) this.#write(out, name);
  }
}

const isLive = ({ record }: Entry): boolean => record?.isDeleted === false;

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** A program's name may come from anywhere, so only the statement itself is looked for, outside strings. */
const runsPrograms = ({ statements }: HostRecord): boolean =>
  statements.some((statement) => /\bexecute\b/i.test(statement.replace(/"(?:[^"\\]|\\.)*"/g, '""')));

/** A name for this node's writes, of its role and a random number. */
export const newOrigin = (role: 'primary' | 'secondary', random: number): string => `${role[0] ?? 'p'}${(random >>> 0).toString(16).padStart(8, '0')}`;
