// Records of a lease file that Leasehold carries along without acting on them: the text is kept and written back (dhcpd-leases
// reference §6). The last record of a key counts.

import type { ByteWriter } from '../std/bytes.ts';

export type KeptKind = 'class' | 'subclass' | 'group';

export class KeptRecords {
  /** By kind and key, in file order of the first record; text with its line end. */
  readonly #records = new Map<string, string>();
  serverDuid: string | undefined = undefined;

  put(kind: KeptKind, key: string, text: string): void {
    this.#records.set(`${kind} ${key}`, text);
  }
  /** Text of a kept record, as read. */
  get(kind: KeptKind, key: string): string | undefined {
    return this.#records.get(`${kind} ${key}`);
  }
  /** Texts of a kind, in file order. */
  records(kind: KeptKind): string[] {
    return [...this.#records].filter(([key]) => key.startsWith(`${kind} `)).map(([, text]) => text);
  }
  remove(kind: KeptKind, key: string): void {
    this.#records.delete(`${kind} ${key}`);
  }
  /** Dynamic classes and subclasses, then groups. */
  snapshot(out: ByteWriter): void {
    for (const prefix of ['class ', 'subclass ', 'group '])
      for (const [key, text] of this.#records) if (key.startsWith(prefix)) out.text(text);
  }
  /** dhcpd appends it at the end, after an empty line. */
  snapshotDuid(out: ByteWriter): void {
    if (this.serverDuid !== undefined) out.text(`server-duid ${this.serverDuid};\n\n`);
  }
}
