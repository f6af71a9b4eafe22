// What one side of a failover connection said, read without our codec (failover reference §1.2, §2): kinds of messages, their options in
// their order, and the values as far as they do not depend on the time, on which address was free and on who came first.

import type { Capture } from './capture.ts';

export interface WireMessage {
  /** `5` is CONNECT. */
  readonly type: number;
  readonly options: readonly number[];
  /** By option: its value in hex where the course of things determines it, else a word for what it may be. */
  readonly values: ReadonlyMap<number, string>;
}

/** Of an expiration it is determined whether there is one; what was promised before, and since when, is the address's history. */
const expiration = 13;
const isTime = new Set([6, expiration, 18, 25]);
/** Addresses and how many, clients, and what a client and its answer said: the moment's. */
const isOfTheMoment = new Set([1, 2, 4, 7, 8]);
const hardware = 5;
const vendorClass = 28;
function valueOf(code: number, value: Buffer): string {
  if (isTime.has(code)) return code === expiration && [0, 0x7fffffff].includes(value.readUInt32BE(0)) ? value.toString('hex') : 'time';
  if (code === hardware) return `type ${value[0]}, ${value.length - 1} bytes`;
  if (isOfTheMoment.has(code)) return code <= 2 ? `${value.length} bytes` : 'some';
  return code === vendorClass ? 'vendor class' : value.toString('hex');
}

/** Messages of one direction of one connection, from the bytes in their order. */
export function messagesOf(bytes: Buffer): WireMessage[] {
  const found: WireMessage[] = [];
  for (let at = 0; at + 12 <= bytes.length; ) {
    const end = at + bytes.readUInt16BE(at);
    const options: number[] = [];
    const values = new Map<number, string>();
    for (let option = at + bytes.readUInt8(at + 3); option + 4 <= end; option += 4 + bytes.readUInt16BE(option + 2)) {
      const code = bytes.readUInt16BE(option);
      options.push(code);
      values.set(code, valueOf(code, bytes.subarray(option + 4, option + 4 + bytes.readUInt16BE(option + 2))));
    }
    found.push({ type: bytes.readUInt8(at + 2), options, values });
    at = end;
  }
  return found;
}

/** The bytes that `address` sent on each connection, in the order of the connections. */
export function bytesBy(capture: Capture, address: string): Buffer[] {
  const streams = new Map<string, string[]>();
  const fields = ['tcp.stream', 'tcp.payload'] as const;
  for (const [stream = '', hex = ''] of capture.read(`ip.src == ${address} && tcp.len > 0 && !tcp.analysis.retransmission`, fields))
    streams.set(stream, [...(streams.get(stream) ?? []), hex]);
  return [...streams.values()].map((parts) => Buffer.from(parts.join(''), 'hex'));
}

/** What `address` said on each connection. */
export const saidBy = (capture: Capture, address: string): WireMessage[][] => bytesBy(capture, address).map(messagesOf);
