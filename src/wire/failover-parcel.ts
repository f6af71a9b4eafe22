// What two Leasehold nodes tell each other beyond dhcpd's protocol: parcels, carried in pieces by a private option of CONTACT, which
// means nothing but "I am here". No message type is new, no order changes, and a dhcpd would skip them (failover reference §11.4).
//
//   option 0xf010: topic:u8  flags:u8 (1: more pieces of this parcel follow)  piece…

import { concatBytes, type ByteWriter } from '../std/bytes.ts';
import { encodeBare } from './failover-message.ts';
import { failoverHeaderSize, failoverMessageSizeMax, type PrivateOptions } from './failover-values.ts';

/** What parcels are about. A number is never used again for something else: nodes of two versions may be a pair. */
export const topicCode = {
  /** What must agree between the two nodes. */
  drift: 1,
  /** Changes of hosts. */
  hosts: 2,
  /** Reserved hosts' last contact, and what is known of a lease beyond its binding. */
  contacts: 3,
  /** What machines boot next, once. */
  boot: 4,
  /** Digests and contents of boot files. */
  files: 5,
} as const;
export type TopicName = keyof typeof topicCode;
const topicNames = new Map<number, TopicName>(Object.entries(topicCode).map(([name, code]) => [code, name as TopicName]));

/** More at once is not a parcel of ours. */
export const parcelSizeMax = 1 << 20;
const optionCode = 0xf010;
const headSize = 2;
const morePieces = 1;
export const pieceSizeMax = failoverMessageSizeMax - failoverHeaderSize - 4 - headSize;

/** `nextXid` gives a transaction id per message. */
export function encodeParcel(out: ByteWriter, time: number, nextXid: () => number, topic: TopicName, parcel: Uint8Array): void {
  let at = 0;
  do {
    const piece = parcel.subarray(at, at + pieceSizeMax);
    at += piece.length;
    const head = Uint8Array.of(topicCode[topic], at < parcel.length ? morePieces : 0);
    encodeBare(out, time, nextXid(), 'contact', new Map([[optionCode, concatBytes(head, piece)]]));
  } while (at < parcel.length);
}

export interface Piece {
  /** Undefined: a topic of a later version. */
  readonly topic: TopicName | undefined;
  readonly isLast: boolean;
  readonly bytes: Uint8Array;
}

/** The piece that a CONTACT carries, if it carries one. */
export function readPiece(options: PrivateOptions): Piece | undefined {
  const value = options.get(optionCode);
  if (value === undefined || value.length < headSize) return undefined;
  return { topic: topicNames.get(value[0] ?? 0), isLast: ((value[1] ?? 0) & morePieces) === 0, bytes: value.subarray(headSize) };
}
