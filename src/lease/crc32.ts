// CRC-32 (IEEE 802.3, reflected, as in zlib), eight bytes a step.

const polynomial = 0xedb88320;

/** Eight tables of 256 words: table k tells what a byte does when k more bytes follow it. */
const tables = makeTables();

function makeTables(): Uint32Array {
  const words = new Uint32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ polynomial;
    words[byte] = crc;
  }
  for (let at = 256; at < words.length; at++) {
    const before = words[at - 256] ?? 0;
    words[at] = (before >>> 8) ^ (words[before & 255] ?? 0);
  }
  return words;
}

/**
 * CRC of bytes[from, to), 0..0xffffffff. `before` is the CRC of what came before, so that a long text can be summed piece by
 * piece. PERF: about a nanosecond a byte.
 */
export function crc32(bytes: Uint8Array, from: number, to: number, before = 0): number {
  const t = tables;
  let crc = ~before;
  let at = from;
  for (const end = to - 8; at <= end; at += 8) {
    const low =
      crc ^ ((bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24));
    crc =
      (t[1792 + (low & 255)] as number) ^
      (t[1536 + ((low >>> 8) & 255)] as number) ^
      (t[1280 + ((low >>> 16) & 255)] as number) ^
      (t[1024 + (low >>> 24)] as number) ^
      (t[768 + (bytes[at + 4] as number)] as number) ^
      (t[512 + (bytes[at + 5] as number)] as number) ^
      (t[256 + (bytes[at + 6] as number)] as number) ^
      (t[bytes[at + 7] as number] as number);
  }
  for (; at < to; at++) crc = (crc >>> 8) ^ (t[(crc ^ (bytes[at] as number)) & 255] as number);
  return ~crc >>> 0;
}
