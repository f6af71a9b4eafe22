// What the file servers serve: the tree below the root, files of machines that are made when they are asked for, and loaders of
// installed packages. In this order: what is on disk wins.

import { err, ok, type Result } from '../../std/result.ts';
import { bootPath, type PathFault } from '../../boot/boot-path.ts';
import type { Ipv4 } from '../../std/ipv4.ts';
import { macNameOf, sameMachine } from '../../boot/mac-name.ts';
import type { MachineFiles } from '../../boot/machine-files.ts';
import { packagedLoaders } from '../../boot/packaged-loaders.ts';
import { namesIn, type JailFault } from './jail.ts';
import { SharedFiles } from './shared-files.ts';

/** Bytes that can be read from anywhere, by several at once. */
export interface BootFile {
  readonly path: string;
  /** Its name where that is not the one asked for; else empty. */
  readonly found: string;
  /** The profile that it was made from; else empty. */
  readonly profile: string;
  readonly size: number;
  readonly modified: Date | undefined;
  /** For reads that need no wait (cached-read.ts); undefined when the file is no file. */
  readonly fd: number | undefined;
  /** `count` bytes from `from` on, fewer at the end; rejects when the disk fails. */
  read(from: number, count: number): Promise<Uint8Array>;
  close(): void;
}
export type BootFault = PathFault | JailFault;

export class BootFiles {
  readonly root: string;
  readonly #machines: MachineFiles;
  readonly #shared = new SharedFiles();

  constructor(root: string, machines: MachineFiles) {
    this.root = root;
    this.#machines = machines;
  }

  /** `name` as the client wrote it, to `node` of our addresses. The file of a machine is found under any spelling of its MAC address. */
  async open(name: string, node: Ipv4): Promise<Result<BootFile, BootFault>> {
    const path = bootPath(name);
    if (!path.ok) return err(path.error);
    const file = await this.#onDisk(path.value);
    if (file.ok || file.error !== 'missing') return file;
    const other = await this.#otherSpelling(path.value);
    if (other !== undefined) return this.#onDisk(other, path.value);
    const made = this.#machines.fileOf(path.value, node);
    if (made !== undefined) return ok({ ...memoryFile(path.value, made.bytes), profile: made.profile });
    for (const packaged of packagedLoaders.get(path.value) ?? []) {
      const loader = await this.#onDisk(packaged.file, path.value, packaged.folder);
      if (loader.ok) return loader;
    }
    return file;
  }

  async #otherSpelling(path: string): Promise<string | undefined> {
    const wanted = macNameOf(path);
    const other = wanted && sameMachine(wanted, await namesIn(this.root, wanted.folder));
    return other === undefined || wanted?.folder === '' ? other : `${wanted?.folder ?? ''}/${other}`;
  }

  async #onDisk(path: string, asked = path, root = this.root): Promise<Result<BootFile, BootFault>> {
    const opened = await this.#shared.open(root, path);
    if (!opened.ok) return err(opened.error);
    const { handle, size, modified, close } = opened.value;
    return ok({
      path,
      found: path === asked && root === this.root ? '' : root === this.root ? path : `${root}/${path}`,
      profile: '',
      size,
      modified,
      fd: handle.fd,
      read: async (from, count) => {
        const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(count, size - from)));
        let filled = 0;
        while (filled < bytes.length) {
          const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, from + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        return bytes.subarray(0, filled);
      },
      close,
    });
  }
}

export const memoryFile = (path: string, bytes: Uint8Array): BootFile => ({
  path,
  found: '',
  profile: '',
  size: bytes.length,
  modified: undefined,
  fd: undefined,
  read: async (from, count) => bytes.subarray(from, from + count),
  close: () => {},
});
