// Files below the root and nothing else. What was opened is looked at, not what was asked for: a path is first opened for its
// place only (O_PATH), the kernel then tells where that place really is, and only a regular file below the root is read.
// No symbolic link, mount trick or rename between two checks leads out.

import { constants } from 'node:fs';
import { open, readdir, readlink, realpath, type FileHandle } from 'node:fs/promises';
import { err, ok, type Result } from '../../std/result.ts';

/** linux/fcntl.h; Node does not name it. */
const O_PATH = 0o10_000_000;

export interface JailedFile {
  readonly handle: FileHandle;
  readonly size: number;
  readonly modified: Date;
  /** Where it really is, symbolic links followed. */
  readonly realPath: string;
}
/** `outside`: a link leads out of the root. `unreadable`: the file server's user may not read it. `kind`: no regular file. */
export type JailFault = 'missing' | 'outside' | 'unreadable' | 'kind' | 'failed';

const faults: Readonly<Record<string, JailFault>> = {
  ENOENT: 'missing', ENOTDIR: 'missing', ENAMETOOLONG: 'missing', ELOOP: 'outside', EACCES: 'unreadable', EPERM: 'unreadable',
};
const faultOf = (error: unknown): JailFault => faults[(error as NodeJS.ErrnoException).code ?? ''] ?? 'failed';

/** Names in a folder below the root; none when it is not there or not below. */
export async function namesIn(root: string, folder: string): Promise<readonly string[]> {
  try {
    const realRoot = await realpath(root);
    const place = await realpath(`${realRoot}/${folder}`);
    return place === realRoot || place.startsWith(`${realRoot}/`) ? await readdir(place) : [];
  } catch {
    return [];
  }
}

/** `path` as `bootPath` makes it. The caller closes the handle. */
export async function openJailed(root: string, path: string): Promise<Result<JailedFile, JailFault>> {
  let place: FileHandle | undefined;
  try {
    const realRoot = await realpath(root);
    place = await open(`${realRoot}/${path}`, O_PATH);
    const realPath = await readlink(`/proc/self/fd/${place.fd}`);
    if (!realPath.startsWith(realRoot === '/' ? '/' : `${realRoot}/`)) return err('outside');
    const status = await place.stat();
    if (!status.isFile()) return err('kind');
    const handle = await open(`/proc/self/fd/${place.fd}`, constants.O_RDONLY);
    return ok({ handle, size: status.size, modified: status.mtime, realPath });
  } catch (error) {
    return err(faultOf(error));
  } finally {
    await place?.close();
  }
}
