// Two nodes' facts beside each other. Facts travel as claims: short, with a digest in place of the value, and no secret in them.

import { sections, type Fact, type SectionName } from './facts.ts';
import type { SourceFile, Span } from '../span.ts';

/** One side's word for a fact. */
export interface Claim {
  readonly key: string;
  /** Of the value; equal where the two nodes mean the same. */
  readonly digest: string;
  readonly shown: string;
  /** `dhcpd.conf:12`, or empty. */
  readonly place: string;
  /** The words that stand there, or empty. */
  readonly line: string;
}
export interface Difference {
  readonly section: SectionName;
  readonly key: string;
  readonly here: Claim | undefined;
  readonly there: Claim | undefined;
}

/** Most characters of what is told about one fact. */
const keyMax = 200;
const shownMax = 120;
const lineMax = 120;

/** Printable Latin-1 only, whoever wrote it; anything else as `\u20ac`. */
export const plainText = (text: string, max: number): string =>
  text.slice(0, max).replace(/[^\u0020-\u007e\u00a0-\u00ff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Makes claims of facts. Remembers where the lines of each file begin. */
export class ClaimWriter {
  readonly #digest: (text: string) => string;
  readonly #lines = new Map<SourceFile, readonly number[]>();

  constructor(digest: (text: string) => string) {
    this.#digest = digest;
  }
  claim({ key, value, shown, span }: Fact): Claim {
    return {
      key: plainText(key, keyMax),
      digest: this.#digest(value),
      shown: plainText(shown, shownMax),
      place: span === undefined ? '' : plainText(this.#place(span), keyMax),
      line: span === undefined ? '' : lineText(span),
    };
  }
  #place({ file, start }: Span): string {
    let starts = this.#lines.get(file);
    if (starts === undefined) {
      const found = [0];
      for (let at = file.text.indexOf('\n'); at >= 0; at = file.text.indexOf('\n', at + 1)) found.push(at + 1);
      starts = found;
      this.#lines.set(file, starts);
    }
    let low = 0;
    for (let high = starts.length; high - low > 1; ) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] ?? 0) <= start) low = middle;
      else high = middle;
    }
    return `${file.name}:${low + 1}`;
  }
}
/**
 * The first line of the words themselves, to its end where they are but a head (`host a`), never what stands before them, and nothing
 * that may hold a secret.
 */
function lineText({ file, start, end }: Span): string {
  const isWhole = /[;}]/.test(file.text.charAt(end - 1));
  const words = file.text.slice(start, Math.min(isWhole ? end : Infinity, start + lineMax * 2)).split('\n', 1)[0]?.trim() ?? '';
  return /secret/i.test(words) ? '' : plainText(words, lineMax);
}

/** Order of keys on both nodes. */
export const byKey = (a: { readonly key: string }, b: { readonly key: string }): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/** What of the two is not the same. Claims of one key are equal as sets: the order in a file means nothing. */
export function compareClaims(section: SectionName, here: readonly Claim[], there: readonly Claim[]): Difference[] {
  const theirs = new Map<string, Claim[]>();
  for (const claim of there) {
    const found = theirs.get(claim.key);
    if (found === undefined) theirs.set(claim.key, [claim]);
    else found.push(claim);
  }
  const unmatched: Claim[] = [];
  for (const claim of here) {
    const twins = theirs.get(claim.key) ?? [];
    const at = twins.findIndex(({ digest }) => digest === claim.digest);
    if (at < 0) unmatched.push(claim);
    else twins.splice(at, 1);
  }
  const found: Difference[] = unmatched.map((claim) => ({ section, key: claim.key, here: claim, there: theirs.get(claim.key)?.shift() }));
  for (const left of theirs.values()) for (const claim of left) found.push({ section, key: claim.key, here: undefined, there: claim });
  const mayBeMissing = sections[section].mayBeMissing;
  return found.filter((difference) => !mayBeMissing || (difference.here !== undefined && difference.there !== undefined)).toSorted(byKey);
}

const sideText = (claim: Claim): string => `${claim.shown}${claim.place === '' ? '' : ` (${claim.place})`}`;

/** `host hardware 1 02:…: a, 10.0.0.5 here (dhcpd.conf:7), a, 10.0.0.6 at the partner (dhcpd.conf:7)` */
export function differenceText({ key, here, there }: Difference): string {
  if (there === undefined) return `${key}: only here${here === undefined ? '' : `, ${sideText(here)}`}`;
  if (here === undefined) return `${key}: only at the partner, ${sideText(there)}`;
  if (here.shown === there.shown) return `${key}: not the same here${here.place === '' ? '' : ` (${here.place})`} and at the partner${there.place === '' ? '' : ` (${there.place})`}`;
  return `${key}: ${sideText(here)} here, ${sideText(there)} at the partner`;
}
