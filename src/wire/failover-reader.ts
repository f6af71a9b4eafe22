// Takes failover messages out of a TCP byte stream, with dhcpd's checks and words (failover reference §1.2, §1.3, §8).

import { fromLatin1 } from '../std/bytes.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import { ipv4FromBytes } from '../std/ipv4.ts';
import type { Seconds, UnixSeconds } from '../std/time.ts';
import { fromIscWire } from '../std/time.ts';
import type { FailoverHardware, FailoverMessage, PrivateOptions } from './failover-values.ts';
import { failoverHeaderSize, failoverMessageSizeMax, startupFlag } from './failover-values.ts';
import type { FailoverMessageKind } from './failover-tables.ts';
import {
  bindingStatusOf,
  failoverMessageKinds,
  failoverOptionCode as code,
  failoverOptions,
  privateOptionMin,
  serverStateOf,
} from './failover-tables.ts';

/** Why the stream cannot be read on: close the link. `lines` is what dhcpd logs, in order. */
export interface FailoverFault {
  readonly kind: 'fault';
  readonly code: FaultCode;
  readonly lines: readonly string[];
}
export type FaultCode = 'length' | 'type' | 'overflow' | 'duplicate' | 'size';

const fault = (faultCode: FaultCode, ...lines: string[]): FailoverFault => ({ kind: 'fault', code: faultCode, lines });
const protocolError = 'message length wait: protocol error';
const overflow = (place: 'option code' | 'length' | 'data'): FailoverFault =>
  fault('overflow', `FAILOVER: message overflow at ${place}.`, protocolError);

/**
 * One per link. `push` what arrives, then call `next` until it gives undefined. After a fault it gives nothing more.
 * Holds at most one incomplete message beside what was pushed last.
 */
export class FailoverReader {
  /** Largest message accepted, bytes. */
  readonly #sizeMax: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #isDead = false;

  constructor(sizeMax = failoverMessageSizeMax) {
    this.#sizeMax = sizeMax;
  }

  push(bytes: Uint8Array): void {
    if (this.#isDead) return;
    const rest = this.#bytes.length - this.#at;
    const joined = new Uint8Array(rest + bytes.length);
    joined.set(this.#bytes.subarray(this.#at));
    joined.set(bytes, rest);
    this.#bytes = joined;
    this.#at = 0;
  }

  /** The next complete message; messages that dhcpd ignores are left out. */
  next(): FailoverMessage | FailoverFault | undefined {
    for (;;) {
      const message = this.#take();
      if (message === undefined || message === 'incomplete') return undefined;
      if (message === 'ignored') continue;
      if (message.kind === 'fault') this.#die();
      return message;
    }
  }

  #take(): FailoverMessage | FailoverFault | 'ignored' | 'incomplete' | undefined {
    const waiting = this.#bytes.length - this.#at;
    if (this.#isDead || waiting < 2) return 'incomplete';
    const size = u16(this.#bytes, this.#at);
    if (size < failoverHeaderSize || size > this.#sizeMax)
      return fault('length', 'message length wait: unexpected error');
    if (waiting < size) return 'incomplete';
    const message = this.#bytes.subarray(this.#at, this.#at + size);
    this.#at += size;
    return readMessage(message);
  }

  #die(): void {
    this.#isDead = true;
    this.#bytes = new Uint8Array(0);
    this.#at = 0;
  }
}

const u16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
const u32 = (bytes: Uint8Array, at = 0): number => ipv4FromBytes(bytes, at);

/** One whole message. */
function readMessage(bytes: Uint8Array): FailoverMessage | FailoverFault | 'ignored' {
  const type = bytes[2] ?? 0;
  const offset = bytes[3] ?? 0;
  const kind = failoverMessageKinds[type];
  // A smaller offset than the header's own size would read header octets as options.
  if (offset < failoverHeaderSize || offset > bytes.length) return overflow('data');
  if (kind === undefined) {
    const hasOptions = bytes.length > offset;
    return type === 0 || !hasOptions ? 'ignored' : fault('type', `FAILOVER: invalid message type: ${type}`, protocolError);
  }
  const options = readOptions(bytes, offset, kind);
  if (options instanceof Map) return interpret(kind, u32(bytes, 4), u32(bytes, 8), options);
  return options;
}

type Options = Map<number, Uint8Array>;

function readOptions(bytes: Uint8Array, offset: number, kind: FailoverMessageKind): Options | FailoverFault {
  const options: Options = new Map();
  let at = offset;
  while (at < bytes.length) {
    if (at + 2 > bytes.length) return overflow('option code');
    if (at + 4 > bytes.length) return overflow('length');
    const option = u16(bytes, at);
    const size = u16(bytes, at + 2);
    at += 4;
    if (at + size > bytes.length) return overflow('data');
    const problem = keepOption(options, option, bytes.slice(at, at + size), kind);
    if (problem !== undefined) return problem;
    at += size;
  }
  return options;
}

function keepOption(
  options: Options,
  option: number,
  value: Uint8Array,
  kind: FailoverMessageKind,
): FailoverFault | undefined {
  if (option >= privateOptionMin) {
    if (!options.has(option)) options.set(option, value);
    return undefined;
  }
  const row = failoverOptions[option - 1];
  if (row === undefined || !row.usedIn.includes(kind)) return undefined;
  if (options.has(option)) return fault('duplicate', `FAILOVER: duplicate option ${row.name}`, protocolError);
  if (row.size !== 0 && value.length !== row.size)
    return fault('size', `FAILOVER: option size (${value.length}:${row.size}), option ${row.name}`, protocolError);
  options.set(option, value);
  return undefined;
}

const number = (value: Uint8Array | undefined): number | undefined => value?.reduce((sum, byte) => sum * 256 + byte, 0);
const text = (value: Uint8Array | undefined): string | undefined => value && fromLatin1(value);
const seconds = (value: Uint8Array | undefined): Seconds | undefined => number(value) as Seconds | undefined;
const address = (value: Uint8Array | undefined): Ipv4 | undefined => value && ipv4FromBytes(value);
function time(value: Uint8Array | undefined): UnixSeconds | undefined {
  return value && fromIscWire(u32(value));
}
function hardware(value: Uint8Array | undefined): FailoverHardware | undefined {
  const htype = value?.[0];
  return value && htype !== undefined ? { htype, address: value.slice(1) } : undefined;
}

const nothingPrivate: PrivateOptions = new Map();
function privateOptionsOf(options: Options): PrivateOptions {
  const own = [...options].filter(([option]) => option >= privateOptionMin);
  return own.length === 0 ? nothingPrivate : new Map(own.toSorted(([a], [b]) => a - b));
}

function interpret(kind: FailoverMessageKind, sent: number, xid: number, options: Options): FailoverMessage {
  const common = { time: sent, xid, privateOptions: privateOptionsOf(options) };
  const of = (option: number): Uint8Array | undefined => options.get(option);
  const verdict = { rejectReason: number(of(code.rejectReason)), message: text(of(code.message)) };
  switch (kind) {
    case 'connect':
      return {
        ...common, kind, ...handshake(options),
        tlsRequest: number(of(code.tlsRequest)),
        mclt: seconds(of(code.mclt)),
        hashBuckets: of(code.hashBucketAssignment),
      };
    case 'connectack': return { ...common, kind, ...handshake(options), tlsReply: number(of(code.tlsReply)), ...verdict };
    case 'state': {
      const stateCode = number(of(code.serverState)) ?? 0;
      const flags = number(of(code.serverFlags)) ?? 0;
      const isStartup = (flags & startupFlag) !== 0;
      return { ...common, kind, stateCode, state: serverStateOf(stateCode), isStartup, stos: time(of(code.startTimeOfState)) };
    }
    case 'bndupd': return { ...common, kind, ...binding(options) };
    case 'bndack': return { ...common, kind, address: address(of(code.assignedIpAddress)), ...verdict };
    case 'poolresp': return { ...common, kind, count: number(of(code.addressesTransferred)) };
    case 'disconnect': return { ...common, kind, ...verdict };
    default: return { ...common, kind };
  }
}

type Handshake = 'relationshipName' | 'maxUnacked' | 'receiveTimer' | 'vendorClass' | 'protocolVersion' | 'capabilities';
const handshake = (options: Options): Pick<Extract<FailoverMessage, { kind: 'connect' }>, Handshake> => ({
  relationshipName: options.get(code.relationshipName),
  maxUnacked: number(options.get(code.maxUnackedBndupd)),
  receiveTimer: seconds(options.get(code.receiveTimer)),
  vendorClass: text(options.get(code.vendorClassIdentifier)),
  protocolVersion: number(options.get(code.protocolVersion)),
  capabilities: options.get(code.vendorSpecificOptions),
});

type Bndupd = Extract<FailoverMessage, { kind: 'bndupd' }>;
function binding(options: Options): Omit<Bndupd, 'kind' | 'time' | 'xid' | 'privateOptions'> {
  const statusCode = number(options.get(code.bindingStatus)) ?? 0;
  return {
    address: address(options.get(code.assignedIpAddress)),
    status: bindingStatusOf(statusCode),
    statusCode,
    uid: options.get(code.clientIdentifier),
    hardware: hardware(options.get(code.clientHardwareAddress)),
    leaseExpiration: time(options.get(code.leaseExpirationTime)),
    potentialExpiration: time(options.get(code.potentialExpirationTime)),
    stos: time(options.get(code.startTimeOfState)),
    cltt: time(options.get(code.clientLastTransactionTime)),
    ipFlags: number(options.get(code.ipFlags)),
  };
}
