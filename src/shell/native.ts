// Memory whose address the kernel may be given. Blocks live as long as something holds them: hold them.

import koffi from 'koffi';
import { assert } from '../std/assert.ts';

/** A zeroed block outside the JavaScript heap; it never moves. */
export class NativeBlock {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Little-endian words, for headers that are patched in the packet loop. */
  readonly words: Uint32Array;
  /** Below 2^47 on Linux, so a number holds it exactly. */
  readonly address: number;

  constructor(size: number) {
    const buffer = new ArrayBuffer((size + 7) & ~7);
    this.bytes = new Uint8Array(buffer, 0, size);
    this.view = new DataView(buffer);
    this.words = new Uint32Array(buffer);
    this.address = Number(koffi.address(this.bytes) as bigint);
    assert(this.address > 0 && Number.isSafeInteger(this.address), 'a block has an address');
  }

  /** Writes a pointer at a byte offset. */
  pointer(at: number, address: number): void {
    this.view.setBigUint64(at, BigInt(address), true);
  }
}

/** Address of bytes that the caller keeps alive during one call. Never for arrays the heap may move (< 64 bytes). */
export const addressOf = (bytes: Uint8Array): number => Number(koffi.address(bytes) as bigint);
