// netascii (RFC 764, as RFC 1350 §1 uses it): a line ends with CR LF, a carriage return alone is CR NUL. No loader uses it;
// people with a TFTP client on a terminal do.

const LF = 10;
const CR = 13;

export function toNetascii(bytes: Uint8Array): Uint8Array {
  let extra = 0;
  for (const byte of bytes) if (byte === LF || byte === CR) extra++;
  const out = new Uint8Array(bytes.length + extra);
  let at = 0;
  for (const byte of bytes) {
    if (byte === LF) out[at++] = CR;
    out[at++] = byte;
    if (byte === CR) out[at++] = 0;
  }
  return out;
}
