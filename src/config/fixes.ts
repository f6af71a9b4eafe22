// Remedies that need no thought, applied to the text.

import type { Diagnostic } from '../model/diagnostic.ts';
import type { SourceFile } from '../model/span.ts';

export interface FixedFile {
  readonly file: SourceFile;
  readonly text: string;
  readonly count: number;
}

export type Fix = NonNullable<Diagnostic['fix']>;

/** Of fixes that overlap, the first is applied; the next check finds the other again. */
function applied(text: string, fixes: readonly Fix[]): { text: string; count: number } {
  let out = '';
  let at = 0;
  let count = 0;
  for (const { span, replacement } of fixes.toSorted((a, b) => a.span.start - b.span.start)) {
    if (span.start < at) continue;
    out += text.slice(at, span.start) + replacement;
    at = span.end;
    count++;
  }
  return { text: out + text.slice(at), count };
}

export function applyFixes(fixes: readonly Fix[]): readonly FixedFile[] {
  const byFile = new Map<SourceFile, Fix[]>();
  for (const fix of fixes) {
    const known = byFile.get(fix.span.file);
    if (known === undefined) byFile.set(fix.span.file, [fix]);
    else known.push(fix);
  }
  return [...byFile].map(([file, fixes]) => ({ file, ...applied(file.text, fixes) }));
}
