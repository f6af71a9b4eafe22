// Takes failover messages out of a TCP byte stream, with dhcpd's checks and words (failover reference §1.2, §1.3, §8).

// PERF: a full update is a binding update per address, so options are located first and copied only where kept.

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
  failoverMessageCode,
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
 * Holds at most one incomplete message beside what was pushed last, in a buffer as large as both ever were.
 */
export class FailoverReader {
  /** Largest message accepted, bytes. */
  readonly #sizeMax: number;
  /** What waits lies in #bytes[#at, #end). */
  #bytes: Uint8Array = new Uint8Array(1024);
  #at = 0;
  #end = 0;
  #isDead = false;
  readonly #options = new OptionIndex();

  constructor(sizeMax = failoverMessageSizeMax) {
    this.#sizeMax = sizeMax;
  }

  push(bytes: Uint8Array): void {
    if (this.#isDead) return;
    const rest = this.#end - this.#at;
    const size = rest + bytes.length;
    if (size > this.#bytes.length) {
      const larger = new Uint8Array(size);
      larger.set(this.#bytes.subarray(this.#at, this.#end));
      this.#bytes = larger;
    } else if (rest > 0) this.#bytes.copyWithin(0, this.#at, this.#end);
    this.#bytes.set(bytes, rest);
    this.#at = 0;
    this.#end = size;
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
    const waiting = this.#end - this.#at;
    if (this.#isDead || waiting < 2) return 'incomplete';
    const size = u16(this.#bytes, this.#at);
    if (size < failoverHeaderSize || size > this.#sizeMax)
      return fault('length', 'message length wait: unexpected error');
    if (waiting < size) return 'incomplete';
    const from = this.#at;
    this.#at += size;
    return this.#options.read(this.#bytes, from, size);
  }

  #die(): void {
    this.#isDead = true;
    this.#bytes = new Uint8Array(0);
    this.#at = 0;
    this.#end = 0;
  }
}

const u16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
const u32 = (bytes: Uint8Array, at: number): number => ipv4FromBytes(bytes, at);

const nothingPrivate: PrivateOptions = new Map();

/** By option code minus one: a bit for each message, by its number, in which the option is read. */
const readIn = Uint16Array.from(failoverOptions, ({ usedIn }) => usedIn.reduce((bits, kind) => bits | (1 << failoverMessageCode[kind]), 0));

/** Where the options of one message lie, and what they say. */
class OptionIndex {
  #bytes: Uint8Array = new Uint8Array(0);
  /** By option code; -1: absent. */
  readonly #offsets = new Int32Array(failoverOptions.length + 1);
  readonly #sizes = new Int32Array(failoverOptions.length + 1);
  #private: Map<number, Uint8Array> | undefined;

  /** The whole message bytes[from, from + size). */
  read(bytes: Uint8Array, from: number, size: number): FailoverMessage | FailoverFault | 'ignored' {
    const type = bytes[from + 2] ?? 0;
    const offset = bytes[from + 3] ?? 0;
    const kind = failoverMessageKinds[type];
    // A smaller offset than the header's own size would read header octets as options, one beyond the end none at all.
    if (offset < failoverHeaderSize || offset > size) return overflow('data');
    if (kind === undefined) {
      const hasOptions = size > offset;
      return type === 0 || !hasOptions ? 'ignored' : fault('type', `FAILOVER: invalid message type: ${type}`, protocolError);
    }
    this.#bytes = bytes;
    this.#offsets.fill(-1);
    this.#private = undefined;
    return this.#locate(from + offset, from + size, 1 << type) ?? this.#interpret(kind, u32(bytes, from + 4), u32(bytes, from + 8));
  }

  /** `message` is the bit of its number. */
  #locate(from: number, end: number, message: number): FailoverFault | undefined {
    for (let at = from; at < end; ) {
      if (at + 2 > end) return overflow('option code');
      if (at + 4 > end) return overflow('length');
      const option = u16(this.#bytes, at);
      const size = u16(this.#bytes, at + 2);
      at += 4;
      if (at + size > end) return overflow('data');
      const problem = this.#keep(option, at, size, message);
      if (problem !== undefined) return problem;
      at += size;
    }
    return undefined;
  }

  #keep(option: number, at: number, size: number, message: number): FailoverFault | undefined {
    if (option >= privateOptionMin) {
      this.#private ??= new Map();
      if (!this.#private.has(option)) this.#private.set(option, this.#bytes.slice(at, at + size));
      return undefined;
    }
    const row = failoverOptions[option - 1];
    if (row === undefined || ((readIn[option - 1] ?? 0) & message) === 0) return undefined;
    if ((this.#offsets[option] ?? -1) >= 0) return fault('duplicate', `FAILOVER: duplicate option ${row.name}`, protocolError);
    if (row.size !== 0 && size !== row.size)
      return fault('size', `FAILOVER: option size (${size}:${row.size}), option ${row.name}`, protocolError);
    this.#offsets[option] = at;
    this.#sizes[option] = size;
    return undefined;
  }

  /** Value of a fixed-size option. */
  #number(option: number): number | undefined {
    const at = this.#offsets[option] ?? -1;
    if (at < 0) return undefined;
    const size = this.#sizes[option] ?? 0;
    if (size === 4) return u32(this.#bytes, at);
    return size === 2 ? u16(this.#bytes, at) : this.#bytes[at];
  }
  #seconds(option: number): Seconds | undefined {
    return this.#number(option) as Seconds | undefined;
  }
  #address(option: number): Ipv4 | undefined {
    return this.#number(option) as Ipv4 | undefined;
  }
  #time(option: number): UnixSeconds | undefined {
    const value = this.#number(option);
    return value === undefined ? undefined : fromIscWire(value);
  }
  /** A copy, since the stream's buffer goes away. */
  #copy(option: number): Uint8Array | undefined {
    const at = this.#offsets[option] ?? -1;
    return at < 0 ? undefined : this.#bytes.slice(at, at + (this.#sizes[option] ?? 0));
  }
  #text(option: number): string | undefined {
    const value = this.#copy(option);
    return value && fromLatin1(value);
  }
  #hardware(): FailoverHardware | undefined {
    const at = this.#offsets[code.clientHardwareAddress] ?? -1;
    const size = this.#sizes[code.clientHardwareAddress] ?? 0;
    if (at < 0 || size === 0) return undefined;
    return { htype: this.#bytes[at] ?? 0, address: this.#bytes.slice(at + 1, at + size) };
  }

  #interpret(kind: FailoverMessageKind, time: number, xid: number): FailoverMessage {
    const privateOptions = this.#private ? new Map([...this.#private].toSorted(([a], [b]) => a - b)) : nothingPrivate;
    switch (kind) {
      case 'bndupd': return this.#bndupd(time, xid, privateOptions);
      case 'bndack': return this.#bndack(time, xid, privateOptions);
      case 'connect':
        return {
          kind, time, xid, privateOptions, ...this.#handshake(),
          tlsRequest: this.#number(code.tlsRequest),
          mclt: this.#seconds(code.mclt),
          hashBuckets: this.#copy(code.hashBucketAssignment),
        };
      case 'connectack':
        return {
          kind, time, xid, privateOptions, ...this.#handshake(),
          tlsReply: this.#number(code.tlsReply),
          ...this.#verdict(),
        };
      case 'state': return { kind, time, xid, privateOptions, ...this.#state() };
      case 'poolresp': return { kind, time, xid, privateOptions, count: this.#number(code.addressesTransferred) };
      case 'disconnect': return { kind, time, xid, privateOptions, ...this.#verdict() };
      default: return { kind, time, xid, privateOptions };
    }
  }

  #verdict(): { rejectReason: number | undefined; message: string | undefined } {
    return { rejectReason: this.#number(code.rejectReason), message: this.#text(code.message) };
  }

  #handshake(): Fields<'connect', 'relationshipName' | 'maxUnacked' | 'receiveTimer' | 'vendorClass' | 'protocolVersion' | 'capabilities'> {
    return {
      relationshipName: this.#copy(code.relationshipName),
      maxUnacked: this.#number(code.maxUnackedBndupd),
      receiveTimer: this.#seconds(code.receiveTimer),
      vendorClass: this.#text(code.vendorClassIdentifier),
      protocolVersion: this.#number(code.protocolVersion),
      capabilities: this.#copy(code.vendorSpecificOptions),
    };
  }

  #state(): Fields<'state', 'state' | 'stateCode' | 'isStartup' | 'stos'> {
    const stateCode = this.#number(code.serverState) ?? 0;
    const flags = this.#number(code.serverFlags) ?? 0;
    return {
      stateCode,
      state: serverStateOf(stateCode),
      isStartup: (flags & startupFlag) !== 0,
      stos: this.#time(code.startTimeOfState),
    };
  }

  // PERF: the two messages of which there is one for every lease; their literals are spelt out.
  #bndack(time: number, xid: number, privateOptions: PrivateOptions): Extract<FailoverMessage, { kind: 'bndack' }> {
    return {
      kind: 'bndack',
      time,
      xid,
      privateOptions,
      address: this.#address(code.assignedIpAddress),
      rejectReason: this.#number(code.rejectReason),
      message: this.#text(code.message),
    };
  }

  #bndupd(time: number, xid: number, privateOptions: PrivateOptions): Extract<FailoverMessage, { kind: 'bndupd' }> {
    const statusCode = this.#number(code.bindingStatus) ?? 0;
    return {
      kind: 'bndupd',
      time,
      xid,
      privateOptions,
      address: this.#address(code.assignedIpAddress),
      status: bindingStatusOf(statusCode),
      statusCode,
      uid: this.#copy(code.clientIdentifier),
      hardware: this.#hardware(),
      leaseExpiration: this.#time(code.leaseExpirationTime),
      potentialExpiration: this.#time(code.potentialExpirationTime),
      stos: this.#time(code.startTimeOfState),
      cltt: this.#time(code.clientLastTransactionTime),
      ipFlags: this.#number(code.ipFlags),
    };
  }
}

type Fields<Kind extends FailoverMessageKind, Names extends keyof Extract<FailoverMessage, { kind: Kind }>> = Pick<
  Extract<FailoverMessage, { kind: Kind }>,
  Names
>;
