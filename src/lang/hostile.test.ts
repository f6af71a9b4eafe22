// No byte string makes the parser throw, and every place it names lies inside a file that was read.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { inTheField, oddities } from '../../test/differential/accept-inputs.ts';
import { Prng } from '../std/prng.ts';
import { keywords } from './keywords.ts';
import { renderDhcpd } from './dhcpd-format.ts';
import { lowerStatements } from './lower.ts';
import { OptionTable } from './option-table.ts';
import { parseLeaseFile } from './parse-lease-file.ts';
import type { Parsed } from './parse.ts';
import { print } from './printer.ts';
import { decodeSource } from './source-text.ts';
import { isAccepted, mutate, parseText } from './testing.ts';

const seed = Number(process.env['SEED'] ?? 20261124);

/** Reads, prints, renders, lowers; checks that spans are inside of their file and follow each other. */
function exercise(text: string): Parsed {
  const parsed = parseText(text);
  const { tree, diagnostics } = parsed;
  for (const { span, dhcpdPlace, notes } of diagnostics)
    for (const place of [span, ...notes.flatMap((note) => note.span ?? [])]) {
      assert.ok(place.start >= 0 && place.start <= place.end && place.end <= place.file.text.length, text);
      assert.ok((dhcpdPlace?.line ?? 1) >= 0, text);
    }
  let end = 0;
  for (const { span } of tree.body) {
    assert.ok(span.start >= end, text);
    end = span.end;
  }
  renderDhcpd(diagnostics);
  print(tree);
  if (isAccepted(diagnostics)) lowerStatements(tree.body);
  parseLeaseFile({ name: 'leases', text }, new OptionTable());
  return parsed;
}

test('no bytes make it throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      exercise(decodeSource(bytes));
    }),
    { seed, numRuns: 1500 },
  );
});

test('no tokens make it throw', () => {
  const token = fc.constantFrom(
    ...keywords.keys(),
    ...';{},.()=!~%&|^+*/-:#"\n',
    '"text"',
    '"\\x4',
    '10.0.0.1',
    '1:2:ff',
    '0',
    'routers',
    'circuit-id',
    'agent',
    'é',
    '\u0000',
  );
  fc.assert(
    fc.property(fc.array(token, { maxLength: 60 }), (tokens) => {
      exercise(tokens.join(' '));
    }),
    { seed, numRuns: 4000 },
  );
});

test('no damage to a good file makes it throw', () => {
  const prng = new Prng(seed);
  const folder = 'test/golden/conf/valid/';
  const whole = readdirSync(folder)
    .filter((name) => name.endsWith('.conf'))
    .map((name) => decodeSource(readFileSync(folder + name)));
  const inputs = [...whole, ...inTheField, ...oddities];
  for (let round = 0; round < 1500; round++) {
    let text = prng.pick(inputs);
    for (let count = prng.between(1, 4); count > 0; count--) text = mutate(text, prng);
    if (prng.chance(0.2)) text = text.slice(0, prng.below(text.length + 1));
    exercise(text);
  }
});

/** Each would exhaust a stack that nobody guards. */
const deep: Readonly<Record<string, (count: number) => string>> = {
  parentheses: (count) => `set v = ${'('.repeat(count)}"x"${')'.repeat(count)};`,
  'open parentheses': (count) => `set v = ${'('.repeat(count)}`,
  not: (count) => `if ${'not '.repeat(count)}known { }`,
  functions: (count) => `set v = ${'lcase('.repeat(count)}"x"${')'.repeat(count)};`,
  calls: (count) => `set v = ${'f('.repeat(count)}"x"${')'.repeat(count)};`,
  or: (count) => `if ${'known or '.repeat(count)}known { }`,
  'or of comparisons': (count) => `if ${'option host-name = "x" or '.repeat(count)}known { }`,
  'risers and falls': (count) => `set v = ${'extract-int("a", 8) + extract-int("a", 8) & '.repeat(count)}1;`,
  if: (count) => `${'if known { '.repeat(count)}${'}'.repeat(count)}`,
  elsif: (count) => `if known { } ${'elsif known { } '.repeat(count)}`,
  'else if': (count) => `if known { } ${'else if known { } '.repeat(count)}`,
  on: (count) => `${'on commit { '.repeat(count)}${'}'.repeat(count)}`,
  switch: (count) => `${'switch ("x") { case "x": '.repeat(count)}${'}'.repeat(count)}`,
  define: (count) => `${'define f(aa) { '.repeat(count)}${'}'.repeat(count)}`,
  group: (count) => `${'group { '.repeat(count)}${'}'.repeat(count)}`,
  records: (count) => `option x code 200 = ${'{ '.repeat(count)}integer 8${' }'.repeat(count)};`,
  arrays: (count) => `option x code 200 = ${'array of '.repeat(count)}integer 8;`,
  braces: (count) => '{'.repeat(count),
  semicolons: (count) => ';'.repeat(count),
  escapes: (count) => `option host-name "${'\\0a0'.repeat(count)}";`,
  addresses: (count) => `option routers ${'10.0.0.1, '.repeat(count)}10.0.0.1;`,
  bytes: (count) => `option vendor-class-identifier ${'1:'.repeat(count)}1;`,
  concat: (count) => `set v = concat(${'"x", '.repeat(count)}"x");`,
  values: (count) => `default-lease-time ${'9'.repeat(count)};`,
};

for (const [id, make] of Object.entries(deep))
  test(`depth and length are bounded: ${id}`, () => {
    for (const count of [100, 249, 599, 20_000]) exercise(make(count));
  });

test('what is deep but not too deep is read', () => {
  for (const id of ['parentheses', 'not', 'functions', 'if', 'on', 'group'])
    assert.ok(isAccepted(exercise(deep[id]?.(100) ?? '').diagnostics), id);
  for (const id of ['or', 'or of comparisons', 'elsif', 'else if'])
    assert.ok(isAccepted(exercise(deep[id]?.(450) ?? '').diagnostics), id);
});

test('a file that includes itself is told so, and files that include each other', () => {
  const loop = parseText('include "a";', { a: 'include "b";', b: 'include "a";\nauthoritative;' });
  assert.deepEqual(loop.diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code), ['C0034']);
  assert.deepEqual(loop.sources.map(({ name }) => name), ['test.conf', 'a', 'b']);
});
