// The OMAPI codec (omapi reference §1): stream in, messages out, and back. What a message may do is decided in control/.
//
//   intro:   version:u32 (100) headerSize:u32 (24)
//   message: authid authlen opcode handle id rid (u32 each) | extra header | list list | signature{authlen}
//   list:    ( nameSize:u16 (1..) name valueSize:u32 value )* 0:u16
//
// Every length is bounded before anything is kept, and what is kept of an unfinished message are its bytes and nothing else, so that a stranger
// cannot make us hold memory (§7.1 item 3).

import { assert } from '../std/assert.ts';
import type { ByteWriter } from '../std/bytes.ts';
import { concatBytes, fromLatin1 } from '../std/bytes.ts';
import { ipv4FromBytes } from '../std/ipv4.ts';

export const omapiVersion = 100;
export const omapiHeaderSize = 24;
export const omapiOpcode = { open: 1, refresh: 2, update: 3, notify: 4, status: 5, delete: 6 } as const;

/** Bounds of what is read, bytes. */
export const omapiLimits = {
  header: 64,
  name: 64,
  value: 60_000,
  signature: 64,
  message: 65_536,
  /** Before the peer has named a key. */
  messageUnauthenticated: 1024,
  /** When it has named one, which is no secret, and signed nothing yet: statements of a host have room, memory is not theirs to take. */
  messageUnproven: 8_192,
} as const;

/** In order of first appearance; a name that came twice has its last value. Names are Latin-1, compared exactly. */
export type OmapiPairs = ReadonlyMap<string, Uint8Array>;

export interface OmapiMessage {
  /** Handle of an authenticator; 0: unsigned. */
  readonly authId: number;
  /** As received, whatever it is: 1..6 are defined. */
  readonly opcode: number;
  readonly handle: number;
  readonly id: number;
  /** 0 for a request. */
  readonly rid: number;
  /** About the operation. */
  readonly message: OmapiPairs;
  /** Attributes of the object. */
  readonly object: OmapiPairs;
}

export type OmapiEvent =
  | { readonly kind: 'intro'; readonly headerSize: number }
  | (OmapiMessage & {
      readonly kind: 'message';
      /** Empty when the message has none. */
      readonly signature: Uint8Array;
      /** What a signature covers: from authlen to the end of the object list, without extra header bytes. Valid until the next `next`. */
      readonly signed: Uint8Array;
    })
  /** Close the connection without a word. */
  | { readonly kind: 'fault'; readonly code: OmapiFault };
export type OmapiFault = 'version' | 'header-size' | 'name-size' | 'value-size' | 'signature-size' | 'message-size';

type Stage = 'intro' | 'header' | 'message' | 'object' | 'signature' | 'dead';

/** One per connection. `push` what arrives, then call `next` until it gives undefined. */
export class OmapiReader {
  /** Largest message, bytes; control/ raises it once the peer has shown a key. */
  sizeMax: number;
  #bytes: Uint8Array = new Uint8Array(0);
  /** Something came, or was taken, since `next` had nothing to give. */
  #isFresh = false;
  #stage: Stage = 'intro';
  /** Extra header bytes that the peer announced. */
  #extraSize = 0;
  /** Offset behind the last complete token of the message being read: until it is whole, nothing is looked at twice or kept twice. */
  #at = 0;
  /** Where its object list begins. */
  #objectAt = 0;

  constructor(sizeMax: number = omapiLimits.message) {
    this.sizeMax = sizeMax;
  }

  /** Bytes that are held. */
  get size(): number {
    return this.#bytes.length;
  }
  /** `next` may have more to give. */
  get hasMessage(): boolean {
    return this.#isFresh;
  }

  push(bytes: Uint8Array): void {
    if (this.#stage === 'dead') return;
    this.#append(bytes);
    this.#isFresh = true;
  }

  /** PERF: behind what is there while there is room, so that a message in many small pieces is not copied with each of them. */
  #append(bytes: Uint8Array): void {
    const { buffer, byteOffset, length } = this.#bytes;
    const size = length + bytes.length;
    if (byteOffset + size > buffer.byteLength) {
      const roomier = new Uint8Array(length === 0 ? size : size * 2);
      roomier.set(this.#bytes);
      this.#bytes = roomier.subarray(0, size);
    } else this.#bytes = new Uint8Array(buffer, byteOffset, size);
    this.#bytes.set(bytes, length);
  }

  next(): OmapiEvent | undefined {
    const event = this.#step();
    // What is left is copied out of the large piece it came in, which can then be freed.
    if (event === undefined && this.#bytes.buffer.byteLength > this.#bytes.length * 2) this.#bytes = this.#bytes.slice();
    this.#isFresh = event !== undefined && event.kind !== 'fault' && this.#bytes.length > 0;
    if (event === undefined || event.kind !== 'fault') return event;
    this.#stage = 'dead';
    this.#bytes = new Uint8Array(0);
    return event;
  }

  #step(): OmapiEvent | undefined {
    for (;;) {
      switch (this.#stage) {
        case 'intro': return this.#readIntro();
        case 'header': {
          const fault = this.#readHeader();
          if (fault !== undefined) return fault === 'incomplete' ? undefined : { kind: 'fault', code: fault };
          break;
        }
        case 'message':
        case 'object': {
          const fault = this.#readPair(this.#stage);
          if (fault !== undefined) return fault === 'incomplete' ? undefined : { kind: 'fault', code: fault };
          break;
        }
        case 'signature': return this.#readSignature();
        default: return undefined;
      }
    }
  }

  #readIntro(): OmapiEvent | undefined {
    if (this.#bytes.length < 8) return undefined;
    const headerSize = this.#u32(4);
    if (this.#u32(0) !== omapiVersion) return { kind: 'fault', code: 'version' };
    if (headerSize < omapiHeaderSize || headerSize > omapiLimits.header) return { kind: 'fault', code: 'header-size' };
    this.#extraSize = headerSize - omapiHeaderSize;
    this.#bytes = this.#bytes.subarray(8);
    this.#stage = 'header';
    return { kind: 'intro', headerSize };
  }

  #readHeader(): OmapiFault | 'incomplete' | undefined {
    const size = omapiHeaderSize + this.#extraSize;
    if (this.#bytes.length < size) return 'incomplete';
    if (this.#u32(4) > omapiLimits.signature) return 'signature-size';
    this.#at = size;
    this.#stage = 'message';
    return undefined;
  }

  /** One pair, or the end mark that leads to the next stage. */
  #readPair(list: 'message' | 'object'): OmapiFault | 'incomplete' | undefined {
    const bytes = this.#bytes;
    const at = this.#at;
    if (at + 2 > this.sizeMax) return 'message-size';
    if (at + 2 > bytes.length) return 'incomplete';
    const nameSize = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    if (nameSize === 0) {
      this.#at = at + 2;
      if (list === 'message') this.#objectAt = at + 2;
      this.#stage = list === 'message' ? 'object' : 'signature';
      return undefined;
    }
    if (nameSize > omapiLimits.name) return 'name-size';
    const valueAt = at + 2 + nameSize + 4;
    if (valueAt > this.sizeMax) return 'message-size';
    if (valueAt > bytes.length) return 'incomplete';
    const valueSize = this.#u32(valueAt - 4);
    if (valueSize > omapiLimits.value) return 'value-size';
    if (valueAt + valueSize > this.sizeMax) return 'message-size';
    if (valueAt + valueSize > bytes.length) return 'incomplete';
    this.#at = valueAt + valueSize;
    return undefined;
  }

  #readSignature(): OmapiEvent | undefined {
    const bytes = this.#bytes;
    const end = this.#at + this.#u32(4);
    if (end > this.sizeMax) return { kind: 'fault', code: 'message-size' };
    if (end > bytes.length) return undefined;
    const event: OmapiEvent = {
      kind: 'message',
      authId: this.#u32(0),
      opcode: this.#u32(8),
      handle: this.#u32(12),
      id: this.#u32(16),
      rid: this.#u32(20),
      message: this.#pairs(omapiHeaderSize + this.#extraSize, this.#objectAt),
      object: this.#pairs(this.#objectAt, this.#at),
      signature: bytes.slice(this.#at, end),
      signed: this.#extraSize === 0
        ? bytes.subarray(4, this.#at)
        : concatBytes(bytes.subarray(4, omapiHeaderSize), bytes.subarray(omapiHeaderSize + this.#extraSize, this.#at)),
    };
    this.#bytes = bytes.subarray(end);
    this.#stage = 'header';
    return event;
  }

  /** The pairs of a list that `#readPair` has found whole. */
  #pairs(start: number, end: number): OmapiPairs {
    const bytes = this.#bytes;
    const pairs = new Map<string, Uint8Array>();
    for (let at = start; at < end - 2; ) {
      const valueAt = at + 2 + (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)) + 4;
      const valueSize = this.#u32(valueAt - 4);
      pairs.set(fromLatin1(bytes.subarray(at + 2, valueAt - 4)), bytes.slice(valueAt, valueAt + valueSize));
      at = valueAt + valueSize;
    }
    return pairs;
  }

  #u32(at: number): number {
    return ipv4FromBytes(this.#bytes, at);
  }
}

/** What either side sends first. Interop: pypureomapi takes no other header size. */
export function encodeOmapiIntro(out: ByteWriter): void {
  out.u32(omapiVersion);
  out.u32(omapiHeaderSize);
}

/** How a message is signed: the size of the signature in bytes, and the function that makes it. */
export interface OmapiSigner {
  readonly size: number;
  sign(signed: Uint8Array): Uint8Array;
}

/** Appends a message; without a signer it is unsigned, and `authId` should be 0. */
export function encodeOmapi(out: ByteWriter, message: OmapiMessage, signer?: OmapiSigner): void {
  const at = out.size;
  out.u32(message.authId);
  out.u32(signer?.size ?? 0);
  out.u32(message.opcode);
  out.u32(message.handle);
  out.u32(message.id);
  out.u32(message.rid);
  writePairs(out, message.message);
  writePairs(out, message.object);
  if (signer === undefined) return;
  const signature = signer.sign(out.bytes.slice(at + 4, out.size));
  assert(signature.length === signer.size, 'a signature has the size that was announced');
  out.raw(signature);
}

function writePairs(out: ByteWriter, pairs: OmapiPairs): void {
  for (const [name, value] of pairs) {
    assert(name.length > 0 && name.length <= omapiLimits.name, 'an attribute name is short and not empty');
    assert(value.length <= omapiLimits.value, 'an attribute value is bounded');
    out.u16(name.length);
    out.text(name);
    out.u32(value.length);
    out.raw(value);
  }
  out.u16(0);
}
