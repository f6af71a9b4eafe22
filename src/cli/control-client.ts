// The other end of the control socket: one command, one answer.

import { connect, type Socket } from 'node:net';
import { controlPathDefault } from '../shell/control-socket.ts';
import { err, ok, type Result } from '../std/result.ts';
import type { CommandAnswer } from '../control/command-table.ts';

export const controlPathFrom = (flag: string | undefined, environment: NodeJS.ProcessEnv): string =>
  flag ?? environment['LEASEHOLD_CONTROL'] ?? controlPathDefault;

const timeoutMillis = 30_000;

/** One connection to a server; commands follow each other on it. */
export class ControlClient {
  readonly #path: string;
  readonly #socket: Socket;
  #text = '';
  #waiting: ((answer: Result<CommandAnswer, string>) => void) | undefined;
  #problem: string | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#socket = connect(path);
    this.#socket.setEncoding('utf8');
    this.#socket.setTimeout(timeoutMillis, () => this.#socket.destroy(new Error(`no answer within ${timeoutMillis / 1000} s`)));
    this.#socket.on('data', (chunk: string) => this.#hear(chunk));
    this.#socket.on('error', (error: NodeJS.ErrnoException) => this.#fail(describe(error, path)));
    this.#socket.on('end', () => this.#fail(`the server on ${this.#path} closed the connection without an answer`));
  }

  /** The error is a sentence that ends with the remedy. One command at a time: await the answer before the next. */
  send(name: string, parameters: Readonly<Record<string, unknown>>): Promise<Result<CommandAnswer, string>> {
    if (this.#problem !== undefined) return Promise.resolve(err(this.#problem));
    this.#socket.write(`${JSON.stringify({ name, arguments: parameters })}\n`);
    return new Promise((resolve) => (this.#waiting = resolve));
  }

  #hear(chunk: string): void {
    this.#text += chunk;
    const end = this.#text.indexOf('\n');
    if (end < 0) return;
    const answer = JSON.parse(this.#text.slice(0, end)) as CommandAnswer;
    this.#text = this.#text.slice(end + 1);
    this.#answer(ok(answer));
  }
  #fail(problem: string): void {
    this.#problem = problem;
    this.#answer(err(problem));
  }
  #answer(answer: Result<CommandAnswer, string>): void {
    const resolve = this.#waiting;
    this.#waiting = undefined;
    resolve?.(answer);
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** As `ControlClient.send`, on a connection of its own. */
export async function sendCommand(
  path: string,
  name: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<Result<CommandAnswer, string>> {
  const client = new ControlClient(path);
  const answer = await client.send(name, parameters);
  client.close();
  return answer;
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
