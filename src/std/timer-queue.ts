// Named deadlines on the monotonic clock for cold code: few timers, set and cleared by key.

import { never, type MonoMillis } from './time.ts';

/** A handful of timers; `due` hands them out in order of time, ties in order of setting. */
export class TimerQueue<Key> {
  readonly #at = new Map<Key, MonoMillis>();
  /** PERF: kept, because it is asked for in every turn and changes seldom. */
  #earliest = never;

  set(key: Key, at: MonoMillis): void {
    if (at === never) this.#at.delete(key);
    else this.#at.set(key, at);
    this.#settle();
  }
  clear(key: Key): void {
    if (this.#at.delete(key)) this.#settle();
  }
  get(key: Key): MonoMillis {
    return this.#at.get(key) ?? never;
  }
  get earliest(): MonoMillis {
    return this.#earliest;
  }
  #settle(): void {
    let first = never;
    for (const at of this.#at.values()) if (at < first) first = at;
    this.#earliest = first;
  }
  /** Removes and returns the first timer that is due, or undefined. */
  due(now: MonoMillis): Key | undefined {
    if (this.#earliest > now) return undefined;
    let found: Key | undefined;
    let first = never;
    for (const [key, at] of this.#at)
      if (at <= now && at < first) {
        first = at;
        found = key;
      }
    if (found === undefined) return undefined;
    this.#at.delete(found);
    this.#settle();
    return found;
  }
}
