// What a lease file would tell after a power failure now: the last record of every address in a closed group, read as the file
// grows.

import { parseIpv4, type Ipv4 } from '../../src/std/ipv4.ts';
import type { DiskTwin } from './disk-twin.ts';
import { LeaseRecord } from './lease-record.ts';
import { leaseFile } from './sim-node.ts';

/** More changes of one address than these are not in one group. */
const keptCount = 4;
const opening = '\nlease ';
const closing = /# leasehold \d+ crc32 [0-9a-f]{8} size \d+\n/y;

export class DurableRecords {
  readonly #disk: DiskTwin;
  /** Newest last, a few of each address. */
  readonly #lately = new Map<Ipv4, LeaseRecord[]>();
  #file: object | undefined;
  /** Bytes read, up to the end of a group. */
  #size = 0;
  #byIp = new Map<Ipv4, LeaseRecord>();

  constructor(disk: DiskTwin) {
    this.#disk = disk;
  }
  /** undefined: none. */
  of(ip: Ipv4): LeaseRecord | undefined {
    this.#readOn();
    return this.#byIp.get(ip);
  }
  /** The disk is lost. */
  forget(): void {
    this.#lately.clear();
  }
  /** Its last few records, newest last, those of earlier files too: a later one may stand in the same group. */
  lately(ip: Ipv4): readonly LeaseRecord[] {
    this.#readOn();
    return this.#lately.get(ip) ?? [];
  }
  all(): ReadonlyMap<Ipv4, LeaseRecord> {
    this.#readOn();
    return new Map(this.#byIp);
  }

  #readOn(): void {
    const file = this.#disk.fileAt(leaseFile);
    const size = this.#disk.durableSize(leaseFile);
    // Written anew, cut off or lost.
    if (file !== this.#file || size < this.#size) {
      this.#file = file;
      this.#size = 0;
      this.#byIp = new Map();
    }
    if (size === this.#size) return;
    const { buffer, byteOffset } = this.#disk.durableContents(leaseFile);
    // Every record then begins behind a line feed, the first too.
    const text = `\n${Buffer.from(buffer, byteOffset + this.#size, size - this.#size).toString('latin1')}`;
    const groups = text.slice(0, endOfGroups(text));
    for (let from = groups.indexOf(opening), to = 0; from >= 0; from = groups.indexOf(opening, to)) {
      to = groups.indexOf('\n}', from) + 2;
      const ip = parseIpv4(groups.slice(from + opening.length, groups.indexOf(' ', from + opening.length)));
      if (ip !== undefined) this.#keep(ip, groups.slice(from + 1, to));
    }
    this.#size += groups.length - 1;
  }
  #keep(ip: Ipv4, text: string): void {
    const record = new LeaseRecord(text);
    this.#byIp.set(ip, record);
    const lately = this.#lately.get(ip);
    if (lately === undefined) this.#lately.set(ip, [record]);
    else if (lately.push(record) > keptCount) lately.shift();
  }
}

/** Behind the last closing line; 1, behind the line feed in front, when there is none: a group without it is cut off at the next start. */
function endOfGroups(text: string): number {
  for (let at = text.lastIndexOf('\n# leasehold '); at >= 0; at = at === 0 ? -1 : text.lastIndexOf('\n# leasehold ', at - 1)) {
    closing.lastIndex = at + 1;
    if (closing.test(text)) return closing.lastIndex;
  }
  return 1;
}
