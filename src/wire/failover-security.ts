// Keys of the secured failover channel (TLS 1.3 with a pre-shared key, RFC 8446 §2.2; HKDF, RFC 5869), and what two Leasehold nodes
// say of them in option 29 of CONNECT and CONNECTACK, which dhcpd skips.
//
//   option 29: version:u8 (1)  flags:u8 (1 wants it, 2 demands it)  fingerprint{8}   (fingerprint absent: no key)

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
  /** Undefined: it has no key that would do. */
  readonly fingerprint: Uint8Array | undefined;
}

const version = 1;
const flag = { wants: 1, demands: 2 } as const;

export const encodeCapabilities = ({ wantsSecurity, demandsSecurity, fingerprint }: Capabilities): Uint8Array =>
  concatBytes(
    Uint8Array.of(version, (wantsSecurity ? flag.wants : 0) | (demandsSecurity ? flag.demands : 0)),
    fingerprint ?? new Uint8Array(0),
  );

/** Undefined for anything that is not ours; later versions may append. */
export function readCapabilities(value: Uint8Array | undefined): Capabilities | undefined {
  if (value === undefined || value.length < 2 || (value[0] ?? 0) < version) return undefined;
  const flags = value[1] ?? 0;
  return {
    wantsSecurity: (flags & flag.wants) !== 0,
    demandsSecurity: (flags & flag.demands) !== 0,
    fingerprint: value.length >= 2 + fingerprintSize ? value.slice(2, 2 + fingerprintSize) : undefined,
  };
}
