// Boot files on their way between two nodes: pieces are read for the partner, and written beside the file until it is whole.

import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, realpath, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { bootPath } from '../../boot/boot-path.ts';
import type { Answer, Request } from '../../model/step.ts';
import { openJailed } from './jail.ts';
import { unfinishedName } from './tree-digests.ts';

type Of<Kind extends Request['kind']> = Extract<Request, { kind: Kind }>;

/** A file that is being written. */
interface Growing {
  readonly path: string;
  readonly part: string;
  readonly target: string;
  readonly handle: FileHandle;
  readonly hash: Hash;
  at: number;
}

const textOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? (error as Error).message;

export class TreeExchange {
  readonly #root: () => string | undefined;
  #growing: Growing | undefined;

  /** `root`: folder of the files; undefined while none are served. */
  constructor(root: () => string | undefined) {
    this.#root = root;
  }

  async read({ path, from, count }: Of<'boot-read'>): Promise<Extract<Answer, { kind: 'boot-read' }>> {
    const none = (problem: string) => ({ kind: 'boot-read', piece: new Uint8Array(0), problem }) as const;
    const [root, name] = [this.#root(), bootPath(path)];
    if (root === undefined || !name.ok) return none('no such file');
    const opened = await openJailed(root, name.value);
    if (!opened.ok) return none(opened.error);
    const { handle } = opened.value;
    try {
      const piece = new Uint8Array(count);
      const { bytesRead } = await handle.read(piece, 0, count, from);
      return { kind: 'boot-read', piece: piece.subarray(0, bytesRead), problem: '' };
    } catch (error) {
      return none(textOf(error));
    } finally {
      await handle.close();
    }
  }

  async write(request: Of<'boot-write'>): Promise<Extract<Answer, { kind: 'boot-write' }>> {
    try {
      return { kind: 'boot-write', problem: await this.#write(request) };
    } catch (error) {
      await this.#abandon();
      return { kind: 'boot-write', problem: `it cannot be written in ${this.#root() ?? 'the root'} (${textOf(error)}): the server needs write access there to copy files` };
    }
  }

  async #write(request: Of<'boot-write'>): Promise<string> {
    const { path, from, piece, size, digest } = request;
    const growing = from === 0 ? await this.#begin(path) : this.#growing;
    if (growing === undefined || growing.path !== path || growing.at !== from) return 'its pieces did not come in order';
    await growing.handle.write(piece, 0, piece.length, from);
    growing.hash.update(piece);
    growing.at += piece.length;
    if (growing.at < size) return '';
    const problem = growing.hash.digest('hex') === digest ? '' : 'it changed at the partner while it was copied';
    if (problem !== '') await this.#abandon();
    else await this.#complete(growing);
    return problem;
  }

  async #begin(path: string): Promise<Growing> {
    await this.#abandon();
    const [root, name] = [this.#root(), bootPath(path)];
    if (root === undefined || !name.ok) throw new Error('no such place');
    const folder = await folderBelow(root, dirname(name.value));
    const target = `${folder}/${basename(name.value)}`;
    const part = `${folder}/${unfinishedName(basename(name.value))}`;
    const handle = await open(part, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW, 0o644);
    return (this.#growing = { path, part, target, handle, hash: createHash('sha256'), at: 0 });
  }

  async #complete({ handle, part, target }: Growing): Promise<void> {
    // Whoever serves files is another user, whatever our umask says.
    await handle.chmod(0o644);
    await handle.datasync();
    await handle.close();
    this.#growing = undefined;
    await rename(part, target);
  }
  async #abandon(): Promise<void> {
    const growing = this.#growing;
    this.#growing = undefined;
    if (growing === undefined) return;
    await growing.handle.close().catch(() => {});
    await rm(growing.part, { force: true }).catch(() => {});
  }
}

/** Makes the folder where it is missing; throws when a link would lead out of the root. */
async function folderBelow(root: string, folder: string): Promise<string> {
  const realRoot = await realpath(root);
  let place = realRoot;
  for (const part of folder === '.' ? [] : folder.split('/')) {
    await mkdir(`${place}/${part}`, { mode: 0o755 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    place = await realpath(`${place}/${part}`);
    if (!place.startsWith(`${realRoot}/`)) throw new Error('a link leads out of the root');
  }
  return place;
}
