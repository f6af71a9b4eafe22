// Stable sorting of row numbers by an unsigned key, without comparing: a million rows in tens of milliseconds.

/** So few are sorted sooner than 65,536 digits are counted. */
const comparedMax = 1024;

/** Returns the rows in order of keyOf[row]; equal keys keep their order. `rows` is used as scratch. */
export function sortRowsBy(rows: Uint32Array, keyOf: Uint32Array): Uint32Array {
  if (rows.length < comparedMax) return rows.sort((a, b) => (keyOf[a] ?? 0) - (keyOf[b] ?? 0));
  let from = rows;
  let to: Uint32Array = new Uint32Array(rows.length);
  const starts = new Uint32Array(0x10000);
  for (const shift of [0, 16]) {
    starts.fill(0);
    for (let i = 0; i < from.length; i++) {
      const digit = ((keyOf[from[i] ?? 0] ?? 0) >>> shift) & 0xffff;
      starts[digit] = (starts[digit] ?? 0) + 1;
    }
    if (starts[((keyOf[from[0] ?? 0] ?? 0) >>> shift) & 0xffff] === from.length) continue;
    let sum = 0;
    for (let digit = 0; digit < starts.length; digit++) {
      const size = starts[digit] ?? 0;
      starts[digit] = sum;
      sum += size;
    }
    for (let i = 0; i < from.length; i++) {
      const row = from[i] ?? 0;
      const digit = ((keyOf[row] ?? 0) >>> shift) & 0xffff;
      to[starts[digit] ?? 0] = row;
      starts[digit] = (starts[digit] ?? 0) + 1;
    }
    [from, to] = [to, from];
  }
  return from;
}
