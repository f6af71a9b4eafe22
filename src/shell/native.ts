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
  /** Blocks that this one points at. */
  readonly #pointedAt = new Set<NativeBlock>();

  constructor(size: number) {
    const buffer = new ArrayBuffer((size + 7) & ~7);
    this.bytes = new Uint8Array(buffer, 0, size);
    this.view = new DataView(buffer);
    this.words = new Uint32Array(buffer);
    this.address = Number(koffi.address(this.bytes) as bigint);
    assert(this.address > 0 && Number.isSafeInteger(this.address), 'a block has an address');
  }

  /**
   * Writes the address of `offset` bytes into `block` at a byte offset, and holds that block from now on: an address alone keeps
   * nothing alive, and what the kernel writes to a block that was collected lands in somebody else's memory.
   */
  pointTo(at: number, block: NativeBlock, offset = 0): void {
    assert(offset < block.bytes.length, 'a pointer leads into its block');
    this.#pointedAt.add(block);
    this.long(at, block.address + offset);
  }
  /** Writes a 64-bit number at a byte offset. */
  long(at: number, value: number): void {
    this.view.setBigUint64(at, BigInt(value), true);
  }
}

/** Address of bytes that the caller keeps alive during one call. Never for arrays the heap may move (< 64 bytes). */
export const addressOf = (bytes: Uint8Array): number => Number(koffi.address(bytes) as bigint);
