// What can be wrong with a lease file: closed codes, each with its sentence. A problem never stops the reading.

export type ReplayCode =
  | 'cut-group'
  | 'cut-record'
  | 'edited-group'
  | 'missing-brace'
  | 'bad-value'
  | 'unknown-statement'
  | 'no-range'
  | 'nul-bytes'
  | 'garbage'
  | 'bad-record'
  | 'bad-comment'
  | 'later-format'
  | 'not-served';

/** `detail` is the address, statement or count the sentence speaks of. */
const sentences: Readonly<Record<ReplayCode, (detail: string) => string>> = {
  'cut-group': (size) => `the last group was never confirmed: its ${size} bytes are cut off`,
  'cut-record': (what) => `${what} is not complete: it is left out, an earlier record of it counts`,
  'edited-group': (sequence) => `group ${sequence} was edited by hand: its records are complete and are accepted`,
  'missing-brace': (what) => `${what} has no closing brace: it is left out, an earlier record of it counts`,
  'bad-value': (what) => `${what} cannot be read: the record is left out, an earlier one counts`,
  'unknown-statement': (what) => `unknown statement "${what}" is passed over`,
  'no-range': (ip) => `lease ${ip}: no subnet. It is in no range of the configuration: kept, not served`,
  'nul-bytes': (count) => `${count} NUL bytes are passed over`,
  garbage: (what) => `"${what}" is no record and is passed over`,
  'bad-record': (what) => `${what} cannot be read and is left out`,
  'bad-comment': (what) => `"${what}" was written by another version of Leasehold, or edited, and is passed over`,
  'later-format': (format) => `the file is of format ${format}, written by a later version of Leasehold: what this one does not know is passed over, and lost when the file is rewritten (the file before is kept as leases~)`,
  'not-served': (what) => `${what} is only supported in DHCPv6 and is dropped`,
};

export interface ReplayProblem {
  readonly code: ReplayCode;
  /** 1-based; 0 where it is about the file as a whole. */
  readonly line: number;
  readonly detail: string;
}

/** `line 17: …`, without the file's name. */
export const describeProblem = ({ code, line, detail }: ReplayProblem): string =>
  `${line > 0 ? `line ${line}: ` : ''}${sentences[code](detail)}`;

/** Told one by one up to this; beyond it only counted. */
const keptMax = 1000;

/** Collected with byte positions; lines are counted at the end, and only if there is something to tell. */
export class ProblemList {
  readonly #found: { readonly code: ReplayCode; readonly position: number; readonly detail: string }[] = [];
  /** All of them, told or not. */
  count = 0;

  add(code: ReplayCode, position: number, detail: string): void {
    this.count++;
    if (this.#found.length < keptMax) this.#found.push({ code, position, detail: printable(detail) });
  }

  get positions(): readonly number[] {
    return this.#found.map(({ position }) => position).toSorted((a, b) => a - b);
  }
  /** In the order of the file. */
  withLines(lineOf: (position: number) => number): ReplayProblem[] {
    return this.#found
      .toSorted((a, b) => a.position - b.position)
      .map(({ code, position, detail }) => ({ code, line: lineOf(position), detail }));
  }
}

const printable = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 60);
