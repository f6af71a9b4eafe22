// A file's bytes without waiting for the disk: what the page cache holds.

import { EAGAIN, errno, libc } from '../libc.ts';
import { NativeBlock } from '../native.ts';

/** preadv2(2): fail with EAGAIN where the disk would have to be asked. */
const RWF_NOWAIT = 8;
/** struct iovec: base* 0 · len 8 */
const iovSize = 16;
/** Blocks of one call. */
export const vectorsMax = 64;
const vectors = new NativeBlock(vectorsMax * iovSize);

/**
 * Reads `count` bytes from `from` on, cut into blocks of `blockSize`, block i to `address + i * stride`. The bytes that were there,
 * 0 at the end of the file; `absent`: none in the cache; `unknown`: this file system does not tell.
 */
export function readCached(fd: number, from: number, count: number, blockSize: number, address: number, stride: number): number | 'absent' | 'unknown' {
  const { words } = vectors;
  let blocks = 0;
  for (let left = count; left > 0; left -= blockSize) {
    const at = address + blocks * stride;
    const high = Math.floor(at / 0x100000000);
    words[blocks * 4] = at - high * 0x100000000;
    words[blocks * 4 + 1] = high;
    words[blocks * 4 + 2] = Math.min(left, blockSize);
    blocks++;
  }
  const size = libc.preadv2(fd, vectors.address, blocks, from, RWF_NOWAIT);
  return size >= 0 ? size : errno() === EAGAIN ? 'absent' : 'unknown';
}
