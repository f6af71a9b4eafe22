// Times of the lease file both ways, against the calendar of the runtime; comment records both ways.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ByteWriter, fromLatin1, latin1 } from '../std/bytes.ts';
import { forever, type UnixSeconds } from '../std/time.ts';
import { readComment, writeComment, type CommentRecord } from './comment-records.ts';
import { DateReader } from './date-reader.ts';
import { dateOfDay, dayOfDate, DateText, epochText } from './date-text.ts';
import { at, ip, mac } from './testing.ts';

const dates = new DateText();
const reader = new DateReader();
const textOf = (time: UnixSeconds): string => {
  const out = new ByteWriter();
  dates.append(out, time);
  return fromLatin1(out.view());
};

test('every time is its UTC date, and is read again (seeded)', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xfffffffe }), (time) => {
      const date = new Date(time * 1000);
      const iso = date.toISOString();
      const text = textOf(at(time));
      assert.equal(text, `${date.getUTCDay()} ${iso.slice(0, 10).replaceAll('-', '/')} ${iso.slice(11, 19)}`);
      assert.equal(reader.readCommon(latin1(text), 0), time);
      assert.equal(reader.read(text), time);
      assert.equal(reader.read(epochText(at(time)).split(';')[0] ?? ''), time);
    }),
    { numRuns: 2000 },
  );
  assert.equal(textOf(forever), 'never');
  assert.equal(reader.read('never'), forever);
});

test('days and dates are inverse over four centuries and more', () => {
  for (let day = -200_000; day < 60_000; day += 7) {
    const { year, month, date } = dateOfDay(day);
    assert.equal(dayOfDate(year, month, date), day);
  }
});

test('what is no time is refused', () => {
  for (const text of ['', '0 2026/13/01 00:00:00', '0 2026/11/22', 'epoch x', 'nevermore', '0 2026/11/22 24:00:00', '0 2026/11/32 00:00:00', 'x 2026/11/22 00:00:00'])
    assert.equal(reader.read(text), -1, text);
  for (const text of ['0 2026/13/01 00:00:00', '0 2026/11/2a 00:00:00', '0 2026-11-22 00:00:00'])
    assert.equal(reader.readCommon(latin1(text), 0), -1, text);
});

const comments: readonly (readonly [CommentRecord, string])[] = [
  [
    { kind: 'contact', contact: { ip: ip('10.0.0.60'), host: 'master 0%', hardware: { htype: 1, address: mac('020000000021') }, at: at(5), ends: forever, stage: 'ipxe', vendorClass: 'PXEClient:Arch:00007', userClass: '\u0004iPXE %' } },
    '# leasehold contact 10.0.0.60 5 never 1 02:00:00:00:00:21 master%200%25 here ipxe PXEClient:Arch:00007 %04iPXE%20%25',
  ],
  [
    { kind: 'contact', contact: { ip: ip('10.0.0.60'), host: 'x', hardware: { htype: 1, address: new Uint8Array(0) }, at: at(5), ends: at(6), stage: 'system', vendorClass: '', userClass: '' } },
    '# leasehold contact 10.0.0.60 5 6 1 - x',
  ],
  [
    { kind: 'contact', contact: { ip: ip('10.0.0.60'), host: 'x', hardware: { htype: 1, address: mac('020000000021') }, at: at(5), ends: at(6), stage: 'firmware', vendorClass: '', userClass: '', isPartners: true } },
    '# leasehold contact 10.0.0.60 5 6 1 02:00:00:00:00:21 x partner firmware % %',
  ],
  [{ kind: 'name', name: 'ntp.example', addresses: [ip('10.0.0.1'), ip('10.0.0.2')] }, '# leasehold name ntp.example 10.0.0.1 10.0.0.2'],
  [{ kind: 'served', peer: 'fo\n"x"', at: at(7) }, '# leasehold served 7 fo%0a%22x%22'],
  [{ kind: 'pair', peer: 'x', identity: 'ab-1' }, '# leasehold pair ab-1 x'],
  [{ kind: 'memory', peer: 'x', isLost: true }, '# leasehold memory lost x'],
  [{ kind: 'clock-step', deltaSeconds: -3600 }, '# leasehold clock-step -3600'],
];
for (const [record, line] of comments)
  test(`comment: ${line}`, () => {
    const out = new ByteWriter();
    writeComment(out, record);
    assert.equal(fromLatin1(out.view()), `${line}\n`);
    assert.deepEqual(readComment(line), record);
  });

test('comments of another kind, or edited ones, are not believed', () => {
  for (const line of [
    '# leasehold', '# leasehold ', '# leasehold toString x', '# leasehold contact 10.0.0.600 5 6 1 - x', '# leasehold contact 10.0.0.6 5 6 1 -',
    '# leasehold name x', '# leasehold name x 10.0.0.1 y', '# leasehold served x 5', '# leasehold pair a*b x', '# leasehold clock-step x',
  ])
    assert.equal(readComment(line), undefined, line);
});
