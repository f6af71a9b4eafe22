// The two identities of a row's last client, hardware and uid: where they are kept and how rows are found by them.

import { assert } from '../std/assert.ts';
import type { ByteArena } from './byte-arena.ts';
import { type Columns, inlineHardwareSize, noHardware } from './columns.ts';
import { hashBytes, HashIndex } from './hash-index.ts';

const none = -1;
/** Bytes of a hardware address: what a lease file may hold (infiniband). */
const hardwareSizeMax = 20;
/** Tells uids from hardware addresses in the hash, which htype (0..255) does for the latter. */
const uidPrefix = 256;

/** PERF: no allocation in any of these; equal keys share a bucket chain, so a lookup costs what it finds. */
export class ClientIndex {
  readonly #columns: Columns;
  readonly #arena: ByteArena;
  readonly #salt: number;
  readonly #byHardware = new HashIndex();
  readonly #byUid = new HashIndex();

  constructor(columns: Columns, arena: ByteArena, salt: number) {
    this.#columns = columns;
    this.#arena = arena;
    this.#salt = salt | 0;
  }

  grow(): void {
    const { capacity } = this.#columns;
    this.#byHardware.grow(capacity, (row) => this.#hardwareHash(row));
    this.#byUid.grow(capacity, (row) => this.#uidHash(row));
  }

  // ── Hardware ──
  htype(row: number): number {
    return this.#columns.hardwareLength[row] === noHardware ? none : (this.#columns.htype[row] ?? none);
  }
  hardwareLength(row: number): number {
    const length = this.#columns.hardwareLength[row] ?? noHardware;
    return length === noHardware ? 0 : length;
  }
  /** Bytes that hold the address, which begins at `hardwareAt(row)`. */
  hardwareBytes(row: number): Uint8Array {
    return this.hardwareLength(row) <= inlineHardwareSize ? this.#columns.hardware : this.#arena.bytes(this.#reference(row));
  }
  hardwareAt(row: number): number {
    return this.hardwareLength(row) <= inlineHardwareSize ? row * inlineHardwareSize : this.#arena.offset(this.#reference(row));
  }
  hardwareIs(row: number, htype: number, bytes: Uint8Array, offset: number, length: number): boolean {
    if (this.#columns.hardwareLength[row] !== length || this.#columns.htype[row] !== htype) return false;
    const own = this.hardwareBytes(row);
    const at = this.hardwareAt(row);
    for (let i = 0; i < length; i++) if (own[at + i] !== bytes[offset + i]) return false;
    return true;
  }

  setHardware(row: number, htype: number, bytes: Uint8Array, offset: number, length: number): void {
    assert(length <= hardwareSizeMax, 'a hardware address has at most 20 bytes');
    if (this.hardwareIs(row, htype, bytes, offset, length)) return;
    this.clearHardware(row);
    const columns = this.#columns;
    columns.htype[row] = htype;
    columns.hardwareLength[row] = length;
    const at = row * inlineHardwareSize;
    if (length <= inlineHardwareSize)
      for (let i = 0; i < length; i++) columns.hardware[at + i] = bytes[offset + i] ?? 0;
    else this.#setReference(row, this.#arena.put(bytes, offset, length));
    this.#byHardware.insert(row, this.#hardwareHash(row));
  }
  clearHardware(row: number): void {
    const length = this.#columns.hardwareLength[row] ?? noHardware;
    if (length === noHardware) return;
    this.#byHardware.remove(row);
    if (length > inlineHardwareSize) this.#arena.release(this.#reference(row));
    this.#columns.hardwareLength[row] = noHardware;
  }

  firstByHardware(htype: number, bytes: Uint8Array, offset: number, length: number): number {
    let row = this.#byHardware.first(hashBytes(this.#salt, htype, bytes, offset, length));
    while (row !== none && !this.hardwareIs(row, htype, bytes, offset, length)) row = this.#byHardware.next(row);
    return row;
  }
  nextByHardware(row: number): number {
    const bytes = this.hardwareBytes(row);
    const at = this.hardwareAt(row);
    const length = this.hardwareLength(row);
    const htype = this.#columns.htype[row] ?? 0;
    let next = this.#byHardware.next(row);
    while (next !== none && !this.hardwareIs(next, htype, bytes, at, length)) next = this.#byHardware.next(next);
    return next;
  }

  #hardwareHash(row: number): number {
    return hashBytes(this.#salt, this.#columns.htype[row] ?? 0, this.hardwareBytes(row), this.hardwareAt(row), this.hardwareLength(row));
  }
  #reference(row: number): number {
    const { hardware } = this.#columns;
    const at = row * inlineHardwareSize;
    return (
      (((hardware[at] ?? 0) << 24) | ((hardware[at + 1] ?? 0) << 16) | ((hardware[at + 2] ?? 0) << 8) | (hardware[at + 3] ?? 0)) >>> 0
    );
  }
  #setReference(row: number, reference: number): void {
    const { hardware } = this.#columns;
    const at = row * inlineHardwareSize;
    hardware[at] = reference >>> 24;
    hardware[at + 1] = reference >>> 16;
    hardware[at + 2] = reference >>> 8;
    hardware[at + 3] = reference;
  }

  // ── Client identifier ──
  hasUid(row: number): boolean {
    return this.#columns.uid[row] !== 0;
  }
  uidIs(row: number, bytes: Uint8Array, offset: number, length: number): boolean {
    const reference = this.#columns.uid[row] ?? 0;
    return reference !== 0 && this.#arena.equals(reference, bytes, offset, length);
  }
  setUid(row: number, bytes: Uint8Array, offset: number, length: number): void {
    assert(length > 0, 'a client identifier has at least one byte');
    if (this.uidIs(row, bytes, offset, length)) return;
    this.clearUid(row);
    this.#columns.uid[row] = this.#arena.put(bytes, offset, length);
    this.#byUid.insert(row, hashBytes(this.#salt, uidPrefix, bytes, offset, length));
  }
  clearUid(row: number): void {
    const reference = this.#columns.uid[row] ?? 0;
    if (reference === 0) return;
    this.#byUid.remove(row);
    this.#arena.release(reference);
    this.#columns.uid[row] = 0;
  }

  firstByUid(bytes: Uint8Array, offset: number, length: number): number {
    let row = this.#byUid.first(hashBytes(this.#salt, uidPrefix, bytes, offset, length));
    while (row !== none && !this.uidIs(row, bytes, offset, length)) row = this.#byUid.next(row);
    return row;
  }
  nextByUid(row: number): number {
    const reference = this.#columns.uid[row] ?? 0;
    if (reference === 0) return none;
    const bytes = this.#arena.bytes(reference);
    const at = this.#arena.offset(reference);
    const length = this.#arena.length(reference);
    let next = this.#byUid.next(row);
    while (next !== none && !this.uidIs(next, bytes, at, length)) next = this.#byUid.next(next);
    return next;
  }

  #uidHash(row: number): number {
    const reference = this.#columns.uid[row] ?? 0;
    return hashBytes(this.#salt, uidPrefix, this.#arena.bytes(reference), this.#arena.offset(reference), this.#arena.length(reference));
  }
}
