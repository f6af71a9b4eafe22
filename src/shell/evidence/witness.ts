// The claim on a third system, changed by compare-and-set only: in etcd by a transaction over its JSON gateway, elsewhere as a document
// with an entity tag (RFC 9110 §13.1). Who holds it is the first word of its text: `primary` or `secondary`, then the token.

import type { WitnessSettings } from '../../model/evidence-settings.ts';
import type { Answer, Request } from '../../model/step.ts';

type WitnessRequest = Extract<Request, { kind: 'witness' }>;
type Said = Extract<Answer, { kind: 'witness' }>;

/** Of one exchange with one address. */
const timeoutMillis = 3_000;
/** Read again when somebody was faster; beyond that, later. */
const triesMax = 3;
const bodyMax = 4096;

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
  const problems: string[] = [];
  for (const url of request.witness.urls) {
    try {
      return await settle(request, storeAt(url, request.witness));
    } catch (error) {
      problems.push(`${url}: ${reasonOf(error)}`);
    }
  }
  return { kind: 'witness', outcome: 'failed', detail: problems.join('; ') };
}

const storeAt = (url: string, { kind, key }: WitnessSettings): Store => (kind === 'etcd' ? etcdStore(url, key) : documentStore(url));

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

async function exchange(url: string, init: RequestInit): Promise<Response> {
  return fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMillis), redirect: 'error' });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}

// ── A document ──

function documentStore(url: string): Store {
  return {
    async read() {
      const response = await exchange(url, { method: 'GET' });
      const text = (await response.text()).slice(0, bodyMax);
      if (response.status === 404) return { text: undefined, mark: '' };
      if (response.status !== 200) throw new Error(`GET: status ${response.status}`);
      const mark = response.headers.get('etag') ?? '';
      // A weak tag may stay the same when the text changes.
      if (!mark.startsWith('"')) throw new Error('GET: no strong ETag, so nobody can have it alone');
      return { text, mark };
    },
    async swap({ text: before, mark }, text) {
      const condition: Record<string, string> = before === undefined ? { 'If-None-Match': '*' } : { 'If-Match': mark };
      const response = await exchange(url, text === undefined ? { method: 'DELETE', headers: condition } : { method: 'PUT', headers: { ...condition, 'Content-Type': 'text/plain' }, body: text });
      await response.arrayBuffer();
      if (response.status === 409 || response.status === 412) return false;
      if (!response.ok) throw new Error(`${text === undefined ? 'DELETE' : 'PUT'}: status ${response.status}`);
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

function etcdStore(url: string, name: string): Store {
  const key = base64(name);
  const post = async (path: string, body: unknown): Promise<unknown> => {
    const response = await exchange(`${url}/v3/kv/${path}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: status ${response.status}`);
    return JSON.parse(text) as unknown;
  };
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
