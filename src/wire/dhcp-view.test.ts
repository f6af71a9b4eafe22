// The decoder: rules of the reference §1.3, its edge cases §19, sub-options, and that no bytes make it fail.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { toHex } from '../std/bytes.ts';
import { absent, DhcpView, ignoredOption, unusable } from './dhcp-view.ts';
import type { PacketCheck } from './dhcp-view.ts';
import { optionCode } from './option-codes.ts';
import type { TestOption, TestPacket } from './testing.ts';
import { dhcpPacket, hex, ip, tlv, viewOf } from './testing.ts';

const discover: TestOption = [53, [1]];
const request: TestOption = [53, [3]];
const uid: TestOption = [61, '01020000000001'];
const repeat = (byte: string, count: number): string => byte.repeat(count);

interface Edge {
  readonly id: string;
  readonly packet: TestPacket;
  readonly size?: number;
  readonly verdict: PacketCheck;
  readonly expect?: (view: DhcpView) => void;
}

const edges: readonly Edge[] = [
  { id: '1 no END', packet: { options: [discover], tail: '' }, verdict: 'ok' },
  { id: '1 no END and no pad', packet: { options: [discover], tail: '', sizeMin: 0 }, verdict: 'ok' },
  { id: '1 244 bytes', packet: { options: [discover], sizeMin: 0 }, verdict: 'ok' },
  { id: '2 cookie only', packet: { tail: '', sizeMin: 0 }, verdict: 'bootp', expect: (view) => assert.equal(view.hasCookie, true) },
  { id: '2 236 bytes', packet: { hasCookie: false, sizeMin: 0 }, verdict: 'bootp', expect: (view) => assert.equal(view.hasCookie, false) },
  { id: '2 239 bytes', packet: { options: [discover] }, size: 239, verdict: 'bootp' },
  { id: '2 zero cookie', packet: { hasCookie: false }, verdict: 'bootp' },
  { id: '3 235 bytes', packet: { hasCookie: false, sizeMin: 0 }, size: 235, verdict: 'short' },
  { id: '3 nothing', packet: {}, size: 0, verdict: 'short' },
  { id: '3 more than the slot holds', packet: {}, size: 2049, verdict: 'short' },
  { id: '4 op 0', packet: { op: 0, options: [discover] }, verdict: 'op' },
  { id: '4 op 2', packet: { op: 2, options: [discover] }, verdict: 'op' },
  { id: '5 hlen 0 without 61', packet: { hlen: 0, options: [discover] }, verdict: 'identity' },
  { id: '6 hlen 0 with 61', packet: { hlen: 0, options: [discover, uid] }, verdict: 'ok' },
  { id: '7 hlen 16', packet: { hlen: 16, options: [discover] }, verdict: 'ok', expect: (view) => assert.equal(view.chaddr.length, 16) },
  { id: '8 hlen 17', packet: { hlen: 17, options: [discover] }, verdict: 'hlen' },
  { id: '8 hlen 255', packet: { hlen: 255, options: [discover] }, verdict: 'hlen' },
  { id: '9 chaddr zero', packet: { chaddr: '000000000000', options: [discover] }, verdict: 'identity' },
  { id: '9 chaddr zero with 61', packet: { chaddr: '000000000000', options: [discover, uid] }, verdict: 'ok' },
  { id: '10 chaddr ones', packet: { chaddr: 'ffffffffffff', options: [discover] }, verdict: 'chaddr' },
  { id: '10 chaddr multicast', packet: { chaddr: '01005e000001', options: [discover, uid] }, verdict: 'chaddr' },
  { id: '10 group bit means nothing off Ethernet', packet: { htype: 32, chaddr: '010203040506', options: [discover] }, verdict: 'ok' },
  { id: '11 type of length 0', packet: { options: [[53, []]] }, verdict: 'message-type' },
  { id: '11 type 0', packet: { options: [[53, [0]]] }, verdict: 'message-type' },
  { id: '12 type of length 2', packet: { options: [[53, [1, 3]]] }, verdict: 'message-type' },
  { id: '12 type twice', packet: { options: [discover, request] }, verdict: 'message-type' },
  { id: '14 type 200', packet: { options: [[53, [200]]] }, verdict: 'ok', expect: (view) => assert.equal(view.messageType, 200) },
  { id: '15 client id of length 0', packet: { options: [discover, [61, []]] }, verdict: 'client-id' },
  { id: '16 client id of length 1', packet: { options: [discover, [61, [7]]] }, verdict: 'ok' },
  { id: '16 client id of length 255', packet: { options: [discover, [61, repeat('aa', 255)]] }, verdict: 'ok' },
  {
    id: '16 client id in two instances, joined',
    packet: { options: [discover, [61, '0102'], [12, '61'], [61, '030405']] },
    verdict: 'ok',
    expect: (view) => {
      assert.equal(toHex(view.option(61) ?? hex('')), '0102030405');
      assert.equal(toHex(view.option(12) ?? hex('')), '61');
      assert.notEqual(view.joined, view.slot);
    },
  },
  { id: '17 host name of length 0', packet: { options: [discover, [12, []]] }, verdict: 'ok', expect: (view) => assert.equal(view.hasOption(12), false) },
  { id: '17 host name of 255 bytes', packet: { options: [discover, [12, repeat('00', 255)]] }, verdict: 'ok', expect: (view) => assert.equal(view.hostNameLength, 0) },
  ...['', '0a0000', '0a00000102'].map((value): Edge => ({
    id: `18, 19 requested address of length ${value.length / 2}`,
    packet: { options: [discover, [50, value]] },
    verdict: 'ok',
    expect: (view) => {
      assert.equal(view.requestedAddress, 0);
      assert.equal(view.hasOption(50), false);
      assert.equal(view.ignoredOptions, value === '' ? 0 : ignoredOption.requestedAddress);
    },
  })),
  {
    id: '22 sizes and times of wrong length are absent',
    packet: { options: [request, [51, '0001'], [54, '0a'], [57, '0102ff']] },
    verdict: 'ok',
    expect: (view) => {
      assert.deepEqual([view.leaseTime, view.serverIdentifier, view.maxMessageSize], [absent, 0, 0]);
      assert.equal(view.ignoredOptions, ignoredOption.leaseTime | ignoredOption.serverIdentifier | ignoredOption.maxMessageSize);
    },
  },
  { id: '23 length past the end', packet: { options: [discover], tail: '0c0541', sizeMin: 0 }, verdict: 'malformed' },
  { id: '23 code is the last byte', packet: { options: [discover], tail: '0c', sizeMin: 0 }, verdict: 'malformed' },
  { id: '24 junk after END', packet: { options: [discover], tail: 'ff0c', sizeMin: 0 }, verdict: 'ok' },
  {
    id: '25 overload 1, type in file',
    packet: { options: [[52, [1]]], file: '350101 0c0161 ff', sname: '0c05' },
    verdict: 'ok',
    expect: (view) => assert.deepEqual([view.messageType, view.overload, view.fileLength], [1, 1, 0]),
  },
  { id: '26 overload 3, malformed sname', packet: { options: [discover, [52, [3]]], sname: repeat('0c3e', 1) + repeat('41', 62) }, verdict: 'ok' },
  { id: '26 overload 3, sname past its end', packet: { options: [discover, [52, [3]]], sname: `0c3f${repeat('41', 62)}` }, verdict: 'malformed' },
  { id: '26 overload 2 leaves file alone', packet: { options: [discover, [52, [2]]], file: '0cff' }, verdict: 'ok' },
  ...['', '00', '04'].map((value): Edge => ({
    id: `overload ${value || 'empty'} is ignored`,
    packet: { options: [discover, [52, value]], file: '0cff', sname: '0cff' },
    verdict: 'ok',
  })),
  {
    id: 'overload inside file is not acted upon, nor is a relay option there',
    packet: { options: [discover, [52, [1]]], file: '340103 5203010141 ff', sname: '0cff' },
    verdict: 'ok',
    expect: (view) => assert.deepEqual([view.overload, view.hasOption(82)], [1, false]),
  },
  {
    id: 'RFC 3396 across the three areas in their order',
    packet: { options: [[60, '61'], [52, [3]], discover], file: `3c0162 ff`, sname: '3c0163 ff' },
    verdict: 'ok',
    expect: (view) => assert.equal(toHex(view.option(60) ?? hex('')), '616263'),
  },
  {
    id: '27 malformed relay option is kept as it came',
    packet: { options: [discover, [82, '01024142 02ff41']] },
    verdict: 'ok',
    expect: (view) => {
      assert.equal(toHex(view.option(82) ?? hex('')), '0102414202ff41');
      assert.deepEqual([view.agentLength(1), view.agentLength(2)], [2, absent]);
    },
  },
  {
    id: '28 link and subnet selection of wrong length',
    packet: { options: [discover, [82, '05030a0000'], [118, '0a']] },
    verdict: 'ok',
    expect: (view) => assert.deepEqual([view.linkSelection, view.subnetSelection], [unusable, unusable]),
  },
  { id: '31 giaddr loopback', packet: { giaddr: ip('127.0.0.1'), options: [discover] }, verdict: 'giaddr' },
  { id: '31 giaddr broadcast', packet: { giaddr: ip('255.255.255.255'), options: [discover] }, verdict: 'giaddr' },
  { id: '31 giaddr multicast', packet: { giaddr: ip('224.0.0.1'), options: [discover] }, verdict: 'giaddr' },
  { id: 'LEASEQUERY needs no hardware address', packet: { hlen: 0, ciaddr: ip('10.0.0.9'), giaddr: ip('10.0.0.1'), options: [[53, [10]]] }, verdict: 'ok' },
  { id: 'BOOTP with options', packet: { options: [[12, '6162']], file: '70786500' }, verdict: 'bootp', expect: (view) => assert.deepEqual([view.fileLength, view.hostNameLength], [3, 2]) },
  { id: 'NUL-terminated host name', packet: { options: [discover, [12, '61620000']] }, verdict: 'ok', expect: (view) => assert.deepEqual([view.hostNameLength, view.isHostNameNulTerminated, view.optionLength(12)], [2, true, 4]) },
];

for (const edge of edges)
  test(`decoder: ${edge.id}`, () => {
    const bytes = dhcpPacket(edge.packet);
    const slot = new Uint8Array(2048);
    slot.set(bytes);
    const view = new DhcpView(slot);
    assert.equal(view.check(edge.size ?? bytes.length), edge.verdict);
    edge.expect?.(view);
  });

test('header fields and typed options', () => {
  const { view, verdict } = viewOf(
    dhcpPacket({
      hops: 3, xid: 0xfedcba98, secs: 0xfffe, flags: 0x8000,
      ciaddr: ip('10.0.0.1'), yiaddr: ip('10.0.0.2'), siaddr: ip('10.0.0.3'), giaddr: ip('192.168.255.254'),
      options: [request, [50, '0a000064'], [51, 'ffffffff'], [54, 'c0a80001'], [57, '05dc'], [55, '01030f'], [118, 'c0a80500'],
        [82, '0102aabb 0504c0a80600 0b04c0a80002 1300']],
    }),
  );
  assert.equal(verdict, 'ok');
  assert.deepEqual(
    {
      header: [view.op, view.htype, view.hlen, view.hops, view.xid, view.secs, view.flags, view.wantsBroadcast],
      addresses: [view.ciaddr, view.yiaddr, view.siaddr, view.giaddr],
      typed: [view.messageType, view.requestedAddress, view.leaseTime, view.serverIdentifier, view.maxMessageSize],
      list: [view.optionLength(55), view.joined[view.optionAt(55)]],
      relay: [view.linkSelection, view.serverIdOverride, view.wantsRelayPort, view.subnetSelection],
      chaddr: toHex(view.chaddr),
    },
    {
      header: [1, 1, 6, 3, 0xfedcba98, 0xfffe, 0x8000, true],
      addresses: [ip('10.0.0.1'), ip('10.0.0.2'), ip('10.0.0.3'), ip('192.168.255.254')],
      typed: [3, ip('10.0.0.100'), 0xffffffff, ip('192.168.0.1'), 1500],
      list: [3, 1],
      relay: [ip('192.168.6.0'), ip('192.168.0.2'), true, ip('192.168.5.0')],
      chaddr: '020000000001',
    },
  );
});

test('absent options say so', () => {
  const { view } = viewOf(dhcpPacket({ options: [discover] }));
  assert.deepEqual(
    [view.requestedAddress, view.serverIdentifier, view.leaseTime, view.maxMessageSize, view.hostNameLength, view.optionAt(12), view.optionLength(61)],
    [0, 0, absent, 0, absent, absent, absent],
  );
  assert.deepEqual([view.linkSelection, view.subnetSelection, view.wantsRelayPort, view.serverIdOverride, view.agentAt(1)], [absent, absent, false, 0, absent]);
  assert.equal(view.hasOption(300), false);
});

test('a view before its first check has no options', () => {
  const view = new DhcpView(new Uint8Array(300));
  assert.deepEqual([view.hasOption(53), view.optionAt(0), view.optionLength(12)], [false, absent, absent]);
});

test('nothing of a packet is seen in the next one of the slot', () => {
  const slot = new Uint8Array(2048);
  const view = new DhcpView(slot);
  slot.set(dhcpPacket({ options: [discover, [61, '0102'], [61, '03'], [12, '61'], [52, [1]], [50, '01']] }));
  assert.equal(view.check(300), 'ok');
  slot.set(dhcpPacket({ options: [request] }));
  assert.equal(view.check(300), 'ok');
  assert.deepEqual([view.hasOption(61), view.hasOption(12), view.overload, view.ignoredOptions, view.joined], [false, false, 0, 0, slot]);
});

test('a message may begin anywhere in its slot', () => {
  const bytes = dhcpPacket({ giaddr: ip('10.1.2.3'), options: [discover, [61, '0102'], [12, '61'], [61, '03']] });
  const slot = new Uint8Array(2048);
  const view = new DhcpView(slot);
  for (const start of [0, 42, 102, 42]) {
    slot.fill(0xa5);
    slot.set(bytes, start);
    assert.equal(view.check(bytes.length, start), 'ok');
    assert.equal(toHex(view.chaddr), '020000000001');
    assert.equal(toHex(view.option(61) ?? hex('')), '010203');
    assert.equal(toHex(view.option(12) ?? hex('')), '61');
    assert.equal(view.giaddr, ip('10.1.2.3'));
    assert.equal(view.joined[view.chaddrAt], 2);
  }
});

test('the last message that fits a slot of its own size can still be joined', () => {
  const bytes = dhcpPacket({ options: [discover, ...Array.from({ length: 300 }, (): TestOption => [61, 'aabb'])] });
  const { view, verdict } = viewOf(bytes, bytes.length);
  assert.equal(verdict, 'ok');
  assert.equal(toHex(view.option(61) ?? hex('')), repeat('aabb', 300));
});

/** Reads everything a view offers. */
function readAll(view: DhcpView): number {
  let sum = view.op + view.htype + view.hlen + view.hops + view.xid + view.secs + view.flags;
  sum += view.ciaddr + view.yiaddr + view.siaddr + view.giaddr + view.chaddr.length + view.fileLength + view.snameLength;
  sum += view.requestedAddress + view.serverIdentifier + view.leaseTime + view.maxMessageSize + view.hostNameLength;
  sum += view.linkSelection + view.subnetSelection + view.serverIdOverride + (view.wantsRelayPort ? 1 : 0);
  for (let code = 0; code < 256; code++) sum += (view.option(code)?.length ?? 0) + view.agentLength(code);
  return sum;
}

/** Bytes shaped like options: mostly well formed. */
const optionBytes = fc
  .array(
    fc.oneof(
      fc.tuple(fc.nat(255), fc.uint8Array({ maxLength: 20 })).map((option): number[] => tlv(option)),
      fc.constant([0]),
      fc.uint8Array({ maxLength: 3 }).map((bytes) => [...bytes]),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.flat());

test('no bytes make the decoder or a getter fail', () => {
  fc.assert(
    fc.property(fc.nat(60), fc.uint8Array({ maxLength: 240 }), optionBytes, fc.nat(3), (start, header, options, overload) => {
      const packet = new Uint8Array(240 + options.length + 3);
      packet.set(header);
      packet.set([0x63, 0x82, 0x53, 0x63, 52, 1, overload, ...options.slice(0, -3)], 236);
      const slot = new Uint8Array(start + packet.length);
      slot.set(packet, start);
      const view = new DhcpView(slot);
      const verdict = view.check(packet.length, start);
      if (verdict !== 'ok' && verdict !== 'bootp') return;
      assert.ok(!Number.isNaN(readAll(view)));
    }),
    { numRuns: 3000 },
  );
});

test('options of a well formed packet are read back, joined per code', () => {
  const option = fc.tuple(
    fc.integer({ min: 1, max: 254 }).filter((code) => code !== optionCode.overload && code !== optionCode.messageType),
    fc.uint8Array({ minLength: 1, maxLength: 40 }),
  );
  fc.assert(
    fc.property(fc.array(option, { maxLength: 25 }), (options) => {
      const { view, verdict } = viewOf(dhcpPacket({ options: [discover, ...options] }), 4096);
      assert.equal(verdict, 'ok');
      for (const code of new Set(options.map(([code]) => code))) {
        const joined = options.filter(([other]) => other === code).flatMap(([, value]) => [...value]);
        const size = new Map<number, number>([[50, 4], [51, 4], [54, 4], [57, 2]]).get(code) ?? joined.length;
        const expected = size === joined.length ? Uint8Array.from(joined) : undefined;
        assert.deepEqual(view.option(code)?.slice(), expected);
      }
    }),
    { numRuns: 1000 },
  );
});
