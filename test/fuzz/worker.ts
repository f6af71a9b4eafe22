// Fuzzes in a thread of its own, so that an endless loop can be told from outside.

import { parentPort, workerData } from 'node:worker_threads';
import { fuzz } from './engine.ts';
import { allTargets } from './targets.ts';

export interface WorkerJob {
  readonly target: string;
  readonly seed: number;
  readonly millisMax: number;
  readonly inputsMax: number;
  /** Number of the input in work, its size, then its bytes. */
  readonly shared: SharedArrayBuffer;
}

const job = workerData as WorkerJob;
const counters = new Int32Array(job.shared, 0, 2);
const current = new Uint8Array(job.shared, 8);
const targets = await allTargets();
const target = targets.find(({ name }) => name === job.target);
if (target === undefined) throw new Error(`no target ${job.target}`);
const report = fuzz(target, {
  seed: job.seed,
  millisMax: job.millisMax,
  inputsMax: job.inputsMax,
  onInput: (input) => {
    const kept = input.subarray(0, current.length);
    current.set(kept);
    Atomics.store(counters, 1, kept.length);
    Atomics.add(counters, 0, 1);
  },
});
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort?.postMessage(report);
