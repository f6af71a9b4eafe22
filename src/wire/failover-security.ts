// Keys of the secured failover channel (TLS 1.3 with a pre-shared key, RFC 8446 §2.2; HKDF, RFC 5869), and what two Leasehold nodes
// say of them in option 29 of CONNECT and CONNECTACK, which dhcpd skips.
//
//   option 29: version:u8 (1)  flags:u8  [fingerprint{8}]  [features:u16  contact:u16 milliseconds  witness:u32]  [more:u8  fingerprint{8} …]
//   flags: 1 wants it secured, 2 demands it, 4 features are there, 8 there is neither key nor authority, so no fingerprint,
//   16 by certificate: the fingerprints are of the authorities that are trusted, `more` of them behind the first

import { createHmac, hkdfSync } from 'node:crypto';
import { concatBytes, latin1 } from '../std/bytes.ts';

export interface ChannelKey {
  /** 32 bytes. */
  readonly psk: Uint8Array;
  /** 8 bytes by which both nodes see whether they have the same key; it tells nothing about a random one. */
  readonly fingerprint: Uint8Array;
}

/** Secrets with fewer bytes can be guessed from what crosses the wire: they secure nothing. */
export const channelSecretSizeMin = 16;
export const fingerprintSize = 8;
/** Authorities that one node trusts for a relationship, as many as option 29 tells. */
export const authoritiesMax = 4;

/** One secret gives every relationship a key of its own, for its two roles. */
export function channelKey(secret: Uint8Array, relationship: Uint8Array): ChannelKey {
  const info = concatBytes(latin1('primary and secondary of '), relationship);
  const psk = new Uint8Array(hkdfSync('sha256', secret, latin1('leasehold failover channel 1'), info, 32));
  const fingerprint = createHmac('sha256', psk).update('fingerprint').digest().subarray(0, fingerprintSize);
  return { psk, fingerprint: Uint8Array.from(fingerprint) };
}

export interface Capabilities {
  readonly wantsSecurity: boolean;
  readonly demandsSecurity: boolean;
  /** By a certificate of an authority, and not by a key. */
  readonly isCertified: boolean;
  /** Of the key, or of each authority; none: it has nothing that would do. */
  readonly fingerprints: readonly Uint8Array[];
}

const version = 1;
const flag = { wants: 1, demands: 2, features: 4, keyless: 8, certified: 16 } as const;

/** What a node can do beyond dhcpd's protocol, bit by bit (failover/capabilities.ts), and how often it wants to hear from its partner. */
export interface Features {
  readonly bits: number;
  /** Milliseconds; 0: no oftener than dhcpd. */
  readonly contactMillis: number;
  /** Which witness decides for it when it is alone, as a checksum of its settings; 0: none. */
  readonly witness: number;
}
export const noFeatures: Features = { bits: 0, contactMillis: 0, witness: 0 };

export function encodeCapabilities({ wantsSecurity, demandsSecurity, isCertified, fingerprints }: Capabilities, features?: Features): Uint8Array {
  const [first, ...more] = fingerprints;
  const flags =
    (wantsSecurity ? flag.wants : 0) | (demandsSecurity ? flag.demands : 0) | (features === undefined ? 0 : flag.features) |
    (first === undefined ? flag.keyless : 0) | (isCertified ? flag.certified : 0);
  const numbers = new DataView(new ArrayBuffer(features === undefined ? 0 : featuresSize));
  if (features !== undefined) {
    numbers.setUint16(0, features.bits);
    numbers.setUint16(2, features.contactMillis);
    numbers.setUint32(4, features.witness);
  }
  const others = isCertified ? [Uint8Array.of(more.length), ...more] : [];
  return concatBytes(Uint8Array.of(version, flags), first ?? new Uint8Array(0), new Uint8Array(numbers.buffer), ...others);
}

const featuresSize = 8;
const featuresAt = (flags: number): number => 2 + ((flags & flag.keyless) === 0 ? fingerprintSize : 0);

/** Undefined for anything that is not ours; later versions may append. */
export function readCapabilities(value: Uint8Array | undefined): Capabilities | undefined {
  if (value === undefined || value.length < 2 || (value[0] ?? 0) < version) return undefined;
  const flags = value[1] ?? 0;
  return {
    wantsSecurity: (flags & flag.wants) !== 0,
    demandsSecurity: (flags & flag.demands) !== 0,
    isCertified: (flags & flag.certified) !== 0,
    fingerprints: fingerprintsAt(value).flatMap((at) => (at + fingerprintSize <= value.length ? [value.slice(at, at + fingerprintSize)] : [])),
  };
}

/** Where fingerprints begin, as the option says; it may have been cut off before. */
function fingerprintsAt(value: Uint8Array): readonly number[] {
  const flags = value[1] ?? 0;
  if ((flags & flag.keyless) !== 0) return [];
  if ((flags & flag.certified) === 0) return [2];
  const countAt = featuresAt(flags) + ((flags & flag.features) === 0 ? 0 : featuresSize);
  const more = Math.min(value[countAt] ?? 0, authoritiesMax - 1);
  return [2, ...Array.from({ length: more }, (_, index) => countAt + 1 + index * fingerprintSize)];
}

/** Nothing at all for a dhcpd, a version without any, or an option that was cut off. */
export function readFeatures(value: Uint8Array | undefined): Features {
  const flags = value?.[1] ?? 0;
  const at = featuresAt(flags);
  if (value === undefined || (value[0] ?? 0) < version || (flags & flag.features) === 0 || value.length < at + featuresSize) return noFeatures;
  const numbers = new DataView(value.buffer, value.byteOffset + at, featuresSize);
  return { bits: numbers.getUint16(0), contactMillis: numbers.getUint16(2), witness: numbers.getUint32(4) };
}
