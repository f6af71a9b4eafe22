// Test support: configurations as text, with carets in comments under what shall be complained about.

import assert from 'node:assert/strict';
import type { Diagnostic } from '../model/diagnostic.ts';
import { err, ok } from '../std/result.ts';
import { checkConfig, type Checked } from './check-config.ts';
import type { ReadText } from './load-config.ts';

/** Reads from a record of files. */
export const readFrom =
  (files: Readonly<Record<string, string>>): ReadText =>
  (path) => {
    const text = files[path];
    return text === undefined ? err({ problem: 'No such file or directory' }) : ok(text);
  };

/** The text is `test.conf`; other files by name. */
export function check(text: string, files: Readonly<Record<string, string>> = {}): Checked {
  const checked = checkConfig({
    path: 'test.conf',
    read: readFrom({ 'test.conf': text, ...files }),
    leaseholdConf: 'leasehold.conf',
    // RFC 6761 §6.4: such a name never resolves.
    resolves: (name) => (name.endsWith('.invalid') ? 'no such name' : undefined),
  });
  assert.ok(checked.ok);
  return checked.value;
}

/** The configuration of a text without errors. */
export function configOf(text: string, files: Readonly<Record<string, string>> = {}) {
  const { config, diagnostics } = check(text, files);
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message),
    [],
  );
  assert.ok(config !== undefined);
  return config;
}

/** `line:column-column code`, lines and columns 1-based; a span of several lines ends with its first one. */
function markOf({ span, code }: Diagnostic): string {
  const before = span.file.text.slice(0, span.start).split('\n');
  const column = (before.at(-1)?.length ?? 0) + 1;
  const first = span.file.text.slice(span.start, span.end).split('\n')[0] ?? '';
  return `${before.length}:${column}-${column + first.trimEnd().length} ${code}`;
}

export const marksOf = (diagnostics: readonly Diagnostic[]): string[] => diagnostics.map(markOf);

/** `#   ^^^^ L2002` marks the line above it. */
export function expectedMarks(text: string): string[] {
  return text.split('\n').flatMap((line, index, lines) => {
    const match = /^(\s*#[\s~]*)(\^+)\s+([CL]\d{4})/.exec(line);
    if (match === null) return [];
    let above = index - 1;
    while (/^\s*#[\s~]*\^/.test(lines[above] ?? '')) above--;
    const start = (match[1]?.length ?? 0) + 1;
    return [`${above + 1}:${start}-${start + (match[2]?.length ?? 0)} ${match[3]}`];
  });
}

/** Complaints with these codes stand exactly where the carets are; every other complaint is somebody else's test. */
export function expectMarks(text: string, ...codes: readonly string[]): Checked {
  const checked = check(text);
  const found = checked.report.filter(({ code }) => codes.includes(code));
  assert.deepEqual(
    found.map(markOf).toSorted(),
    expectedMarks(text).toSorted(),
    checked.report.map(({ code, message }) => `${code} ${message}`).join('\n'),
  );
  for (const { severity, help, code } of found)
    assert.ok(help !== undefined || severity === 'info', `${code} has a remedy`);
  return checked;
}

/** No complaint with these codes. */
export const expectNone = (text: string, ...codes: readonly string[]): void => {
  const { report } = check(text);
  assert.deepEqual(report.filter(({ code }) => codes.includes(code)).map(markOf), []);
};
