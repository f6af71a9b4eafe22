// Versions of a replicated host. Two nodes may change one host without hearing of each other; afterwards both must hold the same, and
// nothing that somebody wrote may be gone unseen. A version therefore holds every text that no later write has seen: the latest
// is in force, the others are what lost (dotted version vectors: Preguiça and others, 2010).

import { assert } from '../std/assert.ts';

/** One write: who made it, and when. `at` is wall seconds × 65536, or one more than the latest that its node had seen. */
export interface Dot {
  /** `p` or `s` for the role of the node, and its number. */
  readonly origin: string;
  readonly at: number;
}

/** What somebody wrote. */
export interface Written {
  readonly dot: Dot;
  /** Record of the lease file, tombstones included; empty: what dhcpd.conf says counts. */
  readonly text: string;
  /** Hosts with the same hardware, identifier or address that whoever wrote it had before him: no conflict with those. */
  readonly beside: readonly string[];
}

export interface HostVersion {
  /** The latest write of each node that this version takes into account, by origin. */
  readonly seen: readonly Dot[];
  /** At least one, the latest first: that one counts, the others lost a conflict. */
  readonly written: readonly Written[];
}

export const dotsPerSecond = 65_536;
/** Times stay exact, and fit six bytes of the wire. */
export const atMax = 2 ** 48 - 1;
/** Nodes and lost texts that one version remembers; the oldest go. */
export const originsMax = 8;
export const writtenMax = 8;

/** Later first; of two at one time, the primary's. */
export function compareDots(a: Dot, b: Dot): number {
  if (a.at !== b.at) return b.at - a.at;
  return a.origin < b.origin ? -1 : a.origin > b.origin ? 1 : 0;
}
const dotText = /^([ps][0-9a-f]{8}):(\d{1,15})$/;
export const writeDot = ({ origin, at }: Dot): string => `${origin}:${at}`;
/** Undefined: not what `writeDot` writes. */
export function readDot(text: string): Dot | undefined {
  const [, origin, digits] = dotText.exec(text) ?? [];
  const at = Number(digits);
  return origin === undefined || at > atMax ? undefined : { origin, at };
}
export const isOrigin = (text: string): boolean => /^[ps][0-9a-f]{8}$/.test(text);
export const isSameDot = (a: Dot, b: Dot): boolean => a.at === b.at && a.origin === b.origin;

const hasSeen = (seen: readonly Dot[], { origin, at }: Dot): boolean => seen.some((dot) => dot.origin === origin && dot.at >= at);

/** What counts. */
export function winner({ written }: HostVersion): Written {
  const [first] = written;
  assert(first !== undefined, 'a version holds what was written');
  return first;
}
export const losers = ({ written }: HostVersion): readonly Written[] => written.slice(1);

/** A node that has `before` writes: what had won is replaced, what had lost stays until somebody settles it. */
export const rewritten = (before: HostVersion | undefined, write: Written): HostVersion =>
  before === undefined
    ? { seen: [write.dot], written: [write] }
    : { seen: mergedSeen(before.seen, [write.dot]), written: inOrder([write, ...losers(before)]) };
/** As `rewritten`, and what had lost is settled. */
export const settled = (before: HostVersion, write: Written): HostVersion => ({ seen: mergedSeen(before.seen, [write.dot]), written: [write] });

/** Both in one, the same from either side: of each, what the other has too or has not seen. */
export function joined(a: HostVersion, b: HostVersion): HostVersion {
  const stays = (written: readonly Written[], other: HostVersion): Written[] =>
    written.filter(({ dot }) => !hasSeen(other.seen, dot) || other.written.some((theirs) => isSameDot(theirs.dot, dot)));
  const both = [...stays(a.written, b), ...stays(b.written, a)];
  const seen = mergedSeen(a.seen, b.seen);
  // Only where origins were dropped can nothing be left: then the later one is all that is known.
  return { seen, written: inOrder(both.length > 0 ? both : [...a.written, ...b.written]).slice(0, both.length > 0 ? writtenMax : 1) };
}

export const isSameVersion = (a: HostVersion, b: HostVersion): boolean =>
  a.seen.length === b.seen.length && a.written.length === b.written.length &&
  a.seen.every((dot, index) => isSameDot(dot, b.seen[index] ?? noDot)) &&
  a.written.every(({ dot }, index) => isSameDot(dot, b.written[index]?.dot ?? noDot));
const noDot: Dot = { origin: '', at: -1 };

/** Latest first, each write once; a text that lost against its like lost nothing. */
function inOrder(written: readonly Written[]): readonly Written[] {
  const kept: Written[] = [];
  for (const write of written.toSorted((a, b) => compareDots(a.dot, b.dot)))
    if (!kept.some(({ dot, text }) => isSameDot(dot, write.dot) || text === write.text)) kept.push(write);
  return kept.slice(0, writtenMax);
}

function mergedSeen(a: readonly Dot[], b: readonly Dot[]): readonly Dot[] {
  const latest = new Map<string, number>();
  for (const { origin, at } of [...a, ...b]) latest.set(origin, Math.max(at, latest.get(origin) ?? 0));
  const dots = [...latest].map(([origin, at]) => ({ origin, at })).toSorted(compareDots);
  return dots.slice(0, originsMax);
}
