// `get-lease-hostnames`: the name of a leased address by reverse lookup. dhcpd waits for the resolver and answers nobody meanwhile; here
// the lookup runs beside, and the answer after it has the name (usually the ACK behind an OFFER).

import { formatIpv4, type Ipv4 } from '../std/ipv4.ts';
import { addMillis, type MonoMillis, type Now } from '../std/time.ts';
import type { Answer, Effects, RequestId } from '../model/step.ts';
import { noHostname } from './log-events.ts';

/** A name, or that there is none, is asked for again after this. */
const freshMillis = 300_000;
/** The oldest is forgotten beyond this many. */
const namesMax = 65_536;

interface Known {
  name: string;
  staleAt: MonoMillis;
  isAsked: boolean;
}

export class ReverseNames {
  readonly #nextRequestId: () => RequestId;
  readonly #known = new Map<Ipv4, Known>();
  readonly #asked = new Map<RequestId, Ipv4>();

  constructor(nextRequestId: () => RequestId) {
    this.#nextRequestId = nextRequestId;
  }

  /** What is known now; empty for nothing. Asks when that is old. */
  nameOf(address: Ipv4, now: Now, effects: Effects): string {
    const known = this.#known.get(address) ?? this.#remember(address);
    if (known.staleAt <= now.mono && !known.isAsked) {
      known.isAsked = true;
      const id = this.#nextRequestId();
      this.#asked.set(id, address);
      effects.requests.push({ kind: 'reverse', id, address });
    }
    return known.name;
  }

  #remember(address: Ipv4): Known {
    const known = { name: '', staleAt: 0 as MonoMillis, isAsked: false };
    this.#known.set(address, known);
    if (this.#known.size > namesMax) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    return known;
  }

  /** True when the answer was to one of our questions. */
  answer(request: RequestId, answer: Answer, now: Now, effects: Effects): boolean {
    const address = this.#asked.get(request);
    if (address === undefined || answer.kind !== 'reverse') return false;
    this.#asked.delete(request);
    const known = this.#known.get(address);
    if (known === undefined) return true;
    known.isAsked = false;
    known.staleAt = addMillis(now.mono, freshMillis);
    if (answer.name === undefined) effects.log.event(noHostname, { ip: formatIpv4(address) });
    else known.name = answer.name;
    return true;
  }
}
