// The composition root: which program this is, and the parts it is made of.

import { isMainThread } from 'node:worker_threads';
import type { DhcpdArgs } from './cli/dhcpd-args.ts';
import { runDhcpd } from './cli/dhcpd.ts';
import { runDhcpdTest } from './cli/dhcpd-test.ts';
import { loaderFor, loadPlainly } from './cli/load-for-serving.ts';
import { runLeasehold } from './cli/main.ts';
import { repairLeases, testLeases } from './cli/repair-leases.ts';
import { runFileServer } from './shell/boot/file-server.ts';
import { answerReadOrder } from './shell/config-thread.ts';
import { serve } from './shell/serve.ts';
import type { ServeSettings } from './shell/settings.ts';

/** `dhcpd -t`, and `-T`, which reads the lease file too. */
function test(args: DhcpdArgs): number {
  const status = runDhcpdTest(args);
  if (status !== 0 || args.test !== 'leases') return status;
  const result = testLeases(args.configPath, args.leasePath, loadPlainly);
  if (!args.isQuiet) for (const line of result.lines) process.stderr.write(`${line}\n`);
  return result.isGood ? 0 : 1;
}

const startServer = (settings: ServeSettings): Promise<number> => serve(settings, loaderFor(settings));

/** Resolves with the exit status. */
function run(words: readonly string[]): Promise<number> {
  if (words[0] === 'dhcpd') return runDhcpd(words.slice(1), { serve: startServer, test });
  return runLeasehold(words, {
    serve: startServer,
    serveBootFiles: runFileServer,
    repair: async (configPath, leasePath) => repairLeases(configPath, leasePath, loadPlainly),
  });
}

// A server starts its own program once more as a thread, to read a new configuration.
if (isMainThread) process.exitCode = await run(process.argv.slice(2));
else answerReadOrder(loaderFor);
