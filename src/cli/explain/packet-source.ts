// `--packet`: the request of a client from a capture file, or from hex on the command line or in a file.

import { fromLatin1 } from '../../std/bytes.ts';
import type { Ipv4 } from '../../std/ipv4.ts';
import { err, ok, type Result } from '../../std/result.ts';
import { linkType, parseCaptured } from '../../wire/captured-packet.ts';
import { walkCapture, type CapturedFrame, type CaptureEnd } from '../../wire/capture-file.ts';
import { dhcpAt } from '../../wire/dhcp-view.ts';
import { newUdpFrame, type FrameDrop } from '../../wire/frames.ts';
import type { PacketPath } from './client-message.ts';
import { bytesOfHexText, hexTextSizeMax } from './hex-text.ts';

export interface HeardPacket {
  /** The BOOTP message alone. */
  readonly payload: Uint8Array;
  /** undefined when only the message was given. */
  readonly path: PacketPath | undefined;
  /** Where it comes from, for people: `packet 3 of office.pcap`. */
  readonly from: string;
}

const serverPort = 67;

/** Why a frame is not the request of a client. */
type NotARequest = FrameDrop | 'link-type' | 'port' | 'reply' | 'message-short';

const why: Readonly<Record<NotARequest, string>> = {
  'frame-short': 'too short for its headers',
  'not-ipv4': 'not IPv4',
  vlan: 'of a VLAN',
  'ip-header': 'without a valid IPv4 header',
  'ip-length': 'captured only in part (capture with -s 0)',
  'ip-checksum': 'damaged: its IPv4 header does not match its checksum',
  fragment: 'a fragment of a datagram',
  'not-udp': 'not UDP',
  'udp-length': 'captured only in part, or its UDP length is wrong',
  'udp-checksum': 'damaged: it does not match its UDP checksum',
  'link-type': 'of a link type other than Ethernet, Linux cooked and raw IPv4',
  port: `not for UDP port ${serverPort}`,
  reply: 'the reply of a server, not the request of a client',
  'message-short': 'too short for a BOOTP message',
};

/** Reading frames of one file; the answer to the last one is in `message` and `path`. */
class FrameReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #udp = newUdpFrame();

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  check({ linkType: link, start, size }: Pick<CapturedFrame, 'linkType' | 'start' | 'size'>): 'ok' | NotARequest {
    const udp = this.#udp;
    const check = parseCaptured(this.#view, link, start, size, udp);
    if (check !== 'ok') return check;
    if (udp.destinationPort !== serverPort) return udp.sourcePort === serverPort ? 'reply' : 'port';
    if (udp.size < dhcpAt.cookie) return 'message-short';
    return this.#bytes[udp.start] === 1 ? 'ok' : 'reply';
  }
  get message(): Uint8Array {
    return this.#bytes.slice(this.#udp.start, this.#udp.start + this.#udp.size);
  }
  get path(): PacketPath {
    const { source, sourcePort, destination } = this.#udp;
    return { source, sourcePort, destination };
  }
}

/** `number`: as the capture counts, from 1; undefined takes the first request of a client. */
export function packetOfCapture(bytes: Uint8Array, name: string, number: number | undefined): Result<HeardPacket, string> {
  const reader = new FrameReader(bytes);
  const reasons = new Map<NotARequest, number>();
  let count = 0;
  let heard: HeardPacket | undefined;
  const stopped = walkCapture(bytes, (frame) => {
    count = frame.number;
    if (number !== undefined && number !== count) return false;
    const check = reader.check(frame);
    if (check === 'ok') heard = { payload: reader.message, path: reader.path, from: `packet ${count} of ${name}` };
    else reasons.set(check, (reasons.get(check) ?? 0) + 1);
    return check === 'ok' || number !== undefined;
  });
  if (heard !== undefined) return ok(heard);
  const [reason] = reasons.keys();
  if (number !== undefined && reason !== undefined) return err(`packet ${number} of ${name} is ${why[reason]}`);
  return err(nothingFound(name, number, count, reasons, stopped));
}

function nothingFound(name: string, number: number | undefined, count: number, reasons: ReadonlyMap<NotARequest, number>, stopped: CaptureEnd): string {
  if (stopped.code === 'not-a-capture') return `${name} is neither a capture of pcap or pcapng format nor hex`;
  const damage = stopped.code === 'end' ? '' : `; the file is ${stopped.code === 'cut-short' ? 'cut short' : 'damaged'} at byte ${stopped.at}`;
  if (number !== undefined) return `${name} has no packet ${number}, it has ${count}${damage}`;
  const list = [...reasons].map(([reason, times]) => `${times} ${why[reason]}`).join(', ');
  return `${name} holds no request of a DHCP client among ${count} packets${list === '' ? '' : ` (${list})`}${damage}`;
}

/** A frame, an IPv4 datagram or a message; `name` is for people. */
export function packetOfBytes(bytes: Uint8Array, name: string): Result<HeardPacket, string> {
  const reader = new FrameReader(bytes);
  const checks = [linkType.ethernet, linkType.raw].map((link) => ({ link, check: reader.check({ linkType: link, start: 0, size: bytes.length }) }));
  const framed = checks.find(({ check }) => check === 'ok');
  if (framed !== undefined) {
    reader.check({ linkType: framed.link, start: 0, size: bytes.length });
    return ok({ payload: reader.message, path: reader.path, from: name });
  }
  const isReply = checks.some(({ check }) => check === 'reply') || bytes[0] === 2;
  if (isReply) return err(`${name} is ${why.reply}`);
  if (bytes[0] === 1 && bytes.length >= dhcpAt.cookie) return ok({ payload: bytes, path: undefined, from: name });
  const frame = checks[0]?.check;
  const asFrame = frame === undefined || frame === 'ok' ? '' : `; as an Ethernet frame it is ${why[frame]}`;
  return err(`${name}, ${bytes.length} bytes, is no request of a client: a BOOTP message begins with 01 and has ${dhcpAt.cookie} bytes or more${asFrame}`);
}

const magicNumbers: ReadonlySet<string> = new Set(['d4c3b2a1', 'a1b2c3d4', '4d3cb2a1', 'a1b23c4d', '0a0d0d0a']);
const isCapture = (bytes: Uint8Array): boolean =>
  magicNumbers.has(Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(''));

/** What `--packet` names: a file when there is one of that name, else hex. */
export function packetOf(text: string, number: number | undefined, readBytes: (path: string) => Result<Uint8Array, string>): Result<HeardPacket, string> {
  const file = readBytes(text);
  if (file.ok && isCapture(file.value)) return packetOfCapture(file.value, text, number);
  if (number !== undefined) return err(`--packet-number chooses from a capture file, and ${file.ok ? `${text} is none` : `${text}: ${file.error}`}`);
  const bytes = bytesOfHexText(file.ok ? fromLatin1(file.value.subarray(0, hexTextSizeMax + 1)) : text);
  if (bytes.ok) return packetOfBytes(bytes.value, file.ok ? text : 'the packet');
  return err(file.ok ? `${text} is no capture of pcap or pcapng format, and as hex it ${bytes.error}` : `${text} is no file (${file.error}), and as hex it ${bytes.error}`);
}

/** Where a packet of which only the message is known comes from: its relay, its client's address, or a client without one. */
export const pathOfMessage = (ciaddr: Ipv4, giaddr: Ipv4, own: Ipv4): PacketPath =>
  giaddr === 0 ? { source: ciaddr, sourcePort: 68, destination: own } : { source: giaddr, sourcePort: serverPort, destination: own };
