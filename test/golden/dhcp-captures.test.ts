// Packets of real clients are read, and dhcpd's replies to them are rebuilt byte by byte, frames included.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromLatin1, toHex } from '../../src/std/bytes.ts';
import type { Ipv4 } from '../../src/std/ipv4.ts';
import { formatIpv4 } from '../../src/std/ipv4.ts';
import { runBpf, udpPortFilter } from '../../src/wire/bpf.ts';
import { DhcpView, dhcpAt } from '../../src/wire/dhcp-view.ts';
import { DhcpWriter, payloadLimit } from '../../src/wire/dhcp-writer.ts';
import { auxStatus, buildUdpFrame, newUdpFrame, parseUdpFrame, udpFrameOverhead } from '../../src/wire/frames.ts';
import type { FrameCheck, UdpFrame } from '../../src/wire/frames.ts';
import { dhcpCaptures } from './dhcp-captures.ts';

const captures = dhcpCaptures();
function capture(name: string): Uint8Array {
  const bytes = captures.get(name);
  assert.ok(bytes, name);
  return bytes;
}

interface Parsed {
  readonly check: FrameCheck;
  readonly frame: UdpFrame;
  readonly slot: Uint8Array;
}
/** A capture in a receive slot; a bare payload is put where a frame would have it. */
function receive(name: string, status = 0): Parsed {
  const slot = new Uint8Array(2048);
  const frame = newUdpFrame();
  const bytes = capture(name);
  if (name.endsWith('.payload')) {
    slot.set(bytes, udpFrameOverhead);
    return { check: 'ok', frame: { ...frame, start: udpFrameOverhead, size: bytes.length }, slot };
  }
  slot.set(bytes);
  return { check: parseUdpFrame(new DataView(slot.buffer), 0, bytes.length, status, 0, frame), frame, slot };
}

interface Client {
  readonly name: string;
  /** The sender sits on this host: without the kernel's word its checksum is wrong. */
  readonly isPartial?: true;
  readonly source: string;
  readonly destination: string;
  readonly type: number;
  readonly hostName: string;
  readonly uid: string;
  readonly requested: string;
  readonly serverId: string;
  readonly parameters: string;
  readonly options: string;
}
const ethernet = '0102005e660001';
const clients: readonly Client[] = [
  { name: 'dhclient-discover', source: '0.0.0.0', destination: '255.255.255.255', type: 1, hostName: '', uid: '', requested: '0.0.0.0', serverId: '0.0.0.0', parameters: '011c02030f060c', options: '53 55' },
  { name: 'dhclient-request', source: '0.0.0.0', destination: '255.255.255.255', type: 3, hostName: '', uid: '', requested: '10.66.0.100', serverId: '10.66.0.1', parameters: '011c02030f060c', options: '50 53 54 55' },
  { name: 'dhclient-release', isPartial: true, source: '10.66.0.100', destination: '10.66.0.1', type: 7, hostName: '', uid: '', requested: '0.0.0.0', serverId: '10.66.0.1', parameters: '', options: '53 54' },
  { name: 'udhcpc-discover', source: '0.0.0.0', destination: '255.255.255.255', type: 1, hostName: 'worker-1', uid: ethernet, requested: '0.0.0.0', serverId: '0.0.0.0', parameters: '0103060c0f1c2a79', options: '12 53 55 57 60 61' },
  { name: 'udhcpc-request', source: '0.0.0.0', destination: '255.255.255.255', type: 3, hostName: 'worker-1', uid: ethernet, requested: '10.66.0.100', serverId: '10.66.0.1', parameters: '0103060c0f1c2a79', options: '12 50 53 54 55 57 60 61' },
  { name: 'dhcpcd-discover', source: '0.0.0.0', destination: '255.255.255.255', type: 1, hostName: 'worker-2', uid: '', requested: '0.0.0.0', serverId: '0.0.0.0', parameters: '', options: '12 53 55 57 61 80 145' },
  { name: 'dhcpcd-request', source: '0.0.0.0', destination: '255.255.255.255', type: 3, hostName: 'worker-2', uid: '', requested: '10.66.0.101', serverId: '10.66.0.1', parameters: '', options: '12 50 53 54 55 57 61 145' },
  { name: 'perfdhcp-discover', isPartial: true, source: '10.66.0.101', destination: '255.255.255.255', type: 1, hostName: '', uid: '01000c01020304', requested: '0.0.0.0', serverId: '0.0.0.0', parameters: '011c02030f060c', options: '53 55 61' },
];

for (const client of clients)
  test(`${client.name} is read`, () => {
    const bytes = capture(client.name);
    assert.ok(runBpf(udpPortFilter(67), bytes) > 0);
    if (client.isPartial) assert.equal(receive(client.name).check, 'udp-checksum');
    const { check, frame, slot } = receive(client.name, client.isPartial ? auxStatus.checksumNotReady : 0);
    assert.equal(check, 'ok');
    assert.deepEqual([formatIpv4(frame.source), formatIpv4(frame.destination), frame.destinationPort], [client.source, client.destination, 67]);
    const view = new DhcpView(slot);
    assert.equal(view.check(frame.size, frame.start), 'ok');
    const codes = Array.from({ length: 255 }, (_, code) => code).filter((code) => view.hasOption(code));
    const text = (code: number): string => fromLatin1(view.option(code) ?? new Uint8Array(0));
    const hex = (code: number): string => toHex(view.option(code) ?? new Uint8Array(0));
    assert.deepEqual(
      { type: view.messageType, hostName: text(12), requested: formatIpv4(view.requestedAddress), serverId: formatIpv4(view.serverIdentifier), options: codes.join(' ') },
      { type: client.type, hostName: client.hostName, requested: client.requested, serverId: client.serverId, options: client.options },
    );
    if (client.uid !== '') assert.equal(hex(61), client.uid);
    if (client.parameters !== '') assert.equal(hex(55), client.parameters);
    assert.equal(view.ignoredOptions, 0);
  });

/** dhcpd's reply, taken apart into the writer's primitives. */
function rebuild(request: DhcpView, payload: Uint8Array, bytes: Uint8Array): number {
  const given = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const writer = new DhcpWriter();
  writer.begin(bytes, new DataView(bytes.buffer, bytes.byteOffset), request, payloadLimit(request, 0), 'allowed');
  writer.setYiaddr(given.getUint32(dhcpAt.yiaddr) as Ipv4);
  writer.setSiaddr(given.getUint32(dhcpAt.siaddr) as Ipv4);
  writer.setFile(payload.subarray(dhcpAt.file, payload.indexOf(0, dhcpAt.file)));
  for (let at: number = dhcpAt.options; at < payload.length; ) {
    const code = payload[at] ?? 0;
    const length = payload[at + 1] ?? 0;
    if (code === 82 || code === 255) break;
    assert.ok(writer.put(code, payload, at + 2, length));
    at += 2 + length;
  }
  return writer.finish();
}

const replies: readonly (readonly [request: string, reply: string])[] = [
  ['dhclient-discover', 'dhcpd-offer-to-dhclient'],
  ['dhclient-request', 'dhcpd-ack-to-dhclient'],
  ['dhcpcd-request', 'dhcpd-ack-to-dhcpcd'],
  ['relay-discover.payload', 'dhcpd-offer-to-relay.payload'],
];
for (const [request, reply] of replies)
  test(`${reply} is rebuilt byte by byte`, () => {
    const asked = receive(request);
    const view = new DhcpView(asked.slot);
    assert.equal(view.check(asked.frame.size, asked.frame.start), 'ok');
    const given = receive(reply);
    assert.equal(given.check, 'ok');
    const payload = given.slot.slice(given.frame.start, given.frame.start + given.frame.size);
    const out = new Uint8Array(2048).fill(0xa5);
    const size = rebuild(view, payload, out.subarray(udpFrameOverhead));
    assert.equal(toHex(out.subarray(udpFrameOverhead, udpFrameOverhead + size)), toHex(payload));
    if (reply.endsWith('.payload')) return;
    const frame = capture(reply);
    const { source, sourcePort, destination, destinationPort } = given.frame;
    const frameSize = buildUdpFrame(
      out, new DataView(out.buffer), size, frame.subarray(6, 12), frame.subarray(0, 6), source, sourcePort, destination, destinationPort,
    );
    assert.equal(toHex(out.subarray(0, frameSize)), toHex(frame));
  });

test('every capture is used', () => {
  const used = new Set([...clients.map(({ name }) => name), ...replies.flat()]);
  assert.deepEqual([...captures.keys()].filter((name) => !used.has(name)), []);
});
