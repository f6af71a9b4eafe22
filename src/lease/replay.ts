// Reading a lease file, ours or dhcpd's, into a store (dhcpd-leases reference §9). It always ends with a store that
// can serve: what is damaged is left out and said.

import { assert } from '../std/assert.ts';
import { formatIpv4 } from '../std/ipv4.ts';
import type { UnixSeconds } from '../std/time.ts';
import { fromLatin1 } from '../std/bytes.ts';
import { AgreedReader } from './agreed-lines.ts';
import { interruptedBy, isInterrupted, lineEnd, statementEnd, unterminated } from './block-reader.ts';
import { coldReaders, keywordOf, takeComment } from './cold-records.ts';
import { GroupCheck } from './group-check.ts';
import { isPrefixAt } from './journal-group.ts';
import { LeaseReader } from './lease-reader.ts';
import { LeaseSource } from './lease-source.ts';
import type { LeaseStore } from './lease-store.ts';
import { ProblemList, type ReplayCode, type ReplayProblem } from './replay-problems.ts';

export { describeProblem, type ReplayProblem } from './replay-problems.ts';

export interface ReplayReport {
  /** In the order of the file, at most a thousand; `problemCount` counts all. */
  readonly problems: readonly ReplayProblem[];
  readonly problemCount: number;
  /** Bytes that are believed. The rest must be cut off before anything is appended. */
  readonly goodSize: number;
  /** What is believed ends in the middle of a line: write a line feed first. */
  readonly isLineOpen: boolean;
  /** Number of the last group, 0 when the file has none. */
  readonly sequence: number;
  /** Groups whose checksum was right, and lease records taken. */
  readonly groups: number;
  readonly leases: number;
}

const lineFeed = 10;
const hash = 35;
const letterL = 108;
const semicolon = 59;
const braceClose = 125;

/**
 * Reads the file of `size` bytes into an empty store and settles it. `read` fills a buffer from a position of the file and
 * returns how many bytes it put there, 0 only at the end. `wall` decides what records without a binding state are.
 */
export function replay(read: LeaseSource['read'], size: number, store: LeaseStore, wall: UnixSeconds): ReplayReport {
  const reading = new Replay(new LeaseSource(read, size), store, wall);
  const report = reading.run();
  store.settle();
  for (let row = 0; row < store.table.rowCount; row++)
    assert(store.table.state(row) >= 1 && store.table.state(row) <= 7, 'a replayed row has a binding state');
  return report;
}

/** A whole file in memory: for tests and tools. */
export function replayBytes(bytes: Uint8Array, store: LeaseStore, wall: UnixSeconds): ReplayReport {
  const read = (into: Uint8Array, position: number): number => {
    const part = bytes.subarray(position, position + into.length);
    into.set(part);
    return part.length;
  };
  return replay(read, bytes.length, store, wall);
}

class Replay {
  readonly #source: LeaseSource;
  readonly #store: LeaseStore;
  readonly #wall: UnixSeconds;
  readonly #problems = new ProblemList();
  readonly #leases = new LeaseReader();
  readonly #agreed = new AgreedReader();
  readonly #groups: GroupCheck;
  #leaseCount = 0;

  constructor(source: LeaseSource, store: LeaseStore, wall: UnixSeconds) {
    this.#source = source;
    this.#store = store;
    this.#wall = wall;
    this.#groups = new GroupCheck(source, this.#problems);
  }

  run(): ReplayReport {
    const source = this.#source;
    this.#groups.cutTail();
    for (let at = 0; ; ) {
      const next = this.#record(source.bytes, at, source.end);
      if (next >= 0) at = next;
      else if (!source.isAtEnd) {
        this.#groups.sumUpTo(at);
        at = source.more(at);
      } else if (at < source.end) at = this.#incomplete(at);
      else return this.#report();
    }
  }

  /** Behind the record, comment or white space at `at`; -1 when more bytes are needed. */
  #record(bytes: Uint8Array, at: number, to: number): number {
    if (at >= to) return -1;
    const byte = bytes[at] ?? 0;
    if (byte === letterL && isLease(bytes, at)) return this.#lease(bytes, at, to);
    if (byte === hash) return this.#comment(bytes, at, to);
    if (byte === lineFeed || byte === 32 || byte === 13 || byte === 9) return at + 1;
    if (byte === 0) return this.#zeros(bytes, at, to);
    return this.#other(bytes, at, to);
  }

  #lease(bytes: Uint8Array, at: number, to: number): number {
    const reader = this.#leases;
    const verdict = reader.read(bytes, at, to, this.#wall);
    if (verdict === 'incomplete') return -1;
    for (const { code, at: place, detail } of reader.problems) this.#problem(code, place, detail);
    if (verdict === 'good') {
      this.#leaseCount++;
      const row = this.#store.table.put(reader.ip, reader.change);
      if (this.#store.table.pool(row) < 0) this.#problem('no-range', at, formatIpv4(reader.ip));
    }
    return reader.end;
  }

  #comment(bytes: Uint8Array, at: number, to: number): number {
    const end = lineEnd(bytes, at, to);
    if (end >= to) return this.#source.isAtEnd ? to : -1;
    if (this.#agreed.read(bytes, at)) {
      if (!this.#store.table.putAgreed(this.#agreed.ip, this.#agreed.time)) this.#problem('bad-record', at, `agreed ${formatIpv4(this.#agreed.ip)}`);
    } else if (isPrefixAt(bytes, at, to) && !this.#groups.closing(bytes, at, to)) {
      const problem = takeComment(fromLatin1(bytes.subarray(at, end + 1)), this.#store);
      if (problem !== undefined) this.#problem(problem.code, at, problem.detail);
    }
    return end + 1;
  }

  #zeros(bytes: Uint8Array, at: number, to: number): number {
    let end = at;
    while (end < to && bytes[end] === 0) end++;
    this.#problem('nul-bytes', at, String(end - at));
    return end;
  }

  #other(bytes: Uint8Array, at: number, to: number): number {
    const keyword = keywordOf(bytes, at, to);
    const reader = coldReaders.get(keyword);
    if (reader === undefined) return this.#garbage(bytes, at, to);
    const end = statementEnd(bytes, at, to);
    if (end === unterminated) return -1;
    if (isInterrupted(end)) {
      this.#problem('missing-brace', at, keyword);
      return interruptedBy(end);
    }
    // Before a brace that it did not open: a string that was not closed, or a lost semicolon.
    const isWhole = bytes[end - 1] === semicolon || bytes[end - 1] === braceClose;
    const problem = isWhole
      ? reader(fromLatin1(bytes.subarray(at, end)), this.#store, this.#wall)
      : { code: 'bad-record' as const, detail: keyword };
    if (problem !== undefined) this.#problem(problem.code, at, problem.detail);
    return end;
  }

  /** The rest of the line. */
  #garbage(bytes: Uint8Array, at: number, to: number): number {
    const end = lineEnd(bytes, at, to);
    if (end >= to && !this.#source.isAtEnd) return -1;
    this.#problem('garbage', at, fromLatin1(bytes.subarray(at, Math.min(end + 1, at + 60))));
    return Math.min(end + 1, to);
  }

  /** A record that the file ends in: what stands before it counts. In a journal of ours that is a lost brace, not a lost end. */
  #incomplete(at: number): number {
    const { bytes, end } = this.#source;
    const head = fromLatin1(bytes.subarray(at, Math.min(end, at + 60))).split(/[{\n]/)[0]?.trim() ?? '';
    if (this.#groups.isOurs) {
      this.#problem('missing-brace', at, head);
      return Math.min(lineEnd(bytes, at, end) + 1, end);
    }
    this.#problem('cut-record', at, head);
    this.#source.size = this.#source.position(at);
    return end;
  }

  #problem(code: ReplayCode, at: number, detail: string): void {
    this.#problems.add(code, this.#source.position(at), detail);
  }

  #report(): ReplayReport {
    const goodSize = this.#source.size;
    return {
      problems: this.#problems.withLines(this.#source.lineCounter(this.#problems.positions)),
      problemCount: this.#problems.count,
      goodSize,
      isLineOpen: goodSize > 0 && this.#source.byteAt(goodSize - 1) !== lineFeed,
      sequence: this.#groups.sequence,
      groups: this.#groups.count,
      leases: this.#leaseCount,
    };
  }
}

const isLease = (bytes: Uint8Array, at: number): boolean =>
  bytes[at + 1] === 101 && bytes[at + 2] === 97 && bytes[at + 3] === 115 && bytes[at + 4] === 101 && bytes[at + 5] === 32;

