// Option negotiation as rows: what the client asked, what it is answered (RFC 2347, 2348, 2349, 7440; boot reference §6).

import assert from 'node:assert/strict';
import { test } from 'node:test';
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
  { id: 'tsize [RFC2349-3]', asked: { tsize: '0' }, answer: { tsize: '1000' } },
  { id: 'tsize of an empty file', asked: { tsize: '0' }, answer: { tsize: '0' }, size: 0 },
  { id: 'tsize of a file over 4 GB', asked: { tsize: '0' }, answer: { tsize: '5000000000' }, size: 5e9 },
  { id: 'tsize of netascii', asked: { tsize: '0' }, answer: undefined, size: 'unknown' },
  { id: 'tsize no number', asked: { tsize: 'x' }, answer: undefined },
  { id: 'timeout [RFC2349-2]', asked: { timeout: '5' }, answer: { timeout: '5' }, millis: 5_000 },
  { id: 'the smallest timeout', asked: { timeout: '1' }, answer: { timeout: '1' }, millis: 1_000 },
  { id: 'the largest timeout', asked: { timeout: '255' }, answer: { timeout: '255' }, millis: 255_000 },
  { id: 'timeout 0', asked: { timeout: '0' }, answer: undefined },
  { id: 'timeout 256', asked: { timeout: '256' }, answer: undefined },
  { id: 'windowsize 1 [RFC7440-3]', asked: { windowsize: '1' }, answer: { windowsize: '1' } },
  { id: 'windowsize 0', asked: { windowsize: '0' }, answer: undefined },
  { id: 'windowsize above what we keep', asked: { windowsize: '65535' }, answer: { windowsize: '128' }, window: 128 },
  { id: 'windowsize out of range', asked: { windowsize: '65536' }, answer: { windowsize: '128' }, window: 128 },
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
