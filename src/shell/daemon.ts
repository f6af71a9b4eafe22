// Daemon mode: the command returns when its child serves, not before; a child that cannot serve makes it fail.

import { spawn } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { libc } from './libc.ts';

/** Marks the child, which finds the readiness pipe at descriptor 3. */
const marker = 'LEASEHOLD_DAEMON';
const readyFd = 3;

export const isDaemonChild = (): boolean => process.env[marker] === '1';

/** Starts the same words again, detached; resolves with the exit status for this process. */
export function startDaemon(words: readonly string[]): Promise<number> {
  const child = spawn(words[0] ?? process.execPath, words.slice(1), {
    detached: true,
    env: { ...process.env, [marker]: '1' },
    // Standard error stays until the child serves: its complaints belong to whoever typed the command.
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  return new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.once('exit', (status) => resolve(status === 0 ? 1 : (status ?? 1)));
    child.stdio[readyFd]?.once('data', () => {
      child.unref();
      resolve(0);
    });
  });
}

/** Called by the child when it serves: lets the parent return and leaves the terminal alone. */
export function announceReady(): void {
  if (!isDaemonChild()) return;
  try {
    writeSync(readyFd, 'ready\n');
    closeSync(readyFd);
  } catch {
    // The parent was killed meanwhile; the server serves all the same.
  }
  const nothing = openSync('/dev/null', 'r+');
  for (const fd of [0, 1, 2]) libc.dup2(nothing, fd);
  closeSync(nothing);
  delete process.env[marker];
}
