// Token classes, strings and the text of tokens (dhcpd-conf reference §1).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringBytes, tokenize } from './lexer.ts';
import { decodeSource, encodedSize, encodeSource } from './source-text.ts';

const kindsOf = (text: string): string[] => tokenize({ name: 't', text }).kinds.slice(0, -1);

const classRows: readonly (readonly [text: string, kinds: readonly string[]])[] = [
  ['10', ['NUMBER']],
  ['-1', ['NUMBER']],
  ['-', ['NUMBER']],
  ['1f', ['NUMBER_OR_NAME']],
  ['-f', ['NUMBER_OR_NAME']],
  ['0x1F', ['NUMBER_OR_NAME']],
  ['0X1F', ['NUMBER_OR_NAME']],
  ['0x', ['NAME']],
  ['0x1g', ['NAME']],
  ['3com', ['NAME']],
  ['10m', ['NAME']],
  ['1_0', ['NAME']],
  ['a', ['NUMBER_OR_NAME']],
  ['fe', ['NUMBER_OR_NAME']],
  ['x1', ['NUMBER_OR_NAME']],
  ['h2', ['NUMBER_OR_NAME']],
  ['xy', ['NAME']],
  ['web-1_a', ['NAME']],
  ['_a', ['_', 'NUMBER_OR_NAME']],
  ['Subnet', ['subnet']],
  ['DEFAULT-lease-TIME', ['default-lease-time']],
  ['pick', ['pick-first-value']],
  ['new', ['client-updates']],
  ['10.0.0.1/24', ['NUMBER', '.', 'NUMBER', '.', 'NUMBER', '.', 'NUMBER', '/', 'NUMBER']],
  ['a=b;', ['NUMBER_OR_NAME', '=', 'NUMBER_OR_NAME', ';']],
  ['! =~~', ['!', '=', '~', '~']],
  ['# all of it ; "', []],
  ['a # rest\n;', ['NUMBER_OR_NAME', ';']],
  ['"a # b"', ['STRING']],
  ['"a\nb";', ['STRING', ';']],
  ['"never closed', ['STRING']],
  ['@\u0000é', ['@', '\u0000', 'é']],
  ['a\r\n\tb\v\f', ['NUMBER_OR_NAME', 'NUMBER_OR_NAME']],
];

for (const [text, kinds] of classRows)
  test(`tokens of ${JSON.stringify(text)}`, () => {
    assert.deepEqual(kindsOf(text), kinds);
  });

const stringRows: readonly (readonly [text: string, bytes: readonly number[]])[] = [
  ['""', []],
  ['"ab"', [97, 98]],
  ['"\\t\\r\\n\\b"', [9, 13, 10, 8]],
  ['"\\"\\\\\\q\\4\\9"', [34, 92, 113, 52, 57]],
  ['"\\001\\377\\041!"', [1, 255, 33, 33]],
  ['"\\x41\\xfF"', [65, 255]],
  ['"\\xg1"', [49]],
  ['"é"', [0xc3, 0xa9]],
  ['"\\é"', [0xc3, 0xa9]],
  ['"😀\\😀"', [0xf0, 0x9f, 0x98, 0x80, 0xf0, 0x9f, 0x98, 0x80]],
  ['"\udce9"', [0xe9]],
  ['"a\nb"', [97, 10, 98]],
  // dhcpd loses the 0 and takes the character behind the offending one as escaped.
  ['"\\0an"', [10]],
  ['"open', [111, 112, 101, 110]],
];

for (const [text, bytes] of stringRows)
  test(`bytes of ${JSON.stringify(text)}`, () => {
    const { kinds, starts, ends } = tokenize({ name: 't', text });
    assert.deepEqual(kinds, ['STRING', 'EOF']);
    assert.deepEqual([...stringBytes(text, starts[0] ?? 0, ends[0] ?? 0)], bytes);
  });

test('lines are counted through strings and comments', () => {
  const { lines } = tokenize({ name: 't', text: 'a\n"b\nc" # d\n\ne' });
  assert.deepEqual(lines, [1, 2, 5, 5]);
});

test('bytes and text are lossless both ways', () => {
  for (const bytes of [[0xff], [0xc3, 0xa9], [0xc3], [0xed, 0xa0, 0x80], [0xf0, 0x9f, 0x98], [0xf4, 0x90, 0x80, 0x80], [0xc0, 0xaf], [0, 10, 255, 195, 169, 128]]) {
    const text = decodeSource(Uint8Array.from(bytes));
    assert.deepEqual([...encodeSource(text)], bytes);
    assert.equal(encodedSize(text), bytes.length);
  }
});
