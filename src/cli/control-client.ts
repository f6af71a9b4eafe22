// The other end of the control socket: one command, one answer.

import { connect } from 'node:net';
import { controlPathDefault } from '../shell/control-socket.ts';
import { err, ok, type Result } from '../std/result.ts';
import type { CommandAnswer } from '../control/command-table.ts';

export const controlPathFrom = (flag: string | undefined, environment: NodeJS.ProcessEnv): string =>
  flag ?? environment['LEASEHOLD_CONTROL'] ?? controlPathDefault;

const timeoutMillis = 30_000;

/** The error is a sentence that ends with the remedy. */
export function sendCommand(
  path: string,
  name: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<Result<CommandAnswer, string>> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let text = '';
    socket.setEncoding('utf8');
    socket.setTimeout(timeoutMillis, () => socket.destroy(new Error(`no answer within ${timeoutMillis / 1000} s`)));
    socket.on('connect', () => socket.write(`${JSON.stringify({ name, arguments: parameters })}\n`));
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (!text.includes('\n')) return;
      socket.destroy();
      resolve(ok(JSON.parse(text) as CommandAnswer));
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(err(describe(error, path))));
    socket.on('end', () => resolve(err(`the server on ${path} closed the connection without an answer`)));
  });
}

function describe(error: NodeJS.ErrnoException, path: string): string {
  switch (error.code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return `no server answers on ${path}: start it, or name its control socket with --control`;
    case 'EACCES':
      return `you may not command the server on ${path}: run this as root or as a member of the server's group`;
    default:
      return `${path}: ${error.message}`;
  }
}
