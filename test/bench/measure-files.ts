// One measurement of a TFTP server: freshly started, and a number of atftp clients that fetch one file at once.

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
/** Megabytes per second, all transfers together. */
export interface FileMeasurement {
  readonly rate: number;
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

export async function measureFiles(server: FileServer, wanted: FileCase): Promise<FileMeasurement> {
  const folder = mkdtempSync(join(tmpdir(), 'leasehold-bench-'));
  const link = new BenchLink();
  try {
    chmodSync(folder, 0o755);
    const root = join(folder, 'root');
    mkdirSync(root);
    writeFileSync(join(root, 'image'), randomBytes(wanted.megabytes * 2 ** 20));
    writeFileSync(join(root, 'small'), 'small');
    const child = link.server.start(server.prepare(join(folder, 'server'), root, serverDev), { keepsLines: false });
    if (server.readyLine !== undefined) await child.line(server.readyLine);
    await awaitFile(link, join(folder, 'first'));
    const seconds = await fetchAll(link, wanted, folder);
    return { rate: (wanted.transfers * wanted.megabytes * 2 ** 20) / 1e6 / seconds };
  } finally {
    await link.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
