// Fuzzing as a test: the whole corpus, then a minute of new inputs shared by all targets; five million at night.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Prng } from '../../src/std/prng.ts';
import { readCorpus } from './corpus.ts';
import { failureOf, fuzz } from './engine.ts';
import { runPlan } from './fuzz.ts';
import { mutate, shrink } from './mutator.ts';
import type { FuzzTarget } from './target.ts';
import { allTargets } from './targets.ts';

const isNight = process.env['LEASEHOLD_NIGHT'] !== undefined;
const seconds = Number(process.env['LEASEHOLD_FUZZ_SECONDS'] ?? (isNight ? 'Infinity' : '60'));
const inputs = isNight ? 5_000_000 : Infinity;
/** A new seed every day it runs, so that every run of a day looks at the same inputs. */
const seed = Number(process.env['LEASEHOLD_SEED'] ?? Math.floor(Date.now() / 86_400_000));

const targets = await allTargets();

test('targets have names of their own and seeds that run', () => {
  assert.equal(new Set(targets.map(({ name }) => name)).size, targets.length);
  for (const target of targets) for (const bytes of target.seeds()) assert.equal(failureOf(target, bytes), undefined, target.name);
});

for (const target of targets)
  for (const { name, bytes } of readCorpus(target.name))
    test(`corpus ${target.name}/${name}`, () => assert.equal(failureOf(target, bytes), undefined));

const fragile: FuzzTarget = {
  name: 'fragile',
  seeds: () => [new Uint8Array(20)],
  sizeMax: 100,
  run: (input) => {
    if (input.includes(255)) throw new Error('found');
    return String(input.length);
  },
};

test('the fuzzer finds what throws, and the smallest input that does', () => {
  const report = fuzz(fragile, { seed: 1, millisMax: 5000, inputsMax: 100_000 });
  assert.ok(report.findings.length > 0);
  assert.deepEqual(report.findings[0]?.input, Uint8Array.of(255));
});

test('the fuzzer finds what keeps the processor busy, not what the processor kept waiting', () => {
  const busy = (millis: number): void => {
    for (const started = process.cpuUsage(); process.cpuUsage(started).user < millis * 1000; );
  };
  const waits = (millis: number): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, millis);
  const foundWith = (act: (millis: number) => unknown): readonly string[] => {
    const target = { ...fragile, run: (input: Uint8Array) => (input.length === 20 ? String(act(120)) : 'quick') };
    return fuzz(target, { seed: 1, millisMax: 5000, inputsMax: 2 }).findings.map(({ what }) => what);
  };
  assert.deepEqual(foundWith(busy), ['slow']);
  assert.deepEqual(foundWith(waits), []);
});

test('the same seed makes the same inputs, within their size', () => {
  const made = (): Uint8Array[] => {
    const prng = new Prng(7);
    return Array.from({ length: 200 }, () => mutate(new Uint8Array(50), new Uint8Array(10).fill(1), prng, 60));
  };
  assert.deepEqual(made(), made());
  assert.ok(made().every(({ length }) => length <= 60));
});

test('shrinking keeps only what matters', () => {
  const input = Uint8Array.from({ length: 100 }, (_, i) => i);
  assert.deepEqual(shrink(input, (bytes) => bytes.includes(17) && bytes.includes(80)), Uint8Array.of(17, 80));
});

test(`no input hurts any target (seed ${seed})`, { timeout: isNight ? Infinity : (seconds + 120) * 1000 }, async (t) => {
  const findings = await runPlan({ target: 'all', seconds, inputs, seed }, (line) => t.diagnostic(line));
  assert.deepEqual(findings.map(({ target, what, detail }) => `${target} ${what}: ${detail}`), []);
});
