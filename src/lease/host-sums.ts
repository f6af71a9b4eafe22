// What two nodes compare to find out which hosts they do not hold alike: hosts in buckets by name, and a sum over each.

import { ByteWriter } from '../std/bytes.ts';
import { hashBytes } from './hash-index.ts';
import type { Dot, HostVersion } from './host-version.ts';

export const bucketCount = 1024;

/** PERF: thousands of hosts may come in a row, and each is added, and taken away when it changes. */
const scratch = new ByteWriter(256);

export function bucketOf(name: string): number {
  scratch.reset();
  scratch.text(name);
  return hashBytes(0, 0, scratch.bytes, 0, scratch.size) % bucketCount;
}

export class HostSums {
  /** Two of each bucket. */
  readonly #words = new Uint32Array(2 * bucketCount);

  get words(): Uint32Array {
    return this.#words.slice();
  }
  /** Adding and taking away are one: exclusive or. */
  toggle(name: string, { seen, written }: HostVersion): void {
    const at = 2 * bucketOf(name);
    // Behind the name, which stands there already: a line feed, and the dots with commas between.
    let separator = 10;
    const append = ({ origin, at: time }: Dot): void => {
      scratch.u8(separator);
      scratch.text(origin);
      scratch.decimal(time);
      separator = 44;
    };
    seen.forEach(append);
    for (const { dot } of written) append(dot);
    for (const word of [0, 1] as const)
      this.#words[at + word] = (this.#words[at + word] ?? 0) ^ hashBytes(word + 1, word, scratch.bytes, 0, scratch.size);
  }
}
