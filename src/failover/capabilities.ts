// How this software calls itself in CONNECT and CONNECTACK, and what two Leasehold nodes tell each other in options that dhcpd
// skips (reference §11.4).

import { concatBytes } from '../std/bytes.ts';
import type { FailoverHardware, PrivateOptions } from '../wire/failover-message.ts';

export const vendorClass = 'leasehold/0.1';

/**
 * What goes beyond dhcpd's protocol, a bit each in CONNECT and CONNECTACK. It is used where both nodes show the bit, so that two
 * versions get along during an upgrade. A bit is never given a second meaning.
 */
export const capabilityBit = {
  /** CONTACT carries parcels: drift, hosts, contacts, boot choices, boot files. */
  parcels: 1,
  /** STATE tells the pair's identity and how many updates are taken at once. */
  'state-options': 2,
  /** BNDACK tells the client that held the address here. */
  rival: 4,
  /** Judges updates, and moves, by the tables of this software where ISC's are less safe. */
  rules: 8,
  /** Never used addresses need not be told. */
  'used-only': 16,
  /** Acknowledges at once, so that an ACK may wait for it. */
  'prompt-acks': 32,
  /** Says something as often as its partner wishes. */
  'short-contact': 64,
} as const;
export type Capability = keyof typeof capabilityBit;
export const capabilityNames = Object.keys(capabilityBit) as readonly Capability[];

/** Ours. The test of an upgrade builds the program with none. */
export const ownCapabilityBits: number = Object.values(capabilityBit).reduce((all, bit) => all | bit, 0);
export const isShared = (capability: Capability, partnerBits: number): boolean => (ownCapabilityBits & partnerBits & capabilityBit[capability]) !== 0;

const code = {
  /** BNDACK: the client that held the address here and gave way; htype and hardware address. */
  rival: 0xf001,
  /** STATE: this pair was declared new under this identity. */
  identity: 0xf002,
  /** STATE: u16, how many updates its sender takes before it has acknowledged any, instead of the handshake's few. */
  window: 0xf003,
} as const;

/** Updates we take at once from a Leasehold: some milliseconds of work, and hundreds of clients' leases on one fdatasync. */
export const ownWindow = 1024;

export const rivalOption = ({ htype, address }: FailoverHardware): PrivateOptions =>
  new Map([[code.rival, concatBytes(Uint8Array.of(htype), address)]]);
/** Hardware address of the partner's client where it had leased the address to another; the ack's verdict says who keeps it. */
export const rivalOf = (options: PrivateOptions): Uint8Array | undefined => options.get(code.rival)?.subarray(1, 21);

/** What STATE tells a Leasehold partner. */
export const stateOptions = (identity: string | undefined): PrivateOptions =>
  new Map([
    ...(identity === undefined ? [] : [[code.identity, Uint8Array.from(identity, (char) => char.charCodeAt(0))] as const]),
    [code.window, Uint8Array.of(ownWindow >> 8, ownWindow & 255)],
  ]);
/** Undefined: the partner keeps to what the handshake said. */
export function windowOf(options: PrivateOptions): number | undefined {
  const bytes = options.get(code.window);
  const window = bytes?.length === 2 ? ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0) : 0;
  return window === 0 ? undefined : window;
}
export function identityOf(options: PrivateOptions): string | undefined {
  const bytes = options.get(code.identity);
  const text = bytes === undefined ? '' : String.fromCharCode(...bytes.subarray(0, 64));
  return isIdentity(text) ? text : undefined;
}
export const isIdentity = (text: string): boolean => /^[\w-]{8,64}$/.test(text);
