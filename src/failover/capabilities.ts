// How this software calls itself in CONNECT and CONNECTACK, and what two Leasehold nodes tell each other in options that dhcpd
// skips (reference §11.4).

import { concatBytes } from '../std/bytes.ts';
import type { FailoverHardware, PrivateOptions } from '../wire/failover-message.ts';

export const vendorClass = 'leasehold/0.1';

const code = {
  /** BNDACK: the client that held the address here and gave way; htype and hardware address. */
  rival: 0xf001,
  /** STATE: this pair was declared new under this identity. */
  identity: 0xf002,
} as const;

export const rivalOption = ({ htype, address }: FailoverHardware): PrivateOptions =>
  new Map([[code.rival, concatBytes(Uint8Array.of(htype), address)]]);
/** Hardware address of the partner's client where it had leased the address to another; the ack's verdict says who keeps it. */
export const rivalOf = (options: PrivateOptions): Uint8Array | undefined => options.get(code.rival)?.subarray(1, 21);

export const identityOption = (identity: string): PrivateOptions =>
  new Map([[code.identity, Uint8Array.from(identity, (char) => char.charCodeAt(0))]]);
export function identityOf(options: PrivateOptions): string | undefined {
  const bytes = options.get(code.identity);
  const text = bytes === undefined ? '' : String.fromCharCode(...bytes.subarray(0, 64));
  return isIdentity(text) ? text : undefined;
}
export const isIdentity = (text: string): boolean => /^[\w-]{8,64}$/.test(text);
