// TCP for failover and OMAPI by node:net: listeners, connections, and bounded buffers in both directions.

import { createServer, connect, type Server, type Socket } from 'node:net';
import { formatIpv4, parseIpv4, type Ipv4 } from '../std/ipv4.ts';
import type { LinkId, Request, RequestId } from '../model/step.ts';
import { connectionFilter } from '../wire/bpf.ts';
import type { Inbox } from './inbox.ts';
import { SystemError } from './libc.ts';
import { ListenerGuard, type ShutOut } from './listener-guard.ts';
import { attachFilter, openListenerSocket } from './packet-socket.ts';
import { startTls } from './secured-link.ts';

type ListenRequest = Extract<Request, { kind: 'listen' }>;
type ConnectRequest = Extract<Request, { kind: 'connect' }>;

/** Links that strangers may hold open at one listener (CVE-2016-2774: without a limit they exhaust the server). */
const incomingMax = 256;
/** Connections that the kernel completes for us in advance. */
const backlog = 64;
/** Above this we stop reading from a link until it has taken what we wrote. */
const outboundPauseSize = 256 * 1024;
/** Above this its reader is taken for dead. */
const outboundSizeMax = 32 * 1024 * 1024;
const connectTimeoutMillis = 15_000;
const closeTimeoutMillis = 2_000;

/** Errors that come from this machine, before a packet has left. */
const immediateCodes = new Set(['EADDRNOTAVAIL', 'EADDRINUSE', 'ENETUNREACH', 'EACCES', 'EPERM', 'EINVAL']);

const addressOf = (text: string | undefined): Ipv4 =>
  parseIpv4((text ?? '').replace(/^::ffff:/, '')) ?? (0 as Ipv4);
const keyOf = ({ address, port }: { readonly address: Ipv4; readonly port: number }): string => `${formatIpv4(address)}:${port}`;
/** A kernel that cannot do this leaves the work to the listener, which turns away whom it may not take. */
function shutOut(fd: number, who: ShutOut): void {
  try {
    attachFilter(fd, connectionFilter(who));
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
  }
}
const codeOf = (error: Error): string => (error as NodeJS.ErrnoException).code ?? error.message;

interface Listener {
  readonly server: Server;
  readonly guard: ListenerGuard;
}

export class Links {
  readonly #inbox: Inbox;
  readonly #links = new Map<LinkId, Socket>();
  readonly #listeners = new Map<string, Listener>();
  /** Of links that came in: who is told when their client was to blame. */
  readonly #guards = new Map<LinkId, ListenerGuard>();
  #nextLink: LinkId = 1;

  constructor(inbox: Inbox) {
    this.#inbox = inbox;
  }

  get size(): number {
    return this.#links.size;
  }

  /** A second request for the same address and port shares the listener. */
  listen(request: ListenRequest): void {
    const answer = (isListening: boolean, detail: string): void =>
      this.#inbox.deliver({ kind: 'answer', request: request.id, answer: { kind: 'listen', isListening, detail } });
    const key = keyOf(request);
    if (this.#listeners.has(key)) {
      answer(true, key);
      return;
    }
    try {
      this.#open(request, openListenerSocket(request.address, request.port), answer);
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      answer(false, error.code);
    }
  }

  /** The socket is ours so that its filter can be changed while it listens. */
  #open(request: ListenRequest, fd: number, answer: (isListening: boolean, detail: string) => void): void {
    const key = keyOf(request);
    const guard = new ListenerGuard((who) => shutOut(fd, who));
    const server = createServer({ noDelay: true }, (socket) => {
      // Before anything is made for it.
      if (guard.admits(addressOf(socket.remoteAddress))) this.#guards.set(this.#begin(socket, undefined, request.port), guard);
      else socket.resetAndDestroy();
    });
    server.maxConnections = incomingMax;
    this.#listeners.set(key, { server, guard });
    server.once('error', (error) => {
      this.#end(key);
      answer(false, codeOf(error));
    });
    server.listen({ fd }, backlog, () => {
      server.removeAllListeners('error');
      // Why: accept() can fail later (no descriptors left); the listener goes on with the next one.
      server.on('error', () => {});
      answer(true, key);
    });
  }

  unlisten(request: Extract<Request, { kind: 'unlisten' }>): void {
    this.#end(keyOf(request));
  }

  #end(key: string): void {
    const listener = this.#listeners.get(key);
    if (listener === undefined) return;
    this.#listeners.delete(key);
    // Before its descriptor is somebody else's.
    listener.guard.close();
    listener.server.close();
  }

  connect(request: ConnectRequest): void {
    const local = request.local === 0 ? {} : { localAddress: formatIpv4(request.local) };
    const socket = connect({ host: formatIpv4(request.remote), port: request.port, noDelay: true, ...local });
    const fail = (detail: string): void =>
      this.#inbox.deliver({
        kind: 'answer',
        request: request.id,
        answer: { kind: 'connect-failed', detail, isImmediate: immediateCodes.has(detail) },
      });
    const onError = (error: Error): void => fail(codeOf(error));
    socket.once('error', onError);
    socket.setTimeout(connectTimeoutMillis, () => socket.destroy(Object.assign(new Error('ETIMEDOUT'), { code: 'ETIMEDOUT' })));
    socket.once('connect', () => {
      socket.removeListener('error', onError);
      socket.setTimeout(0);
      this.#begin(socket, request.id, undefined);
    });
  }

  #begin(socket: Socket, request: RequestId | undefined, localPort: number | undefined): LinkId {
    const link = this.#nextLink++;
    this.#links.set(link, socket);
    let detail = '';
    socket.on('error', (error) => (detail = codeOf(error)));
    socket.on('end', () => (detail = detail === '' ? 'closed by the other side' : detail));
    socket.on('close', () => {
      // A link that we closed ourselves is no longer in the map, and nobody waits for news of it.
      this.#guards.delete(link);
      if (this.#links.delete(link)) this.#inbox.deliver({ kind: 'link-closed', link, detail });
    });
    socket.on('data', (bytes) => {
      if (this.#links.has(link)) this.#inbox.deliver({ kind: 'link-data', link, bytes });
    });
    socket.on('drain', () => socket.resume());
    this.#inbox.deliver({
      kind: 'link-open',
      link,
      request,
      local: addressOf(socket.localAddress),
      remote: addressOf(socket.remoteAddress),
      ...(localPort === undefined ? {} : { localPort }),
    });
    return link;
  }

  /** The same connection under TLS; its raw socket's end is the link's end, as before. */
  secure({ link, isClient, by }: Extract<Request, { kind: 'secure' }>): void {
    const raw = this.#links.get(link);
    if (raw === undefined) return;
    raw.removeAllListeners('data');
    raw.removeAllListeners('drain');
    startTls(raw, isClient, by, {
      failed: (error) => void (raw.destroyed || raw.destroy(Object.assign(error, { code: `TLS: ${codeOf(error)}` }))),
      secured: (socket, proof) => {
        if (this.#links.get(link) !== raw) return;
        this.#links.set(link, socket);
        this.#inbox.deliver({ kind: 'link-secured', link, cipher: socket.getCipher().name, ...proof });
        socket.on('data', (bytes: Uint8Array) => {
          if (this.#links.has(link)) this.#inbox.deliver({ kind: 'link-data', link, bytes });
        });
        socket.on('drain', () => socket.resume());
      },
    });
  }

  /** Appends a copy to the link's stream; false when the link is gone and the bytes with it. */
  write(link: LinkId, bytes: Uint8Array): boolean {
    const socket = this.#links.get(link);
    if (socket === undefined || socket.destroyed) return false;
    if (bytes.length > 0) socket.write(bytes.slice());
    if (socket.writableLength > outboundSizeMax)
      socket.destroy(new Error('the other side does not read'));
    else if (socket.writableLength > outboundPauseSize) socket.pause();
    return true;
  }

  /** Flushes, then closes; the core hears no more of this link. */
  close(link: LinkId, isBlamed = false): void {
    const socket = this.#links.get(link);
    if (socket === undefined) return;
    if (isBlamed) this.#guards.get(link)?.blame(addressOf(socket.remoteAddress));
    this.#links.delete(link);
    socket.end();
    socket.resume();
    const timer = setTimeout(() => socket.destroy(), closeTimeoutMillis);
    timer.unref();
    socket.once('close', () => clearTimeout(timer));
  }

  /** Ends every link and listener; resolves when the last byte has left or two seconds have passed. */
  async closeAll(): Promise<void> {
    for (const key of [...this.#listeners.keys()]) this.#end(key);
    const sockets = [...this.#links.values()];
    for (const link of this.#links.keys()) this.close(link);
    await Promise.all(
      sockets.map((socket) => (socket.destroyed ? undefined : new Promise((resolve) => socket.once('close', resolve)))),
    );
  }
}
