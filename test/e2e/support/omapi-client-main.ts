// An OMAPI client as a program, run inside a namespace: `create COUNT ADDRESS WINDOW` makes hosts over one connection, WINDOW of them on
// the way at once (1, as pypureomapi does it); `hostile COUNT ADDRESS` keeps that many connections busy with everything a stranger can
// send until SIGTERM, and then says how often it connected; `hold COUNT` holds connections open with as much as a server lets strangers have
// it keep, eight from each address of 127.0.1.0/24; `dummy` is a listener that does nothing but reset who connects.

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

/** Refusals that nobody reads, and a message that never ends: its pairs are as many as fit. */
function hold(index: number): void {
  const socket = connect({ host: '127.0.0.1', port: 7911, localAddress: `127.0.1.${1 + (index >> 3)}` });
  const out = new ByteWriter();
  encodeOmapiIntro(out);
  for (let id = 1; id < 64; id++) encodeOmapi(out, { authId: 0, opcode: omapiOpcode.refresh, handle: 1, id, rid: 0, message: new Map(), object: new Map() });
  out.raw(new Uint8Array(24));
  for (let pair = 0; pair < 142; pair++) out.raw(Uint8Array.of(0, 1, pair, 0, 0, 0, 0));
  socket.on('error', () => {});
  socket.on('connect', () => socket.write(out.copy()));
  socket.on('close', () => hold(index));
  socket.pause();
}

if (verb === 'create') await createHosts();
else if (verb === 'hold') {
  for (let index = 0; index < count; index++) hold(index);
  // Sockets that are not read do not keep a process alive.
  setInterval(() => {}, 60_000);
} else if (verb === 'dummy') createServer((socket) => socket.resetAndDestroy()).listen(7911, () => process.stdout.write('ready\n'));
else harassFrom(count);
