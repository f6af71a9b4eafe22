// Daemon mode: the command returns when its child serves, not before; a child that cannot serve makes it fail.

import { spawn } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { ownCommandLine, replaceProcess } from './exec.ts';
import { libc } from './libc.ts';

/** `waited`: a child whose parent waits at descriptor 3. `restarted`: a daemon that replaced itself; nobody waits. */
const marker = 'LEASEHOLD_DAEMON';
const restartsMarker = 'LEASEHOLD_RESTARTS';
export const readyFd = 3;
/** A daemon has no supervisor: it starts itself again, but not for ever. */
const restartsMax = 5;
/** EX_SOFTWARE of sysexits.h: a supervisor starts us again. */
const softwareError = 70;

export const isDaemonChild = (): boolean => process.env[marker] !== undefined;
export const hasReadinessPipe = (): boolean => process.env[marker] === 'waited';
let isDaemon = false;

/** Starts the same words again, detached; resolves with the exit status for this process. */
export function startDaemon(words: readonly string[]): Promise<number> {
  const child = spawn(words[0] ?? process.execPath, words.slice(1), {
    detached: true,
    env: { ...process.env, [marker]: 'waited' },
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
  isDaemon = true;
  if (!hasReadinessPipe()) return;
  try {
    writeSync(readyFd, 'ready\n');
    closeSync(readyFd);
  } catch {
    // The parent was killed meanwhile; the server serves all the same.
  }
  const nothing = openSync('/dev/null', 'r+');
  for (const fd of [0, 1, 2]) libc.dup2(nothing, fd);
  closeSync(nothing);
}

/** The core cannot be trusted any more: a daemon replaces itself, anything else leaves that to its supervisor. */
export function restartOrExit(): never {
  const restarts = Number(process.env[restartsMarker] ?? 0);
  if (isDaemon && restarts < restartsMax)
    replaceProcess(ownCommandLine(), { ...process.env, [marker]: 'restarted', [restartsMarker]: String(restarts + 1) });
  process.exit(softwareError);
}
