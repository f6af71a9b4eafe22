// The Internet checksum (RFC 1071): sums of 16-bit words that can be taken piece by piece and folded once.

/**
 * Adds the big-endian words of [from, to) to `sum`; an odd last byte counts as the high one. A piece that is followed
 * by another must have even length. PERF: four bytes a step, integers only; 64 KiB cannot overflow.
 */
export function addWords(view: DataView, from: number, to: number, sum: number): number {
  let at = from;
  let total = sum;
  for (const last = to - 4; at <= last; at += 4) {
    const word = view.getUint32(at);
    total += (word >>> 16) + (word & 0xffff);
  }
  if (at + 2 <= to) {
    total += view.getUint16(at);
    at += 2;
  }
  return at < to ? total + (view.getUint8(at) << 8) : total;
}

/** Adds a 32-bit value, as an address in a pseudo header. */
export const addLong = (value: number, sum: number): number => sum + (value >>> 16) + (value & 0xffff);

/** The sum with its carries added in, 0..0xffff. A correct header or datagram sums to 0xffff. */
export function fold(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded >>> 16) + (folded & 0xffff);
  return folded;
}

/** What to store in the checksum field. */
export const checksumOf = (sum: number): number => ~fold(sum) & 0xffff;
