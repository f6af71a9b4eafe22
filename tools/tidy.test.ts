// The house rules a program can check, as tests: layering, purity, sizes, words that do not belong in the tree.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { globSync } from './glob.ts';

/** What each room may import (ARCHITECTURE.md, code map). `*`: everything. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  std: [],
  wire: ['std'],
  model: ['std', 'wire'],
  lang: ['std', 'wire', 'model'],
  config: ['std', 'wire', 'model', 'lang'],
  lease: ['std', 'wire', 'model', 'lang'],
  engine: ['std', 'wire', 'model', 'lease'],
  failover: ['std', 'wire', 'model', 'lease'],
  boot: ['std', 'wire', 'model'],
  control: ['std', 'wire', 'model', 'lang', 'lease'],
  node: ['std', 'wire', 'model', 'lang', 'lease', 'engine', 'failover', 'boot', 'control'],
  shell: ['*'],
  cli: ['*'],
};
const pureRooms = new Set(Object.keys(mayImport).filter((room) => !['shell', 'cli'].includes(room)));
/** Synchronous hashes are values, not effects. */
const hashRooms = new Set(['wire', 'control']);

interface Source {
  readonly path: string;
  readonly room: string;
  readonly text: string;
  /** Specifiers as written. */
  readonly imports: readonly string[];
}

const comment = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$|\s\/\/ .*$/gm;
const withoutComments = (text: string): string => text.replace(comment, '');
const commentsOf = (text: string): string => (text.match(comment) ?? []).join('\n');

function load(path: string): Source {
  const text = readFileSync(path, 'utf8');
  const imports = [...text.matchAll(/^(?:import|export|\})(?:.* from)? '([^']+)';$/gm)].map((match) => match[1] ?? '');
  return { path, room: path.split('/')[1] ?? '', text, imports };
}

const sources = globSync('src', '.ts').map(load);
/** A `testing.ts` is a room's test support: it may reach further, and nothing but tests may import it. */
const isTest = (path: string): boolean => path.endsWith('.test.ts') || path.endsWith('testing.ts');
const production = sources.filter(({ path }) => !isTest(path));
const target = (source: Source, specifier: string): string =>
  relative('.', join(dirname(source.path), specifier));

test('the tree is being read', () => {
  assert.ok(production.length > 50, `only ${production.length} source files found`);
});

test('imports point down the list of rooms only', () => {
  const wrong = production.flatMap((source) =>
    source.imports
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => target(source, specifier))
      .filter((path) => {
        const room = path.split('/')[1] ?? '';
        const allowed = mayImport[source.room];
        return allowed !== undefined && room !== source.room && !allowed.includes('*') && !allowed.includes(room);
      })
      .map((path) => `${source.path} imports ${path}`),
  );
  assert.deepEqual(wrong, []);
});

test('rooms of the core import no package and no node module', () => {
  const wrong = production
    .filter(({ room }) => pureRooms.has(room))
    .flatMap((source) =>
      source.imports
        .filter((specifier) => !specifier.startsWith('.'))
        .filter((specifier) => !(specifier === 'node:crypto' && hashRooms.has(source.room)))
        .map((specifier) => `${source.path} imports ${specifier}`),
    );
  assert.deepEqual(wrong, []);
});

test('the core names no clock, randomness, timer, promise or console', () => {
  const banned =
    /\bDate\b\s*[.(]|new Date\b|Math\.random|\bconsole\.|\bset(Timeout|Interval|Immediate)\b|\bPromise\b|\basync\b|\bawait\b|\bprocess\.|performance\.now/;
  const wrong = production
    .filter(({ room }) => pureRooms.has(room))
    .flatMap(({ path, text }) =>
      withoutComments(text)
        .split('\n')
        .filter((line) => banned.test(line.replace(/'[^']*'|`[^`]*`/g, "''")))
        .map((line) => `${path}: ${line.trim()}`),
    );
  assert.deepEqual(wrong, []);
});

test('the transitive closure of node/ stays inside the core', () => {
  const byPath = new Map(production.map((source) => [source.path, source]));
  const seen = new Set<string>();
  const outside: string[] = [];
  const visit = (path: string, from: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const source = byPath.get(path);
    if (source === undefined || !pureRooms.has(source.room)) {
      outside.push(`${from} reaches ${path}`);
      return;
    }
    for (const specifier of source.imports)
      if (specifier.startsWith('.')) visit(target(source, specifier), path);
  };
  for (const source of production) if (source.room === 'node') visit(source.path, 'node/');
  assert.ok(seen.size > 20, `only ${seen.size} files reached from node/`);
  assert.deepEqual(outside, []);
});

test('engine and failover never import each other, and no imports form a cycle of rooms', () => {
  for (const source of production) {
    const other = { engine: 'failover', failover: 'engine' }[source.room];
    if (other === undefined) continue;
    for (const specifier of source.imports)
      assert.ok(!target(source, specifier).startsWith(`src/${other}/`), `${source.path} imports ${specifier}`);
  }
});

test('test support is imported by tests only', () => {
  const wrong = production.flatMap((source) =>
    source.imports.filter((specifier) => isTest(specifier)).map((specifier) => `${source.path} imports ${specifier}`),
  );
  assert.deepEqual(wrong, []);
});

test('no enums, namespaces, any, unfinished marks', () => {
  const wrong = production.flatMap(({ path, text }) => {
    const code = withoutComments(text);
    return [
      ...(/^\s*(export )?(const )?enum \w/m.test(code) ? [`${path}: enum`] : []),
      ...(/^\s*(export )?namespace \w/m.test(code) ? [`${path}: namespace`] : []),
      ...(/:\s*any\b|<any>|\bas any\b/.test(code) ? [`${path}: any`] : []),
      ...(/\b(TODO|XXX|FIXME)\b/.test(text) ? [`${path}: unfinished mark`] : []),
      ...(/@ts-(ignore|nocheck)|@ts-expect-error/.test(text) ? [`${path}: silenced type error`] : []),
    ];
  });
  assert.deepEqual(wrong, []);
});

test('files of the source tree begin by saying what lives there', () => {
  const wrong = production
    .filter(({ text }) => !text.replace(/^#!.*\n/, '').startsWith('//') && !text.startsWith('/*'))
    .map(({ path }) => path);
  assert.deepEqual(wrong, []);
});

test('files that comments and documents name are there', () => {
  const paths = ['src', 'test', 'tools'].flatMap((folder) => globSync(folder, '.ts'));
  const texts = [
    ...paths.map((path) => ({ path, text: commentsOf(readFileSync(path, 'utf8')) })),
    ...[...globSync('docs', '.md'), 'ARCHITECTURE.md', 'README.md'].map((path) => ({ path, text: readFileSync(path, 'utf8') })),
  ];
  const wrong = texts.flatMap(({ path, text }) =>
    [...text.matchAll(/(?<![\w./-])(?:[a-z0-9-]+\/)*[a-z0-9.-]+\.ts\b/g)]
      .filter(([name]) => !paths.some((one) => one === name || one.endsWith(`/${name}`)))
      .map(([name]) => `${path} names ${name}`),
  );
  assert.deepEqual(wrong, []);
});

test('no machine path and no registry host is written down', () => {
  const files = [
    ...globSync('src', '.ts'), ...globSync('test', '.ts'), ...globSync('tools', '.ts'),
    ...globSync('docs', '.md'), ...globSync('examples', '.conf'), 'README.md', 'package.json', 'package-lock.json',
  ];
  // Written so that this line does not match itself.
  const machine = /\/w[o]rk\/|\/r[o]ot\/|registry\.n[p]mjs|deb\.d[e]bian\.org/;
  const wrong = files.filter((path) => {
    try {
      return machine.test(readFileSync(path, 'utf8'));
    } catch {
      return false;
    }
  });
  assert.deepEqual(wrong, []);
});
