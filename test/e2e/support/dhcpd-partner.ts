// A real ISC dhcpd and our end of the relationship, each in a network namespace, with a capture of what they say.

import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasCommand } from '../../../tools/debian-packages.ts';
import { setLocalState } from './omshell.ts';

export type Role = 'a' | 'b';
const addressOf: Readonly<Record<Role, string>> = { a: '10.77.0.1', b: '10.77.0.2' };
const otherRole = (role: Role): Role => (role === 'a' ? 'b' : 'a');

const needed = ['ip', 'dhcpd', 'omshell', 'tshark'];
const missing = process.getuid?.() !== 0 ? 'needs root' : needed.find((command) => !hasCommand(command));
export const skip = process.env['CI'] === 'true' || missing === undefined ? false : `missing: ${missing}`;

const ip = (...words: string[]): string => execFileSync('ip', words, { encoding: 'utf8' });
const pause = (millis: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, millis));

/** Waits until `find` gives something, and says what there was instead. */
export async function until<T>(what: string, find: () => T | undefined, seconds = 20): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = find();
    if (found !== undefined) return found;
    assert.ok(Date.now() < end, `${what} did not happen within ${seconds} s`);
    await pause(100);
  }
}

let count = 0;
/** One relationship: we in the given role, dhcpd in the other. `close` removes everything. */
export class Relationship {
  readonly folder = mkdtempSync(join(tmpdir(), 'leasehold-failover-'));
  readonly role: Role;
  readonly theirRole: Role;
  readonly #spaces: Record<Role, string>;
  readonly #mclt: number;
  readonly said: string[] = [];
  readonly #answers: unknown[] = [];
  dhcpd: ChildProcess | undefined;
  #driver: ChildProcess | undefined;
  #capture: ChildProcess | undefined;

  constructor(role: Role, mclt = 60) {
    this.role = role;
    this.theirRole = otherRole(role);
    this.#mclt = mclt;
    const id = `${process.pid}${count++}`;
    this.#spaces = { a: `lhfa${id}`, b: `lhfb${id}` };
    this.#network();
    writeFileSync(join(this.folder, 'dhcpd.conf'), this.#configuration());
    this.forget();
  }

  #network(): void {
    const { a, b } = this.#spaces;
    ip('netns', 'add', a);
    ip('netns', 'add', b);
    ip('link', 'add', 'fo0', 'netns', a, 'type', 'veth', 'peer', 'name', 'fo0', 'netns', b);
    for (const [role, space] of Object.entries(this.#spaces) as [Role, string][]) {
      ip('-n', space, 'link', 'add', 'lan0', 'type', 'veth', 'peer', 'name', 'lan1');
      for (const device of ['lo', 'fo0', 'lan0', 'lan1']) ip('-n', space, 'link', 'set', device, 'up');
      ip('-n', space, 'addr', 'add', `${addressOf[role]}/24`, 'dev', 'fo0');
      ip('-n', space, 'addr', 'add', `10.77.1.${role === 'a' ? 1 : 2}/24`, 'dev', 'lan0');
    }
  }

  #configuration(): string {
    const them = this.theirRole;
    const role = them === 'a' ? `primary; mclt ${this.#mclt}; split 128;` : 'secondary;';
    return `failover peer "fo" { ${role} address ${addressOf[them]}; port 647; peer address ${addressOf[this.role]}; peer port 647;
  max-response-delay 10; max-unacked-updates 10; load balance max seconds 3; }
authoritative; ddns-update-style none; ping-check false; omapi-port 7911; default-lease-time 3600; max-lease-time 7200;
subnet 10.77.1.0 netmask 255.255.255.0 { pool { failover peer "fo"; range 10.77.1.100 10.77.1.119; } }
`;
  }

  async start(): Promise<void> {
    this.#capture = spawn('ip', ['netns', 'exec', this.#spaces[this.role], 'tshark', '-q', '-i', 'fo0', '-w', this.#captureFile], { stdio: 'ignore' });
    await until('the capture', () => { try { return readFileSync(this.#captureFile).length > 0 || undefined; } catch { return undefined; } });
    await this.startDhcpd();
    this.startUs();
  }
  get #captureFile(): string {
    return join(this.folder, 'capture.pcapng');
  }
  get #logFile(): string {
    return join(this.folder, 'dhcpd.log');
  }
  /** What dhcpd logged so far. */
  get theirLog(): string {
    return readFileSync(this.#logFile, 'utf8');
  }

  async startDhcpd(): Promise<void> {
    appendFileSync(this.#logFile, '');
    const from = this.theirLog.length;
    const words = ['netns', 'exec', this.#spaces[this.theirRole], 'dhcpd', '-f', '-d', '-cf', join(this.folder, 'dhcpd.conf'), '-lf', join(this.folder, 'leases'), '-pf', join(this.folder, 'pid'), 'lan0'];
    this.dhcpd = spawn('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.dhcpd.stderr?.on('data', (bytes: Uint8Array) => appendFileSync(this.#logFile, bytes));
    await until('dhcpd’s start', () => this.theirLog.slice(from).includes('Server starting service') || undefined);
  }
  killDhcpd(): void {
    process.kill(Number(readFileSync(join(this.folder, 'pid'), 'utf8')), 'SIGKILL');
  }
  /** An empty lease file. */
  forget(): void {
    writeFileSync(join(this.folder, 'leases'), '');
  }
  leaseFile(): string {
    return readFileSync(join(this.folder, 'leases'), 'utf8');
  }

  startUs(): void {
    const script = new URL('failover-driver.ts', import.meta.url).pathname;
    const options = JSON.stringify({ isNew: true, mclt: this.#mclt });
    const words = ['netns', 'exec', this.#spaces[this.role], process.execPath, '--import', 'tsx', script, this.role, options];
    this.#driver = spawn('ip', words, { stdio: ['pipe', 'pipe', 'inherit'] });
    let pending = '';
    this.#driver.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (pending + chunk).split('\n');
      pending = lines.pop() ?? '';
      for (const line of lines) {
        const value = JSON.parse(line) as { log?: string; answer?: unknown };
        if (value.log !== undefined) this.said.push(value.log);
        else this.#answers.push(value.answer);
      }
    });
  }

  async ask<T>(command: string): Promise<T> {
    const at = this.#answers.length;
    this.#driver?.stdin?.write(`${command}\n`);
    return (await until(`an answer to ${command}`, () => (this.#answers.length > at ? { it: this.#answers[at] } : undefined))).it as T;
  }
  /** Waits for a line of ours after the ones already waited for. */
  #heard = 0;
  async we(line: string, seconds?: number): Promise<void> {
    this.#heard = (await until(`“${line}”`, () => {
      const at = this.said.indexOf(line, this.#heard);
      return at < 0 ? undefined : at;
    }, seconds)) + 1;
  }
  #theirHeard = 0;
  async they(line: string, seconds?: number): Promise<void> {
    this.#theirHeard = await until(`dhcpd’s “${line}”`, () => {
      const at = this.theirLog.indexOf(line, this.#theirHeard);
      return at < 0 ? undefined : at + line.length;
    }, seconds);
  }
  async normal(): Promise<void> {
    await this.we('failover peer fo: Both servers normal');
    await this.they('Both servers normal');
  }
  /** The wire, both ways, without a word to anybody. */
  cut(isCut: boolean): void {
    ip('-n', this.#spaces[this.theirRole], 'link', 'set', 'fo0', isCut ? 'down' : 'up');
  }
  /** `set local-state = N` at the dhcpd. */
  omshell(state: number): void {
    setLocalState(this.#spaces[this.theirRole], 'fo', state);
  }

  /** Messages that Wireshark's dissector cannot read, and how many there were. */
  async wire(): Promise<{ malformed: string[]; messages: number }> {
    const capture = this.#capture;
    const isOver = new Promise((resolve) => capture?.once('exit', resolve));
    // What tshark has not read from the kernel yet would be lost.
    await pause(1000);
    capture?.kill('SIGINT');
    await isOver;
    const read = (filter: string): string[] =>
      execFileSync('tshark', ['-r', this.#captureFile, '-d', 'tcp.port==647,dhcpfo', '-Y', filter], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
        .split('\n').filter((line) => line !== '');
    return { malformed: read('dhcpfo && _ws.malformed'), messages: read('dhcpfo').length };
  }

  close(): void {
    for (const child of [this.#driver, this.#capture, this.dhcpd]) child?.kill('SIGKILL');
    for (const space of Object.values(this.#spaces)) {
      for (const pid of ip('netns', 'pids', space).split('\n')) if (pid !== '') try { process.kill(Number(pid), 'SIGKILL'); } catch { /* It is gone already. */ }
      ip('netns', 'del', space);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
