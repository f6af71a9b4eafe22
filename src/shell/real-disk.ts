// DiskPort over node:fs. Synchronous on purpose: a commit through the thread pool was measured slower (DESIGN §4).

import * as fs from 'node:fs';
import type { DiskPort, FileId } from './disk-port.ts';

const mode = 0o664;

/** Opens, runs and closes. */
function withFile<T>(path: string, flags: string | number, run: (file: number) => T): T {
  const file = fs.openSync(path, flags);
  try {
    return run(file);
  } finally {
    fs.closeSync(file);
  }
}

export const realDisk: DiskPort = {
  openAppend: (path) => fs.openSync(path, 'a', mode),
  openNew: (path) => fs.openSync(path, fs.constants.O_CREAT | fs.constants.O_TRUNC | fs.constants.O_WRONLY | fs.constants.O_APPEND, mode),
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
  fsyncDirectory: (path) => withFile(path, 'r', (file) => fs.fsyncSync(file)),
  freeBytes: (path) => {
    const { bavail, bsize } = fs.statfsSync(path);
    return bavail * bsize;
  },
};
