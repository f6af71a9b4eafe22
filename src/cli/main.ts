// `leasehold COMMAND`: the table of commands. What they need of the composition root is handed in.

import { buildApplication, buildRouteMap, run, type Command, type RouteMap } from '@stricli/core';
import type { ServeSettings } from '../shell/settings.ts';
import { version } from '../shell/version.ts';
import type { RunFileServer } from './boot-files-command.ts';
import { cliContext, type CliContext } from './cli-context.ts';
import type { RepairLeases } from './lease-commands.ts';

export interface CliParts {
  /** Resolves with the exit status when the server has stopped. */
  readonly serve: (settings: ServeSettings) => Promise<number>;
  readonly repair: RepairLeases;
  readonly serveBootFiles: RunFileServer;
}

type Route = Command<CliContext> | RouteMap<CliContext>;

/** One row for each command. It is loaded when it is named: most of them need a small part of the program. */
const commandTable = (parts: CliParts): Readonly<Record<string, () => Promise<Route>>> => ({
  serve: async () => (await import('./serve-command.ts')).serveCommand(parts.serve),
  check: async () => (await import('./check-command.ts')).checkCommand,
  explain: async () => (await import('./explain/explain-command.ts')).explainCommand,
  status: async () => (await import('./lease-commands.ts')).statusCommand,
  leases: async () => (await import('./lease-commands.ts')).leaseRoutes(parts.repair),
  hosts: async () => (await import('./host-commands.ts')).hostRoutes,
  failover: async () => (await import('./failover-commands.ts')).failoverRoutes,
  boot: async () => (await import('./boot/boot-commands.ts')).bootRoutes,
  reload: async () => (await import('./lease-commands.ts')).reloadCommand,
  keygen: async () => (await import('./keygen.ts')).keygenCommand,
  bench: async () => (await import('./bench/bench-command.ts')).benchCommand,
  demo: async () => (await import('./demo/demo-command.ts')).demoCommand,
  'boot-files': async () => (await import('./boot-files-command.ts')).bootFilesCommand(parts.serveBootFiles),
});

/** The command that is named, or all of them for words that name none: help, and what was meant, need the whole list. */
async function routesFor(word: string | undefined, parts: CliParts): Promise<Readonly<Record<string, Route>>> {
  const table = Object.entries(commandTable(parts));
  const named = table.filter(([name]) => name === word);
  const wanted = named.length === 0 ? table : named;
  return Object.fromEntries(await Promise.all(wanted.map(async ([name, load]): Promise<[string, Route]> => [name, await load()])));
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
    routes: await routesFor(words[0], parts),
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
