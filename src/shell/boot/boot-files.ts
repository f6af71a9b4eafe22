// What the file servers serve: the tree below the root, and files that are made when they are asked for.

import { err, ok, type Result } from '../../std/result.ts';
import { bootPath, type PathFault } from '../../boot/boot-path.ts';
import { macNameOf, sameMachine } from '../../boot/mac-name.ts';
import { namesIn, openJailed, type JailFault } from './jail.ts';

/** Bytes that can be read from anywhere, by several at once. */
export interface BootFile {
  readonly path: string;
  /** Its name where that is not the one asked for; else empty. */
  readonly found: string;
  readonly size: number;
  readonly modified: Date | undefined;
  /** `count` bytes from `from` on, fewer at the end; rejects when the disk fails. */
  read(from: number, count: number): Promise<Uint8Array>;
  close(): void;
}
export type BootFault = PathFault | JailFault;

export class BootFiles {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** `name` as the client wrote it. The file of a machine is found under any spelling of its MAC address. */
  async open(name: string): Promise<Result<BootFile, BootFault>> {
    const path = bootPath(name);
    if (!path.ok) return err(path.error);
    const file = await this.#onDisk(path.value);
    if (file.ok || file.error !== 'missing') return file;
    const wanted = macNameOf(path.value);
    const other = wanted && sameMachine(wanted, await namesIn(this.root, wanted.folder));
    return other === undefined ? file : this.#onDisk(wanted?.folder === '' ? other : `${wanted?.folder ?? ''}/${other}`, path.value);
  }

  async #onDisk(path: string, asked = path): Promise<Result<BootFile, BootFault>> {
    const opened = await openJailed(this.root, path);
    if (!opened.ok) return err(opened.error);
    const { handle, size, modified } = opened.value;
    return ok({
      path,
      found: path === asked ? '' : path,
      size,
      modified,
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
      close: () => void handle.close().catch(() => {}),
    });
  }
}

export const memoryFile = (path: string, bytes: Uint8Array): BootFile => ({
  path,
  found: '',
  size: bytes.length,
  modified: undefined,
  read: async (from, count) => bytes.subarray(from, from + count),
  close: () => {},
});
