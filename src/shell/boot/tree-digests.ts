// The tree of boot files as two nodes compare it: every regular file below the root with the digest of its content. Part of the file
// server's process: hashing gigabytes is no work for the one that answers DHCP.

import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { bootTreeFilesMax, type BootTreeFile } from '../../model/boot-tree.ts';
import { openJailed, type JailedFile } from './jail.ts';

const depthMax = 32;
const pieceSize = 1024 * 1024;
/** A file on its way from the partner. */
export const unfinishedName = (base: string): string => `.${base}.leasehold-part`;
const isUnfinished = (base: string): boolean => base.startsWith('.') && base.endsWith('.leasehold-part');

interface Known {
  readonly stamp: string;
  readonly digest: string;
}

export class TreeDigests {
  readonly #root: string;
  /** By path: a file whose size and time are as before has its digest from before. */
  #known = new Map<string, Known>();

  constructor(root: string) {
    this.#root = root;
  }

  /** In order of path; `problem`: what was left out, empty when nothing was. */
  async read(): Promise<{ readonly files: readonly BootTreeFile[]; readonly problem: string }> {
    const paths: string[] = [];
    const isWhole = await this.#walk('', 0, paths);
    const known = new Map<string, Known>();
    const files: BootTreeFile[] = [];
    for (const path of paths.toSorted()) {
      const file = await this.#file(path, known);
      if (file !== undefined) files.push(file);
    }
    this.#known = known;
    return { files, problem: isWhole ? '' : `more than ${bootTreeFilesMax} files: the rest is not compared with the partner's` };
  }

  /** False when there are too many. */
  async #walk(folder: string, depth: number, paths: string[]): Promise<boolean> {
    // What is gone or may not be read is no file that is served.
    const entries = await readdir(`${this.#root}/${folder}`, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && depth < depthMax) {
        if (!(await this.#walk(path, depth + 1, paths))) return false;
      } else if ((entry.isFile() || entry.isSymbolicLink()) && !isUnfinished(entry.name)) {
        if (paths.length >= bootTreeFilesMax) return false;
        paths.push(path);
      }
    }
    return true;
  }

  /** As it would be served: links that lead out of the root, and what is no file, are left out. */
  async #file(path: string, known: Map<string, Known>): Promise<BootTreeFile | undefined> {
    const opened = await openJailed(this.#root, path);
    if (!opened.ok) return undefined;
    const { handle, size, modified, realPath } = opened.value;
    try {
      const stamp = `${size} ${modified.getTime()} ${realPath}`;
      const before = this.#known.get(path);
      const digest = before?.stamp === stamp ? before.digest : await digestOf(opened.value);
      known.set(path, { stamp, digest });
      return { path, size, digest };
    } catch {
      return undefined;
    } finally {
      await handle.close();
    }
  }
}

async function digestOf({ handle }: JailedFile): Promise<string> {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(pieceSize);
  for (let at = 0; ; ) {
    const { bytesRead } = await handle.read(piece, 0, pieceSize, at);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(piece.subarray(0, bytesRead));
    at += bytesRead;
  }
}
