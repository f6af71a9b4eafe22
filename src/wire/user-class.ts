// Option 77, the user class: a list of length-prefixed strings (RFC 3004 §4), or, as iPXE and others send it, bare text.

/** Whether bytes[at, at + length) are one or more strings, each of at least one byte, with nothing left over. */
export function isUserClassList(bytes: Uint8Array, at: number, length: number): boolean {
  const end = at + length;
  let next = at;
  while (next < end) {
    const size = bytes[next] ?? 0;
    if (size === 0) return false;
    next += 1 + size;
  }
  return length > 0 && next === end;
}

/** Whether the client is of class `wanted`, in either form. PERF: allocates nothing. */
export function hasUserClass(bytes: Uint8Array, at: number, length: number, wanted: Uint8Array): boolean {
  if (isSame(bytes, at, length, wanted)) return true;
  if (!isUserClassList(bytes, at, length)) return false;
  for (let next = at; next < at + length; ) {
    const size = bytes[next] ?? 0;
    if (isSame(bytes, next + 1, size, wanted)) return true;
    next += 1 + size;
  }
  return false;
}

function isSame(bytes: Uint8Array, at: number, length: number, wanted: Uint8Array): boolean {
  if (length !== wanted.length) return false;
  for (let i = 0; i < length; i++) if (bytes[at + i] !== wanted[i]) return false;
  return true;
}
