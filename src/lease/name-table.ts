// Host names of the configuration with their last good answers. An answer is used without limit while the
// resolver is down; it survives a restart as a comment of the lease file.

import type { ByteWriter } from '../std/bytes.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import { writeComment } from './comment-records.ts';

export class NameTable {
  readonly #answers = new Map<string, readonly Ipv4[]>();
  /** Goes up with every new answer: who copied addresses knows when to look again. */
  generation = 0;

  /** Sorted; undefined when the name never resolved. Names compare without case. */
  addressesOf(name: string): readonly Ipv4[] | undefined {
    return this.#answers.get(name.toLowerCase());
  }
  /** Keeps an answer (at least one address, sorted) and journals it; false when nothing changed. */
  put(name: string, addresses: readonly Ipv4[], journal: ByteWriter | undefined): boolean {
    const key = name.toLowerCase();
    const before = this.#answers.get(key);
    if (before !== undefined && before.length === addresses.length && before.every((ip, index) => ip === addresses[index]))
      return false;
    this.#answers.set(key, addresses);
    this.generation++;
    if (journal !== undefined) this.write(journal, key, addresses);
    return true;
  }
  write(out: ByteWriter, name: string, addresses: readonly Ipv4[]): void {
    writeComment(out, { kind: 'name', name, addresses });
  }
  /** For the rewrite of the lease file. */
  entries(): IterableIterator<readonly [string, readonly Ipv4[]]> {
    return this.#answers.entries();
  }
}
