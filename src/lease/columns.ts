// The lease table's storage: one typed array per field, a row number is the index into all of them.
//
//   ip 4 · pool 4 · six times 24 · state 1 · rewind 1 · flags 1 · htype 1 · hardware length 1 and bytes 6 · uid 4 · extras 4
//   = 51 bytes; queue links 8, timer 12, client indexes 16 bytes more, in their own files.

import { assert } from '../std/assert.ts';
import { emptyBytes } from '../std/bytes.ts';

/** Bits of the flags column. */
export const flag = {
  withheld: 1,
  reserved: 2,
  bootp: 4,
  /** An offer is outstanding: the row is not in its queue. Memory only. */
  held: 8,
  /** Waits in `LeaseTable.changed`. Memory only. */
  changed: 16,
  /** The row was read or written at least once: it belongs into the lease file. */
  recorded: 32,
} as const;

/** Ethernet and shorter addresses live in the columns; longer ones in the arena. */
export const inlineHardwareSize = 6;

const grownU8 = (old: Uint8Array, size: number): Uint8Array => {
  const grown = new Uint8Array(size);
  grown.set(old);
  return grown;
};
const grownU32 = (old: Uint32Array, size: number): Uint32Array => {
  const grown = new Uint32Array(size);
  grown.set(old);
  return grown;
};

/** PERF: arrays are exactly as long as the configuration needs; pages that nothing was written to cost no memory. */
export class Columns {
  count = 0;
  ip: Uint32Array = new Uint32Array(0);
  pool: Int32Array = new Int32Array(0);
  starts: Uint32Array = new Uint32Array(0);
  ends: Uint32Array = new Uint32Array(0);
  tstp: Uint32Array = new Uint32Array(0);
  tsfp: Uint32Array = new Uint32Array(0);
  atsfp: Uint32Array = new Uint32Array(0);
  cltt: Uint32Array = new Uint32Array(0);
  state: Uint8Array = emptyBytes;
  rewind: Uint8Array = emptyBytes;
  flags: Uint8Array = emptyBytes;
  htype: Uint8Array = emptyBytes;
  /** 255: no hardware. */
  hardwareLength: Uint8Array = emptyBytes;
  /** `inlineHardwareSize` bytes a row; the first four are an arena reference when the address is longer. */
  hardware: Uint8Array = emptyBytes;
  /** Arena references, 0 for none. */
  uid: Uint32Array = new Uint32Array(0);
  extras: Uint32Array = new Uint32Array(0);

  get capacity(): number {
    return this.ip.length;
  }

  /** Room for `capacity` rows. */
  grow(capacity: number): void {
    if (capacity <= this.capacity) return;
    this.ip = grownU32(this.ip, capacity);
    const pool = new Int32Array(capacity);
    pool.set(this.pool);
    this.pool = pool;
    this.starts = grownU32(this.starts, capacity);
    this.ends = grownU32(this.ends, capacity);
    this.tstp = grownU32(this.tstp, capacity);
    this.tsfp = grownU32(this.tsfp, capacity);
    this.atsfp = grownU32(this.atsfp, capacity);
    this.cltt = grownU32(this.cltt, capacity);
    this.state = grownU8(this.state, capacity);
    this.rewind = grownU8(this.rewind, capacity);
    this.flags = grownU8(this.flags, capacity);
    this.htype = grownU8(this.htype, capacity);
    this.hardwareLength = grownU8(this.hardwareLength, capacity);
    this.hardware = grownU8(this.hardware, capacity * inlineHardwareSize);
    this.uid = grownU32(this.uid, capacity);
    this.extras = grownU32(this.extras, capacity);
  }

  /** A new row: free, never used. */
  append(ip: number, pool: number): number {
    if (this.count === this.capacity) this.grow(this.capacity + Math.max(64, this.capacity >> 2));
    const row = this.count++;
    assert(row < this.capacity, 'a new row has room');
    this.ip[row] = ip;
    this.pool[row] = pool;
    this.state[row] = 1;
    this.rewind[row] = 1;
    this.hardwareLength[row] = noHardware;
    return row;
  }
}

/** `hardwareLength` of a row without hardware. */
export const noHardware = 255;
