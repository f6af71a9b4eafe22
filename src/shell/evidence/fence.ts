// Runs the command that powers the partner's machine off: no shell, a bounded time, and nothing it started outlives that.

import { spawn } from 'node:child_process';
import type { Answer, Request } from '../../model/step.ts';

/** The last line of what it printed is told to people. */
const printedMax = 4096;
const saidMax = 200;

export function fence({ fence: { command, arguments: words, timeoutMillis }, environment }: Extract<Request, { kind: 'fence' }>): Promise<Answer> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin', ...environment };
    // A group of its own, so that all of it can be ended.
    const child = spawn(command, words, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    const keep = (chunk: Buffer): void => {
      printed = (printed + chunk.toString('latin1')).slice(-printedMax);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const end = (isOff: boolean, why: string): void => {
      clearTimeout(timer);
      child.stdout.destroy();
      child.stderr.destroy();
      const said = printed.trim().split('\n').at(-1)?.replace(/[^\x20-\x7e]/g, '?').slice(0, saidMax) ?? '';
      resolve({ kind: 'fence', isOff, detail: [why, said].filter((text) => text !== '').join(': ') });
    };
    const timer = setTimeout(() => {
      killGroup(child.pid);
      end(false, `no end within ${timeoutMillis / 1000} s`);
    }, timeoutMillis);
    child.on('error', (error) => end(false, error.message));
    // Not `close`: what it left running may hold its output open for ever. What it printed last has a moment to arrive.
    child.on('exit', (status, signal) => setImmediate(() => end(status === 0, status === 0 ? '' : signal === null ? `status ${status}` : `ended by ${signal}`)));
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended in this moment.
  }
}
