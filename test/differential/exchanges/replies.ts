// A reply as it stands on the wire, every field and every option of it, in a form that compares and prints well.

import { fromLatin1, toHex } from '../../../src/std/bytes.ts';
import { formatIpv4, ipv4FromBytes } from '../../../src/std/ipv4.ts';
import { dhcpAt } from '../../../src/wire/dhcp-view.ts';
import { newUdpFrame, parseUdpFrame } from '../../../src/wire/frames.ts';

/** `CODE:HEX` for one instance of an option. */
export type OptionText = string;

export interface Reply {
  readonly op: number;
  readonly htype: number;
  readonly hlen: number;
  readonly hops: number;
  readonly xid: number;
  readonly secs: number;
  readonly flags: number;
  readonly ciaddr: string;
  readonly yiaddr: string;
  readonly siaddr: string;
  readonly giaddr: string;
  readonly chaddr: string;
  /** As text up to the zeroes when no options stand there, else empty. */
  readonly sname: string;
  readonly file: string;
  /** In the order of the message: those of the main area, then of `file`, then of `sname`. */
  readonly options: readonly OptionText[];
  readonly fileOptions: readonly OptionText[];
  readonly snameOptions: readonly OptionText[];
  /** Whether END closes the options, what follows it, and whether the payload is as long as it must be, but 300 bytes at least. */
  readonly end: string;
  /** `raw` frames name the client; `routed` ones are for the kernel to deliver. */
  readonly ethernetDestination: string;
  readonly ipSource: string;
  readonly ipDestination: string;
  readonly ports: string;
  readonly ttl: number;
}

const frame = newUdpFrame();
const cookie = 0x63825363;

/** The message of a frame of `size` bytes; undefined when it is no reply of a DHCP server. */
export function replyPayload(bytes: Uint8Array, view: DataView, size: number): Uint8Array | undefined {
  // 8: a sender on this host leaves a partial checksum.
  if (parseUdpFrame(view, 0, size, 8, 0, frame) !== 'ok' || frame.size < dhcpAt.cookie) return undefined;
  return bytes[frame.start] === 2 ? bytes.slice(frame.start, frame.start + frame.size) : undefined;
}

/** Reads such a frame. */
export function readReply(bytes: Uint8Array, view: DataView, size: number, routedMac: string): Reply | undefined {
  const payload = replyPayload(bytes, view, size);
  if (payload === undefined) return undefined;
  const number = (at: number, count: number): number => payload.slice(at, at + count).reduce((sum, byte) => sum * 256 + byte, 0);
  const address = (at: number): string => formatIpv4(ipv4FromBytes(payload, at));
  const main = number(dhcpAt.cookie, 4) === cookie ? readOptions(payload.subarray(dhcpAt.options)) : { options: [`no-cookie:${toHex(payload.subarray(dhcpAt.cookie))}`], end: '' };
  const overload = parseInt(main.options.find((option) => option.startsWith('52:'))?.slice(3) ?? '0', 16);
  const file = payload.subarray(dhcpAt.file, dhcpAt.cookie);
  const sname = payload.subarray(dhcpAt.sname, dhcpAt.file);
  const destination = toHex(bytes.subarray(0, 6), ':');
  return {
    op: number(0, 1), htype: number(1, 1), hlen: number(2, 1), hops: number(3, 1), xid: number(dhcpAt.xid, 4),
    secs: number(dhcpAt.secs, 2), flags: number(dhcpAt.flags, 2),
    ciaddr: address(dhcpAt.ciaddr), yiaddr: address(dhcpAt.yiaddr), siaddr: address(dhcpAt.siaddr), giaddr: address(dhcpAt.giaddr),
    chaddr: toHex(payload.subarray(dhcpAt.chaddr, dhcpAt.sname)),
    sname: (overload & 2) === 0 ? name(sname) : '', file: (overload & 1) === 0 ? name(file) : '',
    options: main.options,
    fileOptions: (overload & 1) === 0 ? [] : readOptions(file).options,
    snameOptions: (overload & 2) === 0 ? [] : readOptions(sname).options,
    end: [main.end, ...((overload & 1) === 0 ? [] : [`file: ${endOf(file)}`]), ...((overload & 2) === 0 ? [] : [`sname: ${endOf(sname)}`])].join('; '),
    ethernetDestination: destination === routedMac ? 'routed' : destination,
    ipSource: formatIpv4(frame.source), ipDestination: formatIpv4(frame.destination),
    ports: `${frame.sourcePort} ${frame.destinationPort}`, ttl: bytes[22] ?? 0,
  };
}

/** A name with every byte behind its first zero that is none itself. */
const name = (field: Uint8Array): string => fromLatin1(field).replace(/\0+$/, '');

const endOf = (area: Uint8Array): string => readOptions(area).end.split(', ').slice(0, 2).join(', ');

function readOptions(area: Uint8Array): { options: OptionText[]; end: string } {
  const options: OptionText[] = [];
  let at = 0;
  while (at < area.length && area[at] !== 255) {
    const code = area[at] ?? 0;
    if (code === 0) {
      at++;
      continue;
    }
    const length = area[at + 1] ?? 0;
    options.push(`${code}:${toHex(area.subarray(at + 2, at + 2 + length))}`);
    at += 2 + length;
  }
  const tail = toHex(area.subarray(at + 1));
  const size = dhcpAt.options + area.length;
  return {
    options,
    end: [at < area.length ? 'END' : 'no END', /[^0]/.test(tail) ? tail : 'zeroes', size === Math.max(300, dhcpAt.options + at + 1) || size === dhcpAt.options + at + 1 ? 'as needed' : `${size} bytes`].join(', '),
  };
}

export const optionOf = ({ options }: Reply, code: number): string | undefined =>
  options.find((option) => option.startsWith(`${code}:`))?.slice(`${code}:`.length);
export const typeOf = (reply: Reply): number => parseInt(optionOf(reply, 53) ?? '0', 16);
