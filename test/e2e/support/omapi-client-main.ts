// An OMAPI client as a program, run inside a namespace: `create COUNT ADDRESS WINDOW` makes hosts over one connection, WINDOW of them on
// the way at once (1, as pypureomapi does it); `hostile COUNT ADDRESS` keeps that many connections busy with everything a stranger can
// send until SIGTERM, and then says how often it connected; `hold COUNT WAY` holds connections open with as much as a server lets strangers
// have it keep, each way another kind, eight from each address of 127.0.1.0/24; `dummy` is a listener that does nothing but reset who connects.

import { connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { ByteWriter, latin1 } from '../../../src/std/bytes.ts';
import { encodeOmapi, encodeOmapiIntro, omapiOpcode, OmapiReader, type OmapiEvent, type OmapiSigner } from '../../../src/wire/omapi-message.ts';
import { omapiSigner } from '../../../src/wire/omapi-signature.ts';

const [verb = '', countText = '0', address = '127.0.0.1', windowText = '1'] = process.argv.slice(2);
const count = Number(countText);
const signer = omapiSigner('hmac-md5', latin1('0123456789abcdef'));
type Message = Extract<OmapiEvent, { kind: 'message' }>;

const u32 = (value: number): Uint8Array => Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);

/** Answers come in the order of the questions. */
class Client {
  readonly #socket: Socket;
  readonly #reader = new OmapiReader();
  #id = 1;
  authId = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }
  async ask(opcode: number, handle: number, message: ReadonlyMap<string, Uint8Array>, object: ReadonlyMap<string, Uint8Array>, by?: OmapiSigner): Promise<Message> {
    this.send(opcode, handle, message, object, by);
    return this.next();
  }
  send(opcode: number, handle: number, message: ReadonlyMap<string, Uint8Array>, object: ReadonlyMap<string, Uint8Array>, by?: OmapiSigner): void {
    const out = new ByteWriter();
    if (this.#id === 1) encodeOmapiIntro(out);
    encodeOmapi(out, { authId: this.authId, opcode, handle, id: this.#id++, rid: 0, message, object }, by);
    this.#socket.write(out.copy());
  }
  async next(): Promise<Message> {
    for (;;) {
      for (let event = this.#reader.next(); event !== undefined; event = this.#reader.next()) if (event.kind === 'message') return event;
      const [bytes] = (await once(this.#socket, 'data')) as [Uint8Array];
      this.#reader.push(bytes);
    }
  }
}

async function createHosts(): Promise<void> {
  const socket = connect({ host: address, port: 7911, noDelay: true });
  await once(socket, 'connect');
  const client = new Client(socket);
  const key = new Map([['name', latin1('omapi_key')], ['algorithm', latin1('hmac-md5.SIG-ALG.REG.INT.')]]);
  client.authId = (await client.ask(omapiOpcode.open, 0, new Map([['type', latin1('authenticator')]]), key)).handle;
  const message = new Map([['create', u32(1)], ['exclusive', u32(1)], ['type', latin1('host')]]);
  const startedAt = performance.now();
  const window = Number(windowText);
  const send = (index: number): void => {
    const object = new Map([
      ['name', latin1(`made-${index}`)],
      ['hardware-address', Uint8Array.of(2, 0xee, ...u32(index))],
      ['hardware-type', u32(1)],
      ['ip-address', u32(0x0a_40_80_00 + index)],
      ['statements', latin1(`filename "boot/${index}"; option host-name "made-${index}";`)],
    ]);
    client.send(omapiOpcode.open, 0, message, object, signer);
  };
  for (let index = 0; index < Math.min(window, count); index++) send(index);
  for (let index = 0; index < count; index++) {
    const { opcode } = await client.next();
    if (index + window < count) send(index + window);
    if (opcode !== omapiOpcode.update) throw new Error(`host ${index} was refused`);
    if (index === 0) process.stdout.write('begun\n');
  }
  process.stdout.write(`${JSON.stringify({ count, millis: performance.now() - startedAt })}\n`);
  socket.end();
}

/** A hostile client does not wait for the kernel's own patience. */
const connectMillisMax = 250;
const againMillis = 20;
const tally = { tried: 0, connected: 0 };

/** Silence, halves of messages, claims, unknown keys, bad signatures: each connection its own way, again and again. */
function harass(index: number): void {
  tally.tried++;
  const socket = connect({ host: address, port: 7911 });
  const out = new ByteWriter();
  encodeOmapiIntro(out);
  const open = new Map([['type', latin1('authenticator')]]);
  const key = new Map([['name', latin1(index % 2 === 0 ? 'omapi_key' : `guess-${index}`)], ['algorithm', latin1('hmac-md5.SIG-ALG.REG.INT.')]]);
  for (let id = 1; id <= 8; id++) encodeOmapi(out, { authId: 0, opcode: omapiOpcode.open, handle: 0, id, rid: 0, message: open, object: key });
  const whole = out.copy();
  const parts = [new Uint8Array(0), whole.subarray(0, 5), whole.subarray(0, 60), whole, Uint8Array.of(0, 0, 0, 100, 0, 0, 0, 24, ...new Uint8Array(900))];
  const impatience = setTimeout(() => socket.destroy(), connectMillisMax);
  socket.on('error', () => {});
  socket.on('connect', () => {
    tally.connected++;
    clearTimeout(impatience);
    socket.write(parts[index % parts.length] ?? whole);
  });
  socket.on('close', () => {
    clearTimeout(impatience);
    setTimeout(() => harass(index), againMillis);
  });
  socket.resume();
}

function harassFrom(connections: number): void {
  for (let index = 0; index < connections; index++) harass(index);
  process.stdout.write('begun\n');
  process.once('SIGTERM', () => {
    const { user, system } = process.cpuUsage();
    process.stdout.write(`${JSON.stringify({ ...tally, cpuSeconds: (user + system) / 1e6 })}\n`, () => process.exit());
  });
}

const authenticator = new Map([['type', latin1('authenticator')]]);
const realKey = new Map([['name', latin1('omapi_key')], ['algorithm', latin1('hmac-md5.SIG-ALG.REG.INT.')]]);
const noPairs: ReadonlyMap<string, Uint8Array> = new Map();

/** Bytes of messages that a stranger sends in one go. */
function requests(count: number, opcode: number, message: ReadonlyMap<string, Uint8Array>, object: ReadonlyMap<string, Uint8Array>): ByteWriter {
  const out = new ByteWriter();
  encodeOmapiIntro(out);
  for (let id = 1; id <= count; id++) encodeOmapi(out, { authId: 0, opcode, handle: 1, id, rid: 0, message, object });
  return out;
}
/** The beginning of a message without an end: its pairs are as many as fit into `size` bytes. */
function unfinished(size: number): Uint8Array {
  const out = new ByteWriter();
  out.raw(new Uint8Array(24));
  for (let at = 24; at + 7 < size; at += 7) out.raw(Uint8Array.of(0, 1, at & 255, 0, 0, 0, 0));
  return out.copy();
}
/** A message that claims to be signed by the authenticator, and is not. */
function forged(authId: number, valueSize: number): Uint8Array {
  const out = new ByteWriter();
  const object = new Map([['statements', new Uint8Array(valueSize).fill(0x20)]]);
  const forger: OmapiSigner = { size: 16, sign: () => new Uint8Array(16) };
  encodeOmapi(out, { authId, opcode: omapiOpcode.open, handle: 0, id: 2, rid: 0, message: new Map([['type', latin1('host')]]), object }, forger);
  return out.copy();
}

/** What a connection sends, in pieces of `pieceSize` bytes. It reads the answers to the key it named, and to what it sends with it; no others. */
interface Hold {
  readonly first: Uint8Array;
  /** Messages after the key that `first` named, each sent when the one before was answered. */
  readonly then?: (authId: number) => readonly Uint8Array[];
  readonly last: Uint8Array;
  readonly pieceSize?: number;
}
/** 1 KiB for a stranger, 8 KiB for one that named a key (`omapiLimits`); one more of each kind of message would end the connection. */
const [strangerSize, namedSize] = [1_020, 8_188];
const nothing = new Uint8Array(0);
const intro = requests(0, 0, noPairs, noPairs).copy();
const named = requests(1, omapiOpcode.open, authenticator, realKey).copy();
const claimed = Uint8Array.of(...new Uint8Array(24), 0, 1, 97, 0, 0, strangerSize >> 8, 0);
const holds: Readonly<Record<string, Hold>> = {
  silent: { first: nothing, last: nothing },
  refused: { first: requests(63, omapiOpcode.refresh, noPairs, noPairs).copy(), last: unfinished(strangerSize) },
  pieces: { first: intro, last: unfinished(strangerSize), pieceSize: 16 },
  claim: { first: intro, last: claimed },
  named: { first: named, then: () => [], last: unfinished(namedSize) },
  'named-pieces': { first: named, then: () => [], last: unfinished(namedSize), pieceSize: 64 },
  'named-again': { first: named, then: () => Array.from({ length: 15 }, () => named.subarray(intro.length)), last: unfinished(namedSize) },
  forged: { first: named, then: (authId) => Array.from({ length: 4 }, () => forged(authId, 8_000)), last: unfinished(namedSize) },
};

/** Piece by piece, each written when the one before has left. */
async function writePieces(socket: Socket, bytes: Uint8Array, size: number): Promise<void> {
  for (let at = 0; at < bytes.length && !socket.destroyed; at += size)
    await new Promise((resolve) => socket.write(bytes.subarray(at, at + size), resolve));
}
async function say(socket: Socket, { first, then, last, pieceSize = 65_536 }: Hold): Promise<void> {
  await once(socket, 'connect');
  const client = new Client(socket);
  /** An answer may be there before the last piece is known to have left. */
  const ask = async (bytes: Uint8Array): Promise<Message> => {
    const answer = client.next();
    await writePieces(socket, bytes, pieceSize);
    return answer;
  };
  if (then === undefined) await writePieces(socket, first, pieceSize);
  else {
    const { handle } = await ask(first);
    for (const message of then(handle)) await ask(message);
  }
  socket.pause();
  await writePieces(socket, last, pieceSize);
}

/** Connections that have said all they have to say. */
let holdCount = 0;
/** Says so when enough of all connections hold: a busy server may not take all of them in the ten seconds that strangers have. */
function hold(index: number, way: Hold, enough: number): void {
  const socket = connect({ host: '127.0.0.1', port: 7911, localAddress: `127.0.1.${1 + (index >> 3)}`, noDelay: true });
  let isHolding = false;
  socket.on('error', () => {});
  socket.on('close', () => {
    if (isHolding) holdCount--;
    hold(index, way, enough);
  });
  // One that ended before it had said all begins again.
  say(socket, way).then(() => {
    if (socket.destroyed) return;
    isHolding = true;
    if (++holdCount === enough) process.stdout.write('held\n');
  }, () => {});
}

if (verb === 'create') await createHosts();
else if (verb === 'hold') {
  const way = holds[address];
  if (way === undefined) throw new Error(`hold COUNT ${Object.keys(holds).join(' | ')}`);
  for (let index = 0; index < count; index++) hold(index, way, Math.ceil(count * 0.6));
  // Sockets that are not read do not keep a process alive.
  setInterval(() => {}, 60_000);
} else if (verb === 'dummy') createServer((socket) => socket.resetAndDestroy()).listen(7911, () => process.stdout.write('ready\n'));
else harassFrom(count);
