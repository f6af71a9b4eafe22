// Frames, probes and filters: what is accepted, what is dropped and under which label (reference §2.3).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { toHex } from '../std/bytes.ts';
import { bpf, connectionFilter, dropAllFilter, encodeBpf, runBpf, udpPortFilter } from './bpf.ts';
import { addWords, checksumOf, fold } from './checksum.ts';
import { auxStatus, buildUdpFrame, newUdpFrame, parseUdpFrame, udpFrameOverhead } from './frames.ts';
import type { FrameCheck } from './frames.ts';
import { arpOperation, buildArpFrame, buildEchoRequest, parseArpFrame, parseEchoReply } from './probes.ts';
import { hex, ip } from './testing.ts';

const client = hex('020000000001');
const server = hex('020000000002');
const payload = hex('68656c6c6f21');

/** A frame from client to server with the payload above, in a slot with room around it. */
function frame(): { bytes: Uint8Array; view: DataView; size: number } {
  const bytes = new Uint8Array(200);
  const view = new DataView(bytes.buffer);
  bytes.set(payload, udpFrameOverhead);
  const size = buildUdpFrame(bytes, view, payload.length, client, server, ip('10.0.0.5'), 68, ip('10.0.0.1'), 67);
  return { bytes, view, size };
}
const parse = (bytes: Uint8Array, size: number, status = 0, tci = 0): FrameCheck =>
  parseUdpFrame(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, size, status, tci, newUdpFrame());

test('a frame is built with the header fields of dhcpd', () => {
  const { bytes, size } = frame();
  assert.equal(
    toHex(bytes.subarray(0, size)),
    toHex(hex('020000000002 020000000001 0800 45100022000000008011 26b6 0a000005 0a000001 00440043 000e a752 68656c6c6f21')),
  );
  assert.equal(fold(addWords(new DataView(bytes.buffer), 14, 34, 0)), 0xffff);
});

test('a frame that was built is read', () => {
  const { bytes, view, size } = frame();
  const out = newUdpFrame();
  assert.equal(parseUdpFrame(view, 0, size, 0, 0, out), 'ok');
  assert.deepEqual(out, {
    start: 42, size: payload.length, source: ip('10.0.0.5'), destination: ip('10.0.0.1'), sourcePort: 68, destinationPort: 67, sourceMacAt: 6,
  });
  assert.equal(toHex(bytes.subarray(out.start, out.start + out.size)), toHex(payload));
});

test('the padding of Ethernet is no payload', () => {
  const { bytes } = frame();
  const out = newUdpFrame();
  assert.equal(parseUdpFrame(new DataView(bytes.buffer), 0, 60, 0, 0, out), 'ok');
  assert.equal(out.size, payload.length);
});

test('a header with options moves the payload', () => {
  const { bytes, size } = frame();
  const long = new Uint8Array(200);
  long.set(bytes.subarray(0, 34));
  long.fill(1, 34, 74);
  long.set(bytes.subarray(34, size), 74);
  const view = new DataView(long.buffer);
  view.setUint8(14, 0x4f);
  view.setUint16(16, size - 14 + 40);
  view.setUint16(24, 0);
  view.setUint16(24, checksumOf(addWords(view, 14, 74, 0)));
  const out = newUdpFrame();
  assert.equal(parseUdpFrame(view, 0, size + 40, 0, 0, out), 'ok');
  assert.equal(out.start, 82);
  assert.ok(runBpf(udpPortFilter(67), long.subarray(0, size + 40)) > 0);
});

/** Repairs the IP header checksum after a change. */
function resum(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer);
  view.setUint16(24, 0);
  view.setUint16(24, checksumOf(addWords(view, 14, 34, 0)));
}

interface Damage {
  readonly id: string;
  readonly change: (bytes: Uint8Array) => void;
  readonly size?: number;
  readonly status?: number;
  readonly tci?: number;
  readonly check: FrameCheck;
}
const word = (at: number, value: number) => (bytes: Uint8Array): void => {
  new DataView(bytes.buffer).setUint16(at, value);
  if (at < 34) resum(bytes);
};
const damages: readonly Damage[] = [
  { id: 'nothing changed', change: () => {}, check: 'ok' },
  { id: '33 bytes', change: () => {}, size: 33, check: 'frame-short' },
  { id: 'more than the slot', change: () => {}, size: 201, check: 'frame-short' },
  { id: 'inline 802.1Q header', change: word(12, 0x8100), check: 'not-ipv4' },
  { id: 'ARP', change: word(12, 0x0806), check: 'not-ipv4' },
  { id: 'VLAN 100 on the parent', change: () => {}, status: auxStatus.vlanValid, tci: 0x6064, check: 'vlan' },
  { id: 'priority tag', change: () => {}, status: auxStatus.vlanValid, tci: 0x6000, check: 'ok' },
  { id: 'tci without its status bit', change: () => {}, tci: 100, check: 'ok' },
  { id: 'version 6', change: (bytes) => { bytes[14] = 0x65; resum(bytes); }, check: 'ip-header' },
  { id: 'IHL 4', change: (bytes) => { bytes[14] = 0x44; resum(bytes); }, check: 'ip-header' },
  { id: 'IHL beyond the frame', change: (bytes) => { bytes[14] = 0x4f; }, size: 48, check: 'ip-header' },
  { id: 'total length beyond the frame', change: word(16, 35), check: 'ip-length' },
  { id: 'total length under the header', change: word(16, 19), check: 'ip-length' },
  { id: 'header checksum wrong', change: (bytes) => { bytes[24] = (bytes[24] ?? 0) ^ 1; }, check: 'ip-checksum' },
  { id: 'later fragment', change: word(20, 0x0001), check: 'fragment' },
  { id: 'first fragment', change: word(20, 0x2000), check: 'fragment' },
  { id: 'do not fragment', change: word(20, 0x4000), check: 'ok' },
  { id: 'TCP', change: (bytes) => { bytes[23] = 6; resum(bytes); }, check: 'not-udp' },
  { id: 'no room for a UDP header', change: word(16, 27), check: 'udp-length' },
  { id: 'UDP length 7', change: word(38, 7), check: 'udp-length' },
  { id: 'UDP length beyond the IP length', change: word(38, 15), check: 'udp-length' },
  { id: 'UDP length under the IP length, checksum off', change: (bytes) => { word(38, 12)(bytes); word(40, 0)(bytes); }, check: 'ok' },
  { id: 'UDP checksum wrong', change: (bytes) => { bytes[45] = 0; }, check: 'udp-checksum' },
  { id: 'UDP checksum absent', change: (bytes) => { bytes[45] = 0; word(40, 0)(bytes); }, check: 'ok' },
  { id: 'UDP checksum partial', change: word(40, 0x15e2), status: 0x09, check: 'ok' },
  { id: 'UDP checksum vouched for', change: word(40, 0x15e2), status: auxStatus.checksumValid, check: 'ok' },
];
for (const { id, change, size, status, tci, check } of damages)
  test(`frame: ${id}: ${check}`, () => {
    const made = frame();
    change(made.bytes);
    assert.equal(parse(made.bytes, size ?? made.size, status, tci), check);
  });

test('a datagram whose checksum would be zero carries 0xffff', () => {
  const { bytes, view, size } = frame();
  // The payload's last two bytes are chosen so that everything else sums up to 0xffff with them.
  view.setUint16(size - 2, 0);
  buildUdpFrame(bytes, view, payload.length, client, server, ip('10.0.0.5'), 68, ip('10.0.0.1'), 67);
  view.setUint16(size - 2, view.getUint16(40));
  buildUdpFrame(bytes, view, payload.length, client, server, ip('10.0.0.5'), 68, ip('10.0.0.1'), 67);
  assert.equal(view.getUint16(40), 0xffff);
  assert.equal(parse(bytes, size), 'ok');
});

test('checksums add up piece by piece', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(100), (bytes, cut) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const middle = Math.min(cut * 2, bytes.length - (bytes.length % 2));
      assert.equal(fold(addWords(view, middle, bytes.length, addWords(view, 0, middle, 0))), fold(addWords(view, 0, bytes.length, 0)));
      const slow = [...bytes].reduce((sum, byte, index) => sum + (index % 2 === 0 ? byte * 256 : byte), 0);
      assert.equal(fold(addWords(view, 0, bytes.length, 0)) % 0xffff, slow % 0xffff);
    }),
  );
});

test('every payload and address survives a frame', () => {
  const u32 = fc.nat(0xffffffff);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1472 }), u32, u32, fc.nat(0xffff), fc.nat(0xffff), (data, source, destination, sourcePort, destinationPort) => {
      const bytes = new Uint8Array(udpFrameOverhead + data.length);
      bytes.set(data, udpFrameOverhead);
      const view = new DataView(bytes.buffer);
      const size = buildUdpFrame(bytes, view, data.length, client, server, source as ReturnType<typeof ip>, sourcePort, destination as ReturnType<typeof ip>, destinationPort);
      const out = newUdpFrame();
      assert.equal(parseUdpFrame(view, 0, size, 0, 0, out), 'ok');
      assert.deepEqual([out.source, out.destination, out.sourcePort, out.destinationPort, out.size], [source, destination, sourcePort, destinationPort, data.length]);
      assert.deepEqual(bytes.slice(out.start, out.start + out.size), data);
    }),
    { numRuns: 300 },
  );
});

test('no bytes make the frame parser throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(100), fc.nat(255), (bytes, size, status) => {
      parse(bytes, size, status);
    }),
    { numRuns: 2000 },
  );
});

test('an echo request is answered by a reply that is recognised', () => {
  const bytes = new Uint8Array(64);
  const view = new DataView(bytes.buffer);
  assert.equal(buildEchoRequest(bytes, view, 0x1234, 7, 20), 28);
  assert.equal(fold(addWords(view, 0, 28, 0)), 0xffff);
  assert.equal(toHex(bytes.subarray(0, 8)), `0800${toHex(bytes.subarray(2, 4))}12340007`);
  const reply = new Uint8Array(48);
  reply.set(hex('45000030 00010000 4001 0000 0a000009 0a000001'));
  reply.set(bytes.subarray(0, 28), 20);
  reply[20] = 0;
  const replyView = new DataView(reply.buffer);
  replyView.setUint16(22, 0);
  replyView.setUint16(22, checksumOf(addWords(replyView, 20, 48, 0)));
  assert.deepEqual(parseEchoReply(replyView, 0, 48), { source: ip('10.0.0.9'), identifier: 0x1234, sequence: 7 });
  reply[40] = 1;
  assert.equal(parseEchoReply(replyView, 0, 48), undefined);
  assert.equal(parseEchoReply(replyView, 0, 27), undefined);
});

test('ARP both ways', () => {
  const bytes = new Uint8Array(60);
  const view = new DataView(bytes.buffer);
  const probe = { operation: arpOperation.request, senderMac: server, senderAddress: ip('0.0.0.0'), targetMac: hex('000000000000'), targetAddress: ip('10.0.0.9') };
  const size = buildArpFrame(bytes, view, hex('ffffffffffff'), probe);
  assert.equal(toHex(bytes.subarray(0, size)), toHex(hex('ffffffffffff 020000000002 0806 0001080006040001 020000000002 00000000 000000000000 0a000009')));
  assert.deepEqual(parseArpFrame(bytes, view, 0, 60), probe);
  assert.equal(parseArpFrame(bytes, view, 0, 41), undefined);
  view.setUint16(14, 6);
  assert.equal(parseArpFrame(bytes, view, 0, 60), undefined);
});

test('the filter lets through what the server must see, and nothing else', () => {
  const program = udpPortFilter(67);
  const { bytes, size } = frame();
  const run = (change: (bytes: Uint8Array) => void): boolean => {
    const copy = bytes.slice(0, size);
    change(copy);
    return runBpf(program, copy) > 0;
  };
  assert.ok(run(() => {}));
  assert.ok(run((copy) => copy.set([0x40, 0], 20)));
  for (const [at, value] of [[12, 0x86], [23, 6], [20, 0x20], [21, 1], [37, 68]] as const)
    assert.ok(!run((copy) => { copy[at] = value; }), `byte ${at}`);
  assert.equal(runBpf(program, bytes.subarray(0, 20)), 0);
  assert.equal(runBpf(dropAllFilter, bytes), 0);
  assert.equal(toHex(encodeBpf(dropAllFilter)), '0600000000000000');
  assert.equal(toHex(encodeBpf(program).subarray(0, 16)), '280000000c0000001500000800080000');
  assert.equal(program.at(-1)?.code, bpf.return);
});

test('a listener does not hear the first packet of whom it shuts out, and every other packet', () => {
  const tcp = (flags: number): Uint8Array => Uint8Array.from({ length: 20 }, (_, at) => (at === 13 ? flags : 0));
  const header = (source: string): Uint8Array => hex(`45000028 00000000 4006 0000 ${source} 0a000001`);
  const [syn, ack] = [tcp(0x02), tcp(0x10)];
  const some = connectionFilter([0x0a000063, 0x0a000064]);
  const passes = (program: Parameters<typeof runBpf>[0], packet: Uint8Array, source: string): boolean => runBpf(program, packet, header(source)) > 0;
  assert.deepEqual(['0a000063', '0a000064', '0a000065'].map((source) => passes(some, syn, source)), [false, false, true]);
  assert.deepEqual(['0a000063', '0a000065'].map((source) => passes(some, ack, source)), [true, true]);
  assert.deepEqual([syn, ack].map((packet) => passes(connectionFilter('everybody'), packet, '0a000065')), [false, true]);
  assert.deepEqual([syn, ack].map((packet) => passes(connectionFilter([]), packet, '0a000063')), [true, true]);
  const full = connectionFilter(Array.from({ length: 250 }, (_, index) => 0x0b000000 + index));
  assert.deepEqual(['0b000000', '0b0000f9', '0b0000fa'].map((source) => passes(full, syn, source)), [false, false, true]);
});
