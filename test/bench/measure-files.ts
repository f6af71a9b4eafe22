// A TFTP server that is measured: it runs on a cable of its own, and a number of atftp clients fetch its file at once.

import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BenchLink, serverDev } from './measure.ts';
import type { FileServer } from './file-servers.ts';
import { serverAddress } from './servers.ts';

export interface FileCase {
  readonly id: string;
  /** Transfers at the same time, of one file. */
  readonly transfers: number;
  readonly megabytes: number;
  readonly blockSize: number;
  readonly windowSize: number;
}
const fetchWords = ({ blockSize, windowSize }: FileCase, into: string): string =>
  ['atftp', '--option', `"blksize ${blockSize}"`, ...(windowSize > 1 ? ['--option', `"windowsize ${windowSize}"`] : []), '-g', '-r', 'image', '-l', into, serverAddress].join(' ');

/** Fails when a client failed or got another number of bytes. */
async function fetchAll(link: BenchLink, wanted: FileCase, folder: string): Promise<number> {
  const targets = Array.from({ length: wanted.transfers }, (_, i) => join(folder, `got-${i}`));
  // Neither side waits for a disk: the file was just written, and what is written has room to stay in memory.
  const started = performance.now();
  const child = link.client.start(['sh', '-c', `${targets.map((into) => `${fetchWords(wanted, into)} &`).join(' ')} wait`]);
  await child.exited;
  const seconds = (performance.now() - started) / 1000;
  const size = wanted.megabytes * 2 ** 20;
  for (const into of targets) {
    if (!existsSync(into) || statSync(into).size !== size) throw new Error(`a transfer is not whole: ${child.text.slice(0, 200)}`);
    rmSync(into);
  }
  return seconds;
}

/** Until the server answers a first request. */
async function awaitFile(link: BenchLink, into: string): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    const child = link.client.start(['atftp', '--tftp-timeout', '1', '-g', '-r', 'small', '-l', into, serverAddress]);
    await child.exited;
    if (existsSync(into) && statSync(into).size > 0) return;
  }
  throw new Error('the server never answered');
}

/** A server that has sent the file once: its pace is measured, not its start. */
export class FileBench {
  readonly #folder = mkdtempSync(join(tmpdir(), 'leasehold-bench-'));
  readonly #link = new BenchLink();
  readonly #wanted: FileCase;

  private constructor(wanted: FileCase) {
    this.#wanted = wanted;
  }

  static async open(server: FileServer, wanted: FileCase): Promise<FileBench> {
    const bench = new FileBench(wanted);
    try {
      await bench.#start(server);
      return bench;
    } catch (error) {
      await bench.close();
      throw error;
    }
  }
  async #start(server: FileServer): Promise<void> {
    chmodSync(this.#folder, 0o755);
    const root = join(this.#folder, 'root');
    mkdirSync(root);
    writeFileSync(join(root, 'image'), randomBytes(this.#wanted.megabytes * 2 ** 20));
    writeFileSync(join(root, 'small'), 'small');
    const child = this.#link.server.start(server.prepare(join(this.#folder, 'server'), root, serverDev), { keepsLines: false });
    if (server.readyLine !== undefined) await child.line(server.readyLine);
    await awaitFile(this.#link, join(this.#folder, 'first'));
    await this.fetch();
  }

  /** Megabytes per second, all transfers together. */
  async fetch(): Promise<number> {
    const seconds = await fetchAll(this.#link, this.#wanted, this.#folder);
    return (this.#wanted.transfers * this.#wanted.megabytes * 2 ** 20) / 1e6 / seconds;
  }

  async close(): Promise<void> {
    await this.#link.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
