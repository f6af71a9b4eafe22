// RFC 3074 hash against the vectors of the failover reference §3.5, and the sense of bucket bits.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex } from '../std/bytes.ts';
import { isPrimaryBucket, loadBalanceHash, splitBuckets } from './load-balance-hash.ts';
import { hex } from './testing.ts';

const vectors: readonly (readonly [key: string, hash: number])[] = [
  ['', 0],
  ['61', 20],
  ['616263', 170],
  ['020000000000', 4],
  ['020000000001', 133],
  ['020000000002', 45],
  ['020000000003', 182],
  ['020000000004', 150],
  ['020000000005', 13],
  ['001122334455', 135],
  ['01001122334455', 223],
  ['ff6369642d74776f', 242],
  ['000102030405060708090a0b0c0d0e0f', 155],
];

for (const [key, hash] of vectors)
  test(`hash of ${key || 'nothing'} is ${hash}`, () => {
    const bytes = hex(key);
    assert.equal(loadBalanceHash(bytes, 0, bytes.length), hash);
    const inside = hex(`aa${key}bb`);
    assert.equal(loadBalanceHash(inside, 1, bytes.length), hash);
  });

test('the mixing table is a permutation', () => {
  const seen = new Set(Array.from({ length: 256 }, (_, value) => loadBalanceHash(Uint8Array.of(value), 0, 1)));
  assert.equal(seen.size, 256);
});

test('split gives the first hash values to the primary, lowest bit first', () => {
  assert.equal(toHex(splitBuckets(128)), 'ff'.repeat(16) + '00'.repeat(16));
  assert.equal(toHex(splitBuckets(0)), '00'.repeat(32));
  assert.equal(toHex(splitBuckets(256)), 'ff'.repeat(32));
  assert.equal(toHex(splitBuckets(3)).slice(0, 2), '07');
  for (let hash = 0; hash < 256; hash++) assert.equal(isPrimaryBucket(splitBuckets(77), hash), hash < 77);
});
