// A server from its settings: configuration, leases, sockets, signals; resolves with the exit status when it has stopped.

import { randomInt } from 'node:crypto';
import type { Result } from '../std/result.ts';
import type { UnixSeconds } from '../std/time.ts';
import type { ServerConfig } from '../model/server-config.ts';
import { LogBuffer } from '../node/log-buffer.ts';
import { LeaseholdNode } from '../node/node.ts';
import { describeProblem } from '../lease/replay.ts';
import { writeHeader } from '../lease/snapshot.ts';
import { announceReady, restartOrExit } from './daemon.ts';
import { diskErrorCode } from './disk-port.ts';
import { JsonLog } from './json-log.ts';
import { complained } from './log-events.ts';
import { LogTargets } from './log-targets.ts';
import { Notifier } from './notify.ts';
import { openLeases, type OpenedLeases } from './open-leases.ts';
import { removePidFile, writePidFile } from './pid-file.ts';
import { Quarantine } from './quarantine.ts';
import { realDisk } from './real-disk.ts';
import { Server } from './server.ts';
import type { ServeSettings } from './settings.ts';
import { version } from './version.ts';

/** Reads a configuration; `problems` are dhcpd's own lines for it. */
export type LoadForServing = (path: string) => Result<ServerConfig, string>;

const defaultPort = 67;
const complain = (line: string): void => void process.stderr.write(`${line}\n`);

export async function serve(settings: ServeSettings, load: LoadForServing): Promise<number> {
  const loaded = load(settings.configPath);
  if (!loaded.ok) {
    complain(loaded.error);
    complain('Configuration file errors encountered -- exiting');
    return 1;
  }
  const config = loaded.value;
  const leasePath = config.settings.leaseFileName ?? settings.leasePath;
  const wall = Math.floor(Date.now() / 1000) as UnixSeconds;
  let leases: OpenedLeases;
  try {
    leases = openLeases(realDisk, leasePath, config, wall, randomInt(2 ** 32), version);
  } catch (error) {
    complain(`Can't open lease database ${leasePath}: ${diskErrorCode(error)} -- check the path and its permissions`);
    return 1;
  }
  return run(settings, config, leases, leasePath, () => load(settings.configPath));
}

async function run(
  settings: ServeSettings,
  config: ServerConfig,
  { store, journal, report }: OpenedLeases,
  leasePath: string,
  loadConfig: () => Result<ServerConfig, string>,
): Promise<number> {
  const log = settings.log.format === 'json' ? new JsonLog() : new LogBuffer();
  const sink = new LogTargets(settings, config.settings.logFacility, process.env);
  const node = new LeaseholdNode({ config, store, seed: randomInt(2 ** 32) });
  const port = settings.port ?? config.settings.localPort ?? defaultPort;
  const localAddress = config.settings.localAddress;
  let server: Server;
  try {
    server = new Server({
      config,
      node,
      journal,
      quarantine: new Quarantine(`${leasePath}.quarantine`, Math.floor(Date.now() / 1000)),
      log,
      sink,
      header: (out) => writeHeader(out, version),
      leaseCount: () => countLeases(store.table),
      loadConfig,
      interfaceNames: settings.interfaceNames,
      port,
      localAddress: localAddress?.kind === 'address' ? localAddress.address : 0,
      controlPath: settings.controlPath,
      onFatal: () => restartOrExit(),
    });
  } catch (error) {
    complain(`Can't bind to dhcp address: ${(error as Error).message}`);
    complain('Please make sure there is no other dhcp server running.');
    return 1;
  }
  sayStart(server, settings, leasePath);
  for (const problem of report.problems) log.event(complained, { line: describeProblem(problem) });
  await server.start();
  if (server.servedCount === 0 && !settings.waitsForInterfaces) {
    server.complain('Not configured to listen on any interfaces!');
    await server.stop();
    return 1;
  }
  return untilStopped(server, sink, settings, config);
}

function sayStart(server: Server, settings: ServeSettings, leasePath: string): void {
  if (!settings.isQuiet) server.say(`Leasehold DHCP Server ${version}`);
  server.say(`Config file: ${settings.configPath}`);
  server.say(`Database file: ${leasePath}`);
  server.say(`PID file: ${settings.pidPath ?? 'none'}`);
}

async function untilStopped(server: Server, sink: LogTargets, settings: ServeSettings, config: ServerConfig): Promise<number> {
  const notifier = new Notifier(process.env);
  const { pidPath } = settings;
  const pidProblem = pidPath === undefined ? undefined : writePidFile(pidPath);
  if (pidProblem !== undefined) server.complain(pidProblem);
  server.say('Server starting service.');
  sayUnserved(server, config);
  sink.serve();
  notifier.ready('serving');
  announceReady();
  process.on('SIGHUP', () => {
    notifier.reloading();
    server.reload();
    notifier.ready('serving');
  });
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  notifier.stopping();
  await server.stop();
  if (pidPath !== undefined) removePidFile(pidPath);
  return 0;
}

/** What the configuration asks for and this version does not do: said once at start (P7). */
function sayUnserved(server: Server, { settings }: ServerConfig): void {
  if (settings.omapiPort !== undefined)
    server.complain(`omapi-port ${settings.omapiPort}: OMAPI is not served by this version; use the leasehold commands over the control socket`);
  if (settings.ddnsUpdateStyle !== 'none')
    server.complain(`ddns-update-style ${settings.ddnsUpdateStyle}: DNS updates are not made by this version`);
}

function countLeases(table: OpenedLeases['store']['table']): number {
  let count = 0;
  for (let row = 0; row < table.rowCount; row++) if (!table.isUnused(row)) count++;
  return count;
}
