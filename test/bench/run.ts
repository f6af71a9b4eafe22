// `npm run bench`: the same load on every server, in alternating rounds; medians go to docs/benchmarks.md.
// Flags: --quick (one short round, prints only), --rounds N, --servers a,b, --only TEXT, --no-start, --write

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { hasCommand } from '../../tools/debian-packages.ts';
import { removeLeftovers } from '../e2e/support/namespaces.ts';
import { measure, measureStart, type Case, type Measurement, type StartUp } from './measure.ts';
import { markdown, rowKey, type Results, type Row } from './report.ts';
import { boundsTable, pairCases, pairRounds, pairTable } from './pair-rounds.ts';
import type { PairKey } from './pair-servers.ts';
import { fileCases, fileRounds, fileTable } from './file-rounds.ts';
import { fileServers, isInstalled, type FileServerKey } from './file-servers.ts';
import { floodCases, floodRounds, floodTable } from './flood-rounds.ts';
import { median } from './report-text.ts';
import { servers, type ServerKey } from './servers.ts';

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    servers: { type: 'string' },
    only: { type: 'string', default: '' },
    start: { type: 'boolean', default: true },
    write: { type: 'boolean' },
    seconds: { type: 'string' },
  },
  allowNegative: true,
});
const rounds = Number(flags.rounds ?? (flags.quick ? 1 : 5));
const seconds = Number(flags.seconds ?? (flags.quick ? 2 : 4));
const million = 1_000_000;
const startLeases = flags.quick ? 100_000 : million;
const say = (line: string): void => console.log(line);

const dora = (window: number, poolSize: number): Case => ({ id: `dora-${poolSize}-${window}`, mode: 'dora', window, poolSize, seconds });
const allCases: readonly Case[] = [
  ...[1, 16, 64, 256, 1024].map((window) => dora(window, 65_536)),
  dora(64, 256),
  dora(64, million),
  dora(256, million),
  { id: 'renew-65536-64', mode: 'renew', window: 64, poolSize: 65_536, seconds, clients: 5_000 },
];
const cases = allCases.filter(({ id }) => id.includes(flags.only));

const commands: Readonly<Record<ServerKey, string>> = { leasehold: 'node', isc: 'dhcpd', kea: 'kea-dhcp4', null: 'node' };
const chosen = (flags.servers?.split(',') ?? Object.keys(servers)) as ServerKey[];
const keys = chosen.filter((key) => hasCommand(commands[key]));
const leftOut = (name: string): string => `${name} is not installed here and was left out`;
const problems: string[] = chosen.filter((key) => !keys.includes(key)).map((key) => leftOut(servers[key].name));

if (process.getuid?.() !== 0) {
  console.error('npm run bench needs root: every server gets a network namespace');
  process.exit(2);
}
if (keys.includes('leasehold')) execFileSync(process.execPath, ['--import', 'tsx', 'tools/build.ts'], { stdio: 'inherit' });
removeLeftovers();

const measured = new Map<string, Measurement[]>();
for (let round = 1; round <= rounds; round++) {
  for (const wanted of cases) {
    for (const key of round % 2 === 1 ? keys : [...keys].reverse()) {
      try {
        const result = await measure(servers[key], wanted);
        const { load } = result;
        const list = measured.get(rowKey(wanted, key)) ?? [];
        measured.set(rowKey(wanted, key), [...list, result]);
        say(`round ${round}  ${wanted.id.padEnd(20)} ${servers[key].name.padEnd(16)} ${load.exchangesPerSecond.toFixed(0).padStart(7)}/s  p50 ${load.p50.toFixed(2)} p99 ${load.p99.toFixed(2)} ms  ${result.cpuMicros.toFixed(1)} µs`);
        const wrong = load.failed + load.malformed + load.duplicates + load.naks;
        if (wrong > 0) problems.push(`${wanted.id}, ${servers[key].name}, round ${round}: ${load.failed} given up, ${load.malformed} malformed, ${load.duplicates} double holdings, ${load.naks} NAKs`);
      } catch (error) {
        const text = `${wanted.id}, ${servers[key].name}, round ${round}: ${(error as Error).message.split('\n')[0]}`;
        problems.push(text);
        say(`FAILED ${text}`);
      }
    }
  }
}

const starts = new Map<ServerKey, StartUp>();
if (flags.start && flags.only === '')
  for (const key of keys.filter((name) => name !== 'null')) {
    try {
      const start = await measureStart(servers[key], startLeases);
      starts.set(key, start);
      say(`start with ${startLeases} leases  ${servers[key].name.padEnd(16)} ${start.seconds.toFixed(1)} s  ${start.megabytes.toFixed(0)} MB`);
    } catch (error) {
      problems.push(`start, ${servers[key].name}: ${(error as Error).message.split('\n')[0]}`);
    }
  }

const pairsWanted = pairCases.filter(({ id }) => id.includes(flags.only));
const pairKeys = (['single', 'confined', 'pair', 'sync', 'kea'] as PairKey[]).filter((key) => keys.includes(key === 'kea' ? 'kea' : 'leasehold'));
const problem = (line: string): void => {
  problems.push(line);
  say(`FAILED ${line}`);
};
const pairResults = await pairRounds(pairsWanted, pairKeys, rounds, say, problem);

const filesWanted = keys.includes('leasehold') ? fileCases.filter(({ id }) => id.includes(flags.only)) : [];
const fileServersWanted = filesWanted.length === 0 ? [] : (Object.keys(fileServers) as FileServerKey[]);
const fileKeys = fileServersWanted.filter((key) => isInstalled(fileServers[key]));
problems.push(...fileServersWanted.filter((key) => !fileKeys.includes(key)).map((key) => leftOut(fileServers[key].name)));
const fileResults = await fileRounds(filesWanted, fileKeys, rounds, say, problem);
const floodsWanted = keys.includes('leasehold') ? floodCases.filter(({ id }) => id.includes(flags.only)) : [];
const floodResults = await floodRounds(floodsWanted, rounds, say, problem);

const rows = new Map<string, Row>();
for (const [key, list] of measured) {
  const of = (pick: (one: Measurement) => number): number => median(list.map(pick));
  rows.set(key, {
    perSecond: of(({ load }) => load.exchangesPerSecond),
    p50: of(({ load }) => load.p50),
    p99: of(({ load }) => load.p99),
    cpuMicros: of(({ cpuMicros }) => cpuMicros),
    failed: of(({ load }) => load.failed),
    rounds: list.length,
  });
}
const command = ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' ');
const results: Results = {
  keys, cases, rows, starts, startLeases, problems, rounds, command,
  pairs: pairResults.size === 0 ? '' : `${pairTable(pairsWanted, pairResults)}\n\n${boundsTable(pairsWanted, pairResults)}`,
  files: fileResults.size === 0 ? '' : fileTable(filesWanted, fileResults),
  floods: floodResults.size === 0 ? '' : floodTable(floodsWanted, floodResults),
};
const text = markdown(results);
if (flags.write ?? !flags.quick) {
  writeFileSync('docs/benchmarks.md', text);
  say('written: docs/benchmarks.md');
} else say(text);
process.exitCode = problems.length === 0 ? 0 : 1;
