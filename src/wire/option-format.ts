// dhcpd's format letters, parsed: what elements an option's value has and which of them repeat (dhcpd-conf reference §9.1).

import type { OptionFormat } from './option-table.ts';

export type FormatLetter =
  'I' | '6' | 'B' | 'b' | 'S' | 's' | 'L' | 'l' | 'f' | 't' | 'X' | 'd' | 'D' | 'T' | 'N' | 'U' | 'k' | 'E' | 'Z';

export interface FormatElement {
  readonly letter: FormatLetter;
  /** Of N the enumeration, of E the space; empty for others and for `E.`. */
  readonly name: string;
  /** D only. */
  readonly isCompressed: boolean;
  readonly isOptional: boolean;
}

export interface ParsedFormat {
  readonly elements: readonly FormatElement[];
  /** `record`: all elements together repeat; `last`: only the last one does. */
  readonly repeats: 'never' | 'record' | 'last';
}

/** Bytes of a value of that letter; letters that are not listed take all the rest, or a whole name (d). */
export const fixedSize: Readonly<Partial<Record<FormatLetter, 1 | 2 | 4 | 16>>> = {
  I: 4, 6: 16, B: 1, b: 1, S: 2, s: 2, L: 4, l: 4, T: 4, f: 1, N: 1,
};
export const isSigned = (letter: FormatLetter): boolean => letter === 'b' || letter === 's' || letter === 'l';

const token = /([I6BbSsLlftXdTUkZ])|(D)(c?)|([NE])([^.]*)\./gy;

const parsed = new Map<OptionFormat, ParsedFormat>();

/** Formats come from tables and checked definitions, so every one parses; parsed once each. */
export function parseFormat(format: OptionFormat): ParsedFormat {
  const known = parsed.get(format);
  if (known !== undefined) return known;
  const made = parse(format);
  parsed.set(format, made);
  return made;
}

function parse(format: OptionFormat): ParsedFormat {
  const elements: FormatElement[] = [];
  let repeats: ParsedFormat['repeats'] = 'never';
  for (let at = 0; at < format.length; ) {
    const mark = format[at];
    if (mark === 'A' || mark === 'a') {
      // `a` behind a single element means the same as `A`, and is how dhcpd's own table writes most lists.
      repeats = mark === 'A' || elements.length === 1 ? 'record' : 'last';
      at++;
      continue;
    }
    if (mark === 'o') {
      const last = elements.pop();
      if (last !== undefined) elements.push({ ...last, isOptional: true });
      at++;
      continue;
    }
    token.lastIndex = at;
    const match = token.exec(format);
    if (match === null) return { elements: [], repeats: 'never' };
    elements.push({
      letter: (match[1] ?? match[2] ?? match[4]) as FormatLetter,
      name: match[5] ?? '',
      isCompressed: match[3] === 'c',
      isOptional: false,
    });
    at = token.lastIndex;
  }
  return { elements, repeats };
}
