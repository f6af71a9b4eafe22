// A packet from wherever people have it: the same frame out of every form, and for what is none of them, place, reason and remedy.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concatBytes, latin1, toHex } from '../../std/bytes.ts';
import { err, ok, type Result } from '../../std/result.ts';
import { pcapngOf, pcapOf } from '../../wire/capture-testing.ts';
import { dhcpCaptures } from '../../../test/golden/dhcp-captures.ts';
import { packetOf, type HeardPacket } from './packet-source.ts';

const captures = dhcpCaptures();
const frameOf = (name: string): Uint8Array => captures.get(name) ?? new Uint8Array(0);
const request = frameOf('dhclient-request');
const message = request.slice(42);
const reply = frameOf('dhcpd-offer-to-dhclient');
const arp = concatBytes(new Uint8Array(12).fill(255), Uint8Array.of(8, 6), new Uint8Array(46));

/** Lines of 16 bytes, each by `line`. */
const dump = (bytes: Uint8Array, line: (at: number, row: Uint8Array, text: string) => string): string =>
  Array.from({ length: Math.ceil(bytes.length / 16) }, (_, index) => {
    const row = bytes.slice(index * 16, index * 16 + 16);
    return line(index * 16, row, [...row].map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join(''));
  }).join('\n');
const offset = (at: number, digits: number): string => at.toString(16).padStart(digits, '0');
const pairs = (row: Uint8Array): string => (toHex(row).match(/.{1,4}/g) ?? []).join(' ');

const textForms: readonly { id: string; of: (bytes: Uint8Array) => string }[] = [
  { id: 'plain digits', of: (bytes) => toHex(bytes) },
  { id: 'colons', of: (bytes) => toHex(bytes, ':').toUpperCase() },
  { id: 'C source', of: (bytes) => [...bytes].map((byte) => `0x${offset(byte, 2)}`).join(', ') },
  { id: 'a Python string', of: (bytes) => [...bytes].map((byte) => `\\x${offset(byte, 2)}`).join('') },
  { id: 'lines with a note', of: (bytes) => `# captured at the desk\n${toHex(bytes, ' ').replaceAll(/(.{60})/g, '$1\n')}\n` },
  { id: 'xxd -p', of: (bytes) => toHex(bytes).replaceAll(/(.{60})/g, '$1\n') },
  { id: 'xxd', of: (bytes) => dump(bytes, (at, row, text) => `${offset(at, 8)}: ${pairs(row).padEnd(39)}  ${text}`) },
  { id: 'hexdump -C', of: (bytes) => `${dump(bytes, (at, row, text) => `${offset(at, 8)}  ${`${toHex(row.slice(0, 8), ' ')}  ${toHex(row.slice(8), ' ')}`.trim().padEnd(48)}  |${text}|`)}\n${offset(bytes.length, 8)}\n` },
  { id: 'od -Ax -tx1', of: (bytes) => `${dump(bytes, (at, row) => `${offset(at, 6)} ${toHex(row, ' ')}`)}\n${offset(bytes.length, 6)}\n` },
  { id: 'tshark -x', of: (bytes) => dump(bytes, (at, row, text) => `${offset(at, 4)}  ${toHex(row, ' ').padEnd(47)}   ${text}`) },
  { id: 'tcpdump -xx', of: (bytes) => dump(bytes, (at, row) => `\t0x${offset(at, 4)}:  ${pairs(row)}`) },
  { id: 'tcpdump -XX', of: (bytes) => dump(bytes, (at, row, text) => `\t0x${offset(at, 4)}:  ${pairs(row).padEnd(39)}  ${text}`) },
];
const nowhere = (): Result<Uint8Array, string> => err('ENOENT: no such file or directory');
const fromText = (text: string): Result<HeardPacket, string> => packetOf(text, undefined, nowhere);
const fromFile = (bytes: Uint8Array, number?: number): Result<HeardPacket, string> => packetOf('a.pcap', number, () => ok(bytes));
const payloadOf = (heard: Result<HeardPacket, string>): string => (heard.ok ? toHex(heard.value.payload) : heard.error);

for (const { id, of } of textForms)
  test(`hex: ${id}`, () => {
    // The last line of a dump is short in all lengths, and its text can look like digits.
    for (const bytes of [request, message, message.slice(0, 244), message.slice(0, 248), concatBytes(message.slice(0, 240), latin1('ab cd'))]) {
      const expected = toHex(bytes === request ? message : bytes);
      assert.equal(payloadOf(fromText(of(bytes))), expected);
      assert.equal(payloadOf(fromFile(latin1(of(bytes)))), expected, 'the same in a file');
    }
  });

test('of a frame the addresses are known, of a message they are not', () => {
  const framed = fromText(toHex(request));
  assert.deepEqual(framed.ok && framed.value.path, { source: 0, sourcePort: 68, destination: 0xffffffff });
  const bare = fromText(toHex(message));
  assert.ok(bare.ok && bare.value.path === undefined);
});

/** `request` under the headers of other links. */
const ip = request.slice(14);
const links: readonly { id: string; linkType: number; frame: Uint8Array }[] = [
  { id: 'Ethernet', linkType: 1, frame: request },
  { id: 'Ethernet, VLAN', linkType: 1, frame: concatBytes(request.slice(0, 12), Uint8Array.of(0x81, 0, 0, 7, 8, 0), ip) },
  { id: 'Ethernet, VLAN in VLAN', linkType: 1, frame: concatBytes(request.slice(0, 12), Uint8Array.of(0x88, 0xa8, 0, 7, 0x81, 0, 0, 8, 8, 0), ip) },
  { id: 'Linux cooked', linkType: 113, frame: concatBytes(new Uint8Array(14), Uint8Array.of(8, 0), ip) },
  { id: 'Linux cooked 2', linkType: 276, frame: concatBytes(Uint8Array.of(8, 0), new Uint8Array(18), ip) },
  { id: 'raw IPv4', linkType: 101, frame: ip },
];
for (const { id, linkType, frame } of links)
  test(`a capture of ${id}: the first request of a client`, () => {
    for (const capture of [pcapOf([arp, reply, frame], { linkType }), pcapngOf([arp, reply, frame], 'enhanced', { linkType })]) {
      const heard = fromFile(capture);
      assert.equal(payloadOf(heard), toHex(message));
      assert.equal(heard.ok && heard.value.from, 'packet 3 of a.pcap');
    }
  });

test('a packet by its number', () => {
  const second = frameOf('dhcpcd-request');
  const capture = pcapOf([request, second]);
  assert.equal(payloadOf(fromFile(capture, 2)), toHex(second.slice(42)));
  assert.equal(payloadOf(fromFile(capture, 3)), 'a.pcap has no packet 3, it has 2');
  assert.equal(payloadOf(fromFile(pcapOf([arp, reply]), 2)), 'packet 2 of a.pcap is the reply of a server, not the request of a client');
  assert.match(payloadOf(packetOf('00', 1, nowhere)), /^--packet-number chooses from a capture file, and 00: ENOENT/);
});

const refusals: readonly { id: string; heard: Result<HeardPacket, string>; error: RegExp }[] = [
  { id: 'no file, no hex', heard: fromText('office.pcap'), error: /^office\.pcap is no file \(ENOENT.*\), and as hex it has "o" in line 1, column 1, where hex digits are expected$/ },
  { id: 'a wrong digit', heard: fromText('0101\n06 0g'), error: /has "g" in line 2, column 5/ },
  { id: 'a digit is missing', heard: fromText('01010'), error: /holds 5 hex digits, an odd number: one is missing$/ },
  { id: 'an empty file', heard: fromFile(new Uint8Array(0)), error: /^a\.pcap is no capture of pcap or pcapng format, and as hex it holds no hex digits$/ },
  { id: 'too much text', heard: fromFile(new Uint8Array(2_000_000).fill(0x30)), error: /text of more than 1,000,000 characters: keep the lines of one packet$/ },
  { id: 'a short message', heard: fromText('010106'), error: /^the packet, 3 bytes, is no request of a client: a BOOTP message begins with 01 and has 236 bytes or more; as an Ethernet frame it is too short/ },
  { id: 'a reply', heard: fromText(toHex(reply)), error: /^the packet is the reply of a server, not the request of a client$/ },
  { id: 'no request', heard: fromFile(pcapOf([arp, reply, reply])), error: /^a\.pcap holds no request of a DHCP client among 3 packets \(1 not IPv4, 2 the reply of a server/ },
  { id: 'a capture in part', heard: fromFile(pcapOf([request], { snapLength: 96 })), error: /\(1 captured only in part \(capture with -s 0\)\)$/ },
  { id: 'a capture cut short', heard: fromFile(pcapOf([arp, request]).slice(0, 200)), error: /; the file is cut short at byte 100$/ },
  { id: 'another link', heard: fromFile(pcapOf([request], { linkType: 105 })), error: /\(1 of a link type other than Ethernet, Linux cooked and raw IPv4\)$/ },
];
for (const { id, heard, error } of refusals)
  test(`what is no packet: ${id}`, () => assert.match(payloadOf(heard), error));
