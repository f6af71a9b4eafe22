// When the free addresses of a relationship's pools are shared out: on entering normal, on the partner's POOLREQ, by timer, and
// when a client found none (failover reference §6).

import { TimerQueue } from '../std/timer-queue.ts';
import { addMillis, never, type MonoMillis, type Now } from '../std/time.ts';
import type { Effects } from '../model/step.ts';
import { encodeBare, encodePoolresp } from '../wire/failover-message.ts';
import type { Endpoint } from './endpoint.ts';
import type { Link } from './link.ts';
import { poolRequestDenied } from './log-events.ts';
import { balanceDelay, balancePool, belongsToPartner, givenMax, type BalanceDeps } from './pool-balance.ts';

/** A starving pool asks the partner again at most this often. */
const requestMillis = 2_000;
/** How often a change of a free address may make us look at the schedule again. */
const rescheduleMillis = 1_000;

/** A run that gave away all it may goes on after this. */
const continueMillis = 200;

const timers = ['balance', 'request', 'reschedule', 'continue'] as const;
type Timer = (typeof timers)[number];

export class Sharing {
  readonly #endpoint: Endpoint;
  readonly #timers = new TimerQueue<Timer>();
  #ranAt = 0 as MonoMillis;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  get deadline(): MonoMillis {
    return this.#timers.earliest;
  }
  linkLost(): void {
    for (const timer of timers) this.#timers.clear(timer);
  }

  #deps(): BalanceDeps {
    const { config, table, bindings, hashBuckets } = this.#endpoint;
    return { config, table, bindings, hashBuckets };
  }

  /** Balances every pool; returns how many addresses were given. Only in normal (§6). */
  run(isTimerRun: boolean, now: Now, effects: Effects): number {
    const { peer, my, pools } = this.#endpoint;
    if (my !== 'normal') return 0;
    let given = 0;
    let asks = false;
    for (const pool of pools) {
      const { count, wantsRequest } = balancePool(this.#deps(), peer, pool, isTimerRun, givenMax - given, now, effects);
      given += count;
      asks ||= wantsRequest;
    }
    if (asks) this.request(now, effects);
    this.#ranAt = now.mono;
    this.#timers.clear('balance');
    if (given >= givenMax) this.#timers.set('continue', addMillis(now.mono, continueMillis));
    this.#schedule(now);
    return given;
  }

  /** The time is only ever moved earlier. */
  #schedule(now: Now): void {
    const { peer, pools, table, random } = this.#endpoint;
    let delay: number = peer.maxBalance;
    for (const pool of pools) delay = Math.min(delay, balanceDelay(table, peer, pool, now));
    const earliestAt = addMillis(this.#ranAt, peer.minBalance * 1000);
    const at = Math.max(addMillis(now.mono, delay * 1000), earliestAt) + random.below(5) * 1000;
    if (at < this.#timers.get('balance')) this.#timers.set('balance', at as MonoMillis);
  }

  /** A row changed. PERF: the schedule itself is looked at once a second at most. */
  changed(now: Now): void {
    if (this.#endpoint.my === 'normal' && this.#timers.get('reschedule') === never)
      this.#timers.set('reschedule', addMillis(now.mono, rescheduleMillis));
  }

  /** Asks the partner for addresses: a client found none, or the timer run is far below our share. */
  request(now: Now, effects: Effects): void {
    const { link, my } = this.#endpoint;
    if (link === undefined || my !== 'normal' || this.#timers.get('request') !== never) return;
    this.#timers.set('request', addMillis(now.mono, requestMillis));
    encodeBare(link.out(effects.afterCommit, now), now.wall, link.xid(), 'poolreq');
  }

  /** The answer goes out before the updates it announces: those are queued, and sent at the end of this step. */
  requested(xid: number, link: Link, now: Now, effects: Effects): void {
    const count = this.run(false, now, effects);
    encodePoolresp(link.out(effects.afterCommit, now), now.wall, xid, count);
    if (count === 0) effects.log.event(poolRequestDenied, { name: this.#endpoint.name });
  }

  /** An address of the primary became free: it goes where its last client belongs (§5.3). */
  freed(row: number, now: Now, effects: Effects): void {
    const { my, peer, bindings } = this.#endpoint;
    if (my === 'normal' && belongsToPartner(this.#deps(), peer, row)) bindings.give(row, 'backup', now, effects);
  }

  tick(now: Now, effects: Effects): void {
    for (let timer = this.#timers.due(now.mono); timer !== undefined; timer = this.#timers.due(now.mono)) {
      if (timer === 'balance') this.run(true, now, effects);
      else if (timer === 'continue') this.run(false, now, effects);
      else if (timer === 'reschedule') this.#schedule(now);
    }
  }
}
