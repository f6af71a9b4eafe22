// Replies: header, limits, splitting, overload, the echo of option 82, and that a client reads back what was put.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { latin1, toHex } from '../std/bytes.ts';
import type { DhcpView } from './dhcp-view.ts';
import { DhcpWriter, paddedSize, payloadLimit, payloadSizeMax, wireSize } from './dhcp-writer.ts';
import type { TestOption, TestPacket } from './testing.ts';
import { dhcpPacket, hex, ip, viewOf } from './testing.ts';

const request = (packet: TestPacket = {}): DhcpView => {
  const { view, verdict } = viewOf(dhcpPacket({ options: [[53, [3]]], ...packet }), 4096);
  assert.ok(verdict === 'ok' || verdict === 'bootp', verdict);
  return view;
};

/** A writer over dirty memory, so that what it does not write shows. */
function start(view: DhcpView, limit = payloadLimit(view, 0), overload: 'allowed' | 'never' = 'allowed'): { writer: DhcpWriter; bytes: Uint8Array } {
  const bytes = new Uint8Array(2048).fill(0xa5);
  const writer = new DhcpWriter();
  writer.begin(bytes, new DataView(bytes.buffer), view, limit, overload);
  return { writer, bytes };
}
/** The reply as a client sees it: op and type rules of requests do not apply, so the bytes are turned into a request. */
function reread(bytes: Uint8Array, size: number): DhcpView {
  const reply = bytes.slice(0, size);
  assert.equal(reply[0], 2);
  reply[0] = 1;
  const { view, verdict } = viewOf(reply);
  assert.ok(verdict === 'ok' || verdict === 'bootp', verdict);
  return view;
}
const options = (bytes: Uint8Array, size: number): string => toHex(bytes.subarray(240, size)).replace(/(00)+$/, '');

test('the header is that of the request, answered', () => {
  const view = request({ hops: 2, secs: 9, flags: 0x8000, ciaddr: ip('10.0.0.7'), yiaddr: 5, siaddr: 6, giaddr: ip('10.9.9.9'), sname: '41', file: '42' });
  const { writer, bytes } = start(view);
  writer.setYiaddr(ip('10.0.0.100'));
  writer.setSiaddr(ip('10.0.0.2'));
  writer.putU8(53, 5);
  const size = writer.finish();
  assert.equal(size, paddedSize);
  assert.equal(
    toHex(bytes.subarray(0, 240)),
    toHex(hex(`02010602 12345678 0009 8000 0a000007 0a000064 0a000002 0a090909 020000000001${'00'.repeat(10)}${'00'.repeat(192)}63825363`)),
  );
  assert.equal(options(bytes, size), '350105ff');
  assert.equal(bytes[size], 0xa5);
});

test('fields can be overwritten', () => {
  const { writer, bytes } = start(request());
  writer.setFlags(0x8000);
  writer.setCiaddr(ip('0.0.0.0'));
  assert.equal(writer.setFile(latin1('pxelinux.0')), true);
  assert.equal(writer.setSname(latin1('x'.repeat(65))), false);
  const view = reread(bytes, writer.finish());
  assert.deepEqual([view.flags, view.fileLength, view.snameLength], [0x8000, 10, 64]);
});

test('a LEASEQUERY reply is not padded', () => {
  const { writer } = start(request());
  writer.putU8(53, 13);
  assert.equal(writer.finish(0), 244);
});

interface Limit {
  readonly id: string;
  readonly packet: TestPacket;
  readonly configured: number;
  readonly limit: number;
}
const limits: readonly Limit[] = [
  { id: 'no option 57', packet: {}, configured: 0, limit: 548 },
  ...[[0, 548], [100, 548], [575, 548], [576, 548], [577, 549], [1500, 1472], [1501, 1472], [65535, 1472]].map(
    ([asked, limit]): Limit => ({
      id: `option 57 of ${asked}`,
      packet: { options: [[53, [3]], [57, [(asked ?? 0) >>> 8, (asked ?? 0) & 255]]] },
      configured: 0,
      limit: limit ?? 0,
    }),
  ),
  { id: 'option 57 of one byte', packet: { options: [[53, [3]], [57, '05']] }, configured: 0, limit: 548 },
  { id: 'configured only', packet: {}, configured: 1400, limit: 1372 },
  { id: 'the client’s before the configured one', packet: { options: [[53, [3]], [57, '05dc']] }, configured: 1000, limit: 1472 },
  { id: 'option 57 of 0 is too small, not absent', packet: { options: [[53, [3]], [57, '0000']] }, configured: 1000, limit: 548 },
  { id: 'BOOTP', packet: { options: [] }, configured: 0, limit: 300 },
  { id: 'BOOTP with a larger vendor area', packet: { options: [], sizeMin: 400 }, configured: 0, limit: 400 },
  { id: 'BOOTP with option 57', packet: { options: [[57, '0300']] }, configured: 0, limit: 740 },
];
for (const { id, packet, configured, limit } of limits)
  test(`limit: ${id}`, () => assert.equal(payloadLimit(request(packet), configured), limit));

test('a long value is split at 255 bytes and joined again', () => {
  const value = Uint8Array.from({ length: 600 }, (_, i) => i & 255);
  const view = request({ options: [[53, [3]], [57, '05dc']] });
  const { writer, bytes } = start(view);
  assert.ok(writer.putBytes(119, value));
  const size = writer.finish();
  assert.equal(size, 240 + wireSize(600) + 1);
  assert.deepEqual(reread(bytes, size).option(119)?.slice(), value);
});

test('what does not fit goes whole to file, then sname, announced by option 52', () => {
  const { writer, bytes } = start(request());
  assert.ok(writer.putBytes(200, new Uint8Array(250).fill(1)));
  assert.ok(writer.putBytes(201, new Uint8Array(100).fill(2)));
  assert.ok(writer.putBytes(202, new Uint8Array(60).fill(3)));
  assert.ok(writer.putBytes(203, new Uint8Array(40).fill(4)));
  const size = writer.finish();
  assert.equal(toHex(bytes.subarray(108, 111)), 'c96402');
  assert.equal(toHex(bytes.subarray(44, 47)), 'ca3c03');
  assert.equal(bytes[108 + 102], 255);
  const view = reread(bytes, size);
  assert.equal(view.overload, 3);
  assert.deepEqual([200, 201, 202, 203].map((code) => view.optionLength(code)), [250, 100, 60, 40]);
  assert.ok(size <= 548);
});

test('an option that fits no area whole is split over what is left', () => {
  const { writer, bytes } = start(request());
  assert.ok(writer.putBytes(232, Uint8Array.from({ length: 440 }, (_, i) => i & 255)));
  const size = writer.finish();
  const view = reread(bytes, size);
  assert.deepEqual(view.option(232)?.slice(), Uint8Array.from({ length: 440 }, (_, i) => i & 255));
  assert.equal(view.overload, 3);
});

test('with file and sname taken, what does not fit is left out and said', () => {
  const { writer, bytes } = start(request());
  writer.setFile(latin1('f'));
  writer.setSname(latin1('s'));
  assert.ok(writer.putBytes(200, new Uint8Array(200)));
  assert.ok(!writer.putBytes(201, new Uint8Array(150)));
  assert.ok(writer.putU32(51, 60));
  assert.deepEqual([writer.omittedCount, writer.omitted[0]], [1, 201]);
  const view = reread(bytes, writer.finish());
  assert.deepEqual([view.overload, view.hasOption(201), view.leaseTime], [0, false, 60]);
});

test('an empty name leaves its field to the options', () => {
  const { writer } = start(request());
  writer.setFile(latin1(''));
  assert.ok(writer.putBytes(200, new Uint8Array(250)));
  assert.ok(writer.putBytes(201, new Uint8Array(100)));
});

test('BOOTP clients may be denied overloading', () => {
  const { writer } = start(request({ options: [] }), 300, 'never');
  assert.ok(writer.putBytes(200, new Uint8Array(57)));
  assert.equal(writer.room, 0);
  assert.ok(!writer.putBytes(201, hex('')));
  assert.equal(writer.finish(), 300);
});

test('small options find their way when the main area is full', () => {
  const { writer, bytes } = start(request());
  assert.ok(writer.putBytes(200, new Uint8Array(writer.room - 2)));
  assert.deepEqual([writer.putU8(53, 5), writer.putU16(26, 1400), writer.putU32(51, 0xfffffffe)], [true, true, true]);
  const view = reread(bytes, writer.finish());
  assert.deepEqual([view.messageType, view.optionLength(26), view.leaseTime], [5, 2, 0xfffffffe]);
});

test('option 82 comes back as it came, last, beyond the limit of the client', () => {
  const agent = '0102414202ff41';
  const view = request({ options: [[53, [3]], [82, agent]] });
  const { writer, bytes } = start(view);
  assert.ok(writer.putBytes(200, new Uint8Array(255)));
  while (writer.putBytes(201, new Uint8Array(1)));
  const size = writer.finish();
  assert.ok(size > 548 && size <= payloadSizeMax);
  assert.equal(toHex(bytes.subarray(size - 13, size)), `3401035207${agent}ff`);
  assert.equal(writer.isAgentOmitted, false);
});

test('an option 82 of two instances is echoed whole, and left out when even 1500 bytes are too few', () => {
  const instances = (count: number): TestOption[] => Array.from({ length: count }, () => [82, new Uint8Array(250).fill(1)]);
  const two = start(request({ options: [[53, [3]], ...instances(2)] }));
  const view = reread(two.bytes, two.writer.finish());
  assert.equal(view.optionLength(82), 500);
  const six = start(request({ options: [[53, [3]], ...instances(6)] }));
  six.writer.finish();
  assert.equal(six.writer.isAgentOmitted, true);
});

test('a block is copied whole or not at all, and patched in place', () => {
  const block = hex('3304000000003501053604 0a000001');
  const { writer, bytes } = start(request());
  const at = writer.copyBlock(block);
  assert.equal(at, 240);
  writer.patchU32(at + 2, 0xffffffff);
  assert.equal(reread(bytes, writer.finish()).leaseTime, 0xffffffff);
  const full = start(request());
  assert.equal(full.writer.copyBlock(new Uint8Array(full.writer.room + 1)), -1);
  assert.equal(full.writer.at, 240);
});

test('nothing of a reply is seen in the next one', () => {
  const view = request();
  const { writer, bytes } = start(view);
  for (let code = 200; code < 204; code++) writer.putBytes(code, new Uint8Array(120).fill(9));
  writer.finish();
  writer.begin(bytes, new DataView(bytes.buffer), view, 548, 'allowed');
  writer.putU8(53, 2);
  const size = writer.finish();
  assert.deepEqual([writer.omittedCount, reread(bytes, size).overload, options(bytes, size)], [0, 0, '350102ff']);
});

test('what is put is what a client reads, within the limit', () => {
  const code = fc.integer({ min: 1, max: 254 }).filter((one) => ![50, 51, 52, 53, 54, 57, 61, 82].includes(one));
  const option = fc.tuple(code, fc.oneof(fc.uint8Array({ maxLength: 30 }), fc.uint8Array({ maxLength: 500 })));
  fc.assert(
    fc.property(fc.uniqueArray(option, { maxLength: 20, selector: ([one]) => one }), fc.integer({ min: 500, max: 1600 }), fc.boolean(), fc.uint8Array({ maxLength: 60 }), (list, mms, isFileTaken, agent) => {
      const view = request({ options: [[53, [3]], [57, [mms >>> 8, mms & 255]], ...(agent.length > 0 ? [[82, agent] as const] : [])] });
      const { writer, bytes } = start(view);
      if (isFileTaken) writer.setFile(latin1('f'));
      const kept = list.filter(([one, value]) => writer.putBytes(one, value));
      const size = writer.finish();
      const echo = agent.length > 0 && !writer.isAgentOmitted ? wireSize(agent.length) : 0;
      assert.ok(size - echo <= Math.max(Math.min(mms, 1500) - 28, 548) && size <= payloadSizeMax);
      const read = reread(bytes, size);
      for (const [one, value] of kept) if (value.length > 0) assert.deepEqual(read.option(one)?.slice(), value);
      assert.equal(writer.omittedCount, list.length - kept.length);
    }),
    { numRuns: 500 },
  );
});
