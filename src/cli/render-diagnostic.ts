// A diagnostic for people: place, severity, code and message, the line with carets, then notes and the remedy.

import type { Diagnostic, DiagnosticNote } from '../model/diagnostic.ts';
import type { SourceFile, Span } from '../model/span.ts';

export interface Place {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in characters. */
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** Text of the first line. */
  readonly text: string;
}

const lineStartsOf = new WeakMap<SourceFile, readonly number[]>();

function lineStarts(file: SourceFile): readonly number[] {
  const known = lineStartsOf.get(file);
  if (known !== undefined) return known;
  const starts = [0];
  for (let at = file.text.indexOf('\n'); at >= 0; at = file.text.indexOf('\n', at + 1)) starts.push(at + 1);
  lineStartsOf.set(file, starts);
  return starts;
}

/** Index of the line that holds the offset. */
function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  for (let high = starts.length; low < high;) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export function placeOf({ file, start, end }: Span): Place {
  const starts = lineStarts(file);
  const line = lineAt(starts, start);
  const endLine = lineAt(starts, Math.max(start, end - 1));
  const from = starts[line] ?? 0;
  const text = file.text.slice(from, (starts[line + 1] ?? file.text.length + 1) - 1).replace(/\r$/, '');
  return {
    line: line + 1,
    column: start - from + 1,
    endLine: endLine + 1,
    endColumn: end - (starts[endLine] ?? 0) + 1,
    text,
  };
}

const gutterOf = (line: number): string => `${String(line).padStart(5)} │ `;
const emptyGutter = '      │ ';

/** The line and a row of carets under the span; TABs stay TABs, so that the carets stand right. */
function excerpt(span: Span, mark: '^' | '-'): readonly string[] {
  const { line, column, endLine, endColumn, text } = placeOf(span);
  const before = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
  const end = endLine === line ? Math.min(endColumn, text.length + 1) : text.trimEnd().length + 1;
  return [
    `${gutterOf(line)}${text.trimEnd()}`,
    `${emptyGutter}${before}${mark.repeat(Math.max(1, end - column))}`,
  ];
}

/** A missing span means the configuration as a whole. */
function renderNote({ span, message }: DiagnosticNote): readonly string[] {
  if (span === undefined) return [`  note: ${message}`];
  const { line, column } = placeOf(span);
  return [`  note: ${message} (${span.file.name}:${line}:${column})`, ...excerpt(span, '-')];
}

export function renderDiagnostic({ code, severity, span, message, notes, help }: Diagnostic): string {
  const { line, column } = placeOf(span);
  return [
    `${span.file.name}:${line}:${column}: ${severity} ${code}: ${message}`,
    ...excerpt(span, '^'),
    ...notes.flatMap(renderNote),
    ...(help === undefined ? [] : [`  help: ${help}`]),
  ].join('\n');
}

const jsonSpan = (span: Span): object => {
  const { line, column, endLine, endColumn } = placeOf(span);
  return { file: span.file.name, line, column, endLine, endColumn, start: span.start, end: span.end };
};

/** For machines: offsets in UTF-16 units, lines and columns 1-based. */
export const jsonDiagnostic = ({
  code,
  severity,
  span,
  message,
  notes,
  help,
  fix,
  dhcpdText,
}: Diagnostic): object => ({
  code,
  severity,
  message,
  ...jsonSpan(span),
  notes: notes.map((note) => ({
    message: note.message,
    ...(note.span === undefined ? {} : jsonSpan(note.span)),
  })),
  ...(help === undefined ? {} : { help }),
  ...(fix === undefined ? {} : { fix: { ...jsonSpan(fix.span), replacement: fix.replacement } }),
  ...(dhcpdText === undefined ? {} : { dhcpd: dhcpdText }),
});
