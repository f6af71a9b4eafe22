// What the wire room costs per packet: run with `tsx test/bench/wire.bench.ts`. Prints nanoseconds; asserts nothing.

import { ByteWriter } from '../../src/std/bytes.ts';
import { DhcpView } from '../../src/wire/dhcp-view.ts';
import { DhcpWriter, payloadLimit } from '../../src/wire/dhcp-writer.ts';
import { encodeBndupd, FailoverReader } from '../../src/wire/failover-message.ts';
import { buildUdpFrame, newUdpFrame, parseUdpFrame, udpFrameOverhead } from '../../src/wire/frames.ts';
import { loadBalanceHash } from '../../src/wire/load-balance-hash.ts';
import { dhcpPacket, hex, ip } from '../../src/wire/testing.ts';
import type { UnixSeconds } from '../../src/std/time.ts';

/** Keeps results alive, so that the work is not optimised away. */
let sink = 0;

/** Best of five: nanoseconds per call of `run`, which does `batch` rounds a call. */
function measure(name: string, batch: number, run: (rounds: number) => number): void {
  let best = Infinity;
  for (let repeat = 0; repeat < 5; repeat++) {
    const started = process.hrtime.bigint();
    sink += run(batch);
    const nanos = Number(process.hrtime.bigint() - started) / batch;
    if (nanos < best) best = nanos;
  }
  console.log(`${name.padEnd(64)} ${best.toFixed(0).padStart(6)} ns`);
}

const rounds = 400_000;
/** A REQUEST as dhclient sends it, from a receive slot. */
const requestBytes = dhcpPacket({
  options: [[53, [3]], [54, '0a000001'], [50, '0a000064'], [12, '776f726b65722d31'], [61, '01020000000001'],
    [55, '011c02030f06770c2c2f1a792a'], [60, '4d53465420352e30']],
});
const slot = new Uint8Array(2048);
const slotView = new DataView(slot.buffer);
slot.set(requestBytes, udpFrameOverhead);
const view = new DhcpView(slot);
view.check(requestBytes.length, udpFrameOverhead);

measure('view: check of a REQUEST with 7 options', rounds, (count) => {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += view.check(requestBytes.length, udpFrameOverhead).length;
  return sum;
});
measure('view: check and 14 getters', rounds, (count) => {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    sum += view.check(requestBytes.length, udpFrameOverhead).length;
    sum += view.htype + view.hlen + view.xid + view.flags + view.ciaddr + view.giaddr + view.chaddrAt + view.messageType;
    sum += view.requestedAddress + view.serverIdentifier + view.leaseTime + view.maxMessageSize;
    sum += view.optionAt(61) + view.optionLength(55);
  }
  return sum;
});

const repeated = dhcpPacket({ options: [[53, [3]], [61, '0102'], [12, '61'], [61, '0304'], [55, '0103']] });
const joinView = new DhcpView(new Uint8Array(2048));
joinView.slot.set(repeated);
measure('view: check with a repeated option (RFC 3396)', rounds / 4, (count) => {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += joinView.check(repeated.length).length;
  return sum;
});

const out = new Uint8Array(2048);
const outView = new DataView(out.buffer);
const payload = out.subarray(udpFrameOverhead);
const payloadView = new DataView(out.buffer, udpFrameOverhead);
const writer = new DhcpWriter();
const mac = hex('020000000001');
const server = ip('10.0.0.1');
const client = ip('10.0.0.100');
const mask = hex('ffffff00');
const dns = hex('0a0000350a000036');
const block = hex('3501053604 0a000001 3304 ffffffff 3a04 7fffffff 3b04 dfffffff 0104 ffffff00 0304 0a000001 0608 0a0000350a000036 0f0b 6578616d706c652e636f6d');
measure('writer: reply of 8 options, one by one', rounds, (count) => {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    writer.begin(payload, payloadView, view, payloadLimit(view, 0), 'allowed');
    writer.setYiaddr(client);
    writer.putU8(53, 5);
    writer.putU32(54, 0x0a000001);
    writer.putU32(51, 0xffffffff);
    writer.putU32(58, 0x7fffffff);
    writer.putU32(59, 0xdfffffff);
    writer.putBytes(1, mask);
    writer.putU32(3, 0x0a000001);
    writer.putBytes(6, dns);
    sum += writer.finish();
  }
  return sum;
});
measure('writer: reply from one block, lease time patched', rounds, (count) => {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    writer.begin(payload, payloadView, view, payloadLimit(view, 0), 'allowed');
    writer.setYiaddr(client);
    const at = writer.copyBlock(block);
    writer.patchU32(at + 11, i);
    sum += writer.finish();
  }
  return sum;
});


measure('frame: build Ethernet, IPv4, UDP around 300 bytes', rounds, (count) => {
  let sum = 0;
  for (let i = 0; i < count; i++)
    sum += buildUdpFrame(out, outView, 300, mac, mac, server, 67, client, 68);
  return sum;
});
const frame = newUdpFrame();
const size = buildUdpFrame(slot, slotView, requestBytes.length, mac, mac, ip('0.0.0.0'), 68, ip('255.255.255.255'), 67);
measure('frame: parse and verify the same', rounds, (count) => {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += parseUdpFrame(slotView, 0, size, 0, 0, frame).length + frame.start;
  return sum;
});
measure('frame: parse with a checksum the kernel vouches for', rounds, (count) => {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += parseUdpFrame(slotView, 0, size, 0x80, 0, frame).length + frame.start;
  return sum;
});
measure('load balance hash of a client identifier', rounds, (count) => {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += loadBalanceHash(view.joined, view.optionAt(61), view.optionLength(61));
  return sum;
});

const stream = new ByteWriter(1 << 20);
const binding = {
  status: 'active', hardware: { htype: 1, address: mac }, uid: hex('01020000000001'), address: ip('10.0.0.100'),
  leaseExpiration: 1_800_000_000 as UnixSeconds, potentialExpiration: 1_800_000_000 as UnixSeconds,
  stos: 1_700_000_000 as UnixSeconds, cltt: 1_700_000_000 as UnixSeconds, isReserved: false, isBootp: false,
} as const;
measure('failover: encode a BNDUPD', rounds / 4, (count) => {
  for (let i = 0; i < count; i++) {
    if (stream.size > 60_000) stream.reset();
    encodeBndupd(stream, 1_700_000_000, i + 1, binding);
  }
  return stream.size;
});
stream.reset();
for (let i = 0; i < 400; i++) encodeBndupd(stream, 1_700_000_000, i + 1, binding);
const chunk = stream.copy();
measure('failover: decode a BNDUPD', rounds / 4, (count) => {
  let sum = 0;
  for (let done = 0; done < count; done += 400) {
    const reader = new FailoverReader();
    reader.push(chunk);
    for (let message = reader.next(); message !== undefined; message = reader.next()) sum++;
  }
  return sum;
});
if (sink === 0) console.log('nothing was done');
