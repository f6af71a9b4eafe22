// DiskPort over node:fs. Synchronous on purpose: a commit through the thread pool was measured slower.

import * as fs from 'node:fs';
import type { DiskPort, FileId } from './disk-port.ts';
import { EAGAIN, errno, libc } from './libc.ts';

const mode = 0o664;
const lockExclusively = 2 | 4;
const { O_APPEND, O_CREAT, O_WRONLY } = fs.constants;

/**
 * A file that is written is locked (flock(2)) as long as it is open: a second server on the same leases is refused with
 * ELOCKED. File systems without locks do without.
 */
function openLocked(path: string): FileId {
  const file = fs.openSync(path, O_CREAT | O_WRONLY | O_APPEND, mode);
  if (libc.flock(file, lockExclusively) < 0 && errno() === EAGAIN) {
    fs.closeSync(file);
    throw Object.assign(new Error(`${path} is in use by another server`), { code: 'ELOCKED' });
  }
  return file;
}

function openNew(path: string): FileId {
  const file = openLocked(path);
  fs.ftruncateSync(file, 0);
  return file;
}

function fsyncDirectory(path: string): void {
  const directory = fs.openSync(path, 'r');
  try {
    fs.fsyncSync(directory);
  } finally {
    fs.closeSync(directory);
  }
}

export const realDisk: DiskPort = {
  openAppend: openLocked,
  openNew,
  openRead: (path) => fs.openSync(path, 'r'),
  close: (file) => fs.closeSync(file),
  write: (file: FileId, bytes, from, to) => fs.writeSync(file, bytes, from, to - from),
  read: (file, bytes, position) => fs.readSync(file, bytes, 0, bytes.length, position),
  size: (file) => fs.fstatSync(file).size,
  fdatasync: (file) => fs.fdatasyncSync(file),
  ftruncate: (file, size) => fs.ftruncateSync(file, size),
  rename: (from, to) => fs.renameSync(from, to),
  link: (from, to) => fs.linkSync(from, to),
  unlink: (path) => fs.unlinkSync(path),
  exists: (path) => fs.existsSync(path),
  makeDirectory: (path) => void fs.mkdirSync(path, { recursive: true, mode: 0o755 }),
  fsyncDirectory,
  freeBytes: (path) => {
    const { bavail, bsize } = fs.statfsSync(path);
    return bavail * bsize;
  },
};
