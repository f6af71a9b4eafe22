// What the words behind flags must be; anything else throws a SyntaxError whose message says so, and the command line ends with it.

import { parseIpv4, type Ipv4 } from '../std/ipv4.ts';

const numberOf = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

/** A number with or without a fraction; both ends are inside. */
export const numberIn = (low: number, high: number) => (text: string): number => {
  const value = numberOf(text);
  if (!(value >= low && value <= high)) throw new SyntaxError(`${text} is not a number from ${low} to ${high}`);
  return value;
};
export const wholeIn = (low: number, high: number) => (text: string): number => {
  const value = numberOf(text);
  if (!Number.isInteger(value) || value < low || value > high) throw new SyntaxError(`${text} is not a whole number from ${low} to ${high}`);
  return value;
};
/** dhcpd's -p takes no 65535 either: the server's port and the clients', one above, both exist. */
export const serverPort = wholeIn(1, 65_534);

export function dottedAddress(text: string): Ipv4 {
  const address = parseIpv4(text);
  if (address === undefined) throw new SyntaxError(`${text} is not an IPv4 address`);
  return address;
}
