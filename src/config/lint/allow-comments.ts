// `# leasehold: allow L2009` silences a lint or another warning: behind a statement for its line, on a line of its own for the next
// line that is not a comment. `# leasehold: allow-file L2009` silences it in the whole file.

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { SourceFile } from '../../model/span.ts';

interface Allowed {
  readonly everywhere: ReadonlySet<string>;
  /** Codes by line, 0-based. */
  readonly byLine: ReadonlyMap<number, ReadonlySet<string>>;
  /** Offsets at which lines begin. */
  readonly lineStarts: readonly number[];
}

const mark = /#\s*leasehold:\s*allow(-file)?\s+([CL]\d{4}(?:\s*,?\s*[CL]\d{4})*)/i;
const codesIn = (text: string): readonly string[] => text.toUpperCase().match(/[CL]\d{4}/g) ?? [];

function read({ text }: SourceFile): Allowed {
  const everywhere = new Set<string>();
  const byLine = new Map<number, Set<string>>();
  const lineStarts: number[] = [];
  let at = 0;
  let waiting: string[] = [];
  for (const [number, line] of text.split('\n').entries()) {
    lineStarts.push(at);
    at += line.length + 1;
    const match = mark.exec(line);
    const codes = match === null ? [] : codesIn(match[2] ?? '');
    const isComment = /^\s*(#|$)/.test(line);
    if (match?.[1] !== undefined) codes.forEach((code) => everywhere.add(code));
    else if (isComment) waiting.push(...codes);
    else {
      if (codes.length + waiting.length > 0) byLine.set(number, new Set([...codes, ...waiting]));
      waiting = [];
    }
  }
  return { everywhere, byLine, lineStarts };
}

function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  for (let high = starts.length; low < high;) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** What is refused stays refused. */
export function withoutAllowed(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const files = new Map<SourceFile, Allowed | undefined>();
  const allowedIn = (file: SourceFile): Allowed | undefined => {
    if (!files.has(file)) files.set(file, /leasehold:\s*allow/i.test(file.text) ? read(file) : undefined);
    return files.get(file);
  };
  return diagnostics.filter(({ code, span, severity }) => {
    const allowed = severity === 'error' ? undefined : allowedIn(span.file);
    if (allowed === undefined) return true;
    return (
      !allowed.everywhere.has(code) &&
      allowed.byLine.get(lineAt(allowed.lineStarts, span.start))?.has(code) !== true
    );
  });
}
