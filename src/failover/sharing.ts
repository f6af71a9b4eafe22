// When the free addresses of a relationship's pools are shared out: on entering normal, on the partner's POOLREQ, by timer, and
// when a client found none (failover reference §6).

import { TimerQueue } from '../std/timer-queue.ts';
import { addMillis, never, type MonoMillis, type Now } from '../std/time.ts';
import type { Effects } from '../model/step.ts';
import { encodeBare, encodePoolresp } from '../wire/failover-message.ts';
import type { Endpoint } from './endpoint.ts';
import type { Link } from './link.ts';
import { poolRequestDenied } from './log-events.ts';
import { balanceDelay, balancePool, belongsToPartner, type BalanceDeps, type BalanceReason } from './pool-balance.ts';

/** A starving pool asks the partner again at most this often. */
const requestMillis = 2_000;
/** How often a change of a free address may make us look at the schedule again. */
const rescheduleMillis = 1_000;

/** Addresses that one step may give away, all pools together: packets wait for it. PERF: each is a record and an update. */
const givenMax = 1_000;
/** The next step gives more after this; until then packets have their turn. */
const continueMillis = 50;

const timers = ['balance', 'request', 'reschedule', 'continue'] as const;
type Timer = (typeof timers)[number];

export class Sharing {
  readonly #endpoint: Endpoint;
  readonly #timers = new TimerQueue<Timer>();
  #ranAt = 0 as MonoMillis;
  /** Pools that are being balanced over several steps. */
  #unfinished: readonly number[] = [];

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

  /** Balances every pool; returns how many addresses were given at once. Only in normal (§6). */
  run(reason: BalanceReason, now: Now, effects: Effects): number {
    const { peer, my, pools } = this.#endpoint;
    if (my !== 'normal') return 0;
    // By the pools that there are: a reload may have come between two steps.
    const wanted = reason === 'goes-on' ? pools.filter((pool) => this.#unfinished.includes(pool)) : pools;
    const unfinished: number[] = [];
    let given = 0;
    let asks = false;
    for (const pool of wanted) {
      const { count, wantsRequest, isFinished } = balancePool(this.#deps(), peer, pool, reason, givenMax - given, now, effects);
      given += count;
      asks ||= wantsRequest;
      if (!isFinished) unfinished.push(pool);
    }
    if (asks) this.request(now, effects);
    this.#unfinished = unfinished;
    this.#ranAt = now.mono;
    this.#timers.clear('balance');
    this.#timers.set('continue', unfinished.length > 0 ? addMillis(now.mono, continueMillis) : never);
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
    const count = this.run('change', now, effects);
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
      if (timer === 'balance') this.run('timer', now, effects);
      else if (timer === 'continue') this.run('goes-on', now, effects);
      else if (timer === 'reschedule') this.#schedule(now);
    }
  }
}
