// IPv6 addresses as text (RFC 4291 §2.2, RFC 5952): only option values of format 6 need them.

/** The longest run of two or more zero groups, as [start, end); empty when there is none. */
function longestZeroRun(groups: readonly number[]): readonly [start: number, end: number] {
  let best: readonly [number, number] = [0, 0];
  let start = 0;
  for (let at = 0; at <= groups.length; at++) {
    if (groups[at] === 0) continue;
    if (at - start > Math.max(best[1] - best[0], 1)) best = [start, at];
    start = at + 1;
  }
  return best;
}

/** 16 bytes in the form of RFC 5952. */
export function formatIpv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[i * 2] ?? 0) << 8) | (bytes[i * 2 + 1] ?? 0));
  const [start, end] = longestZeroRun(groups);
  const hex = (from: number, to: number): string => groups.slice(from, to).map((group) => group.toString(16)).join(':');
  return end === start ? hex(0, 8) : `${hex(0, start)}::${hex(end, 8)}`;
}

/** 16 bytes of a written address, with `::` and a dotted tail where they may stand; undefined for anything else. */
export function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, index) => groupsOf(half, index === halves.length - 1));
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const missing = 16 - head.length - (tail?.length ?? 0);
  if (halves.length === 2 ? missing < 2 : missing !== 0) return undefined;
  return Uint8Array.from([...head, ...new Uint8Array(missing), ...(tail ?? [])]);
}

/** Bytes of groups joined by colons; the last of the whole address may be dotted decimal. */
function groupsOf(text: string, isEnd: boolean): number[] | undefined {
  if (text === '') return [];
  const bytes: number[] = [];
  const groups = text.split(':');
  for (const [index, group] of groups.entries()) {
    const dotted = isEnd && index === groups.length - 1 ? /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(group) : null;
    if (dotted !== null) {
      const parts = dotted.slice(1).map(Number);
      if (parts.some((part) => part > 255)) return undefined;
      bytes.push(...parts);
    } else if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const value = Number.parseInt(group, 16);
      bytes.push(value >>> 8, value & 255);
    } else return undefined;
  }
  return bytes.length <= 16 ? bytes : undefined;
}
