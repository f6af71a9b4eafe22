// What the parcels of all topics are made of: numbers in network order, and strings without loss.
//
//   str: count:u16, then so many UTF-16 units

import { emptyBytes, fromLatin1, type ByteWriter } from '../std/bytes.ts';

export function writeParcelString(out: ByteWriter, text: string): void {
  out.u16(text.length);
  for (let at = 0; at < text.length; at++) out.u16(text.charCodeAt(at));
}

/** Past the end everything is 0 and `isGood` false: checked once, behind a whole. */
export class ParcelReader {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  #at = 0;
  isGood = true;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }
  get size(): number {
    return this.#bytes.length;
  }
  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }
  /** Where the next `count` bytes are; 0 when there are not so many. */
  #take(count: number): number {
    const at = this.#at;
    if (count > this.#bytes.length - at) this.isGood = false;
    if (!this.isGood) return 0;
    this.#at += count;
    return at;
  }
  u8(): number {
    const at = this.#take(1);
    return this.isGood ? this.#view.getUint8(at) : 0;
  }
  u16(): number {
    const at = this.#take(2);
    return this.isGood ? this.#view.getUint16(at) : 0;
  }
  u32(): number {
    const at = this.#take(4);
    return this.isGood ? this.#view.getUint32(at) : 0;
  }
  bytes(count: number): Uint8Array {
    const at = this.#take(count);
    return this.isGood ? this.#bytes.slice(at, at + count) : emptyBytes;
  }
  latin1(count: number): string {
    const at = this.#take(count);
    return this.isGood ? fromLatin1(this.#bytes.subarray(at, at + count)) : '';
  }
  string(): string {
    const count = this.u16();
    let text = '';
    for (let unit = 0; unit < count && this.isGood; unit++) text += String.fromCharCode(this.u16());
    return text;
  }
  list<T>(count: number, countMax: number, read: () => T): T[] {
    const items: T[] = [];
    if (count > countMax) this.isGood = false;
    for (let index = 0; index < count && this.isGood; index++) items.push(read());
    return items;
  }
}
