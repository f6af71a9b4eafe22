// The lints' cases, and what comments in the file make of them.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { check, expectMarks, expectNone } from '../testing.ts';
import { lintCases, net } from './lint-testing.ts';
import { lints } from './lints.ts';

for (const { id, codes, fires, silent } of lintCases) {
  if (fires !== '') test(`lint: ${id}`, () => void expectMarks(fires, ...codes));
  if (silent !== undefined) test(`no lint without reason: ${id}`, () => expectNone(silent, ...codes));
}

test('a comment allows a lint: for its line, for the next line, for the file', () => {
  const text = (mark: string, above = ''): string => `${above}
${net} {
  range 10.0.0.200 10.0.0.255; ${mark}
}`;
  expectNone(text('# leasehold: allow L2034'), 'L2034');
  expectNone(text('', '# leasehold: allow-file L2029, L2034'), 'L2034', 'L2029');
  expectNone(`${net} {\n  # leasehold: allow L2034\n  range 10.0.0.255;\n}`, 'L2034');
  expectMarks(
    `${net} {
  range 10.0.0.255; # leasehold: allow L2033
# ^^^^^^^^^^^^^^^^^ L2034
}`,
    'L2034',
  );
});

test('a comment allows any other warning too; dhcpd -t goes on to say what dhcpd says', () => {
  const text = (mark: string): string => `subnet 10.0.0.0 netmask 255.255.0.0 { }\nsubnet 10.0.0.0 netmask 255.255.255.0 { } ${mark}\nautoritative; ${mark}`;
  const codes = (mark: string): string[] => check(text(mark)).report.map(({ code }) => code);
  assert.deepEqual(codes(''), ['C1102', 'C0321']);
  assert.deepEqual(codes('# leasehold: allow C1102 C0321'), []);
  assert.deepEqual(check(text('# leasehold: allow C1102, C0321')).diagnostics.map(({ code }) => code).toSorted(), ['C0321', 'C1102']);
  assert.deepEqual(check('foo bar; # leasehold: allow C0320').report.map(({ code }) => code), ['C0320']);
});

test('every lint has a row of its own, a test, and a line in docs/check.md', () => {
  const page = readFileSync('docs/check.md', 'utf8');
  const codes = lints.flatMap((row) => row.codes);
  assert.equal(new Set(codes).size, codes.length);
  for (const code of codes) assert.ok(page.includes(`\`${code}\``), `${code} is in docs/check.md`);
  for (const { about } of lints) assert.ok(page.includes(`| ${about} |`), about);
  const tested = new Set(lintCases.flatMap((row) => row.codes));
  assert.deepEqual(
    codes.filter((code) => !tested.has(code)),
    [],
  );
});
