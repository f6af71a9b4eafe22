// What a lease file would tell after a power failure now: the last record of every address in a closed group, read as the file
// grows.

import type { DiskTwin } from './disk-twin.ts';
import { leaseFile } from './sim-node.ts';

/** More changes of one address than these are not in one group. */
const keptCount = 4;

export class DurableRecords {
  readonly #disk: DiskTwin;
  /** Newest last, a few of each address. */
  readonly #lately = new Map<string, string[]>();
  #file: object | undefined;
  /** Bytes read, up to the end of a group. */
  #size = 0;
  #byIp = new Map<string, string>();

  constructor(disk: DiskTwin) {
    this.#disk = disk;
  }
  /** Text of the record; undefined: none. */
  of(ip: string): string | undefined {
    this.#readOn();
    return this.#byIp.get(ip);
  }
  /** The disk is lost. */
  forget(): void {
    this.#lately.clear();
  }
  /** Its last few records, newest last, those of earlier files too: a later one may stand in the same group. */
  lately(ip: string): readonly string[] {
    this.#readOn();
    return this.#lately.get(ip) ?? [];
  }
  all(): ReadonlyMap<string, string> {
    this.#readOn();
    return new Map(this.#byIp);
  }

  #readOn(): void {
    const file = this.#disk.fileAt(leaseFile);
    const durable = this.#disk.durableContents(leaseFile);
    // Written anew, cut off or lost.
    if (file !== this.#file || durable.length < this.#size) {
      this.#file = file;
      this.#size = 0;
      this.#byIp = new Map();
    }
    if (durable.length === this.#size) return;
    const text = Buffer.from(durable.buffer, durable.byteOffset, durable.length).toString('latin1', this.#size);
    // A group without its closing line is cut off at the next start.
    const closing = [...text.matchAll(/^# leasehold \d+ crc32 [0-9a-f]{8} size \d+\n/gm)].at(-1);
    if (closing === undefined) return;
    const groups = text.slice(0, closing.index + closing[0].length);
    for (const [record, ip = ''] of groups.matchAll(/^lease ([\d.]+) \{\n[^]*?^\}/gm)) this.#keep(ip, record);
    this.#size += groups.length;
  }  #keep(ip: string, record: string): void {
    this.#byIp.set(ip, record);
    const lately = this.#lately.get(ip) ?? [];
    lately.push(record);
    this.#lately.set(ip, lately.slice(-keptCount));
  }
}
