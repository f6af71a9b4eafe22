// Files that transfers which begin together have in common: opened once, closed with the last of them. PERF: opening one by way of
// the jail costs a dozen turns of the thread pool, far more than the first packet that is sent of it; a flood of requests for one
// name would spend a processor on it.

import type { Result } from '../../std/result.ts';
import { ok } from '../../std/result.ts';
import { openJailed, type JailedFile, type JailFault } from './jail.ts';

/** So long after it was opened a file is taken for what its name still means. */
const freshMillis = 100;

interface Entry {
  readonly opened: Promise<Result<JailedFile, JailFault>>;
  readonly openedAt: number;
  users: number;
}

export interface SharedFile extends JailedFile {
  /** In place of the handle's own; twice is once. */
  close(): void;
}

export class SharedFiles {
  readonly #open: typeof openJailed;
  readonly #now: () => number;
  /** Those that somebody uses, the youngest of each name. */
  readonly #entries = new Map<string, Entry>();

  /** `now` in milliseconds, monotonic. */
  constructor(open: typeof openJailed = openJailed, now: () => number = () => performance.now()) {
    this.#open = open;
    this.#now = now;
  }

  /** As openJailed; a fault is shared only with those that wait for it. */
  async open(root: string, path: string): Promise<Result<SharedFile, JailFault>> {
    const key = `${root}\0${path}`;
    const entry = this.#entryOf(key, root, path);
    entry.users++;
    const opened = await entry.opened;
    let isOpen = true;
    const close = (): void => {
      if (isOpen) this.#leave(key, entry);
      isOpen = false;
    };
    if (opened.ok) return ok({ ...opened.value, close });
    close();
    return opened;
  }

  #entryOf(key: string, root: string, path: string): Entry {
    const known = this.#entries.get(key);
    const now = this.#now();
    if (known !== undefined && now - known.openedAt < freshMillis) return known;
    const entry: Entry = { opened: this.#open(root, path), openedAt: now, users: 0 };
    this.#entries.set(key, entry);
    return entry;
  }

  #leave(key: string, entry: Entry): void {
    if (--entry.users > 0) return;
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
    void entry.opened.then((opened) => (opened.ok ? opened.value.handle.close() : undefined)).catch(() => {});
  }
}
