// Files that are written anew: the whole of it or nothing, also when the machine stops in between.

import { chmodSync, closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';

/** Written beside it first; a file that was there keeps its mode. Throws when it cannot be, and then nothing has changed. */
export function replaceFile(path: string, content: Uint8Array): void {
  const beside = `${path}.new`;
  try {
    const descriptor = openSync(beside, 'w', 0o644);
    try {
      writeFileSync(descriptor, content);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    const before = statSync(path, { throwIfNoEntry: false });
    if (before !== undefined) chmodSync(beside, before.mode & 0o777);
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
