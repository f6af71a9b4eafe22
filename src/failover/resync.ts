// Update requests, both ways (failover reference §4.7): answering the partner's, and asking for what we lack.

import { addMillis, never, type MonoMillis, type Now } from '../std/time.ts';
import { bindingCode } from '../model/binding-state.ts';
import type { Effects } from '../model/step.ts';
import { encodeBare } from '../wire/failover-message.ts';
import type { Endpoint } from './endpoint.ts';
import * as say from './log-events.ts';

/** A partner that was asked for its leases and sends none for so long has forgotten about it (§11.2, recovery stall). */
const stallMillis = 60_000;

interface Request {
  readonly xid: number;
  readonly all: boolean;
}

export class Resync {
  readonly #endpoint: Endpoint;
  /** Arrived in this step and not looked at yet: a flood of requests costs one walk over the rows. */
  #arrived: Request | undefined;
  /** Being answered; only the newest gets an UPDDONE. */
  #serving: Request | undefined;
  /** UPDREQALL was sent and not answered: what follows is asked for in full too. */
  #isAllOutstanding = false;
  /** When to complain that the partner sends nothing of what we asked for. */
  #stallAt: MonoMillis = never;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  get deadline(): MonoMillis {
    return this.#stallAt;
  }

  // ── The partner asks ──

  requested(all: boolean, xid: number, effects: Effects): void {
    if (this.#serving !== undefined || this.#arrived !== undefined) effects.log.event(say.updateRequestReplaced, {});
    this.#arrived = { xid, all: all || this.#arrived?.all === true };
  }

  /** At the end of a step: queues what the request asks for. */
  serve(now: Now, effects: Effects): void {
    const request = this.#arrived;
    if (request === undefined) return;
    this.#arrived = undefined;
    const { queue, name } = this.#endpoint;
    this.#serving = request;
    this.#endpoint.eachRow((row) => {
      if (!this.#isWanted(row, request.all)) return;
      if (!queue.unacked.has(row)) queue.push(row);
      queue.awaitRow(row);
    });
    const isPending = queue.awaitedCount > 0;
    effects.log.event(say.updateRequested, { name, all: request.all, isPending });
    this.finishIfDone(now, effects);
  }

  /** dhcpd is sent every address, as it does itself; a copy of ours those that were ever used or changed sides. */
  #isWanted(row: number, all: boolean): boolean {
    const { bindings, table } = this.#endpoint;
    if (!all) return bindings.isBehind(row);
    return !this.#endpoint.shares('used-only') || table.isRecorded(row) || table.state(row) !== bindingCode.free;
  }

  /** Once everything that was queued for the request is answered, the partner is told so. */
  finishIfDone(now: Now, effects: Effects): void {
    const { queue, name, link } = this.#endpoint;
    const serving = this.#serving;
    if (serving === undefined || link === undefined || queue.awaitedCount > 0) return;
    this.#serving = undefined;
    encodeBare(link.out(effects.afterCommit, now), now.wall, serving.xid, 'upddone');
    effects.log.event(say.sentDone, { name });
  }

  /** The link is gone, and with it what was asked on it. */
  linkLost(): void {
    this.#arrived = undefined;
    this.#serving = undefined;
    this.#stallAt = never;
    this.#endpoint.queue.forgetAwaited();
  }

  // ── We ask ──

  ask(all: boolean, now: Now, effects: Effects): void {
    const { link, name } = this.#endpoint;
    const isAll = all || this.#isAllOutstanding;
    if (isAll) this.#isAllOutstanding = true;
    if (link === undefined) return;
    if (isAll) effects.log.event(say.fullUpdateRequested, { name });
    effects.log.event(say.sentRequest, { name, all: isAll });
    encodeBare(link.out(effects.afterCommit, now), now.wall, link.xid(), isAll ? 'updreqall' : 'updreq');
    this.#stallAt = addMillis(now.mono, stallMillis);
  }
  /** The partner sent a part of it. */
  progressed(now: Now): void {
    if (this.#stallAt !== never) this.#stallAt = addMillis(now.mono, stallMillis);
  }
  answered(): void {
    this.#isAllOutstanding = false;
    this.#stallAt = never;
  }
  get isWaiting(): boolean {
    return this.#stallAt !== never;
  }

  tick(now: Now, effects: Effects): void {
    if (now.mono < this.#stallAt) return;
    const { name } = this.#endpoint;
    effects.log.event(say.recoveryStalled, { name, seconds: stallMillis / 1000 });
    this.#stallAt = addMillis(now.mono, stallMillis);
  }
}
