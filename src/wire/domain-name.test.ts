// Names in options: text to labels and back, compression, and pointers that must not trap the reader.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { fromLatin1, latin1, toHex } from '../std/bytes.ts';
import { decodeName, decodeNames, encodeLabels, encodeNames, labelsOf, textOfLabels } from './domain-name.ts';
import type { Labels } from './domain-name.ts';
import { hex } from './testing.ts';

const labels = (text: string): Labels => {
  const result = labelsOf(latin1(text));
  assert.ok(result.ok, text);
  return result.value;
};

const names: readonly (readonly [text: string, bytes: string])[] = [
  ['.', '00'],
  ['a', '016100'],
  ['example.org', '076578616d706c65 036f7267 00'],
  ['a\\.b', '03612e62 00'],
  ['a\\\\b', '03615c62 00'],
  ['\\000\\255', '0200ff00'],
  [`${'x'.repeat(63)}`, `3f${'78'.repeat(63)}00`],
];
for (const [text, bytes] of names)
  test(`name ${text.slice(0, 20)} both ways`, () => {
    assert.equal(toHex(encodeLabels(labels(text))), toHex(hex(bytes)));
    const read = decodeName(hex(bytes), 0);
    assert.equal(read && textOfLabels(read.labels), text);
    assert.equal(read?.next, hex(bytes).length);
  });

test('a closing dot and the empty text change nothing', () => {
  assert.deepEqual(labels('example.org.'), labels('example.org'));
  assert.deepEqual(labels(''), []);
});

const bad: readonly (readonly [text: string, error: string])[] = [
  ['a..b', 'empty-label'],
  ['.a', 'empty-label'],
  ['..', 'empty-label'],
  ['x'.repeat(64), 'label-too-long'],
  [`${'x'.repeat(63)}.`.repeat(4), 'name-too-long'],
  ['a\\', 'bad-escape'],
  ['a\\25', 'bad-escape'],
  ['a\\256', 'bad-escape'],
];
for (const [text, error] of bad)
  test(`${text.slice(0, 12)} is no name: ${error}`, () => assert.deepEqual(labelsOf(latin1(text)), { ok: false, error }));

test('suffixes that stood before become pointers, case ignored', () => {
  const list = ['eng.apple.com', 'marketing.APPLE.com', 'apple.com', 'com'].map(labels);
  // The example of RFC 3397 §2 is the first two of these.
  const compressed = '03656e67 056170706c65 03636f6d 00 096d61726b6574696e67 c004 c004 c00a';
  assert.equal(toHex(encodeNames(list, 'pointers')), toHex(hex(compressed)));
  assert.deepEqual(decodeNames(hex(compressed))?.map(textOfLabels), ['eng.apple.com', 'marketing.apple.com', 'apple.com', 'com']);
  assert.deepEqual(decodeNames(encodeNames(list, 'none'))?.map(textOfLabels), ['eng.apple.com', 'marketing.APPLE.com', 'apple.com', 'com']);
});

const broken: readonly (readonly [id: string, bytes: string])[] = [
  ['no root', '0161'],
  ['a label past the end', '05616200'],
  ['a label of 64', `40${'61'.repeat(64)}00`],
  ['a label type of RFC 6891', '8161 00'],
  ['a pointer to itself', 'c000'],
  ['a pointer forward', 'c002 016100'],
  ['half a pointer', '0161 c0'],
  ['two pointers in a circle', '0161 c004 c000'],
  ['more than 255 bytes', `3f${'61'.repeat(63)}`.repeat(4) + '00'],
  ['255 bytes gathered by pointers', `3f${'61'.repeat(63)}3f${'61'.repeat(63)}3f${'61'.repeat(63)}00 3f${'61'.repeat(63)}c000`],
];
for (const [id, bytes] of broken) test(`${id} is no name`, () => assert.equal(decodeNames(hex(bytes)), undefined));

test('every name survives, compressed or not', () => {
  const label = fc.uint8Array({ minLength: 1, maxLength: 20 });
  const name = fc.array(fc.oneof(label, fc.constant(latin1('com')), fc.constant(latin1('example'))), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.array(name, { maxLength: 8 }), fc.constantFrom('none' as const, 'pointers' as const), (list, compression) => {
      const bytes = encodeNames(list, compression);
      const read = decodeNames(bytes);
      // Compression ignores case, so only case may differ.
      const lower = (all: readonly Labels[] | undefined): string[] | undefined => all?.map((one) => textOfLabels(one).toLowerCase());
      assert.deepEqual(lower(read), lower(list));
      for (const one of list) assert.deepEqual(labels(textOfLabels(one)).map(fromLatin1), one.map(fromLatin1));
      if (compression === 'pointers') assert.ok(bytes.length <= encodeNames(list, 'none').length);
    }),
    { numRuns: 500 },
  );
});

test('no bytes trap the reader', () => {
  const biased = fc.array(fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 2, 0xc0)), { maxLength: 300 });
  fc.assert(
    fc.property(biased, (bytes) => {
      decodeNames(Uint8Array.from(bytes));
    }),
    { numRuns: 3000 },
  );
});
