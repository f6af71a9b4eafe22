// Keeps the host names of the configuration resolved, off the packet path: asked at start and then in the
// background; a good answer is kept without limit while the resolver is down.

import { addMillis, never, type MonoMillis, type Now } from '../std/time.ts';
import { formatIpv4, type Ipv4 } from '../std/ipv4.ts';
import type { Answer, Effects, RequestId } from '../model/step.ts';
import type { NameTable } from '../lease/name-table.ts';
import { nameResolved, nameUnresolved } from './log-events.ts';

/** A good answer is asked for again after this, a failed one sooner. */
const refreshMillis = 300_000;
const retryMillis = 30_000;
/** Readiness waits no longer for the first answers. */
const patienceMillis = 3_000;

interface Lookup {
  readonly name: string;
  dueAt: MonoMillis;
  request: RequestId | undefined;
  hasAnswered: boolean;
}

export class NameRefresh {
  readonly #names: NameTable;
  readonly #nextRequestId: () => RequestId;
  #lookups: Lookup[] = [];
  #startedAt: MonoMillis = never;
  #isReady = false;

  constructor(names: NameTable, nextRequestId: () => RequestId) {
    this.#names = names;
    this.#nextRequestId = nextRequestId;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  get deadline(): MonoMillis {
    let first = never;
    for (const { dueAt } of this.#lookups) if (dueAt < first) first = dueAt;
    const patience = this.#isReady ? never : addMillis(this.#startedAt, patienceMillis);
    return patience < first ? patience : first;
  }

  /** The configuration's names from now on; those already being watched keep their schedule. */
  watch(hostNames: readonly string[], now: Now, effects: Effects): void {
    if (this.#startedAt === never) this.#startedAt = now.mono;
    const known = new Map(this.#lookups.map((lookup) => [lookup.name, lookup]));
    this.#lookups = hostNames.map(
      (name) => known.get(name) ?? { name, dueAt: now.mono, request: undefined, hasAnswered: false },
    );
    this.tick(now, effects);
  }

  tick(now: Now, effects: Effects): void {
    for (const lookup of this.#lookups) {
      if (lookup.dueAt > now.mono || lookup.request !== undefined) continue;
      lookup.request = this.#nextRequestId();
      lookup.dueAt = never;
      effects.requests.push({ kind: 'resolve', id: lookup.request, name: lookup.name });
    }
    const isPatient = now.mono < this.#startedAt + patienceMillis;
    if (!isPatient || this.#lookups.every(({ hasAnswered }) => hasAnswered)) this.#isReady = true;
  }

  /** True when the answer was to one of our lookups. */
  answer(request: RequestId, answer: Answer, now: Now, effects: Effects): boolean {
    const lookup = this.#lookups.find((candidate) => candidate.request === request);
    if (lookup === undefined || answer.kind !== 'resolve') return false;
    lookup.request = undefined;
    lookup.hasAnswered = true;
    const isGood = answer.addresses !== undefined && answer.addresses.length > 0;
    lookup.dueAt = addMillis(now.mono, isGood ? refreshMillis : retryMillis);
    if (isGood) this.#keep(lookup.name, answer.addresses ?? [], effects);
    else
      effects.log.event(nameUnresolved, {
        name: lookup.name,
        detail: answer.detail,
        isKnown: this.#names.addressesOf(lookup.name) !== undefined,
      });
    this.tick(now, effects);
    return true;
  }

  #keep(name: string, addresses: readonly Ipv4[], effects: Effects): void {
    const sorted = addresses.toSorted((a, b) => a - b);
    const isNew = this.#names.put(name, sorted, effects.journal);
    if (isNew) effects.log.event(nameResolved, { name, addresses: sorted.map(formatIpv4).join(', ') });
  }
}
