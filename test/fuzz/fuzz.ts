// `tsx test/fuzz/fuzz.ts [--target NAME|all] [--seconds N] [--inputs N] [--seed N]`: time and inputs are shared by the
// targets. Prints one line a target; findings go to the corpus, and end with exit status 1.

import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { keepFinding } from './corpus.ts';
import { describeFinding, type FuzzFinding, type FuzzReport } from './engine.ts';
import { allTargets } from './targets.ts';
import type { WorkerJob } from './worker.ts';

/** An input that is in work this long is a hang. */
const hangMillis = 10_000;
const inputSizeMax = 1 << 20;
const workerUrl = new URL('worker.ts', import.meta.url).href;

export interface FuzzPlan {
  readonly target: string;
  readonly seconds: number;
  readonly inputs: number;
  readonly seed: number;
}

/** Fuzzes one target in a worker; a hang ends the worker and is a finding with the input that hung. */
function runInWorker(target: string, seed: number, millisMax: number, inputsMax: number): Promise<FuzzReport> {
  const shared = new SharedArrayBuffer(8 + inputSizeMax);
  const counters = new Int32Array(shared, 0, 2);
  const job: WorkerJob = { target, seed, millisMax, inputsMax, shared };
  // A thread does not inherit the loader of TypeScript, so it starts with two lines that bring it.
  const bootstrap = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(workerUrl)}); });`;
  const worker = new Worker(bootstrap, { eval: true, workerData: job, execArgv: [] });
  return new Promise((resolve, reject) => {
    let seen = -1;
    const watch = setInterval(() => {
      const now = Atomics.load(counters, 0);
      if (now !== seen || now === 0) {
        seen = now;
        return;
      }
      clearInterval(watch);
      const input = new Uint8Array(shared, 8, Atomics.load(counters, 1)).slice();
      const finding: FuzzFinding = { target, what: 'slow', detail: `not finished after ${hangMillis} ms`, input };
      void worker.terminate().then(() => resolve({ inputs: now, results: 0, findings: [finding] }));
    }, hangMillis);
    worker.once('message', (report: FuzzReport) => {
      clearInterval(watch);
      resolve(report);
    });
    worker.once('error', (error) => {
      clearInterval(watch);
      reject(error);
    });
  });
}

/** Runs a plan; the findings, already kept in the corpus. */
export async function runPlan(plan: FuzzPlan, say: (line: string) => void): Promise<readonly FuzzFinding[]> {
  const names = (await allTargets()).map(({ name }) => name).filter((name) => plan.target === 'all' || name === plan.target);
  if (names.length === 0) throw new Error(`no target ${plan.target}`);
  const findings: FuzzFinding[] = [];
  for (const name of names) {
    const started = performance.now();
    const report = await runInWorker(name, plan.seed, (plan.seconds * 1000) / names.length, Math.ceil(plan.inputs / names.length));
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    say(`${name.padEnd(16)} ${String(report.inputs).padStart(9)} inputs, ${report.results} results, ${seconds} s, ${report.findings.length} findings`);
    for (const finding of report.findings) {
      say(describeFinding(finding, plan.seed));
      if (finding.what !== 'memory') say(`kept as ${keepFinding(name, finding.input, `${finding.what}: ${finding.detail}`)}`);
    }
    findings.push(...report.findings);
  }
  return findings;
}

const option = (args: readonly string[], name: string, otherwise: string): string => {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? otherwise : (args[at + 1] ?? otherwise);
};

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const args = process.argv.slice(2);
  const seed = Number(option(args, 'seed', String(Math.floor(Math.random() * 0xffffffff))));
  console.log(`seed ${seed}`);
  const findings = await runPlan(
    {
      target: option(args, 'target', 'all'),
      seconds: Number(option(args, 'seconds', args.includes('--inputs') ? 'Infinity' : '60')),
      inputs: Number(option(args, 'inputs', 'Infinity')),
      seed,
    },
    (line) => console.log(line),
  );
  process.exitCode = findings.length === 0 ? 0 : 1;
}
