// Blocks as they leave: of files that the page cache holds, of files that come in pieces, and of files that shrink.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { closeSync, ftruncateSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import koffi from 'koffi';
import { BlockBuffer } from './block-buffer.ts';
import { memoryFile, type BootFile } from './boot-files.ts';

function diskFile(t: TestContext, bytes: Uint8Array, knowsCache = true): { file: BootFile; fd: number } {
  const folder = mkdtempSync(join(tmpdir(), 'leasehold-blocks-'));
  writeFileSync(join(folder, 'file'), bytes);
  const fd = openSync(join(folder, 'file'), 'r+');
  t.after(() => {
    closeSync(fd);
    rmSync(folder, { recursive: true });
  });
  const read = async (from: number, count: number): Promise<Uint8Array> => {
    const into = Buffer.alloc(count);
    return into.subarray(0, readSync(fd, into, 0, count, from));
  };
  return { file: { ...memoryFile('file', bytes), fd: knowsCache ? fd : undefined, read }, fd };
}

const at = (address: number, size: number): Buffer => Buffer.from(koffi.decode(BigInt(address), 'uint8_t', size) as Uint8Array);

/** Fetches all blocks, `wanted` at a time, and puts the file together; checks every header on the way. */
async function whole(file: BootFile, blockSize: number, wanted: number): Promise<Uint8Array> {
  let wake = (): void => {};
  const buffer = new BlockBuffer(file, blockSize, wanted, () => wake());
  const parts: Buffer[] = [];
  const last = Math.floor(file.size / blockSize) + 1;
  for (let block = 1; block <= last; ) {
    const comes = new Promise<void>((resolve) => (wake = resolve));
    const count = buffer.ready(block, Math.min(wanted, last + 1 - block));
    assert.ok(count >= 0, 'readable');
    if (count === 0) {
      await comes;
      continue;
    }
    const packet = at(buffer.addressOf(block), buffer.sizeOf(block, count));
    for (let i = 0; i < count; i++) {
      assert.deepEqual([...packet.subarray(i * buffer.stride, i * buffer.stride + 4)], [0, 3, ((block + i) >> 8) & 255, (block + i) & 255]);
      parts.push(packet.subarray(i * buffer.stride + 4, (i + 1) * buffer.stride));
    }
    block += count;
    buffer.acknowledged(block - 1);
  }
  return Buffer.concat(parts);
}

const rows: readonly (readonly [size: number, blockSize: number, wanted: number])[] = [
  [0, 512, 1], [1, 512, 1], [511, 512, 4], [512, 512, 1], [512, 512, 4], [1468 * 16, 1468, 16], [200_000, 1468, 44], [70_000, 8, 64], [600_000, 8, 64],
  [100_000, 65_464, 1], [65_464, 65_464, 1],
];
for (const [size, blockSize, wanted] of rows)
  test(`${size} bytes in blocks of ${blockSize}, ${wanted} at a time`, async (t) => {
    const bytes = randomBytes(size);
    assert.deepEqual(await whole(diskFile(t, bytes).file, blockSize, wanted), bytes);
    assert.deepEqual(await whole(diskFile(t, bytes, false).file, blockSize, wanted), bytes);
    assert.deepEqual(await whole(memoryFile('m', bytes), blockSize, wanted), bytes);
  });

test('a block that was sent before is there again', (t) => {
  const bytes = randomBytes(100_000);
  const buffer = new BlockBuffer(diskFile(t, bytes).file, 1000, 4, () => {});
  assert.equal(buffer.ready(1, 4), 4);
  assert.equal(buffer.ready(50, 4), 4);
  assert.equal(buffer.ready(1, 4), 4);
  assert.deepEqual(at(buffer.addressOf(1) + 4, 1000), bytes.subarray(0, 1000));
});

test('a file that became shorter fails, and nothing is made up', async (t) => {
  const { file, fd } = diskFile(t, randomBytes(100_000));
  ftruncateSync(fd, 50_000);
  await assert.rejects(whole(file, 1000, 16), /readable/);
});
