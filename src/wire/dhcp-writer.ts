// Builds a reply in the caller's bytes: header of the request, options within the client's limit, overload into file
// and sname (RFC 2132 §9.3), RFC 3396 splitting, the echo of option 82, END and padding (reference §1.4).
// Which options go out, and in which order, is the engine's decision.
//
// PERF: one writer for all replies; nothing is allocated. A block of prepared options costs one memory copy.

import { assert } from '../std/assert.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import { dhcpAt, dhcpSize, magicCookie } from './dhcp-view.ts';
import type { DhcpView } from './dhcp-view.ts';
import { optionCode } from './option-codes.ts';

/** IP and UDP headers around the payload, bytes: what option 57 counts beyond it. */
const datagramOverhead = 28;
/** Bounds of option 57 as it is honoured: whole IP datagrams, bytes. */
export const messageSizeMin = 576;
export const messageSizeMax = 1500;
/** Largest reply, bytes of UDP payload. */
export const payloadSizeMax = messageSizeMax - datagramOverhead;
/** Replies other than those to LEASEQUERY are padded to this, bytes (a BOOTP message, RFC 951). */
export const paddedSize = 300;
/** The vendor area of BOOTP, bytes, cookie included. */
const vendorAreaSize = 64;

const overloadOptionSize = 3;
const endSize = 1;
const chunkMax = 255;
const chunkOverhead = 2;

/** Bytes that an option of `length` bytes takes, in as many instances as it needs (RFC 3396). */
export const wireSize = (length: number): number =>
  length <= chunkMax ? length + chunkOverhead : length + chunkOverhead * Math.ceil(length / chunkMax);

/** Most value bytes of one option that fit `room` bytes. */
function capacity(room: number): number {
  const whole = Math.floor(room / (chunkMax + chunkOverhead));
  const rest = room - whole * (chunkMax + chunkOverhead);
  return whole * chunkMax + Math.max(rest - chunkOverhead, 0);
}

const clampMessageSize = (size: number): number => Math.min(Math.max(size, messageSizeMin), messageSizeMax);

/**
 * Largest payload for the answer to `request`, bytes, without the echo of option 82. `configured` is the server's own
 * option 57, 0 for none: it is for clients that say nothing, as in dhcpd. BOOTP clients get the room of their own vendor area
 * unless they say more.
 */
export function payloadLimit(request: DhcpView, configured: number): number {
  if (request.hasOption(optionCode.maxMessageSize)) return clampMessageSize(request.maxMessageSize) - datagramOverhead;
  if (configured > 0) return clampMessageSize(configured) - datagramOverhead;
  if (request.messageType !== 0) return messageSizeMin - datagramOverhead;
  const area = Math.max(vendorAreaSize, request.size - dhcpAt.cookie);
  return Math.min(dhcpAt.cookie + area, payloadSizeMax);
}

export class DhcpWriter {
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(this.bytes.buffer);
  /** Options that did not fit since `begin`: how many, and their codes in `omitted`. */
  omittedCount = 0;
  readonly omitted = new Uint8Array(256);
  /** Option 82 of the request was too long to be echoed. */
  isAgentOmitted = false;

  #request: DhcpView | undefined;
  /** Next free byte and end of the three areas: options, file, sname. An area with end 0 may not be used. */
  #at = 0;
  #end = 0;
  #fileAt = 0;
  #fileEnd = 0;
  #snameAt = 0;
  #snameEnd = 0;

  /**
   * Starts a reply of at most `payloadMax` bytes in `bytes`, over which `view` lies: op 2; htype, hlen, hops, xid,
   * secs, flags, ciaddr, giaddr and chaddr of the request; everything else zero; the cookie.
   */
  begin(bytes: Uint8Array, view: DataView, request: DhcpView, payloadMax: number, overload: 'allowed' | 'never'): void {
    assert(payloadMax >= dhcpAt.options + endSize, 'a reply has room for its header and END');
    assert(bytes.length >= payloadMax, 'a send slot holds the largest reply');
    this.bytes = bytes;
    this.view = view;
    this.#request = request;
    this.omittedCount = 0;
    this.isAgentOmitted = false;
    this.#copyHeader(request);
    const isAllowed = overload === 'allowed';
    this.#at = dhcpAt.options;
    this.#end = payloadMax - endSize;
    this.#fileAt = dhcpAt.file;
    this.#fileEnd = isAllowed ? dhcpAt.file + dhcpSize.file - endSize : 0;
    this.#snameAt = dhcpAt.sname;
    this.#snameEnd = isAllowed ? dhcpAt.sname + dhcpSize.sname - endSize : 0;
  }

  setFlags(flags: number): void { this.view.setUint16(dhcpAt.flags, flags); }
  setCiaddr(address: Ipv4): void { this.view.setUint32(dhcpAt.ciaddr, address); }
  setYiaddr(address: Ipv4): void { this.view.setUint32(dhcpAt.yiaddr, address); }
  setSiaddr(address: Ipv4): void { this.view.setUint32(dhcpAt.siaddr, address); }

  /** Fills `file`; before any option. False when the name was cut to 128 bytes. Nothing is set by an empty name. */
  setFile(name: Uint8Array): boolean {
    if (name.length > 0) this.#fileEnd = 0;
    return this.#setField(dhcpAt.file, dhcpSize.file, name);
  }
  /** Fills `sname`; before any option. False when the name was cut to 64 bytes. */
  setSname(name: Uint8Array): boolean {
    if (name.length > 0) this.#snameEnd = 0;
    return this.#setField(dhcpAt.sname, dhcpSize.sname, name);
  }

  /** Where the next option would begin in `bytes`, for templates that remember offsets. */
  get at(): number { return this.#at; }
  /** Bytes left for options in the main area. */
  get room(): number {
    const isOverloadPossible = this.#fileEnd !== 0 || this.#snameEnd !== 0;
    return this.#end - this.#at - (isOverloadPossible ? overloadOptionSize : 0);
  }

  /**
   * Adds an option with value source[from, from + length): to the options, else whole to file, else whole to sname,
   * else split over what is left of the three in that order. False, and recorded in `omitted`, when it fits nowhere.
   */
  put(code: number, source: Uint8Array, from: number, length: number): boolean {
    const needed = wireSize(length);
    if (needed <= this.room) this.#at = this.#write(this.#at, code, source, from, length);
    else if (needed <= this.#fileEnd - this.#fileAt) this.#fileAt = this.#write(this.#fileAt, code, source, from, length);
    else if (needed <= this.#snameEnd - this.#snameAt) this.#snameAt = this.#write(this.#snameAt, code, source, from, length);
    else if (!this.#putSplit(code, source, from, length)) {
      this.#omit(code);
      return false;
    }
    return true;
  }
  putBytes(code: number, value: Uint8Array): boolean {
    return this.put(code, value, 0, value.length);
  }
  /** One-byte option. PERF: no scratch buffer when it fits the main area, which is always but for crowded replies. */
  putU8(code: number, value: number): boolean {
    if (this.room < 3) return this.put(code, Uint8Array.of(value), 0, 1);
    this.#head(code, 1);
    this.bytes[this.#at++] = value;
    return true;
  }
  putU16(code: number, value: number): boolean {
    if (this.room < 4) return this.put(code, Uint8Array.of(value >>> 8, value), 0, 2);
    this.#head(code, 2);
    this.view.setUint16(this.#at, value);
    this.#at += 2;
    return true;
  }
  /** Address or seconds. */
  putU32(code: number, value: number): boolean {
    if (this.room < 6) return this.put(code, Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value), 0, 4);
    this.#head(code, 4);
    this.view.setUint32(this.#at, value);
    this.#at += 4;
    return true;
  }

  /**
   * Copies a block of complete options into the main area and returns its offset there, for patching; -1 when it does
   * not fit whole (then the caller puts the options one by one).
   */
  copyBlock(block: Uint8Array): number {
    const at = this.#at;
    if (block.length > this.room) return -1;
    this.bytes.set(block, at);
    this.#at = at + block.length;
    return at;
  }
  /** Overwrites four bytes of a copied block. */
  patchU32(at: number, value: number): void {
    this.view.setUint32(at, value);
  }

  /**
   * Ends the reply: option 52 if areas were overloaded, the request's option 82 as it came, END, zeroes up to
   * `sizeMin`. Returns the payload size in bytes. Option 82 may exceed the client's limit, because the relay takes it
   * off again, but not `payloadSizeMax`.
   */
  finish(sizeMin: number = paddedSize): number {
    const overload = this.#endOverload();
    if (overload !== 0) {
      this.#head(optionCode.overload, 1);
      this.bytes[this.#at++] = overload;
    }
    this.#echoAgent();
    this.bytes[this.#at++] = optionCode.end;
    assert(this.#at <= this.bytes.length, 'a reply stays inside its slot');
    if (this.#at < sizeMin) {
      this.bytes.fill(0, this.#at, sizeMin);
      this.#at = sizeMin;
    }
    return this.#at;
  }

  #copyHeader(request: DhcpView): void {
    const from = request.start;
    for (let at = 0; at < dhcpAt.sname; at++) this.bytes[at] = request.slot[from + at] ?? 0;
    this.bytes[dhcpAt.op] = 2;
    this.view.setUint32(dhcpAt.yiaddr, 0);
    this.view.setUint32(dhcpAt.siaddr, 0);
    this.bytes.fill(0, dhcpAt.sname, dhcpAt.cookie);
    this.view.setUint32(dhcpAt.cookie, magicCookie);
  }

  #setField(at: number, sizeMax: number, text: Uint8Array): boolean {
    const size = Math.min(text.length, sizeMax);
    for (let i = 0; i < size; i++) this.bytes[at + i] = text[i] ?? 0;
    return text.length <= sizeMax;
  }

  #head(code: number, length: number): void {
    this.bytes[this.#at++] = code;
    this.bytes[this.#at++] = length;
  }

  /** Writes the value in instances of at most 255 bytes at `at` and returns the offset behind them. */
  #write(at: number, code: number, source: Uint8Array, from: number, length: number): number {
    const bytes = this.bytes;
    let rest = length;
    let read = from;
    let to = at;
    do {
      const chunk = Math.min(rest, chunkMax);
      bytes[to++] = code;
      bytes[to++] = chunk;
      for (let i = 0; i < chunk; i++) bytes[to++] = source[read++] ?? 0;
      rest -= chunk;
    } while (rest > 0);
    return to;
  }

  /** The order options, file, sname is the order in which the receiver joins them (RFC 3396 §5). */
  #putSplit(code: number, source: Uint8Array, from: number, length: number): boolean {
    const main = capacity(Math.max(this.room, 0));
    const file = capacity(Math.max(this.#fileEnd - this.#fileAt, 0));
    const sname = capacity(Math.max(this.#snameEnd - this.#snameAt, 0));
    if (length === 0 || main + file + sname < length) return false;
    const toMain = Math.min(length, main);
    const toFile = Math.min(length - toMain, file);
    const toSname = length - toMain - toFile;
    if (toMain > 0) this.#at = this.#write(this.#at, code, source, from, toMain);
    if (toFile > 0) this.#fileAt = this.#write(this.#fileAt, code, source, from + toMain, toFile);
    if (toSname > 0) this.#snameAt = this.#write(this.#snameAt, code, source, from + toMain + toFile, toSname);
    return true;
  }

  #omit(code: number): void {
    if (this.omittedCount < this.omitted.length) this.omitted[this.omittedCount] = code;
    this.omittedCount++;
  }

  /** END in each area used; the value of option 52. */
  #endOverload(): number {
    let overload = 0;
    if (this.#fileEnd !== 0 && this.#fileAt > dhcpAt.file) {
      this.bytes[this.#fileAt] = optionCode.end;
      overload |= 1;
    }
    if (this.#snameEnd !== 0 && this.#snameAt > dhcpAt.sname) {
      this.bytes[this.#snameAt] = optionCode.end;
      overload |= 2;
    }
    return overload;
  }

  #echoAgent(): void {
    const request = this.#request;
    if (request === undefined) return;
    const length = request.optionLength(optionCode.relayAgentInformation);
    if (length < 0) return;
    const limit = Math.min(payloadSizeMax, this.bytes.length) - endSize;
    if (this.#at + wireSize(length) > limit) {
      this.isAgentOmitted = true;
      return;
    }
    const from = request.optionAt(optionCode.relayAgentInformation);
    this.#at = this.#write(this.#at, optionCode.relayAgentInformation, request.joined, from, length);
  }
}
