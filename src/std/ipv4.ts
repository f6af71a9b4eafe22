// IPv4 addresses as unsigned 32-bit numbers. `&`, `|` and `~` give signed results: always `>>> 0`.

export type Ipv4 = number & { readonly unit: 'ipv4' };

export const anyAddress = 0 as Ipv4;
export const limitedBroadcast = 0xffffffff as Ipv4;

export const formatIpv4 = (ip: Ipv4): string =>
  `${ip >>> 24}.${(ip >>> 16) & 255}.${(ip >>> 8) & 255}.${ip & 255}`;

/** Dotted decimal, four parts, base 10 (leading zeros allowed as dhcpd does); undefined otherwise. */
export function parseIpv4(text: string): Ipv4 | undefined {
  const match = /^(\d{1,10})\.(\d{1,10})\.(\d{1,10})\.(\d{1,10})$/.exec(text);
  if (match === null) return undefined;
  let ip = 0;
  for (let part = 1; part <= 4; part++) {
    const value = Number(match[part]);
    if (value > 255) return undefined;
    ip = ip * 256 + value;
  }
  return ip as Ipv4;
}

export const ipv4FromBytes = (bytes: Uint8Array, at = 0): Ipv4 =>
  ((((bytes[at] ?? 0) << 24) |
    ((bytes[at + 1] ?? 0) << 16) |
    ((bytes[at + 2] ?? 0) << 8) |
    (bytes[at + 3] ?? 0)) >>>
    0) as Ipv4;

export const ipv4ToBytes = (ip: Ipv4): Uint8Array =>
  Uint8Array.of(ip >>> 24, (ip >>> 16) & 255, (ip >>> 8) & 255, ip & 255);

export const networkOf = (ip: Ipv4, mask: Ipv4): Ipv4 => ((ip & mask) >>> 0) as Ipv4;
export const broadcastOf = (network: Ipv4, mask: Ipv4): Ipv4 => ((network | ~mask) >>> 0) as Ipv4;
export const isInside = (ip: Ipv4, network: Ipv4, mask: Ipv4): boolean =>
  networkOf(ip, mask) === network;

/** Number of leading one bits; a mask with holes counts all its bits. */
export function prefixLength(mask: Ipv4): number {
  let count = 0;
  for (let bits = mask as number; bits !== 0; bits = (bits << 1) >>> 0) count += bits >>> 31;
  return count;
}
