// `npm run sim -- --seed N [--lines N] | --seeds N [--from N] [--until-failure]`: runs seeds of the pair and prints what broke; of
// one seed the last lines of its transcript too.

import { runPair } from './pair.ts';

const args = process.argv.slice(2);
const valueOf = (name: string): number | undefined => {
  const at = args.indexOf(name);
  return at < 0 ? undefined : Number(args[at + 1]);
};
const only = valueOf('--seed');
const count = valueOf('--seeds') ?? 1;
const from = only ?? valueOf('--from') ?? 1;
let failedCount = 0;
let ackCount = 0;
const started = performance.now();
for (let seed = from; seed < from + (only === undefined ? count : 1); seed++) {
  const { sim, problems } = runPair(seed);
  ackCount += sim.clients.reduce((sum, client) => sum + client.counters.acks, 0);
  if (problems.length === 0 && only === undefined) continue;
  if (problems.length > 0) failedCount++;
  console.log(`seed ${seed}: ${problems.length === 0 ? 'good' : problems.slice(0, 10).join('\n  ')}`);
  if (only !== undefined) console.log(sim.transcript.slice(-Number(valueOf('--lines') ?? 200)).join('\n'));
  if (problems.length > 0 && args.includes('--until-failure')) break;
}
const seconds = (performance.now() - started) / 1000;
console.log(`${only === undefined ? count : 1} seeds, ${failedCount} failed, ${ackCount} leases, ${seconds.toFixed(1)} s`);
process.exitCode = failedCount === 0 ? 0 : 1;
