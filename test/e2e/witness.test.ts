// What proves a node to its witness: etcd and HTTP with passwords, authorities and certificates, and what is said where one is wrong.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createListener, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Child, eventually } from '../../src/cli/lab/child.ts';
import { openAccess, type WitnessAccess, type WitnessSettings } from '../../src/model/evidence-settings.ts';
import type { Request } from '../../src/model/step.ts';
import { credentialsOf, exchange } from '../../src/shell/evidence/exchange.ts';
import { askWitness } from '../../src/shell/evidence/witness.ts';
import { Authority } from './support/authority.ts';
import { skipWithout } from './support/lab.ts';

type Asked = Extract<Request, { kind: 'witness' }>;
const skip = skipWithout('etcd', 'openssl');

function scratch(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'leasehold-witness-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
/** What the witness says to each act in turn. */
async function say(settings: Pick<WitnessSettings, 'kind' | 'urls'>, access: WitnessAccess, holder: Asked['holder'], ...acts: readonly Asked['act'][]): Promise<string[]> {
  const said: string[] = [];
  for (const act of acts) {
    const witness: WitnessSettings = { ...settings, key: settings.kind === 'etcd' ? 'leasehold/pair' : '', ttlMillis: 120_000, access };
    const answer = await askWitness({ kind: 'witness', id: 1, act, holder, token: 'token', witness } as unknown as Asked);
    assert.equal(answer.kind, 'witness');
    said.push(answer.kind === 'witness' ? `${answer.outcome} ${answer.detail}`.trim() : '');
  }
  return said;
}

// ── etcd ──

interface Etcd {
  readonly folder: string;
  readonly url: string;
  /** Of the operator, with the authority and a certificate. */
  readonly access: WitnessAccess;
}
const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const listener = createListener().listen(0, '127.0.0.1', () => {
      const { port } = listener.address() as AddressInfo;
      listener.close(() => resolve(port));
    });
  });
/** An etcd that wants a certificate of its clients. */
async function startEtcd(t: TestContext): Promise<Etcd> {
  const folder = scratch(t);
  const file = (name: string): string => join(folder, name);
  const ca = new Authority(folder, 'ca');
  ca.issue('etcd', 'IP:127.0.0.1', 90);
  // Where there are users, etcd's gateway wants no other name beside theirs.
  ca.issue('node', 'IP:127.0.0.2', 90, '/O=node');
  const [url, peer] = [`https://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
  const child = new Child([
    'etcd', '--data-dir', file('etcd'), '--unsafe-no-fsync', '--listen-client-urls', url, '--advertise-client-urls', url,
    '--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `default=${peer}`,
    '--cert-file', file('etcd.pem'), '--key-file', file('etcd.key'), '--trusted-ca-file', ca.file, '--client-cert-auth',
  ]);
  t.after(() => child.stop('SIGKILL'));
  const access: WitnessAccess = { user: '', files: { authority: ca.file, certificate: file('node.pem'), privateKey: file('node.key') } };
  const credentials = await credentialsOf(access);
  await eventually('etcd', async () => (await exchange(`${url}/health`, 'GET', credentials).catch(() => undefined))?.status === 200 ? true : undefined);
  return { folder, url, access };
}

test('etcd that wants a certificate: the claim is had with one, and what is wrong is said without', { skip }, async (t) => {
  const { folder, url, access } = await startEtcd(t);
  const settings = { kind: 'etcd', urls: [url] } as const;
  assert.deepEqual(await say(settings, access, 'primary', 'look', 'claim', 'look'), ['free', 'ours', 'ours']);
  assert.deepEqual(await say(settings, access, 'secondary', 'claim', 'release', 'look', 'seize'), ['theirs', 'theirs', 'theirs', 'ours']);
  assert.deepEqual(await say(settings, access, 'primary', 'release', 'look'), ['theirs', 'theirs']);
  assert.deepEqual(await say(settings, access, 'secondary', 'release', 'look'), ['free', 'free']);

  const without = await say(settings, { user: '', files: { authority: access.files.authority ?? '' } }, 'primary', 'claim');
  assert.match(without[0] ?? '', /^failed https:.*(certificate required|handshake failure|bad certificate|ECONNRESET|socket hang up|EPIPE)/i);
  const strange = await say(settings, openAccess, 'primary', 'claim');
  assert.match(strange[0] ?? '', /^failed https:.*(unable to verify|self[- ]signed)/);
  const gone = await say(settings, { user: '', files: { ...access.files, authority: join(folder, 'gone.pem') } }, 'primary', 'claim');
  assert.match(gone[0] ?? '', /^failed https:.*ENOENT.*gone\.pem/);
  assert.deepEqual(await say({ kind: 'etcd', urls: [`https://127.0.0.1:${await freePort()}`, url] }, access, 'primary', 'look'), ['free'], 'the next member is asked');
});

test('etcd with users: the key is that of a user who may write it, and of nobody else', { skip }, async (t) => {
  const { folder, url, access } = await startEtcd(t);
  const settings = { kind: 'etcd', urls: [url] } as const;
  const credentials = await credentialsOf(access);
  const tell = async (path: string, body: unknown): Promise<void> => {
    const { status, text } = await exchange(`${url}/v3/auth/${path}`, 'POST', credentials, {}, JSON.stringify(body));
    assert.equal(status, 200, `${path}: ${text}`);
  };
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  await tell('role/add', { name: 'root' });
  await tell('role/add', { name: 'claims' });
  await tell('role/grant', { name: 'claims', perm: { permType: 'READWRITE', key: base64('leasehold/'), range_end: base64('leasehold0') } });
  for (const [name, role] of [['root', 'root'], ['dhcp', 'claims'], ['guest', '']] as const) {
    await tell('user/add', { name, password: `of ${name}` });
    if (role !== '') await tell('user/grant', { user: name, role });
    writeFileSync(join(folder, name), `of ${name}\n`, { mode: 0o600 });
  }
  await tell('enable', {});
  const as = (user: string, password = user): WitnessAccess => ({ user, files: { ...access.files, password: join(folder, password) } });
  assert.deepEqual(await say(settings, as('dhcp'), 'primary', 'look', 'claim', 'look', 'release'), ['free', 'ours', 'ours', 'free']);
  const failed = async (of: WitnessAccess): Promise<string> => (await say(settings, of, 'primary', 'claim'))[0] ?? '';
  assert.match(await failed(access), /^failed https:.*: range: status \d+ \(etcdserver: permission denied\)$/);
  assert.match(await failed(as('dhcp', 'guest')), /^failed https:.*: authenticate: status \d+ \(etcdserver: authentication failed, invalid user ID or password\)$/);
  assert.match(await failed(as('guest')), /^failed https:.*: range: status \d+ \(etcdserver: permission denied\)$/);
});

// ── A document ──

test('a document behind a password; a redirection is no answer', { skip: skipWithout('openssl') }, async (t) => {
  const folder = scratch(t);
  writeFileSync(join(folder, 'password'), 'pass:word');
  let text: string | undefined;
  const server: Server = createServer((request, response) => {
    let sent = '';
    request.on('data', (chunk: Buffer) => (sent += chunk.toString()));
    request.on('end', () => {
      if (request.url === '/moved') return response.writeHead(307, { Location: '/claim' }).end();
      if (request.headers.authorization !== `Basic ${Buffer.from('dhcp:pass:word').toString('base64')}`) return response.writeHead(401).end();
      if (request.method === 'PUT') text = sent;
      if (request.method === 'DELETE') text = undefined;
      return text === undefined ? response.writeHead(request.method === 'GET' ? 404 : 204).end() : response.writeHead(200, { ETag: '"1"' }).end(text);
    });
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const access: WitnessAccess = { user: 'dhcp', files: { password: join(folder, 'password') } };
  const document = { kind: 'http', urls: [`${url}/claim`] } as const;
  assert.deepEqual(await say(document, access, 'primary', 'look', 'claim', 'look', 'release', 'look'), ['free', 'ours', 'ours', 'free', 'free']);
  assert.deepEqual(await say(document, openAccess, 'primary', 'claim'), [`failed ${url}/claim: GET: status 401`]);
  assert.deepEqual(await say({ kind: 'http', urls: [`${url}/moved`] }, access, 'primary', 'look'), [`failed ${url}/moved: GET: status 307`]);
});
