// Time saturates, addresses are unsigned, writers and random numbers do what their docstrings say.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteWriter, fromHex, fromLatin1, toHex } from './bytes.ts';
import { broadcastOf, formatIpv4, isInside, networkOf, parseIpv4, prefixLength, type Ipv4 } from './ipv4.ts';
import { Prng } from './prng.ts';
import {
  addSeconds,
  forever,
  fromIscWire,
  infinite,
  secondsBetween,
  shiftTime,
  toIscWire,
  unset,
  type MonoMillis,
  type Seconds,
  type UnixSeconds,
} from './time.ts';
import { TimerQueue } from './timer-queue.ts';

const at = (value: number): UnixSeconds => value as UnixSeconds;
const lasting = (value: number): Seconds => value as Seconds;

test('time saturates at forever', () => {
  const rows: readonly (readonly [UnixSeconds, Seconds, UnixSeconds])[] = [
    [at(10), lasting(5), at(15)],
    [at(10), infinite, forever],
    [forever, lasting(1), forever],
    [at(0xfffffff0), lasting(0x100), forever],
  ];
  for (const [time, duration, sum] of rows) assert.equal(addSeconds(time, duration), sum);
  assert.equal(secondsBetween(at(5), forever), infinite);
  assert.equal(secondsBetween(at(9), at(5)), 0);
});

test('a clock step moves finite times only', () => {
  assert.equal(shiftTime(at(100), 50), 150);
  assert.equal(shiftTime(at(100), -500), 1);
  assert.equal(shiftTime(unset, 50), unset);
  assert.equal(shiftTime(forever, -50), forever);
});

test('forever is 0x7fffffff towards ISC and back (P4)', () => {
  assert.equal(toIscWire(forever), 0x7fffffff);
  assert.equal(fromIscWire(0x7fffffff), forever);
  assert.equal(fromIscWire(0x80000e10), forever);
  assert.equal(fromIscWire(1_800_000_000), 1_800_000_000);
});

test('addresses stay unsigned', () => {
  const ip = parseIpv4('192.168.50.60') as Ipv4;
  const mask = parseIpv4('255.255.255.0') as Ipv4;
  assert.equal(formatIpv4(networkOf(ip, mask)), '192.168.50.0');
  assert.equal(formatIpv4(broadcastOf(networkOf(ip, mask), mask)), '192.168.50.255');
  assert.ok(isInside(ip, networkOf(ip, mask), mask));
  assert.equal(prefixLength(mask), 24);
  for (const bad of ['10.0.0', '10.0.0.256', 'a.b.c.d', '1.2.3.4.5', '']) assert.equal(parseIpv4(bad), undefined);
});

test('every address survives its text', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffffff }), (ip) => {
      assert.equal(parseIpv4(formatIpv4(ip as Ipv4)), ip);
    }),
  );
});

test('a writer renders numbers, addresses and hex as text', () => {
  const out = new ByteWriter(1);
  out.decimal(0);
  out.u8(32);
  out.decimal(7, 3);
  out.u8(32);
  out.decimal(0xffffffff);
  out.u8(32);
  out.ipv4(0xc0a8323c);
  out.u8(32);
  out.hexColons(Uint8Array.of(0x52, 0x54, 0, 0x0a));
  assert.equal(fromLatin1(out.view()), '0 007 4294967295 192.168.50.60 52:54:00:0a');
});

test('hex survives the way back', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => assert.deepEqual(fromHex(toHex(bytes, ':')), bytes)));
  assert.equal(fromHex('abc'), undefined);
  assert.equal(fromHex('zz'), undefined);
});

test('one seed gives one sequence', () => {
  const draw = (seed: number): number[] => {
    const random = new Prng(seed);
    return Array.from({ length: 5 }, () => random.u32());
  };
  assert.deepEqual(draw(42), draw(42));
  assert.notDeepEqual(draw(42), draw(43));
});

test('timers come due in order of time', () => {
  const timers = new TimerQueue<string>();
  timers.set('late', 20 as MonoMillis);
  timers.set('early', 10 as MonoMillis);
  assert.equal(timers.earliest, 10);
  assert.equal(timers.due(5 as MonoMillis), undefined);
  assert.equal(timers.due(30 as MonoMillis), 'early');
  assert.equal(timers.due(30 as MonoMillis), 'late');
  assert.equal(timers.earliest, Infinity);
});
