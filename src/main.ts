// The composition root: which program this is, and the parts it is made of.

import type { DhcpdArgs } from './cli/dhcpd-args.ts';
import { runDhcpd } from './cli/dhcpd.ts';
import { runDhcpdTest } from './cli/dhcpd-test.ts';
import { loadAsDhcpd, loadPlainly } from './cli/load-for-serving.ts';
import { runLeasehold } from './cli/main.ts';
import { repairLeases, testLeases } from './cli/repair-leases.ts';
import { runFileServer } from './shell/boot/file-server.ts';
import { serve } from './shell/serve.ts';

/** `dhcpd -t`, and `-T`, which reads the lease file too. */
function test(args: DhcpdArgs): number {
  const status = runDhcpdTest(args);
  if (status !== 0 || args.test !== 'leases') return status;
  const result = testLeases(args.configPath, args.leasePath, loadPlainly);
  if (!args.isQuiet) for (const line of result.lines) process.stderr.write(`${line}\n`);
  return result.isGood ? 0 : 1;
}

const [first, ...rest] = process.argv.slice(2);
process.exitCode =
  first === 'dhcpd'
    ? await runDhcpd(rest, { serve: (settings) => serve(settings, loadAsDhcpd(settings)), test })
    : await runLeasehold(process.argv.slice(2), {
        serve: (settings) => serve(settings, loadPlainly(settings)),
        serveBootFiles: runFileServer,
        repair: async (configPath, leasePath) => repairLeases(configPath, leasePath, loadPlainly),
      });
