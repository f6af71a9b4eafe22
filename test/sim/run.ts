// `npm run sim -- [--world pair|single|operator|clocks] --seed N [--lines N] | --seeds N [--from N] [--jobs N] [--until TEXT]`: runs seeds and
// prints what broke; of one seed the last lines of its transcript too. `--until`, which may be repeated, ends at the first problem that has
// the text in it.
// `--seed N --shrink` leaves out what the failure does not need, tells what happened and how to play that again: the flags
// `--faults KIND.N,... --clients N,... --minutes N --contact SECONDS` play a part of a seed.

import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { essence, kindOf, partOf, replayLine, shrink } from './shrink.ts';
import { worlds, type WorldName } from './worlds.ts';

const { values: flags } = parseArgs({
  options: {
    world: { type: 'string', default: 'pair' },
    seed: { type: 'string' },
    seeds: { type: 'string', default: '1' },
    from: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '1' },
    lines: { type: 'string', default: '200' },
    until: { type: 'string', multiple: true, default: [] },
    shrink: { type: 'boolean', default: false },
    faults: { type: 'string' },
    clients: { type: 'string' },
    minutes: { type: 'string' },
    contact: { type: 'string' },
  },
});

interface Tally {
  seeds: number;
  failed: number;
  leases: number;
  starts: number;
}

/** The first of every kind, then the others. */
function mostTelling(problems: readonly string[]): string[] {
  const first = new Map(problems.toReversed().map((problem) => [kindOf(problem), problem]));
  const firsts = problems.filter((problem) => first.get(kindOf(problem)) === problem);
  return [...new Set([...firsts, ...problems])].slice(0, 10);
}

function runSeeds(world: WorldName, from: number, count: number): Tally {
  const tally: Tally = { seeds: 0, failed: 0, leases: 0, starts: 0 };
  for (let seed = from; seed < from + count; seed++) {
    const { sim, problems } = worlds[world](seed, partOf(flags));
    tally.seeds++;
    tally.leases += sim.clients.reduce((sum, client) => sum + client.counters.acks, 0);
    tally.starts += sim.nodes.reduce((sum, node) => sum + node.starts, 0);
    if (problems.length > 0) tally.failed++;
    if (problems.length > 0 || flags.seed !== undefined) console.log(`seed ${seed}: ${problems.length === 0 ? 'good' : mostTelling(problems).join('\n  ')}`);
    if (flags.seed !== undefined) console.log(sim.transcript.slice(Math.max(sim.transcript.length - Number(flags.lines), 0)).join('\n'));
    if (problems.some((problem) => flags.until.some((text) => problem.includes(text)))) break;
  }
  return tally;
}

function shrinkSeed(world: WorldName, seed: number): void {
  const given = partOf({ contact: flags.contact });
  const run: typeof worlds[WorldName] = (number, part) => worlds[world](number, { ...given, ...part });
  const shrunk = shrink((part) => {
    const { sim, problems } = run(seed, part);
    return { problems, struck: sim.schedule.struck };
  }, run(seed, { minutes: 0 }).sim.clients.length);
  if (shrunk === undefined) return console.log(`seed ${seed}: good, there is nothing to shrink`);
  const { sim, problems } = run(seed, shrunk.part);
  const problem = problems.find((text) => kindOf(text) === shrunk.kind) ?? '';
  console.log(essence(sim.transcript, problem).join('\n'));
  console.log(`seed ${seed}: ${problem}\nafter ${shrunk.runs} runs; replay: npm run sim -- ${replayLine(world, seed, { ...given, ...shrunk.part })}`);
  process.exitCode = 1;
}

/** The same program for a part of the seeds; its last line is the tally. */
function runPart(world: WorldName, from: number, count: number): Promise<Tally> {
  const words = ['--import', 'tsx', import.meta.filename, '--world', world, '--from', String(from), '--seeds', String(count), ...(flags.contact === undefined ? [] : ['--contact', flags.contact])];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return new Promise((resolve, reject) =>
    child.once('close', () => {
      const lines = text.trimEnd().split('\n');
      const last = /^(\d+) seeds, (\d+) failed, (\d+) leases, (\d+) starts/.exec(lines.pop() ?? '');
      if (last === null) return reject(new Error(`seeds ${from} and on ended without a tally`));
      for (const line of lines) console.log(line);
      const [seeds, failed, leases, starts] = last.slice(1).map(Number) as [number, number, number, number];
      resolve({ seeds, failed, leases, starts });
    }),
  );
}

if (!(flags.world in worlds)) throw new Error(`--world is one of ${Object.keys(worlds).join(', ')}`);
const world = flags.world as WorldName;
if (flags.shrink) shrinkSeed(world, Number(flags.seed ?? flags.from));
else await runAll();

async function runAll(): Promise<void> {
  const started = performance.now();
  const from = Number(flags.seed ?? flags.from);
  const count = flags.seed === undefined ? Number(flags.seeds) : 1;
  const jobs = Math.min(Number(flags.jobs), count);
  const share = Math.ceil(count / jobs);
  const parts =
    jobs === 1
      ? [runSeeds(world, from, count)]
      : await Promise.all(Array.from({ length: jobs }, (_, job) => runPart(world, from + job * share, Math.min(share, count - job * share))));
  const sum = (pick: (tally: Tally) => number): number => parts.reduce((total, part) => total + pick(part), 0);
  const seconds = (performance.now() - started) / 1000;
  console.log(`${sum(({ seeds }) => seeds)} seeds, ${sum(({ failed }) => failed)} failed, ${sum(({ leases }) => leases)} leases, ${sum(({ starts }) => starts)} starts, ${seconds.toFixed(1)} s`);
  process.exitCode = sum(({ failed }) => failed) === 0 ? 0 : 1;
}
