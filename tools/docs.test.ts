// The generated pages in docs/ say what the tables say.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { pages, stalePages } from './docs.ts';
import { globSync } from './glob.ts';

test('reference pages are up to date (npm run docs rewrites them)', async () => {
  assert.deepEqual(stalePages(await pages()), []);
});

/** What is wrong with the last cell of a row: files that are not there, words of a test that are not in them. */
function problemsOf(cell: string): readonly string[] {
  const files = cell.match(/[\w./-]+\.(?:ts|txt)/g) ?? [];
  const paths = files.map((file) => [...globSync('src', file.replace(/^.*\//, '')), ...globSync('test', file.replace(/^.*\//, ''))].find((path) => path.endsWith(`/${file}`) || path === file));
  const texts = paths.map((path) => (path === undefined ? '' : readFileSync(path, 'utf8'))).join('\n');
  const words = [...cell.matchAll(/\*([^*]+?)(?: …)?\*/g)].map((match) => match[1] ?? '');
  return [
    ...(files.length === 0 ? [`no test: ${cell}`] : []),
    ...files.filter((_file, index) => paths[index] === undefined).map((file) => `no such file: ${file}`),
    ...words.filter((word) => !texts.includes(word)).map((word) => `no such test: ${word}`),
  ];
}

test('each difference that no exchange shows names a test that exists', () => {
  const rows = readFileSync('docs/differences.md', 'utf8').split('<!-- end of replies -->')[1]?.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| Topic')) ?? [];
  assert.ok(rows.length > 25, `${rows.length} rows`);
  assert.deepEqual(rows.flatMap((row) => problemsOf(row.split(' | ').at(-1)?.replace(/ \|$/, '') ?? '')), []);
});
