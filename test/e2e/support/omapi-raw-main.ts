// Raw OMAPI messages to a server in a namespace: rows as JSON in, the bytes of every answer out. A row's message may be signed with the
// key of the connection, and may name what an earlier answer gave: `$auth`, `$handle`.

import { connect } from 'node:net';
import { once } from 'node:events';
import { ByteWriter, concatBytes, fromHex, latin1, toHex } from '../../../src/std/bytes.ts';
import { encodeOmapi, encodeOmapiIntro, omapiOpcode, OmapiReader, type OmapiEvent } from '../../../src/wire/omapi-message.ts';
import { omapiSigner } from '../../../src/wire/omapi-signature.ts';
import type { RawMessage } from './omapi-raw-rows.ts';

const rows = JSON.parse(process.argv[2] ?? '[]') as readonly (readonly RawMessage[])[];
const signer = omapiSigner('hmac-md5', latin1('0123456789abcdef'));
/** A connection on which nothing comes is closed, or was asked something that has no answer: then this question is answered. */
const lastQuestion = { opcode: omapiOpcode.open, message: { type: '"authenticator"' }, object: { name: '"nobody"', algorithm: '"x"' } };

const valueOf = (text: string): Uint8Array => (text.startsWith('"') ? latin1(text.slice(1, -1)) : (fromHex(text) ?? new Uint8Array(0)));
const pairs = (fields: Readonly<Record<string, string>> = {}): Map<string, Uint8Array> =>
  new Map(Object.entries(fields).map(([name, value]) => [name, valueOf(value)]));

async function converse(messages: readonly RawMessage[]): Promise<string[]> {
  const socket = connect({ host: '127.0.0.1', port: 7911, noDelay: true });
  await once(socket, 'connect');
  const reader = new OmapiReader();
  const answers: string[] = [];
  let isClosed = false;
  socket.on('close', () => (isClosed = true));
  socket.on('error', () => {});
  // One iterator for the connection: waiting anew for each piece or the end would leave a listener behind each time.
  const pieces = socket[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>;
  let authId = 0;
  let handle = 0;
  const intro = new ByteWriter();
  encodeOmapiIntro(intro);
  socket.write(intro.copy());
  for (const [index, message] of [...messages, lastQuestion as RawMessage].entries()) {
    const out = new ByteWriter();
    const isSigned = message.isSigned === true;
    encodeOmapi(
      out,
      {
        authId: message.authId === -1 ? authId : (message.authId ?? (isSigned ? authId : 0)), opcode: message.opcode, handle: message.handle === '$handle' ? handle : message.handle === '$auth' ? authId : Number(message.handle ?? 0),
        id: 0x1000 + index, rid: message.rid ?? 0, message: pairs(message.message), object: pairs(message.object),
      },
      isSigned ? signer : undefined,
    );
    if (isClosed) break;
    socket.write(message.tail === undefined ? out.copy() : concatBytes(out.copy(), fromHex(message.tail) ?? new Uint8Array(0)));
    const answer = await next();
    if (answer === undefined) break;
    if (answer.authId === 0 && toHex(answer.message.get('result') ?? new Uint8Array(0)) === '' && index === 0 && message.object?.['algorithm'] !== undefined) authId = answer.handle;
    else if (answer.handle !== 0) handle = answer.handle;
    if (index < messages.length) answers.push(shown(answer, isSigned));
  }
  if (isClosed) answers.push('closed');
  socket.destroy();
  return answers;

  async function next(): Promise<Extract<OmapiEvent, { kind: 'message' }> | undefined> {
    for (;;) {
      for (let event = reader.next(); event !== undefined; event = reader.next()) if (event.kind === 'message') return event;
      if (isClosed) return undefined;
      const bytes = await pieces.next().then(({ value }) => value, () => undefined);
      if (bytes === undefined) {
        isClosed = true;
        return undefined;
      }
      reader.push(bytes);
    }
  }
}

/** Everything of an answer but the numbers that any two servers choose for themselves. */
function shown({ authId, opcode, handle, rid, message, object, signature, signed }: Extract<OmapiEvent, { kind: 'message' }>, isSigned: boolean): string {
  const list = (of: ReadonlyMap<string, Uint8Array>): string => [...of].map(([name, value]) => `${name}=${masked.has(name) ? `${value.length} bytes` : toHex(value)}`).join(' ');
  const isGood = signature.length > 0 && toHex(signer.sign(signed)) === toHex(signature);
  return `opcode ${opcode} rid ${rid.toString(16)} handle ${handle === 0 ? 0 : 'some'} auth ${authId === 0 ? 0 : 'some'} signature ${signature.length}${isSigned && isGood ? ' good' : ''} [${list(message)}] [${list(object)}]`;
}
const masked = new Set(['subnet', 'pool', 'host', 'ends', 'starts', 'tstp', 'tsfp', 'atsfp', 'cltt']);

const results: string[][] = [];
for (const messages of rows) results.push(await converse(messages));
process.stdout.write(`${JSON.stringify(results)}\n`);
