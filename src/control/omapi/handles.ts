// Handles of one connection: 32-bit numbers that nobody else can foresee, so that what was recorded on one connection means nothing on
// another (OMAPI reference §7.1 item 5). dhcpd counts from 1 for the whole process; clients take any number but 0.

import { createHmac } from 'node:crypto';
import { ipv4FromBytes } from '../../std/ipv4.ts';
import { encodeSource } from '../../lang/source-text.ts';

/** The oldest handle is forgotten beyond this many: a client holds a few at a time. */
const handlesMax = 65_536;

export interface Referent {
  readonly type: string;
  readonly key: string;
}

export class Handles {
  readonly #secret: Uint8Array;
  /** Makes the numbers of this connection its own. */
  readonly #connection: number;
  #count = 0;
  readonly #byHandle = new Map<number, Referent>();
  readonly #byName = new Map<string, number>();

  constructor(secret: Uint8Array, connection: number) {
    this.#secret = secret;
    this.#connection = connection;
  }

  get size(): number {
    return this.#byHandle.size;
  }

  /** The same handle for the same object as long as it is remembered. */
  of(type: string, key: string): number {
    const name = `${type} ${key}`;
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    let handle = this.number();
    while (handle === 0 || this.#byHandle.has(handle)) handle = this.number();
    this.#byHandle.set(handle, { type, key });
    this.#byName.set(name, handle);
    this.#forgetOldest();
    return handle;
  }

  referent(handle: number): Referent | undefined {
    return this.#byHandle.get(handle);
  }

  /** The object is gone, or was made anew: its old handle is dead. */
  forget(handle: number): void {
    const referent = this.#byHandle.get(handle);
    if (referent === undefined) return;
    this.#byHandle.delete(handle);
    this.#byName.delete(`${referent.type} ${referent.key}`);
  }

  /** The next unforeseeable number, 0 … 2³² − 1. */
  number(): number {
    const digest = createHmac('sha256', this.#secret).update(encodeSource(`${this.#connection} ${this.#count++}`)).digest();
    return ipv4FromBytes(digest);
  }

  #forgetOldest(): void {
    if (this.#byHandle.size <= handlesMax) return;
    const [oldest] = this.#byHandle.keys();
    if (oldest !== undefined) this.forget(oldest);
  }
}
