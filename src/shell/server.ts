// The server as a value: a node, its journal and its doors, started, reloaded and stopped. src/main.ts makes the parts.

import type { ByteWriter } from '../std/bytes.ts';
import { err, ok, type Result } from '../std/result.ts';
import type { Command, Node } from '../model/step.ts';
import type { ServerConfig } from '../model/server-config.ts';
import { missesAtEnd } from '../boot/boot-standing.ts';
import { packageHint } from '../boot/packaged-loaders.ts';
import type { TimelineRow } from '../boot/boot-timeline.ts';
import { declaredMachines } from '../boot/profile-desk.ts';
import type { Addressing } from './addressing.ts';
import { BootKeeper } from './boot/boot-keeper.ts';
import { TreeExchange } from './boot/tree-exchange.ts';
import { nearName } from './boot/near-name.ts';
import { Clock } from './clock.ts';
import type { ConfigReader } from './config-reader.ts';
import { ControlSocket, type LocalCommand } from './control-socket.ts';
import { Drain, type LogBuffer } from './drain.ts';
import { DropReport } from './drop-report.ts';
import type { Journal } from './journal.ts';
import { Links } from './links.ts';
import { complained, journalRewriteFailed, reloadRefused, said, sendFailed } from './log-events.ts';
import type { LogSink } from './log-sink.ts';
import { LostLines } from './lost-lines.ts';
import { Network } from './network.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { NtpState } from './ntp-state.ts';
import { Pinger } from './ping.ts';
import type { ProcessStatus } from './process-status.ts';
import type { Quarantine } from './quarantine.ts';
import { Requests } from './requests.ts';
import { StorageKeeper } from './storage-keeper.ts';
import { version } from './version.ts';

interface ReloadRefusal {
  readonly code: 'refused' | 'needs-yes';
  readonly problem: string;
}

export interface ServerParts {
  readonly config: ServerConfig;
  readonly node: Node;
  readonly journal: Journal;
  readonly quarantine: Quarantine;
  /** `dropped`: lines that found no room in it. */
  readonly log: LogBuffer & { readonly dropped: number };
  readonly sink: LogSink;
  /** First bytes of a rewritten lease file. */
  readonly header: (out: ByteWriter) => void;
  /** Leases that a rewrite wrote, for the log. */
  readonly leaseCount: () => number;
  /** Reads the configuration anew. */
  readonly reader: Pick<ConfigReader, 'read' | 'close'>;
  readonly interfaceNames: readonly string[];
  readonly addressing: Addressing;
  /** Interfaces are not told. */
  readonly isQuiet: boolean;
  /** Path of the control socket; undefined: none. */
  readonly controlPath: string | undefined;
  /** The core cannot be trusted any more; restart the process. */
  readonly onFatal: () => void;
}

/** A file with fewer bytes is rewritten before serving, as dhcpd does; a larger one while serving. */
const rewriteFirstSizeMax = 4 * 1024 * 1024;
const readyPollMillis = 10;
const housekeepingMillis = 1_000;

export class Server {
  readonly #parts: ServerParts;
  readonly #links: Links;
  readonly #pinger: Pinger;
  readonly #drain: Drain;
  readonly #network: Network;
  readonly #keeper: StorageKeeper;
  readonly #control: ControlSocket;
  readonly #drops: DropReport;
  readonly #lostLines: LostLines;
  readonly #boot: BootKeeper;
  readonly #housekeeping: NodeJS.Timeout;
  readonly #ntp = new NtpState();
  #config: ServerConfig;
  readonly #read = oneAtATime(() => this.#readConfig());
  #isStopped = false;

  /** Opens the sockets; throws SystemError when the port is taken. */
  constructor(parts: ServerParts) {
    this.#parts = parts;
    this.#config = parts.config;
    // Why through functions: doors and drain know each other.
    const inbox = { deliver: (event: Parameters<Drain['deliver']>[0]): void => this.#drain.deliver(event) };
    this.#links = new Links(inbox);
    this.#pinger = new Pinger(inbox);
    this.#network = this.#openNetwork(inbox);
    const requests = new Requests({
      inbox, links: this.#links, pinger: this.#pinger,
      compact: () => this.#keeper.request(),
      bootMachine: (machine) => this.#boot.meet(machine),
      bootStep: (step) => this.#boot.step(step),
      bootChoices: (choices) => this.#boot.choose(choices),
      bootTree: new TreeExchange(() => this.#boot.root),
      lookAtBootTree: () => this.#boot.look(),
    });
    this.#control = new ControlSocket(inbox, this.#localCommands());
    this.#drain = new Drain({
      node: parts.node,
      journal: parts.journal,
      port: this.#network,
      clock: new Clock(),
      log: parts.log,
      sink: parts.sink,
      quarantine: parts.quarantine,
      execute: (request) => requests.execute(request),
      writeLink: (link, bytes) => this.#links.write(link, bytes),
      reply: (session, value) => this.#control.reply(session, value),
      clockStepMax: () => this.#config.leasehold.clockStepMax,
      onCommitFailed: () => this.#keeper.look(),
      onFatal: parts.onFatal,
    });
    this.#keeper = new StorageKeeper({
      journal: parts.journal,
      inbox,
      snapshot: (cursor, size, out) => parts.node.snapshot(cursor, size, out),
      header: parts.header,
      onRewritten: () => this.say(`Wrote ${parts.leaseCount()} leases to leases file.`),
      onFailed: (detail) => {
        parts.log.event(journalRewriteFailed, { detail });
        this.#drain.schedule();
      },
    });
    this.#drops = new DropReport(() => this.#network.drops, parts.log);
    this.#lostLines = new LostLines(() => parts.log.dropped, (line) => this.complain(line));
    this.#boot = new BootKeeper({
      log: parts.log,
      onLog: () => this.#drain.schedule(),
      onTree: (files) => inbox.deliver({ kind: 'boot-files', files }),
      onFetched: (fetched) => inbox.deliver({ kind: 'boot-fetched', fetched }),
    });
    this.#housekeeping = setInterval(() => this.#keepHouse(), housekeepingMillis);
    this.#housekeeping.unref();
  }

  #openNetwork(inbox: { deliver: Drain['deliver'] }): Network {
    const { config, interfaceNames, addressing, isQuiet, log } = this.#parts;
    return new Network(config, {
      names: interfaceNames,
      addressing,
      onReadable: () => this.#drain.schedule(),
      onInterfaces: (interfaces) => inbox.deliver({ kind: 'interfaces', interfaces }),
      say: (line) => {
        if (!isQuiet) this.say(line);
      },
      complain: (line) => this.complain(line),
      onSendFailure: (detail, interfaceName, bytes) => log.event(sendFailed, { detail, interfaceName, bytes }),
    });
  }

  get servedNames(): readonly string[] {
    return this.#network.servedNames;
  }

  get status(): ProcessStatus {
    const { journal, quarantine, log, sink } = this.#parts;
    const { counters } = this.#drain;
    return {
      version,
      pid: process.pid,
      upSeconds: Math.floor(process.uptime()),
      interfaces: this.servedNames,
      isRaw: this.#network.isRaw,
      packets: counters.packets,
      drops: Object.fromEntries(this.#network.drops),
      quarantined: quarantine.size,
      brokenInvariants: counters.invariants,
      commits: counters.groups,
      slowCommits: counters.slowCommits,
      leaseFile: journal.path,
      leaseFileSize: journal.size,
      storageFault: journal.fault === undefined ? undefined : `${journal.fault}: ${journal.detail}`,
      tcpLinks: this.#links.size,
      logLinesLost: log.dropped + sink.dropped,
    };
  }

  /** One of dhcpd's lines; it leaves with the next turn. */
  say(line: string): void {
    this.#parts.log.event(said, { line });
    this.#drain.schedule();
  }
  complain(line: string): void {
    this.#parts.log.event(complained, { line });
    this.#drain.schedule();
  }

  /** Resolves when the node serves. Order of lines as dhcpd prints them. */
  async start(): Promise<void> {
    const { journal, node, controlPath } = this.#parts;
    const pingProblem = this.#pinger.open();
    if (pingProblem !== undefined) this.complain(pingProblem);
    this.#drain.settle({ kind: 'start' });
    this.#lookAtClock();
    if (journal.size <= rewriteFirstSizeMax) this.#keeper.rewriteNow();
    else this.#keeper.request();
    this.#network.refresh();
    this.#network.sayFallback();
    if (controlPath !== undefined) {
      const problem = await this.#control.open(controlPath);
      if (problem !== undefined) this.complain(`no control socket at ${controlPath}: ${problem}`);
    }
    this.#configureBoot();
    while (!node.isReady) await new Promise((resolve) => setTimeout(resolve, readyPollMillis));
  }

  #configureBoot(): void {
    this.#boot.configure(this.#config.leasehold.boot, declaredMachines(this.#config), this.#config.peers.length > 0);
  }

  #lookAtClock(): void {
    const isSynced = this.#ntp.changed(performance.now());
    if (isSynced !== undefined) this.#drain.deliver({ kind: 'clock-sync', isSynced });
  }

  #keepHouse(): void {
    this.#lookAtClock();
    this.#drops.look(performance.now());
    this.#lostLines.look();
    if (this.#parts.log.lines > 0) this.#drain.schedule();
    this.#parts.sink.flush();
    this.#keeper.look();
  }

  /**
   * Takes over a new configuration whole or not at all. It is read beside the packet path; whoever asks meanwhile shares the reading
   * that follows. What would make it dangerously different from the partner's is asked first where somebody can answer; a signal
   * cannot, and the drift is told after.
   */
  async reload({ isAgreed }: { readonly isAgreed: boolean }): Promise<Result<ServerConfig, ReloadRefusal>> {
    const result = await this.#read();
    if (this.#isStopped) return err({ code: 'refused', problem: 'the server is stopping' });
    if (!result.ok) return err({ code: 'refused', problem: result.error.summary });
    const { config, remarks } = result.value;
    if (config === this.#config) return ok(config); // Somebody who shared this reading was here before.
    const dangers = isAgreed ? [] : this.#parts.node.dangersOf(config);
    if (dangers.length > 0) return err({ code: 'needs-yes', problem: askAbout(dangers) });
    for (const line of [...remarks, ...needRestart(this.#config, config)]) this.complain(line);
    this.#config = config;
    this.#drain.settle({ kind: 'reload', config });
    this.#network.reconfigure(config);
    this.#configureBoot();
    return ok(config);
  }

  /** What is wrong with it is logged once, however many asked. */
  async #readConfig(): ReturnType<ServerParts['reader']['read']> {
    const result = await this.#parts.reader.read();
    if (!result.ok && !this.#isStopped) {
      this.#parts.log.event(reloadRefused, { detail: result.error.summary });
      this.#drain.schedule();
    }
    return result;
  }

  /** What was said so far is written now. */
  flushLog(): void {
    this.#drain.flushLog();
  }

  #localCommands(): ReadonlyMap<string, LocalCommand> {
    const reload = async ({ arguments: { yes } }: Command): Promise<unknown> => {
      const result = await this.reload({ isAgreed: yes === true });
      return result.ok
        ? { ok: true, value: { subnets: result.value.subnets.length, hosts: result.value.hosts.length } }
        : { ok: false, ...result.error };
    };
    return new Map<string, LocalCommand>([
      ['reload', reload],
      ['boot.status', ({ arguments: { who } }) => this.#bootStatus(typeof who === 'string' ? who : undefined)],
      ['server.status', () => ({ ok: true, value: this.status })],
    ]);
  }

  #bootStatus(who: string | undefined): unknown {
    const machines = this.#boot.timeline.rows(who).map((row) => ({
      ...row,
      stands: `${row.stands}${who === undefined ? '' : this.#nearText(row)}`,
      choice: this.#boot.choiceOf(row.mac) ?? null,
    }));
    if (machines.length > 0 || who === undefined) return { ok: true, value: { machines } };
    const problem = `${who} has neither asked this node for a file nor for an address to boot from the network since it started; ask the other node too`;
    return { ok: false, code: 'not-found', problem };
  }

  /** For one machine only: it looks into folders. Loaders try a row of names, and any of them may be the one that was meant. */
  #nearText({ steps }: TimelineRow): string {
    const root = this.#config.leasehold.boot?.root;
    const names = root === undefined ? [] : [...new Set(missesAtEnd(steps).map(({ name }) => name))];
    const near = names.flatMap((name) => {
      const other = nearName(root ?? '', name);
      return other === undefined ? [] : [`${other} differs${names.length === 1 ? '' : ` from ${name}`} only in letter case`];
    });
    const [only] = names;
    return near.length > 0 ? near.map((text) => `; ${text}`).join('') : only === undefined || names.length > 1 ? '' : packageHint(only.replace(/^\/+/, ''));
  }

  /** Lets the core say goodbye, makes it durable, closes every door. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#parts.reader.close();
    clearInterval(this.#housekeeping);
    this.#boot.stop();
    this.#keeper.close();
    this.#drain.settle({ kind: 'stop' });
    this.#drain.stop();
    this.#network.close();
    this.#pinger.close();
    this.#control.close();
    await this.#links.closeAll();
    this.#parts.journal.close();
    this.#parts.sink.close();
  }
}

/** Dangers told one by one before the rest is counted. */
const dangersMax = 10;
function askAbout(dangers: readonly string[]): string {
  const more = dangers.length > dangersMax ? `; and ${dangers.length - dangersMax} more` : '';
  return `this would make the two nodes differ in what must agree: ${dangers.slice(0, dangersMax).join('; ')}${more}. Say --yes if the partner's file will get the same change`;
}

/** Settings that a running server keeps: a line for each that the new configuration has otherwise. */
function needRestart({ settings: before }: ServerConfig, { settings: after }: ServerConfig): string[] {
  const names = { leaseFileName: 'lease-file-name', pidFileName: 'pid-file-name', localPort: 'local-port', remotePort: 'remote-port', logFacility: 'log-facility' } as const;
  return (Object.keys(names) as (keyof typeof names)[])
    .filter((key) => before[key] !== after[key])
    .map((key) => `${names[key]} was changed: the new value counts from the next restart on`);
}
