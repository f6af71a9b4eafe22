// Values of OMAPI attributes between bytes and what they mean (OMAPI reference §1.4).

import { latin1, fromLatin1 } from '../../std/bytes.ts';
import { ipv4FromBytes, ipv4ToBytes, type Ipv4 } from '../../std/ipv4.ts';
import type { OmapiPairs } from '../../wire/omapi-message.ts';

/** Of hosts and groups. What all tools send; anything else could not stand unquoted in the lease file, where dhcpd writes names so. */
export const objectNamePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/;

/** Integers, booleans, times, handles. */
export const u32 = (value: number): Uint8Array => ipv4ToBytes((value >>> 0) as Ipv4);
export const text = (value: string): Uint8Array => latin1(value);
export const textOf = (value: Uint8Array): string => fromLatin1(value);

/** undefined: another size than four bytes. */
export const u32Of = (value: Uint8Array): number | undefined => (value.length === 4 ? ipv4FromBytes(value) : undefined);

/** Absent and empty are false; undefined: another size than four bytes. */
export function flagOf(pairs: OmapiPairs, name: string): boolean | undefined {
  const value = pairs.get(name);
  if (value === undefined || value.length === 0) return false;
  const number = u32Of(value);
  return number === undefined ? undefined : number !== 0;
}

/** The addresses of a list; undefined unless it is one or more times four bytes. */
export function addressesOf(value: Uint8Array): Ipv4[] | undefined {
  if (value.length === 0 || value.length % 4 !== 0) return undefined;
  return Array.from({ length: value.length / 4 }, (_, index) => ipv4FromBytes(value, index * 4));
}

/** Attributes in the order in which they are sent; what is undefined is left out. */
export function pairsOf(...pairs: readonly (readonly [string, Uint8Array | undefined])[]): Map<string, Uint8Array> {
  const given = new Map<string, Uint8Array>();
  for (const [name, value] of pairs) if (value !== undefined) given.set(name, value);
  return given;
}

/** For the log and for people: quoted when printable, else hex with colons, as omshell shows it. */
export function shown(value: Uint8Array): string {
  const characters = fromLatin1(value);
  return /^[\x20-\x7e]+$/.test(characters)
    ? `"${characters}"`
    : Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}
