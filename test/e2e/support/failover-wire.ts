// What one side of a failover connection said, as far as it does not depend on the time: kinds of messages and codes of their options,
// in their order, read without our codec (failover reference §1.2, §2).

import type { Capture } from './capture.ts';

export interface WireMessage {
  /** `5` is CONNECT. */
  readonly type: number;
  readonly options: readonly number[];
}

/** Messages of one direction of one connection, from the bytes in their order. */
export function messagesOf(bytes: Buffer): WireMessage[] {
  const found: WireMessage[] = [];
  for (let at = 0; at + 12 <= bytes.length; ) {
    const end = at + bytes.readUInt16BE(at);
    const options: number[] = [];
    for (let option = at + bytes.readUInt8(at + 3); option + 4 <= end; option += 4 + bytes.readUInt16BE(option + 2)) options.push(bytes.readUInt16BE(option));
    found.push({ type: bytes.readUInt8(at + 2), options });
    at = end;
  }
  return found;
}

/** What `address` said on each connection, in the order of the connections. */
export function saidBy(capture: Capture, address: string): WireMessage[][] {
  const streams = new Map<string, string[]>();
  const fields = ['tcp.stream', 'tcp.payload'] as const;
  for (const [stream = '', hex = ''] of capture.read(`ip.src == ${address} && tcp.len > 0 && !tcp.analysis.retransmission`, fields))
    streams.set(stream, [...(streams.get(stream) ?? []), hex]);
  return [...streams.values()].map((parts) => messagesOf(Buffer.from(parts.join(''), 'hex')));
}
