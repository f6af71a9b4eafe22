// Fuzz targets of the wire room: every parser that a stranger can reach.

import { ByteWriter, bytesEqual, concatBytes, latin1 } from '../../../src/std/bytes.ts';
import { addWords, checksumOf } from '../../../src/wire/checksum.ts';
import { absent, DhcpView } from '../../../src/wire/dhcp-view.ts';
import { bucketCount, bucketOf, coveredSize, decodeDrift, digestOf, encodeDrift, shortDigest, shortDigestSize } from '../../../src/wire/drift-parcel.ts';
import { DhcpWriter, payloadLimit, payloadSizeMax } from '../../../src/wire/dhcp-writer.ts';
import { decodeName, decodeNames, textOfLabels } from '../../../src/wire/domain-name.ts';
import {
  encodeBare,
  encodeBndack,
  encodeBndupd,
  encodeConnect,
  encodeState,
  FailoverReader,
  receiveTimer,
  updateWindow,
} from '../../../src/wire/failover-message.ts';
import { decodeFqdn, encodeFqdn } from '../../../src/wire/fqdn.ts';
import { buildUdpFrame, newUdpFrame, parseUdpFrame, udpFrameOverhead } from '../../../src/wire/frames.ts';
import { splitBuckets } from '../../../src/wire/load-balance-hash.ts';
import { encodeOmapi, encodeOmapiIntro, omapiLimits, OmapiReader } from '../../../src/wire/omapi-message.ts';
import { decodeLiteral, encodeLiteral, printValue } from '../../../src/wire/option-literals.ts';
import { predefinedSpaces } from '../../../src/wire/option-table.ts';
import { parseArpFrame, parseEchoReply } from '../../../src/wire/probes.ts';
import type { TestOption } from '../../../src/wire/testing.ts';
import { dhcpPacket, hex, ip } from '../../../src/wire/testing.ts';
import { encodeTftp, parseTftp } from '../../../src/wire/tftp-packet.ts';
import { hasUserClass } from '../../../src/wire/user-class.ts';
import { compareClaims, differenceText } from '../../../src/model/agreement/compare.ts';
import type { Seconds, UnixSeconds } from '../../../src/std/time.ts';
import { dhcpCaptures } from '../../golden/dhcp-captures.ts';
import { must, type FuzzTarget } from '../target.ts';

const slotSize = 2048;
const slot = new Uint8Array(slotSize);
const view = new DhcpView(slot);
const reply = new Uint8Array(slotSize);
const replyView = new DataView(reply.buffer);
const writer = new DhcpWriter();
const reread = new DhcpView(new Uint8Array(slotSize));

/** Option lists of the reference §20.3: each option at each length, at the edges. */
const lengths = [0, 1, 2, 3, 4, 5, 8, 255] as const;
const discover: TestOption = [53, [1]];
const dhcpSeeds = (): Uint8Array[] => [
  dhcpPacket({ options: [discover, [50, '0a000001'], [51, '00000e10'], [54, '0a000002'], [55, '0103060f'], [57, '05dc'], [61, '01020000000001']] }),
  dhcpPacket({ giaddr: ip('10.1.1.1'), options: [discover, [82, '0104aabbccdd 0206020000000009 05040a010100 0b040a010101 1300']] }),
  dhcpPacket({ options: [discover, [52, [3]], [61, '0102']], file: '3d0203043d01050c0161ff', sname: '0c0162 51090500000161016200 ff' }),
  dhcpPacket({ options: [discover, [60, `${'50584543'.repeat(8)}`], [77, '0469505845'], [77, '69505845'], [93, '0000'], [97, `00${'11'.repeat(16)}`], [81, '050000 0477326b31 00']] }),
  dhcpPacket({ hasCookie: false, file: '70786500' }),
  dhcpPacket({ options: Array.from({ length: 255 }, (): TestOption => [61, 'aabbcc']) }),
  ...[12, 43, 50, 51, 52, 53, 54, 55, 57, 61, 77, 81, 82, 118].flatMap((code) =>
    lengths.map((length) => dhcpPacket({ options: [discover, [code, new Uint8Array(length).fill(length)]] })),
  ),
];

/** Every getter of a checked view, summed so that none is left out. */
function readEverything(from: DhcpView): number {
  let sum = from.op + from.htype + from.hlen + from.hops + from.xid + from.secs + from.flags + from.chaddr.length;
  sum += from.ciaddr + from.yiaddr + from.siaddr + from.giaddr + from.fileLength + from.snameLength + from.maxMessageSize;
  sum += from.requestedAddress + from.serverIdentifier + from.leaseTime + from.hostNameLength + from.messageType;
  sum += from.linkSelection + from.subnetSelection + from.serverIdOverride + Number(from.wantsRelayPort);
  for (let code = 0; code < 256; code++) {
    const at = from.optionAt(code);
    const length = from.optionLength(code);
    must((at === absent) === (length === absent) && (at < 0 || at + length <= from.joined.length), 'an option lies in joined');
    const agentAt = from.agentAt(code);
    must(agentAt < 0 || agentAt + from.agentLength(code) <= from.joined.length, 'a sub-option lies in joined');
  }
  must(!Number.isNaN(sum), 'every getter gives a number');
  return sum;
}

function runView(input: Uint8Array): string {
  // The first byte places the message in its slot.
  const start = input[0] ?? 0;
  const size = Math.min(Math.max(input.length - 1, 0), slotSize - start);
  slot.fill(0xee);
  slot.set(input.subarray(1, 1 + size), start);
  const verdict = view.check(size, start);
  if (verdict !== 'ok' && verdict !== 'bootp') return verdict;
  readEverything(view);
  const fqdnAt = view.optionAt(81);
  if (fqdnAt >= 0) decodeFqdn(view.joined, fqdnAt, view.optionLength(81));
  const classAt = view.optionAt(77);
  if (classAt >= 0) hasUserClass(view.joined, classAt, view.optionLength(77), latin1('iPXE'));
  return `${verdict} ${view.messageType} ${view.overload} ${view.ignoredOptions} ${answer()} ${view.joined === view.slot} ${shape()}`;
}

/** Which of the interesting options are there. */
function shape(): string {
  let bits = '';
  for (const code of [12, 50, 51, 54, 55, 57, 61, 77, 81, 82]) bits += view.hasOption(code) ? '1' : '0';
  return bits;
}

/** Echoes all options of the request into a reply and reads that back. */
function answer(): string {
  const limit = payloadLimit(view, 0);
  must(limit >= 300 && limit <= payloadSizeMax, 'a reply has room');
  writer.begin(reply, replyView, view, limit, 'allowed');
  if ((view.xid & 1) === 0) writer.setFile(latin1('pxelinux.0'));
  for (let code = 1; code < 255; code++)
    if (code !== 52 && code !== 82 && view.hasOption(code)) writer.put(code, view.joined, view.optionAt(code), view.optionLength(code));
  const size = writer.finish();
  must(size >= 300 && size <= payloadSizeMax, 'a reply has a size');
  reread.slot.set(reply.subarray(0, size));
  reread.slot[0] = 1;
  const verdict = reread.check(size);
  must(verdict !== 'malformed' && verdict !== 'short', 'a reply can be read');
  return `${writer.omittedCount > 0} ${writer.isAgentOmitted} ${reread.overload}`;
}

/** Bit 0: the header checksum, bit 1: none for UDP; else no mutation would get past the checksums. */
function repairChecksums(bytes: Uint8Array, frameView: DataView, what: number): void {
  const headerEnd = 14 + ((bytes[14] ?? 0) & 15) * 4;
  if (bytes.length < 34 || headerEnd < 34 || headerEnd + 8 > bytes.length) return;
  if ((what & 1) !== 0) {
    frameView.setUint16(24, 0);
    frameView.setUint16(24, checksumOf(addWords(frameView, 14, headerEnd, 0)));
  }
  if ((what & 2) !== 0) frameView.setUint16(headerEnd + 6, 0);
}

/** Captured frames of real clients and of dhcpd. */
const captured = (): Uint8Array[] =>
  [...dhcpCaptures()].filter(([name]) => !name.endsWith('.payload')).map(([, bytes]) => bytes);

const frame = newUdpFrame();
function runFrame(input: Uint8Array): string {
  const bytes = input.slice(4);
  const frameView = new DataView(bytes.buffer);
  repairChecksums(bytes, frameView, input[3] ?? 0);
  const size = bytes.length + ((input[2] ?? 0) & 1);
  const check = parseUdpFrame(frameView, 0, size, input[0] ?? 0, input[1] ?? 0, frame);
  const echo = parseEchoReply(frameView, 14, bytes.length - 14) !== undefined;
  const arp = parseArpFrame(bytes, frameView, 0, bytes.length) !== undefined;
  if (check === 'ok') must(frame.start >= 42 && frame.start + frame.size <= bytes.length, 'a payload lies in its frame');
  return `${check} ${echo} ${arp} ${check === 'ok' ? frame.start : ''}`;
}
function frameSeed(payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(udpFrameOverhead + payload.length);
  bytes.set(payload, udpFrameOverhead);
  buildUdpFrame(bytes, new DataView(bytes.buffer), payload.length, hex('020000000001'), hex('020000000002'), ip('10.0.0.1'), 68, ip('10.0.0.2'), 67);
  return concatBytes(hex('00000003'), bytes);
}

/** Feeds a stream in pieces whose size is its first byte. */
function* pieces(input: Uint8Array): Generator<Uint8Array> {
  const step = Math.max(input[0] ?? 1, 1);
  for (let at = 1; at < input.length; at += step) yield input.subarray(at, at + step);
}

function runFailover(input: Uint8Array): string {
  const reader = new FailoverReader();
  let result = '';
  let count = 0;
  for (const bytes of pieces(input)) {
    reader.push(bytes);
    for (let message = reader.next(); message !== undefined; message = reader.next()) {
      must(count++ <= input.length / 12 + 1, 'a message takes twelve bytes');
      if (result.length < 60) result += message.kind === 'fault' ? message.code : `${message.kind} ${Object.values(message).filter((value) => value !== undefined).length} `;
    }
  }
  return result;
}
function failoverSeeds(): Uint8Array[] {
  const out = new ByteWriter();
  const seeds: Uint8Array[] = [];
  const time = 1_700_000_000 as UnixSeconds;
  const seed = (write: () => void): void => {
    out.reset();
    out.u8(64);
    write();
    seeds.push(out.copy());
  };
  const limits = { maxUnacked: updateWindow(10), receiveTimer: receiveTimer(10) };
  seed(() => encodeConnect(out, time, 0, { relationshipName: latin1('fo'), ...limits, vendorClass: 'leasehold/1', mclt: 60 as Seconds, hashBuckets: splitBuckets(128), capabilities: hex('01') }));
  seed(() => encodeState(out, time, 1, { state: 'normal', isStartup: false, stos: time }));
  seed(() =>
    encodeBndupd(out, time, 2, {
      address: ip('10.0.0.9'), status: 'active', hardware: { htype: 1, address: hex('020000000001') }, uid: hex('0102'),
      leaseExpiration: time, potentialExpiration: time, stos: time, cltt: time, isReserved: true, isBootp: false,
    }, new Map([[0xf000, hex('0102')]])),
  );
  seed(() => {
    encodeBndack(out, time, 2, ip('10.0.0.9'), { reason: 16, message: 'less' });
    encodeBare(out, time, 3, 'updreqall');
    encodeBare(out, time, 4, 'contact');
  });
  return seeds;
}

function runOmapi(input: Uint8Array): string {
  const reader = new OmapiReader((input.length & 1) === 0 ? omapiLimits.message : omapiLimits.messageUnauthenticated);
  const out = new ByteWriter();
  let result = '';
  for (const bytes of pieces(input)) {
    reader.push(bytes);
    for (let event = reader.next(); event !== undefined; event = reader.next()) {
      if (result.length < 60) result += event.kind === 'message' ? `${event.opcode & 7} ${event.message.size} ${event.object.size} ` : event.kind === 'fault' ? event.code : 'intro ';
      if (event.kind !== 'message') continue;
      out.reset();
      encodeOmapi(out, event);
      must(out.size <= 65_536, 'a message that was read can be written');
    }
  }
  return result;
}
function omapiSeeds(): Uint8Array[] {
  const out = new ByteWriter();
  out.u8(255);
  encodeOmapiIntro(out);
  const empty = new Map<string, Uint8Array>();
  encodeOmapi(out, { authId: 0, opcode: 1, handle: 0, id: 1, rid: 0, message: new Map([['type', latin1('authenticator')]]), object: new Map([['name', latin1('k')], ['algorithm', latin1('hmac-md5.SIG-ALG.REG.INT.')]]) });
  encodeOmapi(out, { authId: 1, opcode: 2, handle: 2, id: 2, rid: 0, message: empty, object: empty }, { size: 16, sign: () => new Uint8Array(16) });
  return [out.copy()];
}

function runTftp(input: Uint8Array): string {
  const packet = parseTftp(input);
  if (typeof packet === 'string') return packet;
  const out = new ByteWriter();
  encodeTftp(out, packet);
  const again = parseTftp(out.copy());
  must(typeof again === 'object' && again.kind === packet.kind, 'a packet that was read can be written');
  return `${packet.kind} ${'options' in packet ? packet.options.size : ''}`;
}

const formats = [...new Set([...predefinedSpaces.values()].flatMap((space) => [...space.byCode.values()].map(({ format }) => format)))];
function runOption(input: Uint8Array): string {
  const format = formats[(input[0] ?? 0) % formats.length] ?? 'X';
  const bytes = input.slice(1);
  const printed = printValue(format, bytes);
  must(printed.length <= bytes.length * 8 + 40, 'a printed value is bounded');
  const records = decodeLiteral(format, bytes);
  if (records === undefined) return `${format} other`;
  const encoded = encodeLiteral(records);
  if (!/[dD]/.test(format)) must(encoded.ok && bytesEqual(encoded.value, bytes), 'a decoded value encodes to itself');
  return `${format} ${records.length} ${encoded.ok}`;
}

function runName(input: Uint8Array): string {
  const name = decodeName(input, 0);
  const names = decodeNames(input);
  const fqdn = decodeFqdn(input, 0, input.length);
  if (fqdn !== undefined) must(encodeFqdn(fqdn).length <= input.length + 1, 'option 81 does not grow');
  const text = name === undefined ? '' : textOfLabels(name.labels);
  must(text.length <= 255 * 4, 'a name is bounded');
  return `${name?.labels.length ?? 'no'} ${names?.length ?? 'no'} ${fqdn?.labels.length ?? 'no'}`;
}

const driftSeeds = (): Uint8Array[] => {
  const claim = { key: 'host hardware 1 02:00:00:00:00:01', digest: shortDigest('x'), shown: 'a, 10.0.0.5', place: 'dhcpd.conf:7', line: 'host a {' };
  return [
    encodeDrift({ kind: 'clock', generation: 1, ahead: -5, isSynced: true }),
    encodeDrift({ kind: 'summary', generation: 1, sections: [{ section: 4, count: 10_000, digest: digestOf('a') }] }),
    encodeDrift({ kind: 'buckets', generation: 1, about: 2, section: 4, digests: new Uint8Array(bucketCount * shortDigestSize) }),
    encodeDrift({ kind: 'facts', generation: 1, about: 2, section: 4, isCut: true, covered: new Uint8Array(coveredSize).fill(1), claims: [claim, claim] }),
  ];
};
/** What a partner says of its configuration: read, and compared as the topic compares it. */
function runDrift(input: Uint8Array): string {
  const parcel = decodeDrift(input);
  if (typeof parcel === 'string') return parcel;
  if (parcel.kind !== 'facts') return parcel.kind;
  for (const { key, shown, place, line } of parcel.claims)
    for (const text of [key, shown, place, line]) must(/^[\u0020-\u007e\u00a0-\u00ff]*$/.test(text), 'no control character reaches a log');
  for (const { key } of parcel.claims) must(bucketOf(key) < bucketCount, 'every key has a bucket');
  const found = compareClaims('hosts', parcel.claims.slice(1), parcel.claims);
  must(found.length <= 1, 'claims that are the same are no difference');
  must(found.every((difference) => differenceText(difference).length < 2_000), 'a line has an end');
  const written = encodeDrift(parcel);
  const again = decodeDrift(written);
  must(typeof again === 'object' && bytesEqual(encodeDrift(again), written), 'what was read can be written and read again');
  return `facts ${Math.min(parcel.claims.length, 4)} ${parcel.isCut}`;
}

export const targets: readonly FuzzTarget[] = [
  { name: 'dhcp-view', seeds: () => [...dhcpSeeds(), ...captured().map((bytes) => bytes.subarray(udpFrameOverhead))].map((bytes) => concatBytes(hex('2a'), bytes)), sizeMax: 1600, run: runView },
  { name: 'frames', seeds: () => [frameSeed(latin1('payload')), ...captured().map((bytes) => concatBytes(hex('00000003'), bytes))], sizeMax: 1600, run: runFrame },
  { name: 'failover', seeds: failoverSeeds, sizeMax: 6000, run: runFailover },
  { name: 'drift-parcel', seeds: driftSeeds, sizeMax: 3000, run: runDrift },
  { name: 'omapi', seeds: omapiSeeds, sizeMax: 6000, run: runOmapi },
  {
    name: 'tftp',
    seeds: () => [latin1('\0\x01pxelinux.0\0octet\0blksize\x001456\0tsize\x000\0'), hex('00030001cafe'), hex('00040001'), latin1('\0\x05\0\x01no\0')],
    sizeMax: 700,
    run: runTftp,
  },
  { name: 'option-values', seeds: () => formats.map((_, index) => concatBytes(Uint8Array.of(index), hex('0a0000010161026f7267000162c002'))), sizeMax: 600, run: runOption },
  { name: 'domain-names', seeds: () => [hex('03656e67056170706c6503636f6d00096d61726b6574696e67c004'), hex('050000 0477326b31 036c616e 00')], sizeMax: 600, run: runName },
];
