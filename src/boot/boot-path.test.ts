// Names as clients write them, and ranges as they ask for them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latin1 } from '../std/bytes.ts';
import { bootPath, pathOfTarget } from './boot-path.ts';
import { parseRange } from './http-range.ts';
import { toNetascii } from './netascii.ts';

const paths: readonly (readonly [name: string, path: string | { readonly fault: string }])[] = [
  ['pxelinux.0', 'pxelinux.0'],
  ['/pxelinux.0', 'pxelinux.0'],
  ['//pxelinux.cfg//default', 'pxelinux.cfg/default'],
  ['./a/./b', 'a/b'],
  ['\\Boot\\BCD', 'Boot/BCD'],
  ['a..b/..c', 'a..b/..c'],
  ['../x', { fault: 'escape' }],
  ['a/../b', { fault: 'escape' }],
  ['a\\..\\b', { fault: 'escape' }],
  ['..', { fault: 'escape' }],
  ['', { fault: 'name' }],
  ['/', { fault: 'name' }],
  ['a\0b', { fault: 'name' }],
  ['a\nb', { fault: 'name' }],
  ['a'.repeat(256), { fault: 'name' }],
  ['a/'.repeat(600), { fault: 'name' }],
];
for (const [name, want] of paths)
  test(`path of ${JSON.stringify(name).slice(0, 40)}`, () => {
    const result = bootPath(name);
    assert.deepEqual(result.ok ? result.value : { fault: result.error }, want);
  });

test('request targets are decoded once', () => {
  assert.equal(pathOfTarget('/a%20b?x=..%2f'), '/a b');
  assert.equal(pathOfTarget('/%252e%252e/a'), '/%2e%2e/a');
  assert.equal(pathOfTarget('http://host:8080/a#b'), '/a');
  assert.equal(pathOfTarget('/%'), undefined);
});

const ranges: readonly (readonly [header: string | undefined, want: ReturnType<typeof parseRange>])[] = [
  [undefined, 'whole'],
  ['bytes=0-0', { first: 0, last: 0 }],
  ['bytes=2-', { first: 2, last: 9 }],
  ['bytes=-3', { first: 7, last: 9 }],
  ['bytes=-30', { first: 0, last: 9 }],
  ['bytes=5-100', { first: 5, last: 9 }],
  ['BYTES = 1-2', { first: 1, last: 2 }],
  ['bytes=10-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=3-2', 'whole'],
  ['bytes=0-1,4-5', 'whole'],
  ['bytes=-', 'whole'],
  ['lines=1-2', 'whole'],
];
for (const [header, want] of ranges) test(`range ${header}`, () => assert.deepEqual(parseRange(header, 10), want));
test('an empty file has no range', () => {
  assert.equal(parseRange('bytes=0-', 0), 'unsatisfiable');
  assert.equal(parseRange('bytes=-5', 0), 'unsatisfiable');
});

test('netascii writes line ends as two bytes', () => {
  assert.deepEqual(toNetascii(latin1('a\nb\rc\r\n')), latin1('a\r\nb\r\0c\r\0\r\n'));
});
