// Signs of life on the link of a relationship: when we say something next, and when silence means that the partner is lost.

import { TimerQueue } from '../std/timer-queue.ts';
import { addMillis, never, type MonoMillis, type Now } from '../std/time.ts';
import { contactDefaults, relationshipSettings } from '../model/relationship-settings.ts';
import type { Effects } from '../model/step.ts';
import { encodeBare } from '../wire/failover-message.ts';
import type { Endpoint } from './endpoint.ts';
import * as say from './log-events.ts';

/** dhcpd acknowledges within 2 s; far beyond that an update is lost and only a new link brings it again (§11.2). */
const ackPatienceMillis = 20_000;

/** The shortest period of CONTACT; a partner that advertises less must not make us flood it (§11.1 item 3). */
const contactPeriodMillis = (partnerTimer: number): number => Math.max(Math.floor(partnerTimer / 3), 1) * 1000;

export class Contact {
  readonly #endpoint: Endpoint;
  readonly #timers = new TimerQueue<'speak' | 'lost'>();

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  get deadline(): MonoMillis {
    return this.#timers.earliest;
  }
  get settings(): { readonly contactMillis: number; readonly silenceMillis: number } {
    const { config, name } = this.#endpoint;
    return relationshipSettings(config.leasehold.relationships, name) ?? contactDefaults;
  }
  /** Two Leasehold nodes: how often both say something, milliseconds; undefined where dhcpd's rule holds. */
  get agreed(): number | undefined {
    const [ours, theirs] = [this.settings.contactMillis, this.#endpoint.partnerFeatures.contactMillis];
    return this.#endpoint.shares('short-contact') && ours > 0 && theirs > 0 ? Math.max(ours, theirs) : undefined;
  }
  get #period(): number {
    return Math.min(contactPeriodMillis(this.#endpoint.partnerTimer), this.agreed ?? never);
  }
  /** Without a word for so long the partner is lost. */
  get silenceMillis(): number {
    const { agreed } = this;
    const responseDelay = Math.max(this.#endpoint.peer.maxResponseDelay, 2) * 1000;
    return agreed === undefined ? responseDelay : Math.min(responseDelay, Math.max(this.settings.silenceMillis, 2 * agreed));
  }

  linkUp(now: Now): void {
    this.#timers.set('speak', addMillis(now.mono, this.#period));
    this.heard(now);
  }
  heard(now: Now): void {
    this.#timers.set('lost', addMillis(now.mono, this.silenceMillis));
  }
  linkLost(): void {
    this.#timers.clear('speak');
    this.#timers.clear('lost');
  }

  tick(now: Now, effects: Effects): void {
    for (let timer = this.#timers.due(now.mono); timer !== undefined; timer = this.#timers.due(now.mono))
      if (timer === 'speak') this.#speak(now, effects);
      else this.#lost(now, effects);
  }

  #speak(now: Now, effects: Effects): void {
    const { link, name, queue } = this.#endpoint;
    if (link === undefined) return;
    const period = this.#period;
    // Why the sum and not the difference: the timer below holds the sum, and rounding must not part the two, or it is due for ever.
    if (addMillis(link.saidAt, period) <= now.mono) encodeBare(link.out(effects.now, now), now.wall, link.xid(), 'contact');
    this.#timers.set('speak', addMillis(link.saidAt, period));
    const oldest = queue.oldestSentAt();
    if (oldest !== undefined && now.mono - oldest > ackPatienceMillis) {
      effects.log.event(say.stuckUpdates, { name, count: queue.unacked.size });
      this.#endpoint.drop(link, now, effects);
    }
  }

  #lost(now: Now, effects: Effects): void {
    const { link, name } = this.#endpoint;
    if (link === undefined) return;
    effects.log.event(say.contactTimeout, { name });
    this.#endpoint.drop(link, now, effects);
  }
}
