// Test support: where complaints stand, as a golden file of carets. A row keeps its text in its test; the file holds what is said.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Diagnostic } from '../model/diagnostic.ts';

/** The line of the file, carets under the words, and what is said of them. */
export function caretLines({ span, code, severity, message }: Diagnostic): readonly string[] {
  const { text, name } = span.file;
  const from = text.lastIndexOf('\n', span.start - 1) + 1;
  const end = text.indexOf('\n', from);
  const line = text.slice(from, end < 0 ? text.length : end);
  const words = text.slice(span.start, span.end).split('\n')[0] ?? '';
  const place = `  ${name}:${text.slice(0, span.start).split('\n').length}: `;
  return [
    `${place}${line}`,
    `${' '.repeat(place.length + span.start - from)}${'^'.repeat(Math.max(1, words.trimEnd().length))} ${severity} ${code}: ${message}`,
  ];
}

/** Compares with the golden file; UPDATE_GOLDEN=1 writes it, and its difference is reviewed. */
export function expectGolden(path: string, intro: string, blocks: readonly { readonly title: string; readonly said: readonly Diagnostic[] }[]): void {
  const rendered = [intro, ...blocks.map(({ title, said }) => [`== ${title}`, ...said.flatMap(caretLines)].join('\n'))].join('\n\n');
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, `${rendered}\n`);
  else assert.equal(`${rendered}\n`, readFileSync(path, 'utf8'));
}
