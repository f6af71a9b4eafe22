// Every code that anything can say has carets somewhere: in a golden file, or in the rows of the lints. A code without is a test
// that is missing, and this one fails.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { check } from './testing.ts';
import { warningCases } from './warning-testing.ts';

const goldenFolder = 'test/golden/conf';

function* sourceFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sourceFiles(path);
    else if (path.endsWith('.ts') && !/\.test\.ts$|testing\.ts$/.test(path)) yield path;
  }
}

/** By code, the files that make it. */
function codesOfSource(): ReadonlyMap<string, readonly string[]> {
  const codes = new Map<string, string[]>();
  for (const path of ['src/lang', 'src/config', 'src/cli'].flatMap((folder) => [...sourceFiles(folder)]))
    for (const code of new Set([...readFileSync(path, 'utf8').matchAll(/'([CL]\d{4})'/g)].map((match) => match[1] ?? '')))
      codes.set(code, [...(codes.get(code) ?? []), path]);
  return codes;
}

/** Codes behind carets. */
function codesWithCarets(): ReadonlySet<string> {
  const golden = readdirSync(goldenFolder).filter((name) => name.endsWith('.txt')).map((name) => readFileSync(join(goldenFolder, name), 'utf8'));
  const lintRows = readFileSync('src/config/lint/lint-testing.ts', 'utf8');
  const said = [...golden, lintRows].flatMap((text) => [...text.matchAll(/\^ (?:(?:error|warning|info) )?([CL]\d{4})/g)]);
  return new Set(said.map((match) => match[1] ?? ''));
}

/** Their texts would take pages: src/lang/diagnostics.test.ts makes them by rule. */
const shownElsewhere: ReadonlySet<string> = new Set(['C0002', 'C0005']);

test('every code of the source has carets', () => {
  const codes = codesOfSource();
  assert.ok(codes.size >= 200, `${codes.size} codes found`);
  const shown = codesWithCarets();
  const missing = [...codes].filter(([code]) => !shown.has(code) && !shownElsewhere.has(code)).map(([code, files]) => `${code} of ${files.join(', ')}`);
  assert.deepEqual(missing, []);
});

test('no carets of a code that nothing makes', () => {
  const codes = codesOfSource();
  assert.deepEqual([...codesWithCarets()].filter((code) => !codes.has(code)), []);
});

/** Made for lease files; said beside an error; told by L2005; of leasehold.conf, whose page tells of them. */
const notOfAConfiguration: ReadonlySet<string> = new Set(['C0706', 'C0327', 'C0033', 'C1213', 'C1417', 'C1418', 'C1428', 'C1429', 'C1430', 'C1431', 'C1432']);

test('every warning that is no lint has an example in docs/lints.md, with a remedy', () => {
  const made = new Set(['src/lang', 'src/config'].flatMap((folder) => [...sourceFiles(folder)]).flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/\b(?:warning|info)\(\s*'(C\d{4})'/g)].map((match) => match[1] ?? '')));
  assert.deepEqual([...made].filter((code) => !notOfAConfiguration.has(code)).toSorted(), warningCases.map(({ code }) => code).toSorted());
  for (const { code, text } of warningCases) {
    const said = check(text).report.filter((diagnostic) => diagnostic.code === code);
    assert.equal(said.length, 1, code);
    assert.ok(said.every(({ help }) => help !== undefined), code);
  }
});
