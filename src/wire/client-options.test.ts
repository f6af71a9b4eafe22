// Options 81 and 77 of requests.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { latin1, toHex } from '../std/bytes.ts';
import { textOfLabels } from './domain-name.ts';
import type { Fqdn } from './fqdn.ts';
import { decodeFqdn, encodeFqdn, fqdnFlag } from './fqdn.ts';
import { hex } from './testing.ts';
import { hasUserClass, isUserClassList } from './user-class.ts';

const decode = (bytes: Uint8Array): Fqdn | undefined => decodeFqdn(bytes, 0, bytes.length);

const names: readonly { readonly id: string; readonly bytes: string; readonly name: string; readonly isQualified: boolean }[] = [
  { id: 'DNS form, whole', bytes: '050000 0477326b31 036c616e 00', name: 'w2k1.lan', isQualified: true },
  { id: 'DNS form, partial', bytes: '050000 0477326b31', name: 'w2k1', isQualified: false },
  { id: 'text', bytes: `010000 ${toHex(latin1('w2k1.lan'))}`, name: 'w2k1.lan', isQualified: false },
  { id: 'text with a closing dot', bytes: `000000 ${toHex(latin1('w2k1.lan.'))}`, name: 'w2k1.lan', isQualified: true },
  { id: 'no name', bytes: '040000', name: '.', isQualified: false },
  { id: 'only the root', bytes: '040000 00', name: '.', isQualified: true },
];
for (const { id, bytes, name, isQualified } of names)
  test(`option 81: ${id}`, () => {
    const fqdn = decode(hex(bytes));
    assert.ok(fqdn);
    assert.deepEqual([textOfLabels(fqdn.labels), fqdn.isQualified, fqdn.flags], [name, isQualified, hex(bytes)[0]]);
    assert.equal(toHex(encodeFqdn(fqdn)), toHex(hex(bytes)));
  });

const refused: readonly (readonly [id: string, bytes: string])[] = [
  ['nothing', ''],
  ['one byte', '01'],
  ['two bytes', '0100'],
  ['label of 64', `040000 40${'61'.repeat(64)} 00`],
  ['label past the end', '040000 05 6161'],
  ['compression', '040000 0161 c003'],
  ['empty label in text', '000000 612e2e62'],
  ['text label of 64', `000000 ${'61'.repeat(64)}`],
  ['text over 255', `000000 ${'612e'.repeat(128)}`],
];
for (const [id, bytes] of refused) test(`option 81: ${id} counts as absent`, () => assert.equal(decode(hex(bytes)), undefined));

test('text ends at a NUL', () => assert.equal(toHex(decode(hex('000000 61 00 62'))?.labels[0] ?? hex('')), '61'));

test('every option 81 that decodes encodes to itself, but for what stands behind its end', () => {
  fc.assert(
    fc.property(fc.nat(15), fc.uint8Array({ maxLength: 40 }), (flags, name) => {
      const bytes = Uint8Array.of(flags, 0, 0, ...name);
      const fqdn = decode(bytes);
      if (fqdn === undefined) return;
      const again = encodeFqdn(fqdn);
      const isShorter = again.length < bytes.length && (bytes[again.length] === 0 || (flags & fqdnFlag.encoded) !== 0);
      if (!isShorter) assert.equal(toHex(again), toHex(bytes));
      assert.deepEqual(decode(again), fqdn);
    }),
    { numRuns: 2000 },
  );
});

test('the user class is found in both forms', () => {
  const ipxe = latin1('iPXE');
  const rows: readonly (readonly [bytes: string, isList: boolean, isIpxe: boolean])[] = [
    ['69505845', false, true],
    ['04 69505845', true, true],
    ['01 61 04 69505845', true, true],
    ['01 61 05 69505845', false, false],
    ['04 69505844', true, false],
    ['00', false, false],
    ['', false, false],
    ['04 69505845 00', false, false],
  ];
  for (const [text, isList, isIpxe] of rows) {
    const bytes = hex(`aa${text}bb`);
    assert.deepEqual([isUserClassList(bytes, 1, bytes.length - 2), hasUserClass(bytes, 1, bytes.length - 2, ipxe)], [isList, isIpxe], text);
  }
});
