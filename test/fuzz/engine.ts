// The fuzzing loop of one target: mutates, runs, keeps what did something new, and reports what must not happen.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { toHex } from '../../src/std/bytes.ts';
import { Prng } from '../../src/std/prng.ts';
import { readCorpus } from './corpus.ts';
import { mutate, shrink } from './mutator.ts';
import type { FuzzTarget } from './target.ts';

export interface FuzzFinding {
  readonly target: string;
  readonly what: 'throws' | 'slow' | 'memory';
  readonly detail: string;
  readonly input: Uint8Array;
}
export interface FuzzReport {
  readonly inputs: number;
  /** Different results seen. */
  readonly results: number;
  readonly findings: readonly FuzzFinding[];
}
export interface FuzzLimits {
  readonly seed: number;
  readonly millisMax: number;
  readonly inputsMax: number;
  /** Called with every input before it runs, so that a hang can be told. */
  readonly onInput?: (input: Uint8Array) => void;
}

/** Inputs kept as parents; the oldest kept ones go first. */
const parentsMax = 2000;
/** Different results told apart; after that no input is new. */
const resultsMax = 20_000;
/** An input that took this long is tried again; one that then takes as much of the processor, garbage collection included, is slow. */
const slowMillis = 100;
/** Heap growth over a whole run that counts as a leak, bytes. */
const growthMax = 64 * 1024 * 1024;

/** What went wrong with an input; undefined when nothing did. */
export function failureOf(target: FuzzTarget, input: Uint8Array): string | undefined {
  try {
    target.run(input);
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

/** Of the processor: on a machine that has other work to do, much time passes beside it. */
function processorMillisOf(target: FuzzTarget, input: Uint8Array): number {
  const started = process.cpuUsage();
  target.run(input);
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const heapAfterCollection = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

export function fuzz(target: FuzzTarget, limits: FuzzLimits): FuzzReport {
  const prng = new Prng(limits.seed);
  const parents = [...target.seeds(), ...readCorpus(target.name).map(({ bytes }) => bytes)];
  const results = new Set<string>();
  const findings: FuzzFinding[] = [];
  const ended = performance.now() + limits.millisMax;
  const heapBefore = heapAfterCollection();
  let inputs = 0;
  const tryInput = (input: Uint8Array): void => {
    limits.onInput?.(input);
    inputs++;
    const started = performance.now();
    let result: string;
    try {
      result = target.run(input);
    } catch (error) {
      const smallest = shrink(input, (bytes) => failureOf(target, bytes) !== undefined);
      const detail = failureOf(target, smallest) ?? String(error);
      findings.push({ target: target.name, what: 'throws', detail, input: smallest });
      return;
    }
    if (performance.now() - started > slowMillis && processorMillisOf(target, input) > slowMillis)
      findings.push({ target: target.name, what: 'slow', detail: `over ${slowMillis} ms`, input });
    if (results.size < resultsMax && !results.has(result)) {
      results.add(result);
      parents.push(input);
      if (parents.length > parentsMax) parents.splice(0, parents.length - parentsMax);
    }
  };
  for (const parent of [...parents, new Uint8Array(0)]) tryInput(parent);
  while (inputs < limits.inputsMax && performance.now() < ended && findings.length < 5)
    tryInput(mutate(prng.pick(parents), prng.pick(parents), prng, target.sizeMax));
  const growth = heapAfterCollection() - heapBefore;
  if (growth > growthMax)
    findings.push({ target: target.name, what: 'memory', detail: `${growth} bytes more after ${inputs} inputs`, input: new Uint8Array(0) });
  return { inputs, results: results.size, findings };
}

/** A finding as people read it, with what is needed to see it again. */
export const describeFinding = ({ target, what, detail, input }: FuzzFinding, seed: number): string =>
  `${target} ${what} (seed ${seed}), input ${toHex(input) || 'empty'}\n${detail}`;
