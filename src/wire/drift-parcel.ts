// What two nodes say of what must agree between them (topic `drift` of wire/failover-parcel.ts). Digests first, then, of what differs,
// the facts: one host among 10,000 that differs costs a few kilobytes.
//
//   parcel   version:u8 (1)  kind:u8  generation:u32  …
//   summary  kind 1:  count:u8  { section:u8  facts:u32  digest{32} }
//   buckets  kind 2:  about:u32  section:u8  digest{8} × 256
//   facts    kind 3:  about:u32  section:u8  flags:u8 (1: cut off)  covered{32}  { key shown place line: size:u8 text  digest{8} }
//   clock    kind 4:  ahead:i32  synced:u8 (0 unknown, 1 yes, 2 no): seconds of the hearer's clock as the sender measures them, and what
//                     the sender's kernel says of its own
//
// `generation` counts the sender's configurations, `about` repeats the generation of the partner's that it was compared with.

import { createHash } from 'node:crypto';
import { ByteWriter, fromLatin1, toHex } from '../std/bytes.ts';

export const bucketCount = 256;
export const sectionDigestSize = 32;
export const shortDigestSize = 8;
/** Bitmap of buckets. */
export const coveredSize = bucketCount / 8;
/** Facts of one section in one parcel, bytes; what does not fit is cut off and said to be. */
export const factsSizeMax = 200_000;
const version = 1;
const textMax = 255;
const cutFlag = 1;
const kinds = { summary: 1, buckets: 2, facts: 3, clock: 4 } as const;
const syncedCode = { unknown: 0, yes: 1, no: 2 } as const;

export interface SectionDigest {
  readonly section: number;
  readonly count: number;
  readonly digest: Uint8Array;
}
export interface WireClaim {
  readonly key: string;
  /** 16 hex digits. */
  readonly digest: string;
  readonly shown: string;
  readonly place: string;
  readonly line: string;
}
export type DriftParcel =
  | { readonly kind: 'clock'; readonly generation: number; readonly ahead: number; readonly isSynced: boolean | undefined }
  | { readonly kind: 'summary'; readonly generation: number; readonly sections: readonly SectionDigest[] }
  | { readonly kind: 'buckets'; readonly generation: number; readonly about: number; readonly section: number; readonly digests: Uint8Array }
  | {
      readonly kind: 'facts';
      readonly generation: number;
      readonly about: number;
      readonly section: number;
      readonly isCut: boolean;
      readonly covered: Uint8Array;
      readonly claims: readonly WireClaim[];
    };

export const digestOf = (text: string | Uint8Array): Uint8Array => Uint8Array.from(createHash('sha256').update(text).digest());
export const shortDigest = (text: string): string => toHex(digestOf(text).subarray(0, shortDigestSize));

/** FNV-1a over the key: where two nodes look for the same fact. */
export function bucketOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return (hash >>> 24) ^ ((hash >>> 16) & 0xff) ^ ((hash >>> 8) & 0xff) ^ (hash & 0xff);
}
export const isCovered = (covered: Uint8Array, bucket: number): boolean => ((covered[bucket >>> 3] ?? 0) & (1 << (bucket & 7))) !== 0;

const textSize = (text: string): number => 1 + Math.min(text.length, textMax);
export const claimSize = ({ key, shown, place, line }: WireClaim): number =>
  textSize(key) + textSize(shown) + textSize(place) + textSize(line) + shortDigestSize;

/** Texts are Latin-1, cut off at 255 characters. */
export function encodeDrift(parcel: DriftParcel): Uint8Array {
  const out = new ByteWriter(4096);
  out.u8(version);
  out.u8(kinds[parcel.kind]);
  out.u32(parcel.generation);
  if (parcel.kind === 'summary') {
    out.u8(parcel.sections.length);
    for (const { section, count, digest } of parcel.sections) {
      out.u8(section);
      out.u32(count);
      out.raw(digest);
    }
    return out.copy();
  }
  if (parcel.kind === 'clock') {
    out.u32(parcel.ahead >>> 0);
    out.u8(parcel.isSynced === undefined ? syncedCode.unknown : parcel.isSynced ? syncedCode.yes : syncedCode.no);
    return out.copy();
  }
  out.u32(parcel.about);
  out.u8(parcel.section);
  if (parcel.kind === 'buckets') out.raw(parcel.digests);
  else {
    out.u8(parcel.isCut ? cutFlag : 0);
    out.raw(parcel.covered);
    for (const claim of parcel.claims) writeClaim(out, claim);
  }
  return out.copy();
}
function writeClaim(out: ByteWriter, { key, shown, place, line, digest }: WireClaim): void {
  for (const text of [key, shown, place, line]) {
    out.u8(Math.min(text.length, textMax));
    out.text(text.slice(0, textMax));
  }
  for (let at = 0; at < shortDigestSize; at++) out.u8(Number.parseInt(digest.slice(at * 2, at * 2 + 2), 16) & 0xff);
}

/** Reads what is left of a parcel; `isShort` once it ran out. */
class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;
  isShort = false;
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }
  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }
  raw(size: number): Uint8Array {
    if (this.#at + size > this.#bytes.length) this.isShort = true;
    const part = this.#bytes.slice(this.#at, this.#at + size);
    this.#at += size;
    return part;
  }
  u8(): number {
    return this.raw(1)[0] ?? 0;
  }
  u32(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.raw(4);
    return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  }
  /** What the partner wrote goes to logs and terminals: no control characters. */
  text(): string {
    return fromLatin1(this.raw(this.u8())).replace(/[^\u0020-\u007e\u00a0-\u00ff]/g, '?');
  }
}

/** `version`: a later one that cannot be compared with ours. `malformed`: nothing a Leasehold node writes. */
export function decodeDrift(bytes: Uint8Array): DriftParcel | 'malformed' | 'version' {
  const reader = new Reader(bytes);
  const theirs = reader.u8();
  const kind = reader.u8();
  const generation = reader.u32();
  if (reader.isShort || theirs === 0) return 'malformed';
  if (theirs !== version) return 'version';
  const parcel = readers.get(kind)?.(reader, generation);
  return parcel === undefined || reader.isShort ? 'malformed' : parcel;
}
function readSummary(reader: Reader, generation: number): DriftParcel {
  const count = reader.u8();
  const sections: SectionDigest[] = [];
  for (let index = 0; index < count && !reader.isShort; index++)
    sections.push({ section: reader.u8(), count: reader.u32(), digest: reader.raw(sectionDigestSize) });
  return { kind: 'summary', generation, sections };
}
const readBuckets = (reader: Reader, generation: number): DriftParcel => ({
  kind: 'buckets', generation, about: reader.u32(), section: reader.u8(), digests: reader.raw(bucketCount * shortDigestSize),
});
function readFacts(reader: Reader, generation: number): DriftParcel {
  const about = reader.u32();
  const section = reader.u8();
  const isCut = (reader.u8() & cutFlag) !== 0;
  const covered = reader.raw(coveredSize);
  const claims: WireClaim[] = [];
  while (!reader.isAtEnd && !reader.isShort) {
    const [key, shown, place, line] = [reader.text(), reader.text(), reader.text(), reader.text()];
    claims.push({ key, shown, place, line, digest: toHex(reader.raw(shortDigestSize)) });
  }
  return { kind: 'facts', generation, about, section, isCut, covered, claims };
}
function readClock(reader: Reader, generation: number): DriftParcel {
  const ahead = reader.u32() | 0;
  const code = reader.u8();
  return { kind: 'clock', generation, ahead, isSynced: code === syncedCode.yes ? true : code === syncedCode.no ? false : undefined };
}
const readers: ReadonlyMap<number, (reader: Reader, generation: number) => DriftParcel> = new Map([
  [kinds.summary, readSummary], [kinds.buckets, readBuckets], [kinds.facts, readFacts], [kinds.clock, readClock],
]);
