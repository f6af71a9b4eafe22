// Option negotiation as rows: what the client asked, what it is answered (RFC 2347, 2348, 2349, 7440; boot reference §6).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latin1 } from '../std/bytes.ts';
import { parseTftp } from '../wire/tftp-packet.ts';
import { negotiate } from './tftp-negotiate.ts';

type Pairs = Readonly<Record<string, string>>;
interface Row {
  readonly id: string;
  readonly asked: Pairs;
  readonly answer: Pairs | undefined;
  readonly block?: number;
  readonly window?: number;
  readonly millis?: number;
  readonly size?: number | 'unknown';
}

const rows: readonly Row[] = [
  { id: 'nothing asked [RFC2347-4]', asked: {}, answer: undefined },
  { id: 'unknown options only [RFC2347-4]', asked: { multicast: '', utimeout: '100000', rollover: '0' }, answer: undefined },
  { id: 'an unknown one among known [RFC2347-4]', asked: { x: '1', tsize: '0' }, answer: { tsize: '1000' } },
  { id: 'the order asked', asked: { windowsize: '4', blksize: '1468' }, answer: { windowsize: '4', blksize: '1468' }, block: 1468, window: 4 },
  {
    id: 'all four [RFC2347-4]',
    asked: { tsize: '0', timeout: '2', windowsize: '4', blksize: '1024' },
    answer: { tsize: '1000', timeout: '2', windowsize: '4', blksize: '1024' },
    block: 1024, window: 4, millis: 2_000,
  },
  { id: 'one that is refused, the others stand [RFC2347-4]', asked: { blksize: '7', timeout: '0', tsize: '0' }, answer: { tsize: '1000' } },
  { id: 'blksize of iPXE', asked: { blksize: '1432', tsize: '0' }, answer: { blksize: '1432', tsize: '1000' }, block: 1432 },
  { id: 'the smallest blksize [RFC2348-1]', asked: { blksize: '8' }, answer: { blksize: '8' }, block: 8 },
  { id: 'blksize below the smallest', asked: { blksize: '7' }, answer: undefined },
  { id: 'blksize 0', asked: { blksize: '0' }, answer: undefined },
  { id: 'blksize negative', asked: { blksize: '-1' }, answer: undefined },
  { id: 'blksize no number', asked: { blksize: 'abc' }, answer: undefined },
  { id: 'blksize with a sign', asked: { blksize: '+512' }, answer: undefined },
  { id: 'blksize empty', asked: { blksize: '' }, answer: undefined },
  { id: 'blksize hexadecimal', asked: { blksize: '0x200' }, answer: undefined },
  { id: 'blksize above the path [RFC2348-2]', asked: { blksize: '1500' }, answer: { blksize: '1468' }, block: 1468 },
  { id: 'the largest blksize [RFC2348-1]', asked: { blksize: '65464' }, answer: { blksize: '1468' }, block: 1468 },
  { id: 'blksize above the largest', asked: { blksize: '65465' }, answer: { blksize: '1468' }, block: 1468 },
  { id: 'blksize with leading zeros', asked: { blksize: '0512' }, answer: { blksize: '512' } },
  { id: 'blksize with blanks', asked: { blksize: ' 512' }, answer: undefined },
  { id: 'blksize with a fraction', asked: { blksize: '512.5' }, answer: undefined },
  { id: 'blksize with an exponent', asked: { blksize: '1e3' }, answer: undefined },
  { id: 'blksize with more digits than any number of ours', asked: { blksize: '9'.repeat(16) }, answer: undefined },
  { id: 'blksize of the path itself', asked: { blksize: '1468' }, answer: { blksize: '1468' }, block: 1468 },
  { id: 'blksize as without it is answered all the same [RFC2348-2]', asked: { blksize: '512' }, answer: { blksize: '512' } },
  { id: 'tsize [RFC2349-3]', asked: { tsize: '0' }, answer: { tsize: '1000' } },
  { id: 'tsize of an empty file', asked: { tsize: '0' }, answer: { tsize: '0' }, size: 0 },
  { id: 'tsize of a file over 4 GB', asked: { tsize: '0' }, answer: { tsize: '5000000000' }, size: 5e9 },
  { id: 'tsize of netascii', asked: { tsize: '0' }, answer: undefined, size: 'unknown' },
  { id: 'tsize of netascii beside others', asked: { tsize: '0', blksize: '1024' }, answer: { blksize: '1024' }, block: 1024, size: 'unknown' },
  { id: 'tsize that is not 0 asks all the same', asked: { tsize: '77' }, answer: { tsize: '1000' } },
  { id: 'tsize negative', asked: { tsize: '-1' }, answer: undefined },
  { id: 'tsize empty', asked: { tsize: '' }, answer: undefined },
  { id: 'tsize no number', asked: { tsize: 'x' }, answer: undefined },
  { id: 'timeout [RFC2349-2]', asked: { timeout: '5' }, answer: { timeout: '5' }, millis: 5_000 },
  { id: 'the smallest timeout', asked: { timeout: '1' }, answer: { timeout: '1' }, millis: 1_000 },
  { id: 'the largest timeout', asked: { timeout: '255' }, answer: { timeout: '255' }, millis: 255_000 },
  { id: 'timeout 0', asked: { timeout: '0' }, answer: undefined },
  { id: 'timeout negative', asked: { timeout: '-1' }, answer: undefined },
  { id: 'timeout no number', asked: { timeout: 'soon' }, answer: undefined },
  { id: 'timeout with a fraction', asked: { timeout: '0.5' }, answer: undefined },
  { id: 'timeout 256', asked: { timeout: '256' }, answer: undefined },
  { id: 'windowsize 1 [RFC7440-3]', asked: { windowsize: '1' }, answer: { windowsize: '1' } },
  { id: 'windowsize 0', asked: { windowsize: '0' }, answer: undefined },
  { id: 'windowsize above what we keep', asked: { windowsize: '65535' }, answer: { windowsize: '128' }, window: 128 },
  { id: 'windowsize out of range', asked: { windowsize: '65536' }, answer: { windowsize: '128' }, window: 128 },
  { id: 'windowsize negative', asked: { windowsize: '-1' }, answer: undefined },
  { id: 'windowsize no number', asked: { windowsize: 'all' }, answer: undefined },
  { id: 'windowsize empty', asked: { windowsize: '' }, answer: undefined },
  { id: 'windowsize as asked where it fits [RFC7440-3]', asked: { windowsize: '16' }, answer: { windowsize: '16' }, window: 16 },
  { id: 'a blksize that is refused does not count for the window', asked: { blksize: '7', windowsize: '128' }, answer: { windowsize: '128' }, window: 128 },
  { id: 'windowsize counts negotiated blocks', asked: { windowsize: '100', blksize: '1468' }, answer: { windowsize: '44', blksize: '1468' }, block: 1468, window: 44 },
];

for (const { id, asked, answer, block = 512, window = 1, millis = 1_000, size = 1000 } of rows) {
  test(`options: ${id}`, () => {
    const terms = negotiate(
      { options: new Map(Object.entries(asked)), size: size === 'unknown' ? undefined : size },
      { blockSizeMax: 1468, windowBytesMax: 65_536 },
    );
    assert.deepEqual(terms.answer && [...terms.answer], answer && Object.entries(answer));
    assert.deepEqual([terms.blockSize, terms.windowSize, terms.timeoutMillis], [block, window, millis]);
  });
}

/** From the bytes of a request to the terms: what comes before the options have names and values. */
const requests: readonly (readonly [id: string, request: string, answer: Pairs | undefined])[] = [
  ['names in any letter case are answered in lower case [RFC2347-2]', 'f\0octet\0BLKSIZE\x001024\0TSize\x000\0', { blksize: '1024', tsize: '1000' }],
  ['the first of an option that comes twice [RFC2347-2]', 'f\0octet\0blksize\x001024\0blksize\x00512\0', { blksize: '1024' }],
  ['the first one counts even where it is refused', 'f\0octet\0blksize\x007\0blksize\x00512\0', undefined],
  ['an option without a name', 'f\0octet\0\x001\0tsize\x000\0', { tsize: '1000' }],
  ['names that JavaScript knows', 'f\0octet\0constructor\x001\0__proto__\x002\0', undefined],
  ['no options at all', 'f\0octet\0', undefined],
];
for (const [id, request, answer] of requests)
  test(`a request: ${id}`, () => {
    const packet = parseTftp(latin1(`\0\x01${request}`));
    assert.ok(typeof packet === 'object' && packet.kind === 'rrq');
    const terms = negotiate({ options: packet.options, size: 1000 }, { blockSizeMax: 1468, windowBytesMax: 65_536 });
    assert.deepEqual(terms.answer && Object.fromEntries(terms.answer), answer);
  });

test('on a link with large frames: the largest blksize, one above it, and one window of it', () => {
  const terms = (asked: Pairs): unknown => {
    const { answer } = negotiate({ options: new Map(Object.entries(asked)), size: 1000 }, { blockSizeMax: 65_504, windowBytesMax: 65_536 });
    return answer && Object.fromEntries(answer);
  };
  assert.deepEqual(terms({ blksize: '65464' }), { blksize: '65464' });
  assert.deepEqual(terms({ blksize: '65465' }), { blksize: '65464' });
  assert.deepEqual(terms({ blksize: '65464', windowsize: '8' }), { blksize: '65464', windowsize: '1' });
});
