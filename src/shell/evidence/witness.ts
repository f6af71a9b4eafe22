// The claim on a third system, changed by compare-and-set only: in etcd by a transaction over its JSON gateway, elsewhere as a document
// with an entity tag (RFC 9110 §13.1). Who holds it is the first word of its text: `primary` or `secondary`, then the token.

import type { WitnessSettings } from '../../model/evidence-settings.ts';
import type { Answer, Request } from '../../model/step.ts';
import { credentialsOf, exchange, type Credentials } from './exchange.ts';

type WitnessRequest = Extract<Request, { kind: 'witness' }>;
type Said = Extract<Answer, { kind: 'witness' }>;

/** Read again when somebody was faster; beyond that, later. */
const triesMax = 3;
/** Of what is no answer, characters that are told. */
const saidMax = 200;

/** What stands there, and the mark by which it may be changed; undefined text: nothing stands there. */
interface Standing {
  readonly text: string | undefined;
  readonly mark: string;
}
interface Store {
  read(): Promise<Standing>;
  /** False: it is no longer what was read. Undefined text: remove it. */
  swap(before: Standing, text: string | undefined): Promise<boolean>;
}

export async function askWitness(request: WitnessRequest): Promise<Answer> {
  const { access, urls } = request.witness;
  const problems: string[] = [];
  for (const url of urls) {
    try {
      const credentials = await credentialsOf(access);
      return await settle(request, await storeAt(url, request.witness, credentials));
    } catch (error) {
      problems.push(`${url}: ${reasonOf(error)}`);
    }
  }
  return { kind: 'witness', outcome: 'failed', detail: problems.join('; ') };
}

const storeAt = async (url: string, { kind, key }: WitnessSettings, credentials: Credentials): Promise<Store> =>
  kind === 'etcd' ? await etcdStore(url, key, credentials) : documentStore(url, credentials);

async function settle({ act, holder, token }: WitnessRequest, store: Store): Promise<Said> {
  for (let tries = 0; tries < triesMax; tries++) {
    const standing = await store.read();
    const owner = ownerOf(standing.text, holder);
    const next = nextText(act, owner, `${holder} ${token}`);
    if (next === 'leave') return { kind: 'witness', outcome: owner, detail: '' };
    if (await store.swap(standing, next)) return { kind: 'witness', outcome: next === undefined ? 'free' : 'ours', detail: '' };
  }
  throw new Error('others change it all the time');
}

function ownerOf(text: string | undefined, holder: WitnessRequest['holder']): 'ours' | 'theirs' | 'free' {
  if (text === undefined || text.trim() === '') return 'free';
  const [word] = text.trim().split(' ');
  if (word !== 'primary' && word !== 'secondary') throw new Error(`what stands there is no claim: ${JSON.stringify(text.slice(0, 40))}`);
  return word === holder ? 'ours' : 'theirs';
}
/** A claim of ours is written anew, so that what an earlier request of ours still does to it, late, finds another mark. */
function nextText(act: WitnessRequest['act'], owner: 'ours' | 'theirs' | 'free', ours: string): string | undefined | 'leave' {
  if (act === 'seize' || (act === 'claim' && owner !== 'theirs')) return ours;
  return act === 'release' && owner === 'ours' ? undefined : 'leave';
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}

// ── A document ──

function documentStore(url: string, credentials: Credentials): Store {
  const { user, password } = credentials;
  // RFC 7617.
  const own: Record<string, string> = user === '' ? {} : { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
  return {
    async read() {
      const { status, etag: mark, text } = await exchange(url, 'GET', credentials, own);
      if (status === 404) return { text: undefined, mark: '' };
      if (status !== 200) throw new Error(`GET: status ${status}`);
      // A weak tag may stay the same when the text changes.
      if (!mark.startsWith('"')) throw new Error('GET: no strong ETag, so nobody can have it alone');
      return { text, mark };
    },
    async swap({ text: before, mark }, text) {
      const condition: Record<string, string> = before === undefined ? { 'If-None-Match': '*' } : { 'If-Match': mark };
      const method = text === undefined ? 'DELETE' : 'PUT';
      const { status } = await exchange(url, method, credentials, { ...own, ...condition, ...(text === undefined ? {} : { 'Content-Type': 'text/plain' }) }, text);
      if (status === 409 || status === 412) return false;
      if (status < 200 || status > 299) throw new Error(`${method}: status ${status}`);
      return true;
    },
  };
}

// ── etcd: https://etcd.io/docs/v3.5/dev-guide/api_grpc_gateway/ ──

interface KeyValue {
  readonly value?: string;
  readonly mod_revision?: string;
}
const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');

/** A token for each question: its few milliseconds come up every few seconds, and none is kept that has run out. */
async function etcdToken(url: string, credentials: Credentials): Promise<string> {
  const { user: name, password } = credentials;
  const { token = '' } = (await postEtcd(`${url}/v3/auth/authenticate`, credentials, '', { name, password })) as { token?: string };
  return token;
}

async function postEtcd(url: string, credentials: Credentials, token: string, body: unknown): Promise<unknown> {
  const headers = { 'Content-Type': 'application/json', ...(token === '' ? {} : { Authorization: token }) };
  const { status, text } = await exchange(url, 'POST', credentials, headers, JSON.stringify(body));
  if (status === 200) return JSON.parse(text) as unknown;
  const [, message] = /"(?:error|message)"\s*:\s*"([^"\\]*)"/.exec(text) ?? [];
  const said = message ?? (text.split('\n')[0] ?? '').slice(0, saidMax);
  throw new Error(`${url.replace(/^.*\//, '')}: status ${status}${said === '' ? '' : ` (${said})`}`);
}

async function etcdStore(url: string, name: string, credentials: Credentials): Promise<Store> {
  const key = base64(name);
  const token = credentials.user === '' ? '' : await etcdToken(url, credentials);
  const post = (path: string, body: unknown): Promise<unknown> => postEtcd(`${url}/v3/kv/${path}`, credentials, token, body);
  return {
    async read() {
      // Linearizable: a member without a quorum does not answer.
      const { kvs = [] } = (await post('range', { key })) as { kvs?: readonly KeyValue[] };
      const [found] = kvs;
      if (found === undefined) return { text: undefined, mark: '0' };
      return { text: Buffer.from(found.value ?? '', 'base64').toString('latin1'), mark: found.mod_revision ?? '0' };
    },
    async swap({ mark }, text) {
      const success = text === undefined ? { request_delete_range: { key } } : { request_put: { key, value: base64(text) } };
      // A key that is not there has revision 0.
      const compare = [{ key, target: 'MOD', result: 'EQUAL', mod_revision: mark }];
      const { succeeded = false } = (await post('txn', { compare, success: [success] })) as { succeeded?: boolean };
      return succeeded;
    },
  };
}
