// A server from its settings: configuration, leases, sockets, signals; resolves with the exit status when it has stopped.

import { randomBytes, randomInt } from 'node:crypto';
import type { UnixSeconds } from '../std/time.ts';
import type { ServerConfig } from '../model/server-config.ts';
import { LogBuffer } from '../node/log-buffer.ts';
import { LeaseholdNode } from '../node/node.ts';
import type { Node } from '../model/step.ts';
import { writeHeader } from '../lease/snapshot.ts';
import { addressingOf } from './addressing.ts';
import { ConfigReader } from './config-reader.ts';
import { announceReady, restartOrExit } from './daemon.ts';
import { diskErrorCode } from './disk-port.ts';
import { JsonLog } from './json-log.ts';
import { complained, readOnPacketPath, said, stepFailed } from './log-events.ts';
import { LogTargets } from './log-targets.ts';
import { Notifier } from './notify.ts';
import { openLeases, problemLines, type OpenedLeases } from './open-leases.ts';
import { removePidFile, runningServer, writePidFile } from './pid-file.ts';
import { Quarantine } from './quarantine.ts';
import { realDisk } from './real-disk.ts';
import { Server } from './server.ts';
import type { LoadForServing, ServeSettings } from './settings.ts';
import { sourceStackOf } from './source-stack.ts';
import { version } from './version.ts';

/** How a core is made; replaced by tests that need a broken one. */
export type MakeNode = (config: ServerConfig, store: OpenedLeases['store'], seed: number) => Node;
const makeLeasehold: MakeNode = (config, store, seed) => new LeaseholdNode({ config, store, seed, secret: randomBytes(32) });

const randomSeed = (): number => randomInt(2 ** 32);
const wallSeconds = (): UnixSeconds => Math.floor(Date.now() / 1000) as UnixSeconds;

export async function serve(settings: ServeSettings, load: LoadForServing, makeNode = makeLeasehold): Promise<number> {
  return new Service(settings, load, makeNode).run();
}

class Service {
  readonly #settings: ServeSettings;
  readonly #load: LoadForServing;
  readonly #makeNode: MakeNode;
  readonly #log: LogBuffer | JsonLog;
  #sink: LogTargets;
  #pidPath: string | undefined;

  constructor(settings: ServeSettings, load: LoadForServing, makeNode: MakeNode) {
    this.#settings = settings;
    this.#load = load;
    this.#makeNode = makeNode;
    this.#log = settings.log.format === 'json' ? new JsonLog() : new LogBuffer();
    this.#sink = new LogTargets(settings, 'daemon', process.env);
  }

  async run(): Promise<number> {
    const settings = this.#settings;
    this.#sayUnlessQuiet(...settings.banner);
    const loaded = this.#load();
    if (!loaded.ok) return this.#giveUp(loaded.error.lines);
    const { config, remarks } = loaded.value;
    this.#sink = new LogTargets(settings, config.settings.logFacility, process.env);
    for (const line of remarks) this.#log.event(complained, { line });
    this.#pidPath = settings.pidPath === undefined ? undefined : (config.settings.pidFileName ?? settings.pidPath);
    const leasePath = config.settings.leaseFileName ?? settings.leasePath;
    this.#sayUnlessQuiet(
      `Config file: ${settings.configPath}`,
      `Database file: ${leasePath}`,
      ...(this.#pidPath === undefined ? [] : [`PID file: ${this.#pidPath}`]),
    );
    if (this.#pidPath !== undefined && runningServer(this.#pidPath) !== undefined)
      return this.#giveUp(["There's already a DHCP server running."]);
    let leases: OpenedLeases;
    try {
      leases = openLeases(realDisk, leasePath, config, wallSeconds(), randomSeed(), version);
    } catch (error) {
      const reason = diskErrorCode(error) === 'ELOCKED' ? 'another server uses it' : (error as Error).message;
      return this.#giveUp([`Can't open lease database ${leasePath}: ${reason}`]);
    }
    for (const line of problemLines(leases.report)) this.#log.event(complained, { line });
    return this.#serveWith(config, leases, leasePath);
  }

  #sayUnlessQuiet(...lines: readonly string[]): void {
    if (!this.#settings.isQuiet) for (const line of lines) this.#log.event(said, { line });
  }

  /** Ends before anything was opened that would keep the process alive. */
  #giveUp(lines: readonly string[]): 1 {
    for (const line of lines) this.#log.event(complained, { line });
    this.#log.event(said, { line: 'exiting.' });
    this.#writeOut();
    this.#sink.close();
    return 1;
  }

  #writeOut(): void {
    this.#sink.write(this.#log);
    this.#log.reset();
  }

  async #serveWith(config: ServerConfig, leases: OpenedLeases, leasePath: string): Promise<number> {
    let server: Server;
    try {
      server = this.#makeServer(config, leases, leasePath);
    } catch (error) {
      return this.#giveUp([(error as Error).message, 'Please make sure there is no other dhcp server running.']);
    }
    this.#surviveNothing();
    await server.start();
    if (server.servedNames.length === 0) {
      server.complain('Not configured to listen on any interfaces!');
      if (!this.#settings.waitsForInterfaces) {
        await server.stop();
        return 1;
      }
      server.complain('Waiting for an interface to appear or to get an address.');
    }
    return this.#untilStopped(server, config);
  }

  #makeServer(config: ServerConfig, { store, journal }: OpenedLeases, leasePath: string): Server {
    const settings = this.#settings;
    return new Server({
      config,
      node: this.#makeNode(config, store, randomSeed()),
      journal,
      quarantine: new Quarantine(`${leasePath}.quarantine`, wallSeconds()),
      log: this.#log,
      sink: this.#sink,
      header: (out) => writeHeader(out, version),
      leaseCount: () => countLeases(store.table),
      reader: this.#makeReader(),
      interfaceNames: settings.interfaceNames,
      addressing: addressingOf(settings, config),
      isQuiet: settings.isQuiet,
      controlPath: settings.controlPath,
      onFatal: restartOrExit,
    });
  }

  #makeReader(): ConfigReader {
    const onReadHere = (why: string): void => this.#log.event(readOnPacketPath, { why });
    return new ConfigReader({ settings: this.#settings, loadHere: this.#load, onReadHere });
  }

  /** A defect outside the core's step: nothing is known about what it left undone. */
  #surviveNothing(): void {
    process.on('uncaughtException', (error) => {
      this.#log.event(stepFailed, { event: 'shell', message: sourceStackOf(error) });
      this.#writeOut();
      restartOrExit();
    });
    // Node would start its inspector.
    process.on('SIGUSR1', () => {});
  }

  async #untilStopped(server: Server, config: ServerConfig): Promise<number> {
    const pidPath = this.#pidPath;
    const notifier = new Notifier(process.env);
    const pidProblem = pidPath === undefined ? undefined : writePidFile(pidPath);
    if (pidProblem !== undefined) server.complain(pidProblem);
    sayUnserved(server, config);
    const stopped = new Promise<void>((resolve) => {
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
    });
    process.on('SIGHUP', () => {
      notifier.reloading();
      void server.reload({ isAgreed: true }).then(() => notifier.ready(statusOf(server)));
    });
    server.say('Server starting service.');
    server.flushLog();
    this.#sink.serve();
    notifier.ready(statusOf(server));
    announceReady();
    await stopped;
    notifier.stopping();
    await server.stop();
    if (pidPath !== undefined) removePidFile(pidPath);
    return 0;
  }
}

const statusOf = ({ servedNames }: Server): string =>
  servedNames.length === 0 ? 'waiting for an interface' : `serving ${servedNames.join(', ')}`;

/** What the configuration asks for and this version does not do: said once at start (P7). */
function sayUnserved(server: Server, { settings }: ServerConfig): void {
  if (settings.ddnsUpdateStyle !== 'none')
    server.complain(`ddns-update-style ${settings.ddnsUpdateStyle}: DNS updates are not made by this version`);
  if (settings.localAddress?.kind === 'name')
    server.complain(`local-address ${settings.localAddress.name}: write an address; until then port 67 is bound on every address`);
}

function countLeases(table: OpenedLeases['store']['table']): number {
  let count = 0;
  for (let row = 0; row < table.rowCount; row++) if (!table.isUnused(row)) count++;
  return count;
}
