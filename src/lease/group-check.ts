// The groups of a journal while it is read: where the file ends for us, and whether what stands in a group is what was written.

import { crc32 } from './crc32.ts';
import { ClosingReader, lastClosingEnd } from './journal-group.ts';
import type { LeaseSource } from './lease-source.ts';
import type { ProblemList } from './replay-problems.ts';

const probeSize = 1024 * 1024;
/** How far back the end of a group is looked for in a file that does not begin with one: dhcpd's, continued by us. */
const probesMax = 16;

export class GroupCheck {
  sequence = 0;
  /** Groups whose checksum was right. */
  count = 0;
  readonly #source: LeaseSource;
  readonly #problems: ProblemList;
  readonly #closing = new ClosingReader();
  /** Position behind the last closing line, and how far its successor's bytes were summed. */
  #from = 0;
  #summed = 0;
  #crc = 0;
  /** The file has a closing line of ours. */
  isOurs = false;

  constructor(source: LeaseSource, problems: ProblemList) {
    this.#source = source;
    this.#problems = problems;
  }

  /**
   * Cuts off what follows the last closing line: it was never confirmed. A file without any is dhcpd's and stays whole.
   */
  cutTail(): void {
    const source = this.#source;
    const head = source.slice(0, Math.min(source.size, probeSize));
    this.isOurs = lastClosingEnd(head, 0, head.length) >= 0;
    const end = this.#lastClosing(this.isOurs ? Infinity : probesMax);
    if (end < 0) return;
    this.isOurs = true;
    const rest = source.slice(end, Math.min(source.size, end + probeSize));
    if (rest.some((byte) => byte > 32)) this.#problems.add('cut-group', end, String(source.size - end));
    source.size = end;
  }

  #lastClosing(probes: number): number {
    const { size } = this.#source;
    let to = size;
    for (let probe = 0; probe < probes && to > 0; probe++) {
      const from = Math.max(0, to - probeSize);
      // A line may lie across the border of two probes.
      const part = this.#source.slice(from, Math.min(size, to + 128));
      const end = lastClosingEnd(part, 0, part.length);
      if (end >= 0) return from + end;
      to = from;
    }
    return -1;
  }

  /** Takes the bytes before `at` of the window into the sum; call before the window moves on. */
  sumUpTo(at: number): void {
    const source = this.#source;
    const from = this.#summed - source.position(0);
    if (!this.isOurs || at <= from) return;
    this.#crc = crc32(source.bytes, from, at, this.#crc);
    this.#summed = source.position(at);
  }

  /** True when a closing line stands at `at`; then its group was judged. */
  closing(bytes: Uint8Array, at: number, to: number): boolean {
    const end = this.#closing.read(bytes, at, to);
    if (end < 0) return false;
    this.sumUpTo(this.#closing.summedTo);
    const { sequence, crc, size } = this.#closing;
    const isWhole = this.#source.position(at) - this.#from === size;
    // What dhcpd wrote before our first group belongs to no group.
    const isForeign = this.sequence === 0 && this.count === 0 && this.#source.position(at) > size;
    if (isWhole && crc === this.#crc) this.count++;
    else if (isWhole || !isForeign) this.#problems.add('edited-group', this.#source.position(at), String(sequence));
    this.sequence = Math.max(this.sequence, sequence);
    this.#from = this.#source.position(end);
    this.#summed = this.#from;
    this.#crc = 0;
    return true;
  }
}
