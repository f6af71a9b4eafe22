// Bytes from hex as people copy it: digits with any separators, or a dump with offsets and a column of text, as xxd, hexdump -C,
// od -tx1, tshark -x and tcpdump -xx print it.

import { err, ok, type Result } from '../../std/result.ts';

/** Characters of the longest text worth reading: a datagram of 65,535 bytes as a dump, with room. */
export const hexTextSizeMax = 1_000_000;

/** `00000010: `, `0x0010:  `, `0010  `, `000010 `: an offset, told from data by what follows it. */
const offsetPattern = /^\s*(?:0x)?([0-9a-f]{4,8})(?::\s*|\s{2,}|(?<=[0-9a-f]{6}) |\s*$)/i;

/** The bytes, or what is wrong with line and column. Text behind `#` is left out. */
export function bytesOfHexText(text: string): Result<Uint8Array, string> {
  if (text.length > hexTextSizeMax) return err(`is text of more than ${hexTextSizeMax.toLocaleString('en')} characters: keep the lines of one packet`);
  const lines = text.split(/\r?\n/).map((line) => line.replace(/#.*$/, ''));
  const dump = bytesOfDump(lines);
  return dump === undefined ? bytesOfDigits(lines) : ok(dump);
}

/** Every line with its offset, or undefined: then it is no dump. */
function bytesOfDump(lines: readonly string[]): Uint8Array | undefined {
  const bytes: number[] = [];
  for (const line of lines) {
    if (line.trim() === '') continue;
    const match = offsetPattern.exec(line);
    if (match === null || Number.parseInt(match[1] ?? '', 16) !== bytes.length) return undefined;
    const found = bytesOfColumns(line.slice(match[0].length));
    // The last line of `hexdump` and `od` is an offset alone.
    bytes.push(...found);
  }
  return bytes.length === 0 ? undefined : Uint8Array.from(bytes);
}

/** Groups of two or more digits up to the column of text: a wider gap, but for the one in the middle of `hexdump -C`. */
function bytesOfColumns(columns: string): number[] {
  const bytes: number[] = [];
  let at = 0;
  for (;;) {
    const group = /^(?:[0-9a-f]{2})+(?=\s|$)/i.exec(columns.slice(at))?.[0];
    if (group === undefined) return bytes;
    bytes.push(...pairsOf(group));
    at += group.length;
    const gap = /^\s*/.exec(columns.slice(at))?.[0].length ?? 0;
    if (gap !== 1 && !(gap === 2 && bytes.length === 8)) return bytes;
    at += gap;
  }
}

const pairsOf = (digits: string): number[] => (digits.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));

function bytesOfDigits(lines: readonly string[]): Result<Uint8Array, string> {
  let digits = '';
  for (const [index, line] of lines.entries()) {
    const cleaned = line.replaceAll(/(?:0x|\\x)(?=[0-9a-f]{2})/gi, (prefix) => ' '.repeat(prefix.length));
    const wrong = /[^0-9a-f\s:,.-]/i.exec(cleaned);
    if (wrong !== null) return err(`has ${JSON.stringify(wrong[0])} in line ${index + 1}, column ${wrong.index + 1}, where hex digits are expected`);
    digits += cleaned.replaceAll(/[\s:,.-]/g, '');
  }
  if (digits.length === 0) return err('holds no hex digits');
  if (digits.length % 2 !== 0) return err(`holds ${digits.length} hex digits, an odd number: one is missing`);
  return ok(Uint8Array.from(pairsOf(digits)));
}
