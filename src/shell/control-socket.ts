// The local door for operators: a Unix socket that takes one JSON command a line and answers one JSON value a line.
//   → {"name":"failover.status","arguments":{"peer":"ha"}}      ← {"ok":true,"value":{…}}

import { chmodSync, mkdirSync, readFileSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import type { Command, SessionId } from '../model/step.ts';
import type { Inbox } from './inbox.ts';
import { libc, SO, SOL } from './libc.ts';
import { NativeBlock } from './native.ts';

export const controlPathDefault = '/run/leasehold/control';
const lineSizeMax = 64 * 1024;
const sessionsMax = 64;
/** Root and the server's own user may command; the group may too, by the socket's mode. */
const mode = 0o660;

/** Handled by the shell itself, because they act on the process and not on the core's state. A promise's value is the answer too. */
export type LocalCommand = (command: Command) => unknown;

export class ControlSocket {
  readonly #inbox: Inbox;
  readonly #local: ReadonlyMap<string, LocalCommand>;
  readonly #sessions = new Map<SessionId, Socket>();
  #server: Server | undefined;
  #path = '';
  #nextSession: SessionId = 1;

  constructor(inbox: Inbox, local: ReadonlyMap<string, LocalCommand>) {
    this.#inbox = inbox;
    this.#local = local;
  }

  /** Listens; resolves with why it could not, or undefined. A socket file that nobody answers on is replaced. */
  async open(path: string): Promise<string | undefined> {
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
      if (await isAnswering(path)) return `another server answers on ${path}`;
      unlinkSync(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return (error as Error).message;
    }
    const server = createServer((socket) => this.#accept(socket));
    server.maxConnections = sessionsMax;
    return new Promise((resolve) => {
      server.once('error', (error) => resolve(error.message));
      server.listen(path, () => {
        chmodSync(path, mode);
        server.removeAllListeners('error');
        server.on('error', () => {});
        this.#server = server;
        this.#path = path;
        resolve(undefined);
      });
    });
  }

  #accept(socket: Socket): void {
    const session = this.#nextSession++;
    const who = peerName(socket);
    this.#sessions.set(session, socket);
    let pending = '';
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.on('close', () => this.#sessions.delete(session));
    socket.on('data', (chunk: string) => {
      pending += chunk;
      for (let end = pending.indexOf('\n'); end >= 0; end = pending.indexOf('\n')) {
        this.#command(session, who, pending.slice(0, end));
        pending = pending.slice(end + 1);
      }
      if (pending.length > lineSizeMax) socket.destroy();
    });
  }

  #command(session: SessionId, who: string, line: string): void {
    const command = parseCommand(line, who);
    if (command === undefined) {
      this.reply(session, { ok: false, code: 'bad-argument', problem: 'a command is one line: {"name": "…", "arguments": {…}}' });
      return;
    }
    const local = this.#local.get(command.name);
    if (local === undefined) this.#inbox.deliver({ kind: 'command', session, command });
    else void this.#answer(session, local(command));
  }

  async #answer(session: SessionId, value: unknown): Promise<void> {
    this.reply(session, await value);
  }

  reply(session: SessionId, value: unknown): void {
    this.#sessions.get(session)?.write(`${JSON.stringify(value)}\n`);
  }

  close(): void {
    if (this.#server === undefined) return;
    this.#server.close();
    for (const socket of this.#sessions.values()) socket.end();
    try {
      unlinkSync(this.#path);
    } catch {
      // Removed by someone else: nothing is left to do.
    }
  }
}

/** undefined for anything but an object with a name. */
function parseCommand(line: string, who: string): Command | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, arguments: given } = value as { name?: unknown; arguments?: unknown };
  if (typeof name !== 'string') return undefined;
  const words = typeof given === 'object' && given !== null && !Array.isArray(given) ? given : {};
  return { name, arguments: words as Record<string, unknown>, who };
}

const isAnswering = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/** `root`, or `uid 1000 (alice)`: the process at the other end, as the kernel knows it (SO_PEERCRED). */
function peerName(socket: Socket): string {
  const { fd } = (socket as unknown as { _handle: { fd: number } })._handle;
  const credentials = new NativeBlock(16);
  const size = new NativeBlock(8);
  size.view.setUint32(0, 12, true);
  if (libc.getsockopt(fd, SOL.socket, SO.peercred, credentials.address, size.address) < 0) return 'unknown';
  const uid = credentials.view.getUint32(4, true);
  return uid === 0 ? 'root' : `uid ${uid}${userName(uid)}`;
}

function userName(uid: number): string {
  try {
    const line = readFileSync('/etc/passwd', 'utf8').split('\n').find((entry) => entry.split(':')[2] === String(uid));
    return line === undefined ? '' : ` (${line.split(':')[0] ?? ''})`;
  } catch {
    return '';
  }
}
