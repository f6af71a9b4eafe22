// Every diagnostic code, where it points and what it says: test/golden/conf/diagnostics.txt holds the texts and the expectations.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Span } from '../model/span.ts';
import { OptionTable } from './option-table.ts';
import { parseLeaseFile } from './parse-lease-file.ts';
import { parseText } from './testing.ts';

const goldenPath = 'test/golden/conf/diagnostics.txt';
const included = { 'bad.conf': 'option domain-name x y;\n' };

const lineOf = ({ file, start }: Span): number => file.text.slice(0, start).split('\n').length;
const columnOf = ({ file, start }: Span): number => start - (file.text.lastIndexOf('\n', start - 1) + 1);

/** Carets under the first line of the span, then what is said. */
function annotate({ span, code, severity, message, notes, help, dhcpdText, fix }: Diagnostic): string[] {
  const blanks = ' '.repeat(columnOf(span));
  const first = span.file.text.slice(span.start, span.end).split('\n')[0] ?? '';
  const at = (place: Span): string => `${place.file === span.file ? '' : `${place.file.name}:`}${lineOf(place)}:${columnOf(place) + 1}`;
  return [
    `${blanks}${'^'.repeat(Math.max(1, first.trimEnd().length))} ${severity} ${code}: ${message}`,
    ...notes.map((note) => `${blanks}  note${note.span === undefined ? '' : ` ${at(note.span)}`}: ${note.message}`),
    ...(help === undefined ? [] : [`${blanks}  help: ${help}`]),
    ...(fix === undefined ? [] : [`${blanks}  fix: ${JSON.stringify(fix.replacement)}`]),
    ...(dhcpdText ?? []).map((text) => `${blanks}  dhcpd: ${text}`),
  ];
}

function render(title: string, text: string): { readonly lines: readonly string[]; readonly diagnostics: readonly Diagnostic[] } {
  const isLeases = title.startsWith('leases: ');
  const { diagnostics } = isLeases
    ? parseLeaseFile({ name: 'dhcpd.leases', text }, new OptionTable())
    : parseText(text, included);
  const main = (diagnostic: Diagnostic): boolean => !(diagnostic.span.file.name in included);
  const lines = text.split('\n').flatMap((line, index) => [
    `  ${line}`,
    ...diagnostics
      .filter((diagnostic) => main(diagnostic) && lineOf(diagnostic.span) === index + 1)
      .flatMap(annotate)
      .map((said) => `~ ${said}`),
  ]);
  return { lines, diagnostics };
}

const golden = readFileSync(goldenPath, 'utf8');
const [intro = '', ...blocks] = golden.split(/^== /m);
const cases = blocks.map((block) => {
  const [title = '', ...lines] = block.trimEnd().split('\n');
  const text = lines
    .filter((line) => !line.startsWith('~'))
    .map((line) => line.slice(2))
    .join('\n');
  return { title, text, ...render(title, text) };
});
const rendered = [intro.trimEnd(), ...cases.map(({ title, lines }) => [`== ${title}`, ...lines].join('\n'))].join('\n\n');

test('diagnostics point where the golden file says, and say what it says', () => {
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(goldenPath, `${rendered}\n`);
  else assert.equal(`${rendered}\n`, golden);
});

/** Not in the golden file, because it would take pages. */
const elsewhere = new Map([
  ['C0002', `option domain-name "${'x'.repeat(1500)}";`],
  ['C0005', `set x = ${'('.repeat(1000)}`],
]);

test('every code of the catalogue is shown', () => {
  const said = new Set(cases.flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code)));
  for (const [code, text] of elsewhere)
    for (const diagnostic of parseText(text).diagnostics) if (diagnostic.code === code) said.add(code);
  const folder = 'src/lang/diagnostics';
  const catalogue = readdirSync(folder).flatMap((file) => {
    const source = readFileSync(`${folder}/${file}`, 'utf8');
    return [...source.matchAll(/'(C0\d{3})'/g)].map((match) => match[1] ?? '');
  });
  assert.ok(catalogue.length > 80);
  assert.deepEqual([...new Set(catalogue)].filter((code) => !said.has(code)), []);
});

test('a code means one thing: each is made in one function of the catalogue', () => {
  const folder = 'src/lang/diagnostics';
  const seen = new Map<string, string>();
  for (const file of readdirSync(folder)) {
    const functions = readFileSync(`${folder}/${file}`, 'utf8').split(/\n(?=\/\*\* C0)/);
    for (const text of functions)
      for (const code of new Set([...text.matchAll(/'(C0\d{3})'/g)].map((match) => match[1] ?? ''))) {
        assert.equal(seen.get(code), undefined, `${code} is in ${file} and ${seen.get(code)}`);
        seen.set(code, file);
      }
  }
});
