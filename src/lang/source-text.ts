// Bytes ↔ text of configuration and lease files, without loss: bytes that are no UTF-8 become lone surrogates U+DC80..U+DCFF,
// which no valid UTF-8 text can contain, and turn into the same bytes again.

const escapeBase = 0xdc00;

/** Length of the UTF-8 sequence that starts at `at`, or 0 when it is not valid there. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  const isTail = (offset: number, low = 0x80, high = 0xbf): boolean => {
    const byte = bytes[at + offset];
    return byte !== undefined && byte >= low && byte <= high;
  };
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return isTail(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const low = first === 0xe0 ? 0xa0 : 0x80;
    const high = first === 0xed ? 0x9f : 0xbf; // no encoded surrogates
    return isTail(1, low, high) && isTail(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const low = first === 0xf0 ? 0x90 : 0x80;
    const high = first === 0xf4 ? 0x8f : 0xbf;
    return isTail(1, low, high) && isTail(2) && isTail(3) ? 4 : 0;
  }
  return 0;
}

function codePoint(bytes: Uint8Array, at: number, length: number): number {
  const byte = (offset: number): number => bytes[at + offset] ?? 0;
  if (length === 1) return byte(0);
  if (length === 2) return ((byte(0) & 0x1f) << 6) | (byte(1) & 0x3f);
  if (length === 3) return ((byte(0) & 0x0f) << 12) | ((byte(1) & 0x3f) << 6) | (byte(2) & 0x3f);
  return ((byte(0) & 0x07) << 18) | ((byte(1) & 0x3f) << 12) | ((byte(2) & 0x3f) << 6) | (byte(3) & 0x3f);
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of a file or of a quoted string. PERF: nearly every file is valid UTF-8, which the platform decodes at once. */
export function decodeSource(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    // Its one error: something is no UTF-8.
    return decodeAny(bytes);
  }
}

function decodeAny(bytes: Uint8Array): string {
  const pieces: string[] = [];
  let units: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    if (length === 0) {
      units.push(escapeBase + (bytes[at] ?? 0));
      at += 1;
    } else {
      const code = codePoint(bytes, at, length);
      if (code > 0xffff) units.push(0xd800 + ((code - 0x10000) >> 10), 0xdc00 + (code & 0x3ff));
      else units.push(code);
      at += length;
    }
    if (units.length >= 4096) {
      pieces.push(String.fromCharCode(...units));
      units = [];
    }
  }
  pieces.push(String.fromCharCode(...units));
  return pieces.join('');
}

const isEscapedByte = (unit: number): boolean => unit >= 0xdc80 && unit <= 0xdcff;
const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** Bytes of `text` from `start` to `end` (UTF-16 units), the inverse of `decodeSource`. */
export function encodeSource(text: string, start = 0, end = text.length): Uint8Array {
  return encodePlain(text, start, end) ?? encodeAny(text, start, end);
}

/** undefined for text that is not plain. */
function encodePlain(text: string, start: number, end: number): Uint8Array | undefined {
  const bytes = new Uint8Array(Math.max(0, end - start));
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at);
    if (!(unit < 0x80)) return undefined;
    bytes[at - start] = unit;
  }
  return bytes;
}

function encodeAny(text: string, start: number, end: number): Uint8Array {
  const bytes: number[] = [];
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) bytes.push(unit);
    else if (unit < 0x800) bytes.push(0xc0 | (unit >> 6), 0x80 | (unit & 0x3f));
    else if (isHigh(unit) && at + 1 < end && isLow(text.charCodeAt(at + 1))) {
      const code = 0x10000 + ((unit - 0xd800) << 10) + (text.charCodeAt(++at) - 0xdc00);
      bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    } else if (isEscapedByte(unit)) bytes.push(unit - escapeBase);
    else bytes.push(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f));
  }
  return Uint8Array.from(bytes);
}

/** Size in bytes that `text` has in its file. */
export function encodedSize(text: string, start = 0, end = text.length): number {
  let size = 0;
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80 || isEscapedByte(unit)) size += 1;
    else if (unit < 0x800) size += 2;
    else if (isHigh(unit) && at + 1 < end && isLow(text.charCodeAt(at + 1))) {
      size += 4;
      at += 1;
    } else size += 3;
  }
  return size;
}
