// The next blocks of one transfer as they leave: header and data of each, one behind the other. PERF: filled with one call straight
// from the page cache, without a thread or a copy in between; only what the cache lacks goes through read-ahead.ts.

import { tftpHeaderSize, writeDataHeader } from '../../wire/tftp-packet.ts';
import { NativeBlock } from '../native.ts';
import type { BootFile } from './boot-files.ts';
import { readCached, vectorsMax } from './cached-read.ts';
import { ReadAhead } from './read-ahead.ts';

/** Held for one transfer; a block that is larger is held alone. */
const sizeMax = 65_000;
/** Without windows a few blocks are read with one call all the same. */
const blocksMin = 16;

export class BlockBuffer {
  readonly #file: BootFile;
  readonly #blockSize: number;
  readonly #stride: number;
  readonly #capacity: number;
  readonly #source: ReadAhead;
  /** Made with the first block: a request whose OACK nobody acknowledges costs none. */
  #memory: NativeBlock | undefined;
  #first = 0;
  #count = 0;
  /** The page cache can be asked. */
  #isCached: boolean;
  /** It lacked the last block; the disk is asked ahead. */
  #isCold: boolean;

  /** `windowSize`: blocks that are wanted together. `onBlocks` is called when blocks that were not ready may be. */
  constructor(file: BootFile, blockSize: number, windowSize: number, onBlocks: () => void) {
    this.#file = file;
    this.#blockSize = blockSize;
    this.#stride = tftpHeaderSize + blockSize;
    this.#capacity = Math.max(1, Math.min(Math.max(windowSize, blocksMin), vectorsMax, Math.floor(sizeMax / this.#stride)));
    this.#source = new ReadAhead(file, onBlocks);
    this.#isCached = file.fd !== undefined;
    this.#isCold = !this.#isCached;
  }

  /** Bytes from one block to the next. */
  get stride(): number {
    return this.#stride;
  }

  /** How many blocks from `block` on lie here, at most `wanted`: 0 when they wait for the disk, -1 when it fails. */
  ready(block: number, wanted: number): number {
    const have = this.#first + this.#count - block;
    if (block >= this.#first && have > 0) return Math.min(have, wanted);
    this.#first = block;
    this.#count = 0;
    const made = this.#fill(block);
    if (made <= 0) return made;
    this.#count = made;
    const { bytes } = this.#memory as NativeBlock;
    for (let i = 0; i < made; i++) writeDataHeader(bytes, (block + i) & 0xffff, i * this.#stride);
    return Math.min(made, wanted);
  }

  /** Where a block that is ready begins. */
  addressOf(block: number): number {
    return (this.#memory as NativeBlock).address + (block - this.#first) * this.#stride;
  }

  /** Bytes of `count` blocks from `block` on, with their headers. */
  sizeOf(block: number, count: number): number {
    return count * tftpHeaderSize + this.#dataSize(block, count);
  }

  /** Blocks up to `block` are acknowledged. */
  acknowledged(block: number): void {
    if (this.#isCold) this.#source.advance(block * this.#blockSize);
    else this.#source.forget();
  }

  #dataSize(block: number, count: number): number {
    return Math.max(0, Math.min(count * this.#blockSize, this.#file.size - (block - 1) * this.#blockSize));
  }

  #fill(block: number): number {
    this.#memory ??= new NativeBlock(this.#capacity * this.#stride);
    const from = (block - 1) * this.#blockSize;
    const last = Math.floor(this.#file.size / this.#blockSize) + 1;
    const blocks = Math.min(this.#capacity, last + 1 - block);
    const wanted = this.#dataSize(block, blocks);
    // The empty block behind a multiple of the block size.
    if (wanted === 0) return 1;
    if (this.#isCached && this.#file.fd !== undefined) {
      const got = readCached(this.#file.fd, from, wanted, this.#blockSize, this.#memory.address + tftpHeaderSize, this.#stride);
      if (got === wanted) return this.#warm(blocks);
      if (typeof got === 'number' && got >= this.#blockSize) return this.#warm(Math.floor(got / this.#blockSize));
      this.#isCold = true;
      this.#isCached = got !== 'unknown';
    }
    return this.#copy(block, blocks, this.#memory.bytes);
  }

  #warm(blocks: number): number {
    this.#isCold = false;
    return blocks;
  }

  #copy(block: number, blocks: number, bytes: Uint8Array): number {
    for (let i = 0; i < blocks; i++) {
      const result = this.#source.copy((block + i - 1) * this.#blockSize, this.#dataSize(block + i, 1), bytes, i * this.#stride + tftpHeaderSize);
      if (result !== 'copied') return i > 0 ? i : result === 'later' ? 0 : -1;
    }
    return blocks;
  }
}
