// A man in the middle of the failover connection. Words: port to listen on, address to connect from, address and port to connect to,
// and `strip` or `pass`. `strip` cuts option 29 out of CONNECT and CONNECTACK, by which two Leasehold nodes know each other's key.

import { connect, createServer, type Socket } from 'node:net';

const [listenPort = '', localAddress = '', host = '', port = '', mode = 'pass'] = process.argv.slice(2);
/** length:u16 type:u8 offset of the options:u8 … (failover reference §1.2). */
const headSize = 4;
const handshakeTypes = new Set([5, 6]);
const capabilitiesOption = 29;

function stripped(message: Buffer): Buffer {
  const kept: Buffer[] = [];
  const start = message.readUInt8(3);
  for (let at = start; at + 4 <= message.length; ) {
    const end = at + 4 + message.readUInt16BE(at + 2);
    if (message.readUInt16BE(at) !== capabilitiesOption) kept.push(message.subarray(at, end));
    at = end;
  }
  const whole = Buffer.concat([message.subarray(0, start), ...kept]);
  whole.writeUInt16BE(whole.length, 0);
  return whole;
}

/** Whole messages of the handshake, changed; everything from the first other byte on as it came. */
function carry(from: Socket, to: Socket): void {
  let waiting = Buffer.alloc(0);
  let isOver = mode !== 'strip';
  from.on('data', (bytes: Buffer) => {
    waiting = Buffer.concat([waiting, bytes]);
    while (!isOver && waiting.length >= headSize) {
      const length = waiting.readUInt16BE(0);
      isOver = !handshakeTypes.has(waiting.readUInt8(2));
      if (isOver || waiting.length < length) break;
      to.write(stripped(waiting.subarray(0, length)));
      waiting = waiting.subarray(length);
    }
    if (!isOver) return;
    to.write(waiting);
    waiting = Buffer.alloc(0);
  });
  from.on('close', () => to.destroy());
  from.on('error', () => to.destroy());
}

createServer((inner) => {
  const outer = connect({ host, port: Number(port), localAddress });
  carry(inner, outer);
  carry(outer, inner);
}).listen(Number(listenPort), () => console.log(`listening, to ${mode}`));
