// The same files over HTTP, for UEFI HTTP boot, iPXE, GRUB and the images that installers fetch: GET and HEAD, ranges,
// conditional requests. No listing, nothing is written.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { anyAddress, parseIpv4 } from '../../std/ipv4.ts';
import { parseRange } from '../../boot/http-range.ts';
import { pathOfTarget } from '../../boot/boot-path.ts';
import type { BootFault, BootFile, BootFiles } from './boot-files.ts';
import type { FileReport } from './file-report.ts';
import { pieceSize } from './read-ahead.ts';

const connectionsMax = 1_000;
const idleMillis = 60_000;
const headersMillis = 10_000;
const headerSizeMax = 16 * 1024;

const types: Readonly<Record<string, string>> = {
  efi: 'application/efi', ipxe: 'text/plain', cfg: 'text/plain', txt: 'text/plain', ign: 'application/json', json: 'application/json',
  iso: 'application/vnd.efi-iso', img: 'application/vnd.efi-img',
};
const typeOf = (path: string): string => types[path.slice(path.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream';

const faultStatus: Readonly<Record<BootFault, number>> = {
  escape: 403, outside: 403, unreadable: 403, name: 404, missing: 404, kind: 404, failed: 500,
};

const etagOf = ({ size, modified }: BootFile): string | undefined =>
  modified === undefined ? undefined : `"${size.toString(16)}-${modified.getTime().toString(16)}"`;

async function* pieces(file: BootFile, first: number, last: number): AsyncGenerator<Uint8Array> {
  for (let at = first; at <= last; ) {
    const piece = await file.read(at, Math.min(pieceSize, last + 1 - at));
    if (piece.length === 0) throw new Error('the file became shorter while it was sent');
    yield piece;
    at += piece.length;
  }
}

/** Listens on a descriptor that was bound before. */
export function startHttpServer(fd: number, files: BootFiles, report: (report: FileReport) => void): Server {
  const server = createServer({ requestTimeout: headersMillis, headersTimeout: headersMillis, maxHeaderSize: headerSizeMax, keepAliveTimeout: idleMillis }, (request, response) => {
    answer(files, request, response, report).catch(() => response.destroy());
  });
  server.maxConnections = connectionsMax;
  server.setTimeout(idleMillis, (socket) => socket.destroy());
  server.on('clientError', (_error, socket) => socket.destroy());
  server.listen({ fd });
  return server;
}

/** Without the prefix that an IPv4 peer has on a socket for both. */
const addressText = (text: string | undefined): string => (text ?? '').replace(/^::ffff:/, '');

async function answer(files: BootFiles, request: IncomingMessage, response: ServerResponse, report: (report: FileReport) => void): Promise<void> {
  const startedAt = performance.now();
  let [found, profile] = ['', ''];
  const say = (outcome: FileReport['outcome'], detail: string, bytes = 0, size = 0): void =>
    report({
      kind: 'file', protocol: 'http', client: addressText(request.socket.remoteAddress), name: request.url ?? '',
      found, profile, outcome, detail, bytes, size, repeats: 0, millis: Math.round(performance.now() - startedAt),
    });
  const isHead = request.method === 'HEAD';
  if (request.method !== 'GET' && !isHead) {
    refuse(response, 405, { allow: 'GET, HEAD' });
    return;
  }
  const path = pathOfTarget(request.url ?? '');
  if (path === undefined) {
    refuse(response, 400);
    return;
  }
  const opened = await files.open(path, parseIpv4(addressText(request.socket.localAddress)) ?? anyAddress);
  if (!opened.ok) {
    const status = faultStatus[opened.error];
    refuse(response, status);
    say(status === 404 ? 'missing' : status === 403 ? 'refused' : 'failed', opened.error);
    return;
  }
  const file = opened.value;
  ({ found, profile } = file);
  try {
    const sent = await send(file, request, response, isHead);
    const isWhole = sent.bytes === sent.size;
    if (!isHead && sent.bytes > 0) say(isWhole ? 'sent' : 'stopped', isWhole ? '' : 'the client closed the connection', sent.bytes, sent.size);
  } finally {
    file.close();
  }
}

function refuse(response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { ...headers, 'content-length': 0 });
  response.end();
}

/** Bytes of body sent, and how many there were to send. */
async function send(file: BootFile, request: IncomingMessage, response: ServerResponse, isHead: boolean): Promise<{ bytes: number; size: number }> {
  const etag = etagOf(file);
  const common = {
    'accept-ranges': 'bytes',
    ...(etag === undefined || file.modified === undefined ? { 'cache-control': 'no-store' } : { etag, 'last-modified': file.modified.toUTCString() }),
  };
  if (etag !== undefined && request.headers['if-none-match'] === etag) {
    response.writeHead(304, common).end();
    return { bytes: 0, size: 0 };
  }
  // [RFC9110-13.1.5] A range of another version of the file would be put together with the wrong half.
  const condition = request.headers['if-range'];
  const isSame = condition === undefined || condition === etag || condition === file.modified?.toUTCString();
  const range = isSame ? parseRange(request.headers.range, file.size) : 'whole';
  if (range === 'unsatisfiable') {
    refuse(response, 416, { 'content-range': `bytes */${file.size}` });
    return { bytes: 0, size: 0 };
  }
  const first = range === 'whole' ? 0 : range.first;
  const last = range === 'whole' ? file.size - 1 : range.last;
  const size = last + 1 - first;
  response.writeHead(range === 'whole' ? 200 : 206, {
    ...common,
    'content-type': typeOf(file.path),
    'content-length': size,
    ...(range === 'whole' ? {} : { 'content-range': `bytes ${first}-${last}/${file.size}` }),
  });
  if (isHead) {
    response.end();
    return { bytes: 0, size: 0 };
  }
  let bytes = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces(file, first, last)) {
      yield piece;
      bytes += piece.length;
    }
  };
  await pipeline(Readable.from(counted(), { objectMode: false }), response).catch(() => {});
  return { bytes, size };
}
