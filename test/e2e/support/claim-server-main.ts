// A document that keeps a claim, in memory: GET, PUT and DELETE under entity tags (RFC 9110 §13.1). The twin of a witness.

import { createServer } from 'node:http';

let text: string | undefined;
let version = 0;
const tag = (): string => `"${version}"`;

createServer((request, response) => {
  const end = (status: number, body = ''): void => {
    if (text !== undefined) response.setHeader('ETag', tag());
    process.stdout.write(`${request.method} ${status} ${request.headers['if-match'] ?? request.headers['if-none-match'] ?? ''} ${text ?? 'nobody'}\n`);
    response.writeHead(status).end(body);
  };
  let sent = '';
  request.on('data', (chunk: Buffer) => (sent += chunk.toString()));
  request.on('end', () => {
    if (request.method === 'GET') return text === undefined ? end(404) : end(200, text);
    const matches = text === undefined ? request.headers['if-none-match'] === '*' : request.headers['if-match'] === tag();
    if (!matches) return end(412);
    version++;
    text = request.method === 'DELETE' ? undefined : sent;
    return end(204);
  });
}).listen(Number(process.argv[2]), () => process.stdout.write('ready\n'));
