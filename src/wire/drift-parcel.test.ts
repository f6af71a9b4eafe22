// The words of two nodes about what must agree: what is written is read, and nothing a partner sends does harm.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Prng } from '../std/prng.ts';
import { bucketCount, bucketOf, coveredSize, decodeDrift, digestOf, encodeDrift, sectionDigestSize, shortDigest, shortDigestSize, type DriftParcel } from './drift-parcel.ts';

const claim = { key: 'host hardware 1 02:00:00:00:00:01', digest: shortDigest('x'), shown: 'a, 10.0.0.5', place: 'dhcpd.conf:7', line: 'host a { … }'.replace('…', 'ÿ') };
const parcels: readonly DriftParcel[] = [
  { kind: 'clock', generation: 3, ahead: -300, isSynced: false },
  { kind: 'clock', generation: 4, ahead: 301, isSynced: undefined },
  { kind: 'summary', generation: 7, sections: [{ section: 4, count: 10_000, digest: digestOf('a') }, { section: 200, count: 0xffffffff, digest: digestOf('b') }] },
  { kind: 'summary', generation: 0xffffffff, sections: [] },
  { kind: 'buckets', generation: 1, about: 2, section: 4, digests: new Uint8Array(bucketCount * shortDigestSize).fill(9) },
  { kind: 'facts', generation: 1, about: 2, section: 4, isCut: true, covered: new Uint8Array(coveredSize).fill(1), claims: [claim, { ...claim, place: '', line: '' }] },
  { kind: 'facts', generation: 1, about: 2, section: 4, isCut: false, covered: new Uint8Array(coveredSize), claims: [] },
];
for (const parcel of parcels)
  test(`${parcel.kind} of generation ${parcel.generation}: what is written is read, and half of it is malformed`, () => {
    const bytes = encodeDrift(parcel);
    assert.deepEqual(decodeDrift(bytes), parcel);
    if (parcel.kind !== 'facts') assert.equal(decodeDrift(bytes.subarray(0, bytes.length - 1)), 'malformed');
    assert.equal(decodeDrift(Uint8Array.of(2, ...bytes.subarray(1))), 'version');
  });

test('control characters of a partner reach no log', () => {
  const read = decodeDrift(encodeDrift({ kind: 'facts', generation: 1, about: 1, section: 1, isCut: false, covered: new Uint8Array(coveredSize), claims: [{ ...claim, shown: 'a\u001b[2Jb\nc' }] }));
  assert.ok(typeof read === 'object' && read.kind === 'facts');
  assert.equal(read.claims[0]?.shown, 'a?[2Jb?c');
});

test('no bytes make the reader throw', () => {
  const seed = 20_261_128;
  const random = new Prng(seed);
  for (let round = 0; round < 3_000; round++) {
    const bytes = Uint8Array.from({ length: random.below(300) }, () => random.u32() & 0xff);
    bytes[0] = 1;
    if (bytes.length > 1) bytes[1] = random.below(5);
    const read = decodeDrift(bytes);
    assert.ok(typeof read === 'object' || read === 'malformed', `seed ${seed} round ${round}`);
  }
});

test('keys spread over the buckets', () => {
  const counts = new Uint32Array(bucketCount);
  for (let index = 0; index < 10_000; index++) {
    const bucket = bucketOf(`host hardware 1 02:00:00:00:${(index >>> 8).toString(16)}:${(index & 255).toString(16)}`);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  assert.ok(Math.max(...counts) < 100, `${Math.max(...counts)} of 10,000 in one bucket`);
  assert.equal(digestOf('').length, sectionDigestSize);
});
