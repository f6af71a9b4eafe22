// Zero-copy reader of one DHCPv4 message in a receive slot (RFC 2131 §2, RFC 2132, RFC 3396).
//
//   0 op  1 htype  2 hlen  3 hops | 4 xid | 8 secs  10 flags | 12 ciaddr | 16 yiaddr | 20 siaddr | 24 giaddr
//   28 chaddr (16) | 44 sname (64) | 108 file (128) | 236 cookie | 240 options
//
// PERF: `check` walks the options once and allocates nothing; every getter is a table or header read.

import type { Ipv4 } from '../std/ipv4.ts';
import { optionCode } from './option-codes.ts';
import { OptionIndex } from './option-index.ts';

/** Header offsets in bytes (RFC 2131 §2, figure 1). */
export const dhcpAt = {
  op: 0, htype: 1, hlen: 2, hops: 3, xid: 4, secs: 8, flags: 10, ciaddr: 12, yiaddr: 16, siaddr: 20, giaddr: 24,
  chaddr: 28, sname: 44, file: 108, cookie: 236, options: 240,
} as const;
/** Sizes of the fixed fields, bytes. */
export const dhcpSize = { chaddr: 16, sname: 64, file: 128 } as const;
export const magicCookie = 0x63825363;
export const broadcastFlag = 0x8000;

/** DHCP message types, option 53 (RFC 2132 §9.6, 3203, 4388). */
export const messageType = {
  discover: 1, offer: 2, request: 3, decline: 4, ack: 5, nak: 6, release: 7, inform: 8, forcerenew: 9,
  leasequery: 10, leaseunassigned: 11, leaseunknown: 12, leaseactive: 13,
} as const;

/**
 * `ok`: a DHCP message. `bootp`: a BOOTP request (no option 53). All others: drop, and count under this label.
 * `short`: under 236 bytes or beyond its slot. `op`: not a request. `hlen`: over 16. `malformed`: an option runs past
 * its area. `message-type`: option 53 is not one byte from 1 up. `client-id`: option 61 is empty. `identity`: no
 * hardware address or an all-zero one, and no option 61. `chaddr`: an Ethernet group address. `giaddr`: an address
 * no relay can have.
 */
export type PacketCheck = 'ok' | 'bootp' | PacketDrop;
export type PacketDrop =
  'short' | 'op' | 'hlen' | 'malformed' | 'message-type' | 'client-id' | 'identity' | 'chaddr' | 'giaddr';

/** Bits of `ignoredOptions`: present with a length their meaning does not allow, and therefore treated as absent. */
export const ignoredOption = { requestedAddress: 1, leaseTime: 2, serverIdentifier: 4, maxMessageSize: 8 } as const;

/** What address getters give that tell *absent* from *present but unusable*. */
export const absent = -1;
export const unusable = -2;

const ethernet = 1;

/**
 * One per receive slot, made at start. Run `check` after every receive and before any getter; when it says `ok` or
 * `bootp`, no getter can fail. The slot is refilled, so nothing of a view outlives its batch.
 */
export class DhcpView {
  readonly slot: Uint8Array;
  /** Where the message begins in the slot, and its size in bytes. */
  start = 0;
  size = 0;
  hasCookie = false;
  /** Option 53; 0 for BOOTP. */
  messageType = 0;
  /** Bits of `ignoredOption`. */
  ignoredOptions = 0;

  readonly #view: DataView;
  readonly #options: OptionIndex;
  /** One subarray per hlen, for the current `start`. */
  #chaddrs: (Uint8Array | undefined)[] = [];

  constructor(slot: Uint8Array) {
    this.slot = slot;
    this.#options = new OptionIndex(slot);
    this.#view = new DataView(slot.buffer, slot.byteOffset, slot.byteLength);
  }

  /** Validates the message of `size` bytes at `start` of the slot and indexes its options (reference §1.3, §19). */
  check(size: number, start = 0): PacketCheck {
    this.#begin(size, start);
    if (size < dhcpAt.cookie || start + size > this.slot.length) return 'short';
    if (this.op !== 1) return 'op';
    if (this.hlen > dhcpSize.chaddr) return 'hlen';
    this.hasCookie = size >= dhcpAt.options && this.#view.getUint32(start + dhcpAt.cookie) === magicCookie;
    if (this.hasCookie) {
      if (!this.#options.read(start, size)) return 'malformed';
      this.#dropWrongLengths();
      const type = this.optionLength(optionCode.messageType);
      if (type > 1 || type === 0) return 'message-type';
      if (type === 1) {
        this.messageType = this.joined[this.optionAt(optionCode.messageType)] ?? 0;
        if (this.messageType === 0) return 'message-type';
      }
      if (this.optionLength(optionCode.clientIdentifier) === 0) return 'client-id';
    }
    return this.#checkAddresses();
  }

  get op(): number { return this.#view.getUint8(this.start); }
  get htype(): number { return this.#view.getUint8(this.start + dhcpAt.htype); }
  /** 0..16 */
  get hlen(): number { return this.#view.getUint8(this.start + dhcpAt.hlen); }
  get hops(): number { return this.#view.getUint8(this.start + dhcpAt.hops); }
  get xid(): number { return this.#view.getUint32(this.start + dhcpAt.xid); }
  get secs(): number { return this.#view.getUint16(this.start + dhcpAt.secs); }
  get flags(): number { return this.#view.getUint16(this.start + dhcpAt.flags); }
  get wantsBroadcast(): boolean { return (this.flags & broadcastFlag) !== 0; }
  get ciaddr(): Ipv4 { return this.#address(dhcpAt.ciaddr); }
  get yiaddr(): Ipv4 { return this.#address(dhcpAt.yiaddr); }
  get siaddr(): Ipv4 { return this.#address(dhcpAt.siaddr); }
  get giaddr(): Ipv4 { return this.#address(dhcpAt.giaddr); }
  /** Where chaddr begins in `slot` (and in `joined`); `hlen` bytes of it count. */
  get chaddrAt(): number { return this.start + dhcpAt.chaddr; }
  /** The significant bytes of chaddr. Valid until the slot is refilled. */
  get chaddr(): Uint8Array {
    const hlen = this.hlen;
    const known = this.#chaddrs[hlen];
    if (known !== undefined) return known;
    const made = this.slot.subarray(this.chaddrAt, this.chaddrAt + hlen);
    this.#chaddrs[hlen] = made;
    return made;
  }

  /** Bytes that `optionAt` points into: the slot, or a copy with repeated options joined behind it (RFC 3396). */
  get joined(): Uint8Array { return this.#options.joined; }
  /** Option 52 as acted upon: bit 0 `file`, bit 1 `sname` carry options. */
  get overload(): number { return this.#options.overload; }
  hasOption(code: number): boolean {
    return this.#options.has(code);
  }
  /** Offset of the option's value in `joined`, -1 when absent. */
  optionAt(code: number): number {
    return this.#options.at(code);
  }
  /** Bytes of the option's value, all instances together; -1 when absent. */
  optionLength(code: number): number {
    return this.#options.length(code);
  }
  /** The option's value; undefined when absent. PERF: allocates; for cold code. */
  option(code: number): Uint8Array | undefined {
    const at = this.optionAt(code);
    return at < 0 ? undefined : this.joined.subarray(at, at + this.optionLength(code));
  }

  /** Option 50; 0.0.0.0 when absent. */
  get requestedAddress(): Ipv4 { return this.#optionAddress(optionCode.requestedAddress); }
  /** Option 54; 0.0.0.0 when absent. */
  get serverIdentifier(): Ipv4 { return this.#optionAddress(optionCode.serverIdentifier); }
  /** Option 51, seconds; -1 when absent. */
  get leaseTime(): number {
    const at = this.optionAt(optionCode.leaseTime);
    return at < 0 ? absent : this.#u32(at);
  }
  /** Option 57 as sent, bytes; 0 when absent. */
  get maxMessageSize(): number {
    const at = this.optionAt(optionCode.maxMessageSize);
    return at < 0 ? 0 : ((this.joined[at] ?? 0) << 8) | (this.joined[at + 1] ?? 0);
  }
  /** Option 12 without trailing NULs, bytes; -1 when absent. Its offset is `optionAt(12)`. */
  get hostNameLength(): number {
    const at = this.optionAt(optionCode.hostName);
    let length = this.optionLength(optionCode.hostName);
    while (length > 0 && this.joined[at + length - 1] === 0) length--;
    return length;
  }
  /** Interop: Windows 9x ends option 12 with NUL and expects text options ended alike (reference §1.3 rule 8). */
  get isHostNameNulTerminated(): boolean {
    return this.hostNameLength < this.optionLength(optionCode.hostName);
  }
  /** Option 118 (RFC 3011): the address, `absent`, or `unusable` when it is not four bytes. */
  get subnetSelection(): number {
    return this.#selection(this.optionAt(optionCode.subnetSelection), this.optionLength(optionCode.subnetSelection));
  }
  /** Sub-option 5 of option 82 (RFC 3527): the address, `absent`, or `unusable`. */
  get linkSelection(): number {
    return this.#selection(this.agentAt(agentCode.linkSelection), this.agentLength(agentCode.linkSelection));
  }
  /** Sub-option 11 of option 82 (RFC 5107); 0.0.0.0 when absent or not four bytes. */
  get serverIdOverride(): Ipv4 {
    const isUsable = this.agentLength(agentCode.serverIdOverride) === 4;
    return (isUsable ? this.#u32(this.agentAt(agentCode.serverIdOverride)) : 0) as Ipv4;
  }
  /** Sub-option 19 of option 82 (RFC 8357): answer to the relay's source port. */
  get wantsRelayPort(): boolean { return this.agentLength(agentCode.relayPort) === 0; }

  /** Offset in `joined` of the first sub-option `code` of option 82; -1 when absent. */
  agentAt(code: number): number {
    let at = this.optionAt(optionCode.relayAgentInformation);
    const end = at + this.optionLength(optionCode.relayAgentInformation);
    const bytes = this.joined;
    while (at >= 0 && at + 2 <= end) {
      const next = at + 2 + (bytes[at + 1] ?? 0);
      // A malformed tail, and code 0 as in dhcpd, end the list; what stood before it counts.
      if (next > end || bytes[at] === 0) return absent;
      if (bytes[at] === code) return at + 2;
      at = next;
    }
    return absent;
  }
  /** Bytes of the first sub-option `code` of option 82; -1 when absent. */
  agentLength(code: number): number {
    const at = this.agentAt(code);
    return at < 0 ? absent : (this.joined[at - 1] ?? 0);
  }

  /** Bytes of `file` before the first NUL: the generic name a BOOTP client asks for; 0 when it carries options. */
  get fileLength(): number {
    return (this.overload & 1) === 0 ? this.#textLength(dhcpAt.file, dhcpSize.file) : 0;
  }
  /** Bytes of `sname` before the first NUL; 0 when it carries options. */
  get snameLength(): number {
    return (this.overload & 2) === 0 ? this.#textLength(dhcpAt.sname, dhcpSize.sname) : 0;
  }

  #begin(size: number, start: number): void {
    if (start !== this.start) this.#chaddrs = [];
    this.start = start;
    this.size = size;
    this.hasCookie = false;
    this.messageType = 0;
    this.ignoredOptions = 0;
    this.#options.reset();
  }

  #dropWrongLengths(): void {
    this.#dropUnless(optionCode.requestedAddress, 4, ignoredOption.requestedAddress);
    this.#dropUnless(optionCode.leaseTime, 4, ignoredOption.leaseTime);
    this.#dropUnless(optionCode.serverIdentifier, 4, ignoredOption.serverIdentifier);
    this.#dropUnless(optionCode.maxMessageSize, 2, ignoredOption.maxMessageSize);
  }
  #dropUnless(code: number, length: number, bit: number): void {
    if (!this.#options.has(code) || this.#options.length(code) === length) return;
    this.#options.drop(code);
    this.ignoredOptions |= bit;
  }

  #checkAddresses(): PacketCheck {
    const giaddr = this.giaddr;
    if (giaddr >= 0xe0000000 || giaddr >>> 24 === 127) return 'giaddr';
    if (this.htype === ethernet && this.hlen === 6 && ((this.slot[this.chaddrAt] ?? 0) & 1) === 1) return 'chaddr';
    // A LEASEQUERY by address or identifier has no hardware address (RFC 4388 §6.2).
    const needsIdentity = this.messageType !== messageType.leasequery && !this.hasOption(optionCode.clientIdentifier);
    if (needsIdentity && this.#isChaddrZero()) return 'identity';
    return this.messageType === 0 ? 'bootp' : 'ok';
  }

  #isChaddrZero(): boolean {
    const end = this.chaddrAt + this.hlen;
    for (let at = this.chaddrAt; at < end; at++) if (this.slot[at] !== 0) return false;
    return true;
  }
  #textLength(field: number, sizeMax: number): number {
    const from = this.start + field;
    let length = 0;
    while (length < sizeMax && this.slot[from + length] !== 0) length++;
    return length;
  }
  #address(at: number): Ipv4 {
    return this.#view.getUint32(this.start + at) as Ipv4;
  }
  #optionAddress(code: number): Ipv4 {
    const at = this.optionAt(code);
    return (at < 0 ? 0 : this.#u32(at)) as Ipv4;
  }
  #selection(at: number, length: number): number {
    if (at < 0) return absent;
    return length === 4 ? this.#u32(at) : unusable;
  }
  #u32(at: number): number {
    const bytes = this.joined;
    return (
      (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0
    );
  }
}

/** Sub-options of option 82 (RFC 3046, 3527, 5107, 8357). */
export const agentCode = { circuitId: 1, remoteId: 2, linkSelection: 5, serverIdOverride: 11, relayPort: 19 } as const;
