// A DHCP server as a process in a namespace: its configuration, lease file and lines; killed, stopped, started again.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Child } from '../../../src/cli/lab/child.ts';
import type { Space } from './namespaces.ts';

export type ServerKind = 'leasehold' | 'dhcpd';

/** The server under test. `LEASEHOLD_LAB_SERVER=dhcpd` runs the same tests against ISC's, to check the tests themselves. */
export const subject: ServerKind = process.env['LEASEHOLD_LAB_SERVER'] === 'dhcpd' ? 'dhcpd' : 'leasehold';

const program: Readonly<Record<ServerKind, string>> = { dhcpd: 'dhcpd', leasehold: join(import.meta.dirname, '../../../bin/dhcpd') };
const leaseholdProgram = join(import.meta.dirname, '../../../dist/leasehold.mjs');

export interface ServerOptions {
  readonly config: string;
  /** `leasehold.conf` beside it. */
  readonly settings?: string;
  readonly interfaceNames?: readonly string[];
  /** In front of the command line, such as strace. */
  readonly wrapper?: readonly string[];
  /** Keep leases on a file system of this many kilobytes. */
  readonly diskKilobytes?: number;
  readonly env?: NodeJS.ProcessEnv;
  /** Another build of the program. */
  readonly bundle?: string;
}

export class DhcpServer {
  readonly kind: ServerKind;
  readonly host: Space;
  readonly folder: string;
  readonly #options: ServerOptions;
  #child: Child | undefined;
  #bundle: string | undefined;

  constructor(kind: ServerKind, host: Space, folder: string, options: ServerOptions) {
    this.kind = kind;
    this.host = host;
    this.folder = folder;
    this.#options = options;
    this.#bundle = options.bundle;
    mkdirSync(this.leaseFolder, { recursive: true });
    if (options.diskKilobytes !== undefined)
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${options.diskKilobytes}k`, 'leasehold-lab', this.leaseFolder]);
    this.configure(options.config);
    if (options.settings !== undefined) writeFileSync(join(folder, 'leasehold.conf'), options.settings);
    if (kind === 'dhcpd') writeFileSync(this.leaseFile, '');
  }

  get leaseFolder(): string {
    return join(this.folder, 'leases');
  }
  get leaseFile(): string {
    return join(this.leaseFolder, 'dhcpd.leases');
  }
  get configFile(): string {
    return join(this.folder, 'dhcpd.conf');
  }
  get pidFile(): string {
    return join(this.folder, 'dhcpd.pid');
  }
  get child(): Child {
    if (this.#child === undefined) throw new Error('the server was not started');
    return this.#child;
  }
  get log(): string {
    return this.child.text;
  }
  /** For commands that talk to the running node. */
  get controlSocket(): string {
    return join(this.folder, 'control.sock');
  }

  /** Another build from the next start on, as an upgrade does it. */
  useBundle(path: string | undefined): void {
    this.#bundle = path;
  }

  configure(text: string): void {
    writeFileSync(this.configFile, text);
  }

  /** Starts, and waits until it serves. */
  async start(wrapper = this.#options.wrapper ?? []): Promise<this> {
    this.launch(wrapper);
    await this.child.line(/Server starting service/);
    return this;
  }

  /** Starts without waiting. */
  launch(wrapper: readonly string[] = this.#options.wrapper ?? []): Child {
    const words = ['-4', '-f', '-d', '-cf', this.configFile, '-lf', this.leaseFile, '-pf', this.pidFile, ...(this.#options.interfaceNames ?? [])];
    const env = { LEASEHOLD_CONTROL: this.controlSocket, ...this.#options.env };
    const started = this.#bundle === undefined ? [program[this.kind]] : [process.execPath, '--enable-source-maps', this.#bundle, 'dhcpd'];
    this.#child = this.host.start([...wrapper, ...started, ...words], { env });
    return this.#child;
  }

  async stop(): Promise<void> {
    await this.child.stop('SIGTERM');
  }
  async kill(): Promise<void> {
    await this.child.stop('SIGKILL');
  }
  async restart(): Promise<this> {
    await this.stop();
    return this.start();
  }

  leases(): string {
    return readFileSync(this.leaseFile, 'utf8');
  }

  /** Waits for a line of this start of the server. */
  line(pattern: RegExp, millis?: number): Promise<string> {
    return this.child.line(pattern, 0, millis);
  }
  /** Waits for a line that comes after this call. */
  nextLine(pattern: RegExp, millis?: number): Promise<string> {
    return this.child.line(pattern, this.child.lines.length, millis);
  }

  /** `leasehold WORDS…` against this server's control socket. */
  command(...words: readonly string[]): string {
    return execFileSync(process.execPath, [leaseholdProgram, ...words], {
      encoding: 'utf8',
      // A list of ten thousand.
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, LEASEHOLD_CONTROL: this.controlSocket },
    });
  }

  close(): void {
    if (this.#options.diskKilobytes !== undefined) execFileSync('umount', ['-l', this.leaseFolder]);
  }
}
