// The two clocks of a pair: how far they are apart, and which one is wrong where the machines know (NTP). Never a reason to stop: the
// partner's times are taken by our clock (skew.ts).

import type { Now } from '../std/time.ts';
import type { Effects } from '../model/step.ts';
import type { ServiceView } from '../model/service-view.ts';
import { skewed } from './log-events.ts';
import { SkewMeter } from './skew-meter.ts';

/** Seconds of difference that are said, and of change that are said again. */
const saidFrom = 5;

/** What the kernel says of its clock; undefined: it does not say. */
export type IsSynced = boolean | undefined;

export class PartnerClock {
  readonly #name: string;
  readonly #view: ServiceView;
  readonly meter = new SkewMeter();
  #said = 0;
  isSynced: IsSynced;
  partnerIsSynced: IsSynced;

  constructor(name: string, view: ServiceView) {
    this.#name = name;
    this.#view = view;
  }

  /** `time` of a message that came now. */
  note(time: number, now: Now, effects: Effects): void {
    this.meter.note(time, now);
    this.#changed(effects);
  }
  /** What the partner measured of us, and what its kernel says. */
  told(measured: number, isSynced: IsSynced, effects: Effects): void {
    this.meter.told = measured;
    this.partnerIsSynced = isSynced;
    this.#changed(effects);
  }
  /** Towards a dhcpd, which accepts no such difference. */
  refused(time: number, now: Now, effects: Effects): void {
    this.#say(time - now.wall, effects);
  }
  linkLost(): void {
    this.meter.told = undefined;
    this.partnerIsSynced = undefined;
  }

  #changed(effects: Effects): void {
    const { ahead } = this.meter;
    this.#view.skew = ahead;
    const size = Math.abs(ahead);
    if (size > saidFrom && Math.abs(size - this.#said) > saidFrom) this.#say(ahead, effects);
    if (size > saidFrom || this.#said !== 0) this.#said = size > saidFrom ? size : 0;
  }
  #say(ahead: number, effects: Effects): void {
    effects.log.event(skewed, { name: this.#name, seconds: Math.abs(ahead), verdict: this.#verdict(ahead) });
  }
  /** Which of the two is wrong, as far as the machines know. */
  #verdict(ahead: number): string {
    const direction = `the partner's is ${ahead < 0 ? 'behind' : 'ahead'}`;
    const wrong = [
      ...(this.isSynced === false ? ['this node’s is not synchronized (NTP)'] : []),
      ...(this.partnerIsSynced === false ? ['the partner’s is not synchronized (NTP)'] : []),
    ];
    if (wrong.length > 0) return `${direction}; ${wrong.join(' and ')}`;
    const right = this.isSynced === true && this.partnerIsSynced === undefined ? '; this node’s is synchronized (NTP), so the partner’s is wrong' : '';
    return `${direction}${right}`;
  }

  get status(): Readonly<Record<string, unknown>> {
    return {
      partnerAhead: this.meter.ahead,
      measuredHere: this.meter.measured,
      measuredThere: this.meter.told ?? null,
      isSynced: this.isSynced ?? null,
      partnerIsSynced: this.partnerIsSynced ?? null,
    };
  }
}
