// The server with what it is handed: how configurations are read and lease files tested.

import type { DhcpdArgs } from './cli/dhcpd-args.ts';
import { runDhcpdTest } from './cli/dhcpd-test.ts';
import { loaderFor, loadPlainly } from './cli/load-for-serving.ts';
import { repairLeases, testLeases } from './cli/repair-leases.ts';
import { serve } from './shell/serve.ts';
import type { ServeSettings } from './shell/settings.ts';

/** Resolves with the exit status when the server has stopped. */
export const startServer = (settings: ServeSettings): Promise<number> => serve(settings, loaderFor(settings));

/** `dhcpd -t`, and `-T`, which reads the lease file too; the exit status. */
export function testAsDhcpd(args: DhcpdArgs): number {
  const status = runDhcpdTest(args);
  if (status !== 0 || args.test !== 'leases') return status;
  const result = testLeases(args.configPath, args.leasePath, loadPlainly);
  if (!args.isQuiet) for (const line of result.lines) process.stderr.write(`${line}\n`);
  return result.isGood ? 0 : 1;
}

export const repairPlainly = (configPath: string, leasePath: string | undefined): ReturnType<typeof repairLeases> =>
  repairLeases(configPath, leasePath, loadPlainly);
