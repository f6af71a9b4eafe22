// Breaks one rule in a copy of the tree and lets its judge look: `tsx test/sim/mutants.ts [NAME] [--shrink]` prints who caught what,
// and how a world shows it in the fewest faults.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { mutants, type Change, type Mutant } from './mutant-rows.ts';
import type { WorldName } from './worlds.ts';

const root = resolve(import.meta.dirname, '../..');
/** A rule whose breaking so many seeds do not notice is not guarded. */
const seedsMax: Readonly<Record<WorldName, number>> = { pair: 400, single: 40, operator: 200, clocks: 60 };

const runMillisMax = 1_200_000;

/** What a world says when its rule is broken; being left without an address alone may have other reasons. */
const signsOf: Readonly<Record<WorldName, readonly string[]>> = {
  pair: ['two holders', 'lead time: ', 'agreement: ', 'conduct: ', 'before it was durable'],
  single: ['before it was durable'],
  operator: ['does not tell'],
  clocks: ['two holders', 'before its time'],
};

export interface Verdict {
  readonly isCaught: boolean;
  /** What the judge said first. */
  readonly detail: string;
}

const changesOf = (mutant: Mutant): readonly Change[] => [mutant, ...(mutant.also === undefined ? [] : [mutant.also])];

/** Rows that no longer fit the source. */
export const misfits = (): string[] =>
  mutants.flatMap((mutant) =>
    changesOf(mutant)
      .filter(({ file, text }) => readFileSync(join(root, file), 'utf8').split(text).length !== 2)
      .map(({ file, text }) => `${file} has not exactly one ${text}`),
  );

function treeWith(mutant: Mutant): string {
  const tree = mkdtempSync(join(tmpdir(), 'leasehold-mutant-'));
  for (const part of ['src', 'test/sim', 'test/transcripts', 'package.json', 'tsconfig.json']) cpSync(join(root, part), join(tree, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  for (const { file, text, broken } of changesOf(mutant)) {
    const source = readFileSync(join(tree, file), 'utf8');
    writeFileSync(join(tree, file), source.replace(text, () => broken));
  }
  return tree;
}

/** Runs a program in a tree where the rule is broken. */
export class BrokenTree {
  readonly #tree: string;

  constructor(mutant: Mutant) {
    this.#tree = treeWith(mutant);
  }
  run(...words: readonly string[]): { stdout: string; stderr: string } {
    // A test runner inside a test would else speak to the outer one.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { stdout, stderr, error } = spawnSync(process.execPath, ['--import', 'tsx', ...words], { cwd: this.#tree, env, encoding: 'utf8', timeout: runMillisMax });
    return { stdout, stderr: error === undefined ? stderr : `${error.message} after ${runMillisMax / 1000} s: the machine was too slow to tell` };
  }
  [Symbol.dispose](): void {
    rmSync(this.#tree, { recursive: true, force: true });
  }
}

export function judge(mutant: Mutant): Verdict {
  using tree = new BrokenTree(mutant);
  const isTest = mutant.judge.endsWith('.test.ts');
  const signs = mutant.sign !== undefined ? [mutant.sign] : isTest ? ['not ok'] : signsOf[mutant.judge as WorldName];
  const words = isTest
    ? ['--test', mutant.judge]
    : ['test/sim/run.ts', '--world', mutant.judge, '--from', String(mutant.from ?? 1), '--seeds', String(seedsMax[mutant.judge as WorldName]), ...signs.flatMap((sign) => ['--until', sign])];
  const { stdout, stderr } = tree.run(...words);
  const line = stdout.split('\n').find((text) => signs.some((sign) => text.includes(sign)));
  return { isCaught: line !== undefined, detail: line ?? (stderr.trim() || stdout.trim()).slice(0, 500) };
}

/** What a failing seed of a broken rule needs, as `run.ts --shrink` tells it. */
export function shrunkBy(mutant: Mutant, seed: number): string {
  using tree = new BrokenTree(mutant);
  return tree.run('test/sim/run.ts', '--world', mutant.judge, '--seed', String(seed), '--shrink').stdout;
}

if (process.argv[1] === import.meta.filename) {
  const [wanted = '', option] = process.argv.slice(2);
  for (const mutant of mutants.filter(({ name }) => name.includes(wanted))) {
    const started = performance.now();
    const { isCaught, detail } = judge(mutant);
    console.log(`${isCaught ? 'caught' : 'MISSED'}  ${mutant.name} (${((performance.now() - started) / 1000).toFixed(0)} s)\n        ${detail}`);
    const seed = /^seed (\d+): /.exec(detail)?.[1];
    if (option === '--shrink' && seed !== undefined) console.log(shrunkBy(mutant, Number(seed)));
    if (!isCaught) process.exitCode = 1;
  }
}
