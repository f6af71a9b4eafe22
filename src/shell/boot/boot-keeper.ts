// The server's side of the file server: starts it, hears what it did, starts it again when it dies, ends it.

import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { LogLane } from '../../model/log-lane.ts';
import type { BootChoice, BootFetched } from '../../model/boot-choice.ts';
import type { BootMachine, BootStep } from '../../model/boot-desk.ts';
import type { BootSettings } from '../../model/boot-settings.ts';
import type { BootTreeFile } from '../../model/boot-tree.ts';
import {
  fileFailed, fileMissing, fileRefused, fileSent, fileServerComplains, fileServerEnded, fileServerSays, fileSilent, fileStopped, reportsLost, requestFlood, requestFloodOver,
} from '../../boot/log-events.ts';
import { BootTimeline } from '../../boot/boot-timeline.ts';
import { formatIpv4 } from '../../std/ipv4.ts';
import { readLines, type ChildMessage, type ParentMessage } from './boot-channel.ts';
import type { FileOutcome } from './file-report.ts';
import { setIdle } from './scheduling-class.ts';

const restartMillisMin = 1_000;
const restartMillisMax = 30_000;
/** A child that lived this long did not die of its settings. */
const healthyMillis = 60_000;
/** What the file server has no business with. */
const keptFrom = /^(LEASEHOLD_(?!BOOT)|NOTIFY_SOCKET|LISTEN_|JOURNAL_STREAM)/;

const events: Readonly<Record<FileOutcome, typeof fileSent>> = {
  sent: fileSent, stopped: fileStopped, silent: fileSilent, missing: fileMissing, refused: fileRefused, failed: fileFailed,
};

/** Of one message, so that a line stays far below what the other side reads. */
const rowsPerMessage = 500;
/** Machines that were met and are remembered for a file server that is started again; the oldest is forgotten. */
const metMax = 65_536;

const nowSeconds = (): number => Math.floor(Date.now() / 1000);

export interface BootKeeperParts {
  readonly log: Pick<LogLane, 'event'>;
  /** What files are there, when that changed; undefined: none are served. */
  readonly onTree: (files: readonly BootTreeFile[] | undefined) => void;
  /** Something was logged: write it out soon. */
  readonly onLog: () => void;
  /** A machine has fetched everything that it boots. */
  readonly onFetched: (fetched: BootFetched) => void;
}

export class BootKeeper {
  readonly #parts: BootKeeperParts;
  #settings: BootSettings | undefined;
  #child: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #restartMillis = restartMillisMin;
  #stderr = '';
  /** It was said that the program is out of reach. */
  #isMissingTold = false;
  #declared: readonly BootMachine[] = [];
  /** By MAC address, in the order in which they were met. */
  readonly #met = new Map<string, BootMachine>();
  /** Every one that the core remembers. */
  readonly #choices = new Map<string, BootChoice>();
  readonly timeline = new BootTimeline();
  /** Somebody compares this node's files with a partner's. */
  #isCompared = false;
  #arriving: BootTreeFile[] = [];
  /** Restarts since the server started. */
  restarts = 0;

  constructor(parts: BootKeeperParts) {
    this.#parts = parts;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  /**
   * undefined: no files are served. A change of what the process was started with starts a new one. `declared`: machines with a
   * profile that the configuration names. `isCompared`: there is a partner whose files should be the same.
   */
  configure(settings: BootSettings | undefined, declared: readonly BootMachine[], isCompared: boolean): void {
    const before = this.#settings;
    this.#settings = settings;
    this.#declared = declared;
    this.#isCompared = isCompared;
    if (settings === undefined && before !== undefined) this.#parts.onTree(undefined);
    if (JSON.stringify(wordsOf(before)) === JSON.stringify(wordsOf(settings))) {
      this.#tellAll();
      return;
    }
    this.#end();
    this.#restartMillis = restartMillisMin;
    if (settings !== undefined) this.#start();
  }

  /** A machine was given its address. */
  meet(machine: BootMachine): void {
    this.#met.delete(machine.mac);
    this.#met.set(machine.mac, machine);
    for (const oldest of this.#met.keys()) if (this.#met.size > metMax) this.#met.delete(oldest);
      else break;
    this.#tell({ kind: 'machines', machines: [machine] });
  }
  /** It was answered by DHCP. */
  step(step: BootStep): void {
    this.timeline.dhcp(step, nowSeconds());
  }

  get root(): string | undefined {
    return this.#settings?.root;
  }
  /** The files may have changed: tells by `onTree`. */
  look(): void {
    if (this.#isCompared) this.#tell({ kind: 'look' });
  }
  choose(choices: readonly BootChoice[]): void {
    for (const choice of choices) this.#choices.set(choice.mac, choice);
    this.#tellRows(choices, (part) => ({ kind: 'choices', choices: part }));
  }
  /** `mac` with colons or without. */
  choiceOf(mac: string): BootChoice | undefined {
    return this.#choices.get(mac.replaceAll(':', ''));
  }

  stop(): void {
    this.#settings = undefined;
    this.#end();
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#isMissingTold = false;
    const child = this.#child;
    this.#child = undefined;
    child?.kill('SIGKILL');
  }

  #start(): void {
    const words = wordsOf(this.#settings);
    const script = process.argv[1];
    if (words === undefined || script === undefined || this.#isOutOfReach(script)) return;
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !keptFrom.test(name)));
    const child = spawn(process.execPath, [...process.execArgv, script, ...words], { stdio: ['pipe', 'pipe', 'pipe'], env, cwd: '/' });
    const startedAt = performance.now();
    this.#child = child;
    this.#stderr = '';
    this.#arriving = [];
    child.stdin.on('error', () => {});
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#stderr = (this.#stderr + text).slice(-2_000)));
    readLines<ChildMessage>(child.stdout, (message) => this.#hear(message));
    this.#tellAll();
    child.on('error', (error) => (this.#stderr = error.message));
    child.on('close', (status, signal) => {
      if (this.#child !== child) return;
      this.#child = undefined;
      this.#again(status, signal, performance.now() - startedAt);
    });
  }

  /** Behind chroot(2), or while the package is replaced. Said once, and looked for again. */
  #isOutOfReach(script: string): boolean {
    const missing = [process.execPath, script].find((path) => !existsSync(path));
    if (missing !== undefined) {
      if (!this.#isMissingTold) this.#say(fileServerComplains, { line: `no files are served: ${missing} is not there to be started. Under -chroot it cannot be: serve boot files from a server without -chroot` });
      this.#timer = setTimeout(() => this.#start(), restartMillisMax).unref();
    }
    this.#isMissingTold = missing !== undefined;
    return missing !== undefined;
  }

  /** What was met comes behind what is declared: it is what the machine uses now. Profiles that are gone match nobody. */
  #tellAll(): void {
    const profiles = this.#settings?.profiles ?? [];
    this.#tell({ kind: 'profiles', profiles: profiles.map(({ name, kernel, initrds, arguments: line, isOnce }) => ({ name, kernel, initrds, arguments: line, isOnce })) });
    // Empty: a machine that none fits, with one chosen for it.
    const names = new Set(['', ...profiles.map(({ name }) => name)]);
    const machines = [...this.#declared, ...[...this.#met.values()].filter(({ profile }) => names.has(profile))];
    this.#tellRows(machines, (part) => ({ kind: 'machines', machines: part }));
    this.#tellRows([...this.#choices.values()], (part) => ({ kind: 'choices', choices: part }));
    this.#tell({ kind: 'complete' });
    this.look();
  }

  #tellRows<Row>(rows: readonly Row[], message: (part: readonly Row[]) => ParentMessage): void {
    for (let from = 0; from < rows.length; from += rowsPerMessage) this.#tell(message(rows.slice(from, from + rowsPerMessage)));
  }

  #tell(message: ParentMessage): void {
    this.#child?.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  #again(status: number | null, signal: string | null, lifeMillis: number): void {
    if (lifeMillis >= healthyMillis) this.#restartMillis = restartMillisMin;
    const how = signal ?? `status ${status ?? 'unknown'}`;
    const why = this.#stderr.trim().split('\n').find((line) => /error/i.test(line)) ?? '';
    this.#say(fileServerEnded, { detail: why === '' ? how : `${how}: ${why}`, seconds: this.#restartMillis / 1000 });
    this.restarts++;
    this.#timer = setTimeout(() => this.#start(), this.#restartMillis);
    this.#timer.unref();
    this.#restartMillis = Math.min(this.#restartMillis * 2, restartMillisMax);
  }

  #hear(message: ChildMessage): void {
    switch (message.kind) {
      case 'ready': this.#say(fileServerSays, { line: message.line }); return;
      case 'problem': this.#say(fileServerComplains, { line: message.line }); return;
      case 'tree':
        this.#arriving.push(...message.files);
        if (message.isLast) this.#parts.onTree(this.#arriving.splice(0));
        return;
      case 'fetched': this.#parts.onFetched(message.fetched); return;
      case 'lost': this.#say(reportsLost, { count: message.count }); return;
      case 'flood': this.#flood(message.isOver); return;
      case 'file':
        this.timeline.file(message.client, { ...message, at: nowSeconds() });
        this.#say(events[message.outcome], message);
        return;
      default: message satisfies never;
    }
  }

  #flood(isOver: boolean): void {
    const pid = this.#child?.pid;
    const isYielding = pid !== undefined && setIdle(pid, !isOver);
    if (isOver) this.#say(requestFloodOver, {});
    else this.#say(requestFlood, { isYielding });
  }

  #say: LogLane['event'] = (event, fields) => {
    this.#parts.log.event(event, fields);
    this.#parts.onLog();
  };
}

/** The file server's command line. */
function wordsOf(settings: BootSettings | undefined): readonly string[] | undefined {
  if (settings === undefined) return undefined;
  const { root, user, address, tftpPort, httpPort } = settings;
  return ['boot-files', '--root', root, '--user', user, '--address', formatIpv4(address), '--tftp-port', String(tftpPort), '--http-port', String(httpPort)];
}
