// The pid file of dhcpd's habits: one number and a newline; a live server in it stops a second one.

import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';

/** The process that the file names, when it lives and is a DHCP server; a number reused by another program does not count. */
export function runningServer(path: string): number | undefined {
  let pid: number;
  try {
    pid = Number.parseInt(readFileSync(path, 'utf8'), 10);
  } catch {
    return undefined;
  }
  if (!(pid > 1) || pid === process.pid) return undefined;
  try {
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
    return /dhcpd|leasehold/.test(commandLine) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Why it could not be written, or undefined: a server goes on without one, as dhcpd does. */
export function writePidFile(path: string): string | undefined {
  try {
    writeFileSync(path, `${process.pid}\n`, { mode: 0o644 });
    return undefined;
  } catch (error) {
    return `Can't create PID file ${path}: ${(error as Error).message}.`;
  }
}

/** Only if it is still ours. */
export function removePidFile(path: string): void {
  try {
    if (Number.parseInt(readFileSync(path, 'utf8'), 10) === process.pid) unlinkSync(path);
  } catch {
    // It is gone, or it cannot be removed: the live check above copes with a stale one.
  }
}
