// `leasehold COMMAND`: the table of commands. What they need of the composition root is handed in.

import { buildApplication, buildRouteMap, run } from '@stricli/core';
import type { ServeSettings } from '../shell/settings.ts';
import { version } from '../shell/version.ts';
import { benchCommand } from './bench/bench-command.ts';
import { bootRoutes } from './boot/boot-commands.ts';
import { bootFilesCommand, type RunFileServer } from './boot-files-command.ts';
import { checkCommand } from './check-command.ts';
import { cliContext } from './cli-context.ts';
import { demoCommand } from './demo/demo-command.ts';
import { explainCommand } from './explain/explain-command.ts';
import { failoverRoutes } from './failover-commands.ts';
import { keygenCommand } from './keygen.ts';
import { hostRoutes } from './host-commands.ts';
import { leaseRoutes, reloadCommand, statusCommand, type RepairLeases } from './lease-commands.ts';
import { serveCommand } from './serve-command.ts';

export interface CliParts {
  /** Resolves with the exit status when the server has stopped. */
  readonly serve: (settings: ServeSettings) => Promise<number>;
  readonly repair: RepairLeases;
  readonly serveBootFiles: RunFileServer;
}

/** Exit status for words that are no command line. */
const couldNotRun = 2;

/** Resolves with the exit status. */
export async function runLeasehold(words: readonly string[], parts: CliParts): Promise<number> {
  const root = buildRouteMap({
    docs: {
      brief: 'Leasehold: a highly available DHCPv4 server, the drop-in successor of ISC dhcpd',
      hideRoute: { 'boot-files': true },
      fullDescription: 'Leasehold: a highly available DHCPv4 server, the drop-in successor of ISC dhcpd.\nEvery command ends with 0 when all is well, 1 when it found problems, 2 when it could not run.',
    },
    routes: {
      serve: serveCommand(parts.serve),
      check: checkCommand,
      explain: explainCommand,
      status: statusCommand,
      leases: leaseRoutes(parts.repair),
      hosts: hostRoutes,
      failover: failoverRoutes,
      boot: bootRoutes,
      reload: reloadCommand,
      keygen: keygenCommand,
      bench: benchCommand,
      demo: demoCommand,
      'boot-files': bootFilesCommand(parts.serveBootFiles),
    },
  });
  const application = buildApplication(root, {
    name: 'leasehold',
    versionInfo: { currentVersion: version },
    scanner: { caseStyle: 'allow-kebab-for-camel' },
    documentation: { caseStyle: 'convert-camel-to-kebab' },
  });
  const context = cliContext();
  await run(application, words, context);
  const status = Number(context.process.exitCode ?? 0);
  // The parser's own codes for mistakes in the command line are negative.
  return status < 0 ? couldNotRun : status;
}
