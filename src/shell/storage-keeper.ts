// Keeps the lease file healthy while it serves: rewrites it in slices at start, hourly, when it has grown or the core
// asks, and brings a journal back after a failed write once there is space (P1).

import type { ByteWriter } from '../std/bytes.ts';
import type { Inbox } from './inbox.ts';
import type { Journal, RewriteResult, Snapshot } from './journal.ts';
import { eventLoop, type Scheduler } from './scheduler.ts';

export interface KeeperDeps {
  readonly journal: Journal;
  readonly inbox: Inbox;
  readonly snapshot: Snapshot;
  /** First bytes of a rewritten file. */
  readonly header: (out: ByteWriter) => void;
  readonly onRewritten: (size: number) => void;
  readonly onFailed: (detail: string) => void;
  /** How often a full or read-only disk is looked at; five seconds. */
  readonly recoveryMillis?: number;
  readonly scheduler?: Scheduler;
}

const hourMillis = 3_600_000;
/** A file is rewritten when it is this many times as large as after the last rewrite, and not small. */
const growthMax = 4;
const smallSize = 16 * 1024 * 1024;
/** Slices follow each other after a pause, so that they never take more than about a fifth of the time. */
const slicePauseMillis = 4;
const recoveryMillisDefault = 5_000;

export class StorageKeeper {
  readonly #deps: KeeperDeps;
  #sizeAfterRewrite: number;
  #rewrittenAt = -Infinity;
  #isWanted = false;
  /** A commit failed and leasing has not resumed. */
  #isFaulty = false;
  readonly #scheduler: Scheduler;
  #slices: unknown;
  #recovery: unknown;
  #hourly: unknown;

  constructor(deps: KeeperDeps) {
    this.#deps = deps;
    this.#sizeAfterRewrite = deps.journal.size;
    this.#scheduler = deps.scheduler ?? eventLoop;
    this.#lookAgain();
  }

  #lookAgain(): void {
    this.#hourly = this.#scheduler.later(
      () => {
        this.look();
        this.#lookAgain();
      },
      hourMillis / 12,
      'background',
    );
  }

  /** The core asks, or the start does. */
  request(): void {
    this.#isWanted = true;
    this.look();
  }

  /** Rewrites the whole file now, between two events; for a start with few leases, before serving. */
  rewriteNow(): boolean {
    this.#isWanted = false;
    if (!this.#begin()) return false;
    for (;;) {
      const result = this.#deps.journal.rewriteSlice();
      if (result.kind !== 'more') return this.#finish(result);
    }
  }

  /** Begins a rewrite when one is due, and looks after a journal at fault. */
  look(): void {
    const { journal } = this.#deps;
    if (journal.fault !== undefined) {
      this.#recover();
      return;
    }
    if (journal.isRewriting || !(this.#isWanted || this.#isDue())) return;
    this.#isWanted = false;
    if (this.#begin()) this.#continueSoon();
  }

  #isDue(): boolean {
    const { size } = this.#deps.journal;
    if (size === this.#sizeAfterRewrite) return false;
    return (
      this.#scheduler.monoMillis() - this.#rewrittenAt > hourMillis ||
      size > Math.max(this.#sizeAfterRewrite * growthMax, smallSize)
    );
  }

  #begin(): boolean {
    const { journal, snapshot, header } = this.#deps;
    this.#rewrittenAt = this.#scheduler.monoMillis();
    if (journal.startRewrite(snapshot, header)) return true;
    this.#deps.onFailed(journal.detail);
    return false;
  }

  #continueSoon(): void {
    this.#slices = this.#scheduler.later(() => this.#continue(), slicePauseMillis);
  }
  #continue(): void {
    const { journal } = this.#deps;
    if (!journal.isRewriting) {
      this.#finish({ kind: 'failed', detail: journal.detail, fault: 'write' });
      return;
    }
    const result: RewriteResult = journal.lane.size > 0 ? { kind: 'more' } : journal.rewriteSlice();
    if (result.kind === 'more') this.#continueSoon();
    else this.#finish(result);
  }

  #finish(result: RewriteResult): boolean {
    const { journal, inbox } = this.#deps;
    if (result.kind === 'done') {
      this.#sizeAfterRewrite = journal.size;
      this.#deps.onRewritten(result.size);
      if (this.#isFaulty) inbox.deliver({ kind: 'storage-restored' });
      this.#isFaulty = false;
      return true;
    }
    if (result.kind === 'failed') {
      this.#deps.onFailed(result.detail);
      if (result.fault === 'sync' && journal.fault === 'sync')
        inbox.deliver({ kind: 'commit-failed', group: journal.sequence, reason: 'sync', detail: journal.detail });
    }
    if (journal.fault !== undefined) this.#recover();
    return false;
  }

  /** After a commit failed: tries a rewrite as soon as a whole file fits. A failed sync is never tried again. */
  #recover(): void {
    const { journal } = this.#deps;
    this.#isFaulty = true;
    if (journal.fault === 'sync' || this.#recovery !== undefined) return;
    this.#recovery = this.#scheduler.later(() => {
      this.#recovery = undefined;
      if (journal.fault === undefined || journal.isRewriting) return;
      if (journal.hasRoomToRewrite() && this.#begin()) this.#continueSoon();
      else this.#recover();
    }, this.#deps.recoveryMillis ?? recoveryMillisDefault);
  }

  close(): void {
    for (const timer of [this.#hourly, this.#slices, this.#recovery]) this.#scheduler.cancel(timer);
  }
}
