// The demo's stage: a switch, nodes and machines in network namespaces, and scratch files, all removed again.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, type Child } from '../lab/child.ts';
import { removeLeftovers, Space } from '../lab/namespaces.ts';
import { Segment } from '../lab/segment.ts';

export type NodeKind = 'leasehold' | 'isc';

/** What a machine's client was given; the names of udhcpc's hook script. */
export type Given = Readonly<Record<string, string>>;

const hook = (file: string): string => `#!/bin/sh
case "$1" in
  bound|renew)
    ip addr flush dev "$interface"
    ip addr add "$ip/\${mask:-24}" dev "$interface"
    { env; echo '--'; } >> ${file} ;;
  deconfig) ip addr flush dev "$interface" ;;
esac
`;

/** One machine with a DHCP client of the real world (busybox udhcpc). */
export class Machine {
  readonly name: string;
  readonly mac: string;
  readonly #space: Space;
  readonly #folder: string;
  #client: Child | undefined;

  constructor(name: string, mac: string, lan: Segment, folder: string) {
    this.name = name;
    this.mac = mac;
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'hook'), hook(join(folder, 'given')), { mode: 0o755 });
    this.#space = new Space(name);
    lan.plug(this.#space, 'eth0', mac);
  }

  /** Everything it was given so far. */
  given(): Given[] {
    const file = join(this.#folder, 'given');
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8')
      .split('--\n')
      .filter((text) => text.includes('ip='))
      .map((text) => Object.fromEntries(text.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])));
  }

  /** Boots: a fresh client, as after power on. What it was given, or undefined when nothing came in time. */
  async boot(millis: number, ...flags: readonly string[]): Promise<Given | undefined> {
    await this.#client?.stop('SIGKILL');
    const before = this.given().length;
    this.#client = this.#space.start(['udhcpc', '-f', '-i', 'eth0', '-s', join(this.#folder, 'hook'), '-t', '5', '-T', '1', '-O', 'search', ...flags]);
    const client = this.#client;
    try {
      return await eventually(this.name, () => this.given()[before] ?? (client.hasExited ? null : undefined), millis) ?? undefined;
    } catch {
      return undefined;
    }
  }

  close(): Promise<void> {
    return this.#space.close();
  }
}

export interface NodeOptions {
  readonly name: string;
  readonly kind: NodeKind;
  readonly cidr: string;
  readonly config: string;
  /** `/etc/hosts` of the node, so that names of the configuration are found without a resolver. */
  readonly hosts: string;
  readonly onLine: (line: string) => void;
}

/** One server; it can be stopped, killed and started again on the same lease file. */
export class DemoNode {
  readonly name: string;
  readonly kind: NodeKind;
  readonly address: string;
  readonly configFile: string;
  readonly #space: Space;
  readonly #folder: string;
  readonly #onLine: (line: string) => void;
  #child: Child | undefined;

  constructor({ name, kind, cidr, config, hosts, onLine }: NodeOptions, lan: Segment, folder: string) {
    this.name = name;
    this.kind = kind;
    this.address = cidr.replace(/\/.*$/, '');
    this.#folder = folder;
    this.#onLine = onLine;
    this.configFile = join(folder, 'dhcpd.conf');
    mkdirSync(folder, { recursive: true });
    writeFileSync(this.configFile, config);
    writeFileSync(join(folder, 'dhcpd.leases'), '');
    this.#space = new Space(name);
    lan.plug(this.#space, 'eth0');
    this.#space.address('eth0', cidr);
    mkdirSync(this.#etc, { recursive: true });
    writeFileSync(join(this.#etc, 'hosts'), hosts);
  }

  /** What ip-netns(8) puts over /etc for programs of the namespace. */
  get #etc(): string {
    return join('/etc/netns', this.#space.name);
  }
  get #control(): string {
    return join(this.#folder, 'control.sock');
  }
  get lineCount(): number {
    return this.#child?.lines.length ?? 0;
  }
  get lines(): readonly string[] {
    return this.#child?.lines ?? [];
  }

  /** Resolves when it serves. */
  async start(): Promise<void> {
    const files = ['-cf', this.configFile, '-lf', join(this.#folder, 'dhcpd.leases'), '-pf', join(this.#folder, 'dhcpd.pid')];
    const program = this.kind === 'isc' ? ['dhcpd'] : [process.execPath, ...process.execArgv, process.argv[1] ?? '', 'dhcpd'];
    const env = { LEASEHOLD_CONTROL: this.#control };
    const child = this.#space.start([...program, '-4', '-f', '-d', ...files, 'eth0'], { env, onLine: this.#onLine });
    this.#child = child;
    await child.line(/Server starting service/);
  }
  /** `leasehold WORDS…` for this node; what it printed. */
  command(...words: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(process.execPath, [...process.execArgv, process.argv[1] ?? '', ...words, '--control', this.#control], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`leasehold ${words.join(' ')} on ${this.name}: ${stderr}`);
    return stdout.trim();
  }
  /** Waits for a line of this start; undefined when it does not come in time. */
  async saw(pattern: RegExp, from: number, millis: number): Promise<string | undefined> {
    return this.#child?.until(() => this.lines.slice(from).find((line) => pattern.test(line)), millis);
  }
  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.#child?.stop(signal);
  }
  async close(): Promise<void> {
    await this.#space.close();
    rmSync(this.#etc, { recursive: true, force: true });
  }
}

export class Stage {
  readonly lan: Segment;
  readonly #folder = mkdtempSync(join(tmpdir(), 'leasehold-demo-'));
  readonly #closing: (() => Promise<void>)[] = [];

  constructor() {
    removeLeftovers();
    this.lan = new Segment('lan');
    this.#closing.push(() => this.lan.close());
  }

  node(options: NodeOptions): DemoNode {
    const node = new DemoNode(options, this.lan, join(this.#folder, options.name));
    this.#closing.unshift(() => node.close());
    return node;
  }
  machine(name: string, mac: string): Machine {
    const machine = new Machine(name, mac, this.lan, join(this.#folder, name));
    this.#closing.unshift(() => machine.close());
    return machine;
  }

  async close(): Promise<void> {
    for (const close of this.#closing) await close().catch(() => undefined);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
