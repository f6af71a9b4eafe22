// Test support: DHCP messages as clients build and read them (RFC 2131 §2). Bytes only, no policy.

import { concatBytes } from '../std/bytes.ts';
import { formatIpv4, ipv4FromBytes, type Ipv4 } from '../std/ipv4.ts';

export interface ClientMessage {
  readonly type: number;
  readonly xid: number;
  readonly chaddr: Uint8Array;
  readonly clientId?: Uint8Array | undefined;
  readonly ciaddr?: Ipv4 | undefined;
  readonly giaddr?: Ipv4;
  readonly requested?: Ipv4 | undefined;
  readonly serverId?: Ipv4 | undefined;
  readonly leaseSeconds?: number | undefined;
  readonly secs?: number;
  readonly wantsBroadcast?: boolean;
  readonly hostname?: string;
  /** Option 55; a usual list when absent. */
  readonly requestList?: readonly number[];
  /** Further options: code and bytes, in order. */
  readonly extra?: readonly (readonly [number, readonly number[]])[];
  readonly htype?: number;
  readonly hops?: number;
}

const quad = (ip: number): number[] => [ip >>> 24, (ip >>> 16) & 255, (ip >>> 8) & 255, ip & 255];

function put(options: number[], code: number, bytes: ArrayLike<number>): void {
  options.push(code, bytes.length);
  for (let i = 0; i < bytes.length; i++) options.push(bytes[i] ?? 0);
}
const usualRequests = [1, 3, 6, 12, 15, 51, 54];

export function buildMessage(message: ClientMessage): Uint8Array {
  const options = message.type === 0 ? [] : [53, 1, message.type];
  if (message.clientId !== undefined) put(options, 61, message.clientId);
  if (message.requested !== undefined) put(options, 50, quad(message.requested));
  if (message.serverId !== undefined) put(options, 54, quad(message.serverId));
  if (message.leaseSeconds !== undefined) put(options, 51, quad(message.leaseSeconds));
  if (message.hostname !== undefined) put(options, 12, [...message.hostname].map((char) => char.charCodeAt(0)));
  const requestList = message.requestList ?? usualRequests;
  if (requestList.length > 0) put(options, 55, requestList);
  for (const [code, value] of message.extra ?? []) put(options, code, value);
  options.push(255);
  const bytes = new Uint8Array(Math.max(300, 240 + options.length));
  const view = new DataView(bytes.buffer);
  bytes.set([1, message.htype ?? 1, message.chaddr.length, message.giaddr === undefined ? 0 : 1]);
  view.setUint32(4, message.xid);
  view.setUint16(8, message.secs ?? 0);
  view.setUint16(10, message.wantsBroadcast === true ? 0x8000 : 0);
  view.setUint32(12, message.ciaddr ?? 0);
  view.setUint32(24, message.giaddr ?? 0);
  bytes.set(message.chaddr, 28);
  view.setUint32(236, 0x63825363);
  bytes.set(options, 240);
  return bytes;
}

/** The fields of a reply that clients act upon. */
export interface ServerMessage {
  readonly type: number;
  readonly xid: number;
  readonly yiaddr: Ipv4;
  readonly chaddr: Uint8Array;
  readonly serverId: Ipv4 | undefined;
  readonly leaseSeconds: number | undefined;
  readonly text: string;
  readonly ciaddr: Ipv4;
  readonly siaddr: Ipv4;
  readonly giaddr: Ipv4;
  readonly flags: number;
  readonly file: string;
  readonly sname: string;
  /** Codes in the order they came; repeated ones once. */
  readonly order: readonly number[];
  readonly options: ReadonlyMap<number, Uint8Array>;
}

export function readMessage(bytes: Uint8Array): ServerMessage {
  const options = new Map<number, Uint8Array>();
  for (let at = 240; at < bytes.length && bytes[at] !== 255; ) {
    const code = bytes[at] ?? 0;
    if (code === 0) {
      at++;
      continue;
    }
    const length = bytes[at + 1] ?? 0;
    const value = bytes.slice(at + 2, at + 2 + length);
    const before = options.get(code);
    options.set(code, before === undefined ? value : concatBytes(before, value));
    at += 2 + length;
  }
  const type = options.get(53)?.[0] ?? 0;
  const yiaddr = ipv4FromBytes(bytes, 16);
  return {
    type,
    xid: ipv4FromBytes(bytes, 4),
    yiaddr,
    chaddr: bytes.slice(28, 28 + (bytes[2] ?? 0)),
    serverId: number32(options.get(54)) as Ipv4 | undefined,
    leaseSeconds: number32(options.get(51)),
    text: `type ${type} ${formatIpv4(yiaddr)}`,
    ciaddr: ipv4FromBytes(bytes, 12),
    siaddr: ipv4FromBytes(bytes, 20),
    giaddr: ipv4FromBytes(bytes, 24),
    flags: ((bytes[10] ?? 0) << 8) | (bytes[11] ?? 0),
    file: textAt(bytes, 108, 128),
    sname: textAt(bytes, 44, 64),
    order: [...options.keys()],
    options,
  };
}

const number32 = (value: Uint8Array | undefined): number | undefined => (value?.length === 4 ? ipv4FromBytes(value) : undefined);
const textAt = (bytes: Uint8Array, at: number, size: number): string => {
  const field = bytes.subarray(at, at + size);
  const end = field.indexOf(0);
  if (end === 0) return '';
  return String.fromCharCode(...field.subarray(0, end < 0 ? size : end));
};
