// TFTP packets (RFC 1350) with options (RFC 2347): blksize (2348), timeout and tsize (2349), windowsize (7440).
//
//   RRQ, WRQ ::= opcode:u16 filename 0 mode 0 (name 0 value 0)*      DATA  ::= 3:u16 block:u16 data
//   ACK      ::= 4:u16 block:u16                                     ERROR ::= 5:u16 code:u16 message 0
//   OACK     ::= 6:u16 (name 0 value 0)*

import type { ByteWriter } from '../std/bytes.ts';
import { fromLatin1 } from '../std/bytes.ts';

export const tftpOpcode = { rrq: 1, wrq: 2, data: 3, ack: 4, error: 5, oack: 6 } as const;
/** RFC 1350 appendix I, and 8 of RFC 2347. */
export const tftpError = {
  undefined: 0,
  fileNotFound: 1,
  accessViolation: 2,
  diskFull: 3,
  illegalOperation: 4,
  unknownTransfer: 5,
  fileExists: 6,
  noSuchUser: 7,
  optionsRefused: 8,
} as const;

/** Bytes of DATA and ACK in front of their data. */
export const tftpHeaderSize = 4;
export const tftpBlockSizeDefault = 512;
/** Largest request, bytes (RFC 2347 §3). */
export const tftpRequestSizeMax = 512;

/** Ranges of option values; tsize in a request is 0, or the size for a write. */
export const tftpOptionRange = {
  blksize: [8, 65_464],
  timeout: [1, 255],
  tsize: [0, Number.MAX_SAFE_INTEGER],
  windowsize: [1, 65_535],
} as const;
export type TftpOptionName = keyof typeof tftpOptionRange;

/** Names in lower case; the first of a repeated name counts; values as text. */
export type TftpOptions = ReadonlyMap<string, string>;

export type TftpPacket =
  | {
      readonly kind: 'rrq' | 'wrq';
      readonly filename: string;
      /** In lower case: `octet`, `netascii`, `mail`. */
      readonly mode: string;
      readonly options: TftpOptions;
    }
  /** `data` lies in the bytes that were parsed. */
  | { readonly kind: 'data'; readonly block: number; readonly data: Uint8Array }
  | { readonly kind: 'ack'; readonly block: number }
  | { readonly kind: 'error'; readonly code: number; readonly message: string }
  | { readonly kind: 'oack'; readonly options: TftpOptions };
/** `short`: under four bytes. `opcode`: none of ours. `string`: no NUL, or an empty file name. `size`: a request too long. */
export type TftpDrop = 'short' | 'opcode' | 'string' | 'size';

export function parseTftp(bytes: Uint8Array): TftpPacket | TftpDrop {
  if (bytes.length < 2) return 'short';
  const opcode = u16(bytes, 0);
  switch (opcode) {
    case tftpOpcode.rrq:
    case tftpOpcode.wrq: return parseRequest(opcode === tftpOpcode.rrq ? 'rrq' : 'wrq', bytes);
    case tftpOpcode.oack: {
      const options = parseOptions(bytes, 2);
      return options === undefined ? 'string' : { kind: 'oack', options };
    }
    case tftpOpcode.data:
    case tftpOpcode.ack:
    case tftpOpcode.error: break;
    default: return 'opcode';
  }
  if (bytes.length < tftpHeaderSize) return 'short';
  const number = u16(bytes, 2);
  if (opcode === tftpOpcode.data) return { kind: 'data', block: number, data: bytes.subarray(tftpHeaderSize) };
  if (opcode === tftpOpcode.ack) return { kind: 'ack', block: number };
  // Some clients leave out the NUL behind the message; it only goes to a log.
  const end = bytes.indexOf(0, tftpHeaderSize);
  return { kind: 'error', code: number, message: fromLatin1(bytes.subarray(tftpHeaderSize, end < 0 ? bytes.length : end)) };
}

/** The block of an ACK; -1 for any other packet. PERF: once a block of every boot file, without an object. */
export const ackOf = (bytes: Uint8Array, size: number): number =>
  size >= tftpHeaderSize && u16(bytes, 0) === tftpOpcode.ack ? u16(bytes, 2) : -1;

function parseRequest(kind: 'rrq' | 'wrq', bytes: Uint8Array): TftpPacket | TftpDrop {
  if (bytes.length > tftpRequestSizeMax) return 'size';
  const filename = readString(bytes, 2);
  const mode = filename && readString(bytes, filename.next);
  if (filename === undefined || mode === undefined || filename.text === '') return 'string';
  const options = parseOptions(bytes, mode.next);
  if (options === undefined) return 'string';
  return { kind, filename: filename.text, mode: mode.text.toLowerCase(), options };
}

/** Pairs up to the end; undefined when one of them is not closed by NUL. */
function parseOptions(bytes: Uint8Array, from: number): TftpOptions | undefined {
  const options = new Map<string, string>();
  for (let at = from; at < bytes.length; ) {
    const name = readString(bytes, at);
    const value = name && readString(bytes, name.next);
    if (name === undefined || value === undefined) return undefined;
    const key = name.text.toLowerCase();
    if (key !== '' && !options.has(key)) options.set(key, value.text);
    at = value.next;
  }
  return options;
}

function readString(bytes: Uint8Array, from: number): { readonly text: string; readonly next: number } | undefined {
  const end = bytes.indexOf(0, from);
  return end < 0 ? undefined : { text: fromLatin1(bytes.subarray(from, end)), next: end + 1 };
}
const u16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

/** An option's value as a number; undefined when it is absent, no decimal number, or outside its range. */
export function tftpOption(options: TftpOptions, name: TftpOptionName): number | undefined {
  const text = options.get(name);
  if (text === undefined || !/^\d{1,15}$/.test(text)) return undefined;
  const value = Number(text);
  const [low, high] = tftpOptionRange[name];
  return value >= low && value <= high ? value : undefined;
}

/** Appends a packet; text longer than a request may be is the caller's to avoid. */
export function encodeTftp(out: ByteWriter, packet: TftpPacket): void {
  out.u16(tftpOpcode[packet.kind]);
  switch (packet.kind) {
    case 'rrq':
    case 'wrq':
      writeString(out, packet.filename);
      writeString(out, packet.mode);
      writeOptions(out, packet.options);
      break;
    case 'data':
      out.u16(packet.block);
      out.raw(packet.data);
      break;
    case 'ack': out.u16(packet.block); break;
    case 'error':
      out.u16(packet.code);
      writeString(out, packet.message);
      break;
    case 'oack': writeOptions(out, packet.options); break;
    default: packet satisfies never;
  }
}

function writeOptions(out: ByteWriter, options: TftpOptions): void {
  for (const [name, value] of options) {
    writeString(out, name);
    writeString(out, value);
  }
}
/** A NUL inside would end the string early and forge what follows. */
function writeString(out: ByteWriter, text: string): void {
  out.text(text.replaceAll('\0', ''));
  out.u8(0);
}

/** The four bytes in front of file data that lies in a send buffer. PERF: per block of every boot file. */
export function writeDataHeader(bytes: Uint8Array, block: number, at = 0): void {
  bytes[at] = 0;
  bytes[at + 1] = tftpOpcode.data;
  bytes[at + 2] = (block >>> 8) & 255;
  bytes[at + 3] = block & 255;
}
