// Remedies that need no thought, applied to the text.

import type { Diagnostic } from '../model/diagnostic.ts';
import type { SourceFile } from '../model/span.ts';

/** Whole lines of the old text and what stands in their place. */
export interface Change {
  /** Of the first line, from 1. */
  readonly line: number;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export interface FixedFile {
  readonly file: SourceFile;
  readonly text: string;
  readonly count: number;
  readonly changes: readonly Change[];
}

export type Fix = NonNullable<Diagnostic['fix']>;

/** Of fixes that overlap, the first is applied; the next check finds the other again. */
function chosen(fixes: readonly Fix[]): readonly Fix[] {
  let at = 0;
  return fixes
    .toSorted((a, b) => a.span.start - b.span.start)
    .filter(({ span }) => {
      if (span.start < at) return false;
      at = span.end;
      return true;
    });
}

/** The text from `start` to `end` with the fixes that lie in it. */
function applied(text: string, fixes: readonly Fix[], start = 0, end = text.length): string {
  let out = '';
  let at = start;
  for (const { span, replacement } of fixes) {
    out += text.slice(at, span.start) + replacement;
    at = span.end;
  }
  return out + text.slice(at, end);
}

const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;
function lineEnd(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  return newline < 0 ? text.length : newline;
}

/** Fixes that share a line make one change. */
function changesOf(text: string, fixes: readonly Fix[]): readonly Change[] {
  const groups: { start: number; end: number; fixes: Fix[] }[] = [];
  for (const fix of fixes) {
    const start = lineStart(text, fix.span.start);
    const end = lineEnd(text, fix.span.end);
    const last = groups.at(-1);
    if (last === undefined || start > last.end) groups.push({ start, end, fixes: [fix] });
    else {
      last.end = Math.max(last.end, end);
      last.fixes.push(fix);
    }
  }
  return groups.map(({ start, end, fixes: own }) => ({
    line: text.slice(0, start).split('\n').length,
    before: text.slice(start, end).split('\n'),
    after: applied(text, own, start, end).split('\n'),
  }));
}

export function applyFixes(fixes: readonly Fix[]): readonly FixedFile[] {
  const byFile = new Map<SourceFile, Fix[]>();
  for (const fix of fixes) {
    const known = byFile.get(fix.span.file);
    if (known === undefined) byFile.set(fix.span.file, [fix]);
    else known.push(fix);
  }
  return [...byFile].map(([file, all]) => {
    const own = chosen(all);
    return { file, text: applied(file.text, own), count: own.length, changes: changesOf(file.text, own) };
  });
}
