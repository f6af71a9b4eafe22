// Named deadlines on the monotonic clock for cold code: few timers, set and cleared by key.

import { never, type MonoMillis } from './time.ts';

/** A handful of timers; `due` hands them out in order of time, ties in order of setting. */
export class TimerQueue<Key> {
  readonly #at = new Map<Key, MonoMillis>();

  set(key: Key, at: MonoMillis): void {
    if (at === never) this.#at.delete(key);
    else this.#at.set(key, at);
  }
  clear(key: Key): void {
    this.#at.delete(key);
  }
  get(key: Key): MonoMillis {
    return this.#at.get(key) ?? never;
  }
  get earliest(): MonoMillis {
    let first = never;
    for (const at of this.#at.values()) if (at < first) first = at;
    return first;
  }
  /** Removes and returns the first timer that is due, or undefined. */
  due(now: MonoMillis): Key | undefined {
    let found: Key | undefined;
    let first = never;
    for (const [key, at] of this.#at)
      if (at <= now && at < first) {
        first = at;
        found = key;
      }
    if (found !== undefined) this.#at.delete(found);
    return found;
  }
}
