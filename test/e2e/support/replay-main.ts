// Says again what was recorded of a connection. Words: address to connect from, address and port to connect to, a file with what one
// side sent, a piece in hex on each line. After each piece it waits for an answer, and before a CONNECTACK for the CONNECT, as the side
// that was recorded did.

import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

const [localAddress = '', host = '', port = '', file = ''] = process.argv.slice(2);
const pieces = readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => Buffer.from(line, 'hex'));
const socket = connect({ host, port: Number(port), localAddress });
const next = (): void => {
  const piece = pieces.shift();
  if (piece !== undefined) socket.write(piece);
};
/** Type of a failover message: behind two bytes of length and one of the payload's offset. */
const answersConnect = pieces[0]?.[2] === 6;
if (!answersConnect) socket.on('connect', next);
socket.on('data', (bytes: Buffer) => {
  console.log(`heard ${bytes.length} bytes`);
  next();
});
socket.on('error', (error) => console.log(`error ${error.message}`));
socket.on('close', () => console.log(`closed, ${pieces.length} pieces left`));
