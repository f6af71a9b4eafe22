// Configuration files of the disk, as the parser wants them: text without the loss of a byte, and the system's own sentences.

import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { decodeSource, encodeSource } from '../lang/source-text.ts';
import type { ReadText } from '../config/load-config.ts';
import type { Outside } from '../config/relationship-certificates.ts';
import type { UnixSeconds } from '../std/time.ts';
import { err, ok } from '../std/result.ts';

/** strerror(3) of what happens to files. */
const sentences: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  EACCES: 'Permission denied',
  EPERM: 'Operation not permitted',
  EISDIR: 'Is a directory',
  ENOTDIR: 'Not a directory',
  ELOOP: 'Too many levels of symbolic links',
  EROFS: 'Read-only file system',
  ENOSPC: 'No space left on device',
  EIO: 'Input/output error',
};

const sentenceOf = (error: NodeJS.ErrnoException): string => sentences[error.code ?? ''] ?? error.message;

/** The machine's clock and its files' permissions. */
export const machine = (): Outside => ({
  wall: Math.floor(Date.now() / 1000) as UnixSeconds,
  modeOf: (path) => statSync(path, { throwIfNoEntry: false })?.mode,
});

/** `-` is standard input. */
export const readConfigText: ReadText = (path) => {
  try {
    return ok(decodeSource(readFileSync(path === '-' ? 0 : path)));
  } catch (error) {
    const problem = error as NodeJS.ErrnoException;
    return err({ problem: sentenceOf(problem), isDirectory: problem.code === 'EISDIR' });
  }
};

export function writeConfigText(path: string, text: string): string | undefined {
  try {
    writeFileSync(path, encodeSource(text));
    return undefined;
  } catch (error) {
    return sentenceOf(error as NodeJS.ErrnoException);
  }
}
