// Where dhcpd would point for mistakes that only show when a statement was read and its meaning is compared with others.

import type { DhcpdPlace } from '../model/diagnostic.ts';
import type { SourceFile, Span } from '../model/span.ts';
import { Reader } from '../lang/reader.ts';

/**
 * `name`: dhcpd complains as soon as it took the last token of the span. `statement`: after the semicolon that follows it,
 * `block`: after the brace.
 */
export type Taken = 'name' | 'statement' | 'block';
const closing = { statement: ';', block: '{' } as const;

/** The first `count` words of a statement: dhcpd often complains before it read more. */
export function wordsOf(span: Span, count: number): Span {
  const text = span.file.text.slice(span.start, span.end);
  const match = new RegExp(`^(?:[\\w-]+\\s*){${count}}`).exec(text);
  return { ...span, end: span.start + (match === null ? text.length : match[0].trimEnd().length) };
}

export class DhcpdPlaces {
  readonly #readers = new Map<SourceFile, Reader>();

  /** PERF: complaints come nearly in the order of the text, so a reader per file is moved forward, and made anew for the others. */
  after(span: Span, taken: Taken): DhcpdPlace {
    const reader = this.#readerBefore(span);
    while (reader.end < span.end && !reader.isAtEnd) reader.take();
    const isThere = (): boolean =>
      taken === 'name' || span.file.text.charAt(reader.end - 1) === closing[taken];
    while (!isThere() && !reader.isAtEnd) reader.take();
    return reader.place();
  }

  #readerBefore(span: Span): Reader {
    const known = this.#readers.get(span.file);
    if (known !== undefined && known.end <= span.start) return known;
    const made = new Reader(span.file, []);
    this.#readers.set(span.file, made);
    return made;
  }
}
