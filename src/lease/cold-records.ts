// Records of a lease file other than leases: each keyword with what becomes of it (dhcpd-leases reference §6).

import { fromLatin1 } from '../std/bytes.ts';
import type { Seconds, UnixSeconds } from '../std/time.ts';
import { unset } from '../std/time.ts';
import { serverStateCode, type ServerState } from '../wire/failover-tables.ts';
import { leaseFileFormat, readComment } from './comment-records.ts';
import { DateReader } from './date-reader.ts';
import type { StateSince } from './failover-records.ts';
import { readHostRecord } from './host-record.ts';
import { hostProblems } from './host-scopes.ts';
import type { LeaseStore } from './lease-store.ts';
import { nameFrom, quotedPattern } from './names.ts';
import type { ReplayCode } from './replay-problems.ts';
import type { Span } from '../model/span.ts';

/** undefined: taken. */
export type ColdProblem = { readonly code: ReplayCode; readonly detail: string } | undefined;
type Reader = (text: string, store: LeaseStore, wall: UnixSeconds) => ColdProblem;

const nowhere: Span = { file: { name: 'lease file', text: '' }, start: 0, end: 0 };
const dates = new DateReader();
const unreadable = (text: string): ColdProblem => ({ code: 'bad-record', detail: headOf(text) });
const headOf = (text: string): string => text.split(/[{\n]/)[0]?.trim() ?? '';
const notServed: Reader = (text) => ({ code: 'not-served', detail: headOf(text) });

export const coldReaders: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['host', readHost],
  ['group', (text, store) => keep('group', /^group\s+"?([^"{\s]+)"?\s*\{/, text, store)],
  ['class', (text, store) => keep('class', /^class\s+("[^"]*")\s*\{/, text, store)],
  ['subclass', (text, store) => keep('subclass', /^subclass\s+("[^"]*"\s*[^{;]+?)\s*[{;]/, text, store)],
  ['failover', readFailover],
  ['server-duid', readDuid],
  ['authoring-byte-order', () => undefined],
  ['ia-na', notServed],
  ['ia-ta', notServed],
  ['ia-pd', notServed],
]);

function readHost(text: string, store: LeaseStore): ColdProblem {
  const host = readHostRecord(text, nowhere);
  if (host === undefined) return unreadable(text);
  store.hosts.put(host, undefined);
  const [problem] = hostProblems(host, store.config);
  return problem === undefined ? undefined : { code: 'unknown-statement', detail: `host ${host.name}: ${problem}` };
}

function keep(kind: 'group' | 'class' | 'subclass', head: RegExp, text: string, store: LeaseStore): ColdProblem {
  const key = head.exec(text)?.[1];
  if (key === undefined) return unreadable(text);
  store.kept.put(kind, key, `${text}\n`);
  return undefined;
}

/** A string, or octets in hex; anything else would not be read again once written. */
const duidPattern = new RegExp(String.raw`^server-duid\s+(${quotedPattern}|[\w:.-]+)\s*;$`);

function readDuid(text: string, store: LeaseStore): ColdProblem {
  const duid = duidPattern.exec(text)?.[1];
  if (duid === undefined) return unreadable(text);
  store.kept.serverDuid = duid;
  return undefined;
}

const failoverHead = new RegExp(String.raw`^failover\s+peer\s+(${quotedPattern}|[^\s"{]+)\s+state\s*\{([^]*)\}$`);

/** `failover peer "x" state { … }`; `my state X;` without `at` means now (failover reference §4.2). */
function readFailover(text: string, store: LeaseStore, wall: UnixSeconds): ColdProblem {
  const head = failoverHead.exec(text);
  const body = head?.[2] ?? '';
  if (head?.[1] === undefined) return unreadable(text);
  const peer = nameFrom(head[1]);
  const my = readSince('my', body, wall);
  const partner = readSince('partner', body, wall) ?? { state: 'unknown-state', at: unset };
  const mclt = /\bmclt\s+(\d{1,10})\s*;/.exec(body)?.[1];
  if (my === undefined || my.state === 'startup') return unreadable(text);
  store.failover.putState(peer, { my, partner, mclt: mclt === undefined ? undefined : (Number(mclt) as Seconds) }, undefined);
  return undefined;
}

function readSince(who: string, body: string, wall: UnixSeconds): StateSince | undefined {
  const match = new RegExp(`\\b${who}\\s+state\\s+([\\w-]+)(?:\\s+at\\s+([^;]+))?;`).exec(body);
  const state = match?.[1] ?? '';
  if (match === null || !Object.hasOwn(serverStateCode, state)) return undefined;
  const at = match[2] === undefined ? wall : dates.read(match[2].trim());
  return at < 0 ? undefined : { state: state as ServerState, at: at as UnixSeconds };
}

/** A comment line of ours, without its line end. */
export function takeComment(line: string, store: LeaseStore): ColdProblem {
  const record = readComment(line);
  switch (record?.kind) {
    case 'contact': store.contacts.take(record.contact, undefined); return undefined;
    case 'name': store.names.put(record.name, record.addresses, undefined); return undefined;
    case 'format': return record.format > leaseFileFormat ? { code: 'later-format', detail: String(record.format) } : undefined;
    case 'witness': store.failover.putWitness(record.peer, record.digest, undefined); return undefined;
    case 'served': store.failover.putLastServed(record.peer, record.at, undefined); return undefined;
    case 'memory': store.failover.putMemory(record.peer, record.isLost, undefined); return undefined;
    case 'pair': store.failover.putIdentity(record.peer, record.identity, undefined); return undefined;
    case 'secured': store.failover.putPinned(record.peer, record.isPinned, undefined); return undefined;
    case 'host-restored': store.hosts.restore(record.name, undefined); return undefined;
    case 'host-origin': store.replicated.takeOrigin(record.origin); return undefined;
    case 'host-version': return store.replicated.takeVersion(record) ? undefined : { code: 'bad-comment', detail: line };
    case 'host-loser': return store.replicated.takeLoser(record.name, record.write) ? undefined : { code: 'bad-comment', detail: line };
    case 'boot': store.bootChoices.put(record.choice, undefined); return undefined;
    case 'clock-step': store.table.shiftTimes(record.deltaSeconds, undefined); return undefined;
    case undefined: return { code: 'bad-comment', detail: line };
  }
}

/** The keyword that a record begins with. */
export const keywordOf = (bytes: Uint8Array, from: number, to: number): string =>
  /^[a-z0-9-]*/i.exec(fromLatin1(bytes.subarray(from, Math.min(to, from + 32))))?.[0].toLowerCase() ?? '';
