// URLs that answer, and each way in which one does not.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { probeUrl } from './probe-url.ts';

test('a URL that answers, one that does not know the file, and a port where nobody is', async () => {
  const methods: string[] = [];
  const server = createServer((request, response) => {
    methods.push(request.method ?? '');
    response.writeHead(Number(request.url?.slice(1))).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const probe = (path: string): ReturnType<typeof probeUrl> => probeUrl(`http://127.0.0.1:${port}/${path}`);
  assert.deepEqual(await probe('200'), { isGood: true, text: 'answers 200 OK' });
  assert.deepEqual(await probe('403'), { isGood: true, text: 'answers 403 Forbidden' });
  for (const [status, words] of [[404, 'Not Found'], [410, 'Gone'], [503, 'Service Unavailable']]) assert.deepEqual(await probe(String(status)), { isGood: false, text: `answers ${status} ${words}` });
  assert.deepEqual(new Set(methods), new Set(['HEAD']));
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  assert.deepEqual(await probe('200'), { isGood: false, text: 'does not answer: ECONNREFUSED' });
});
test('what is no URL', async () => {
  assert.match((await probeUrl('http://[')).text, /^does not answer: /);
});
