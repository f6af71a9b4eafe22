// The failover codec (failover reference §1-2): encoders that emit dhcpd's own order, and the door to reader and types.
//
//   0 length (all of it)  2 type  3 payload offset (12)  4 time  8 xid | code:u16 length:u16 value … to the end

import { assert } from '../std/assert.ts';
import type { ByteWriter } from '../std/bytes.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import type { UnixSeconds } from '../std/time.ts';
import { toIscWire } from '../std/time.ts';
import type { FailoverMessageKind } from './failover-tables.ts';
import {
  bindingStatusCode,
  failoverMessageCode,
  failoverOptionCode as code,
  privateOptionMin,
  serverStateCode,
} from './failover-tables.ts';
import type {
  BndupdFields,
  ConnectFields,
  ConnectackFields,
  FailoverHardware,
  HandshakeLimits,
  PrivateOptions,
  Rejection,
  StateFields,
} from './failover-values.ts';
import { failoverHeaderSize, failoverMessageSizeMax, ipFlag, startupFlag } from './failover-values.ts';
import { hashBucketsSize } from './load-balance-hash.ts';

export { FailoverReader } from './failover-reader.ts';
export type { FailoverFault, FaultCode } from './failover-reader.ts';
export * from './failover-values.ts';
export * from './failover-tables.ts';

/** Starts a message and returns where it begins, for `end`. */
function begin(out: ByteWriter, kind: FailoverMessageKind, time: number, xid: number): number {
  const at = out.size;
  out.u16(0);
  out.u8(failoverMessageCode[kind]);
  out.u8(failoverHeaderSize);
  out.u32(time);
  out.u32(xid);
  return at;
}

function end(out: ByteWriter, at: number, privateOptions: PrivateOptions | undefined): void {
  if (privateOptions !== undefined)
    for (const [option, value] of privateOptions) {
      assert(option >= privateOptionMin && option <= 0xffff, 'a private option has a private code');
      putBytes(out, option, value);
    }
  const size = out.size - at;
  assert(size <= failoverMessageSizeMax, 'a failover message fits what dhcpd reads');
  out.patchU16(at, size);
}

function putHead(out: ByteWriter, option: number, size: number): void {
  out.u16(option);
  out.u16(size);
}
function putBytes(out: ByteWriter, option: number, value: Uint8Array): void {
  putHead(out, option, value.length);
  out.raw(value);
}
function putText(out: ByteWriter, option: number, value: string): void {
  // Bounded, so that no name out of a configuration can push a message over its limit.
  const text = value.slice(0, 255);
  putHead(out, option, text.length);
  out.text(text);
}
function putU8(out: ByteWriter, option: number, value: number): void {
  putHead(out, option, 1);
  out.u8(value);
}
function putU32(out: ByteWriter, option: number, value: number): void {
  putHead(out, option, 4);
  out.u32(value);
}
const putTime = (out: ByteWriter, option: number, time: UnixSeconds): void => putU32(out, option, toIscWire(time));

function putLimits(out: ByteWriter, limits: HandshakeLimits): void {
  putU32(out, code.maxUnackedBndupd, limits.maxUnacked);
  putU32(out, code.receiveTimer, limits.receiveTimer);
}
function putRejection(out: ByteWriter, reject: Rejection): void {
  putU8(out, code.rejectReason, reject.reason);
  putText(out, code.message, reject.message);
}

/** CONNECT, primary only (§2.1). */
export function encodeConnect(
  out: ByteWriter,
  time: number,
  xid: number,
  fields: ConnectFields,
  privateOptions?: PrivateOptions,
): void {
  assert(fields.hashBuckets.length === hashBucketsSize, 'a hash bucket assignment has 32 bytes');
  const at = begin(out, 'connect', time, xid);
  putBytes(out, code.relationshipName, fields.relationshipName);
  putLimits(out, fields);
  putText(out, code.vendorClassIdentifier, fields.vendorClass);
  putU8(out, code.protocolVersion, 1);
  putU8(out, code.tlsRequest, 0);
  putU32(out, code.mclt, fields.mclt);
  putBytes(out, code.hashBucketAssignment, fields.hashBuckets);
  if (fields.capabilities !== undefined) putBytes(out, code.vendorSpecificOptions, fields.capabilities);
  end(out, at, privateOptions);
}

/** CONNECTACK with the xid of the CONNECT (§2.2). */
export function encodeConnectack(
  out: ByteWriter,
  time: number,
  xid: number,
  fields: ConnectackFields,
  privateOptions?: PrivateOptions,
): void {
  const at = begin(out, 'connectack', time, xid);
  if (fields.relationshipName !== undefined) putBytes(out, code.relationshipName, fields.relationshipName);
  if (fields.limits !== undefined) putLimits(out, fields.limits);
  putText(out, code.vendorClassIdentifier, fields.vendorClass);
  putU8(out, code.protocolVersion, 1);
  if (fields.hasTlsRequest) putU8(out, code.tlsReply, 0);
  if (fields.reject !== undefined) putRejection(out, fields.reject);
  if (fields.capabilities !== undefined) putBytes(out, code.vendorSpecificOptions, fields.capabilities);
  end(out, at, privateOptions);
}

/** STATE (§2.3). In startup `state` is the saved one. */
export function encodeState(
  out: ByteWriter,
  time: number,
  xid: number,
  fields: StateFields,
  privateOptions?: PrivateOptions,
): void {
  const at = begin(out, 'state', time, xid);
  putU8(out, code.serverState, serverStateCode[fields.state]);
  putU8(out, code.serverFlags, fields.isStartup ? startupFlag : 0);
  putTime(out, code.startTimeOfState, fields.stos);
  end(out, at, privateOptions);
}

/** BNDUPD of one binding (§2.5); `xid` is never 0. */
export function encodeBndupd(
  out: ByteWriter,
  time: number,
  xid: number,
  fields: BndupdFields,
  privateOptions?: PrivateOptions,
): void {
  assert(xid !== 0, 'a binding update has a transaction id');
  const at = begin(out, 'bndupd', time, xid);
  putU32(out, code.assignedIpAddress, fields.address);
  putU8(out, code.bindingStatus, bindingStatusCode(fields.status));
  if (fields.status !== 'abandoned') {
    if (fields.uid !== undefined) putBytes(out, code.clientIdentifier, fields.uid);
    if (fields.hardware !== undefined) putHardware(out, fields.hardware);
  }
  putTime(out, code.leaseExpirationTime, fields.leaseExpiration);
  putTime(out, code.potentialExpirationTime, fields.potentialExpiration);
  putTime(out, code.startTimeOfState, fields.stos);
  if (fields.cltt !== 0) putTime(out, code.clientLastTransactionTime, fields.cltt);
  const flags = (fields.isReserved ? ipFlag.reserved : 0) | (fields.isBootp ? ipFlag.bootp : 0);
  if (flags !== 0) {
    putHead(out, code.ipFlags, 2);
    out.u16(flags);
  }
  end(out, at, privateOptions);
}

function putHardware(out: ByteWriter, hardware: FailoverHardware): void {
  assert(hardware.address.length <= 20, 'a hardware address has at most 20 bytes');
  putHead(out, code.clientHardwareAddress, 1 + hardware.address.length);
  out.u8(hardware.htype);
  out.raw(hardware.address);
}

/** BNDACK with the xid of the BNDUPD (§2.6). */
export function encodeBndack(
  out: ByteWriter,
  time: number,
  xid: number,
  address: Ipv4,
  reject?: Rejection,
  privateOptions?: PrivateOptions,
): void {
  const at = begin(out, 'bndack', time, xid);
  putU32(out, code.assignedIpAddress, address);
  if (reject !== undefined) putRejection(out, reject);
  end(out, at, privateOptions);
}

/** POOLRESP with the xid of the POOLREQ; `count` addresses will follow as binding updates (§2.8). */
export function encodePoolresp(out: ByteWriter, time: number, xid: number, count: number): void {
  const at = begin(out, 'poolresp', time, xid);
  putU32(out, code.addressesTransferred, count);
  end(out, at, undefined);
}

/** DISCONNECT, the last message of a link (§2.9). */
export function encodeDisconnect(out: ByteWriter, time: number, xid: number, reject: Rejection): void {
  const at = begin(out, 'disconnect', time, xid);
  putRejection(out, reject);
  end(out, at, undefined);
}

/** The messages without options. */
export function encodeBare(
  out: ByteWriter,
  time: number,
  xid: number,
  kind: 'poolreq' | 'updreq' | 'updreqall' | 'upddone' | 'contact',
  privateOptions?: PrivateOptions,
): void {
  end(out, begin(out, kind, time, xid), privateOptions);
}
