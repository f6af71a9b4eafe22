// The test command: static checks, then unit, simulation and golden tests, then end-to-end tests in namespaces.
// `--night` runs the long forms; `--stage NAME` one stage only. In CI a check that cannot run is a failure.

import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { globSync } from './glob.ts';
import { installPackages, testPackages } from './debian-packages.ts';

interface Stage {
  readonly name: string;
  readonly run: () => boolean;
}

const { night: isNight, stage: only } = flags();
const isCi = process.env['CI'] === 'true';
const env = {
  ...process.env,
  PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`,
  ...(isNight ? { LEASEHOLD_NIGHT: '1' } : {}),
};

const say = (line: string): void => console.log(`leasehold test: ${line}`);
function misused(problem: string): never {
  console.error(`leasehold test: ${problem}. Usage: tools/test [--night] [--stage NAME]`);
  process.exit(2);
}
function flags(): { readonly night: boolean; readonly stage?: string | undefined } {
  try {
    return parseArgs({ options: { night: { type: 'boolean', default: false }, stage: { type: 'string' } } }).values;
  } catch (error) {
    return misused((error as Error).message.split('\n')[0]?.replace(/\.$/, '') ?? '');
  }
}
/** A stage that hangs must end, and say so, long before whoever runs us loses patience; the night has no such limit. */
const stageMinutesMax = 32;
/** One file's share of it. */
const fileMinutesMax = 15;
function command(name: string, ...words: string[]): boolean {
  const limit = isNight ? {} : { timeout: stageMinutesMax * 60_000, killSignal: 'SIGKILL' as const };
  const { status, error } = spawnSync(name, words, { stdio: 'inherit', env, ...limit });
  if (error !== undefined) say(`${name} ${words.join(' ').slice(0, 80)}: ${error.message}`);
  return status === 0;
}
const nodeTests = (files: readonly string[], concurrency: number): boolean =>
  files.length > 0 &&
  command(
    process.execPath,
    '--import',
    'tsx',
    '--test',
    `--test-concurrency=${concurrency}`,
    ...(isNight ? [] : [`--test-timeout=${fileMinutesMax * 60_000}`]),
    '--test-reporter=dot',
    '--test-reporter-destination=stdout',
    '--test-reporter=./tools/test-summary.mjs',
    '--test-reporter-destination=stdout',
    ...files,
  );

const stages: readonly Stage[] = [
  { name: 'types', run: () => command('npx', 'tsc', '--noEmit') },
  { name: 'lint', run: () => command('npx', 'oxlint', '--deny-warnings') },
  { name: 'build', run: () => command(process.execPath, '--import', 'tsx', 'tools/build.ts') },
  {
    name: 'unit',
    run: () => nodeTests([...globSync('src', '.test.ts'), ...globSync('tools', '.test.ts')], 2),
  },
  {
    name: 'system',
    run: () =>
      nodeTests(
        ['sim', 'transcripts', 'golden', 'fuzz', 'differential'].flatMap((folder) =>
          globSync(`test/${folder}`, '.test.ts'),
        ),
        2,
      ),
  },
  { name: 'e2e', run: () => nodeTests(globSync('test/e2e', '.test.ts'), 1) },
];

if (only !== undefined && !stages.some(({ name }) => name === only)) misused(`there is no stage ${only}, but ${stages.map(({ name }) => name).join(', ')}`);
const missing = installPackages(testPackages, say);
if (missing.length > 0) {
  say(`missing: ${missing.map(({ name, purpose }) => `${name} (${purpose})`).join(', ')}`);
  if (isCi) process.exit(1);
}

const failed: string[] = [];
for (const stage of stages) {
  if (only !== undefined && stage.name !== only) continue;
  const started = performance.now();
  say(`${stage.name} …`);
  const isGood = stage.run();
  say(`${stage.name} ${isGood ? 'ok' : 'FAILED'} (${((performance.now() - started) / 1000).toFixed(0)} s)`);
  if (!isGood) failed.push(stage.name);
}
if (failed.length > 0) say(`failed: ${failed.join(', ')}`);
process.exit(failed.length === 0 ? 0 : 1);
