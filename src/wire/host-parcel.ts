// Parcels about hosts (topic `hosts`): what two nodes hold, compared by sums and sent where it differs. What a text says is for the
// lease room to read; here it is bytes of bounded size.
//
//   sums   kind 1  words:u32 × n
//   hosts  kind 2  batch:u32  { name:str  dots:u8 dot…  writes:u8 { dot  names:u16 name:str…  size:u32 text }… }…
//   taken  kind 3  batch:u32
//   dot: role:u8 (`p`, `s`)  number:u32  at:u48     str: as in parcel-reader.ts

import { ByteWriter } from '../std/bytes.ts';
import { ParcelReader, writeParcelString } from './parcel-reader.ts';

interface WireDot {
  readonly origin: string;
  readonly at: number;
}
export interface WireHost {
  readonly name: string;
  readonly seen: readonly WireDot[];
  /** Latest first, at least one; `seen` covers each. */
  readonly written: readonly { readonly dot: WireDot; readonly beside: readonly string[]; readonly text: string }[];
}
export type HostParcel =
  | { readonly kind: 'sums'; readonly words: Uint32Array }
  | { readonly kind: 'hosts'; readonly batch: number; readonly hosts: readonly WireHost[] }
  | { readonly kind: 'taken'; readonly batch: number };

const code = { sums: 1, hosts: 2, taken: 3 } as const;
/** Of one version. */
const dotsMax = 16;
const writesMax = 16;

export function encodeHostSums(words: Uint32Array): Uint8Array {
  const out = new ByteWriter(1 + 4 * words.length);
  out.u8(code.sums);
  for (const word of words) out.u32(word);
  return out.copy();
}
export function encodeHostsTaken(batch: number): Uint8Array {
  const out = new ByteWriter(8);
  out.u8(code.taken);
  out.u32(batch);
  return out.copy();
}
/** Begins a parcel; `writeHost` appends to it. */
export function beginHosts(out: ByteWriter, batch: number): void {
  out.reset();
  out.u8(code.hosts);
  out.u32(batch);
}
export function writeHost(out: ByteWriter, { name, seen, written }: WireHost): void {
  writeParcelString(out, name);
  out.u8(seen.length);
  for (const dot of seen) writeDot(out, dot);
  out.u8(written.length);
  for (const { dot, beside, text } of written) {
    writeDot(out, dot);
    out.u16(beside.length);
    for (const other of beside) writeParcelString(out, other);
    out.u32(text.length);
    out.text(text);
  }
}
function writeDot(out: ByteWriter, { origin, at }: WireDot): void {
  out.u8(origin.charCodeAt(0));
  out.u32(Number.parseInt(origin.slice(1), 16));
  out.u16(Math.floor(at / 2 ** 32));
  out.u32(at >>> 0);
}
/** Undefined: not what this or an earlier version of Leasehold writes. */
export function decodeHostParcel(bytes: Uint8Array): HostParcel | undefined {
  const reader = new ParcelReader(bytes);
  const kind = reader.u8();
  if (kind === code.sums) return sums(bytes);
  const batch = reader.u32();
  if (kind === code.taken) return reader.isGood && reader.isAtEnd ? { kind: 'taken', batch } : undefined;
  if (kind !== code.hosts) return undefined;
  const hosts: WireHost[] = [];
  while (reader.isGood && !reader.isAtEnd) {
    const host = readHost(reader);
    if (host === undefined) return undefined;
    hosts.push(host);
  }
  return reader.isGood ? { kind: 'hosts', batch, hosts } : undefined;
}

function sums(bytes: Uint8Array): HostParcel | undefined {
  if ((bytes.length - 1) % 4 !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + 1, bytes.length - 1);
  return { kind: 'sums', words: Uint32Array.from({ length: view.byteLength / 4 }, (_, index) => view.getUint32(4 * index)) };
}

function readHost(reader: ParcelReader): WireHost | undefined {
  const name = reader.string();
  const seen = reader.list(reader.u8(), dotsMax, () => readDot(reader));
  const written = reader.list(reader.u8(), writesMax, () => ({
    dot: readDot(reader),
    beside: reader.list(reader.u16(), reader.size, () => reader.string()),
    text: reader.latin1(reader.u32()),
  }));
  const isWhole = reader.isGood && name !== '' && written.length > 0 &&
    written.every(({ dot }) => seen.some(({ origin, at }) => origin === dot.origin && at >= dot.at));
  return isWhole ? { name, seen, written } : undefined;
}
function readDot(reader: ParcelReader): WireDot {
  const role = reader.u8();
  const number = reader.u32();
  const at = reader.u16() * 2 ** 32 + reader.u32();
  if (role !== 112 && role !== 115) reader.isGood = false;
  return { origin: String.fromCharCode(role) + number.toString(16).padStart(8, '0'), at };
}
