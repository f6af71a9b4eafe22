// What the lease file keeps of each failover peer: dhcpd's own state record (failover reference §4.2), and Leasehold's pair
// identity and last-served heartbeat as comments.

import { assert } from '../std/assert.ts';
import type { ByteWriter } from '../std/bytes.ts';
import type { Seconds, UnixSeconds } from '../std/time.ts';
import type { ServerState } from '../wire/failover-tables.ts';
import { writeComment } from './comment-records.ts';
import { DateText } from './date-text.ts';
import { appendQuotedName } from './names.ts';

export interface StateSince {
  readonly state: ServerState;
  /** Our clock when the state was entered, or heard of. */
  readonly at: UnixSeconds;
}

/** `failover peer "NAME" state { … }`. While in startup the saved state stands here, never startup. */
export interface FailoverState {
  readonly my: StateSince;
  readonly partner: StateSince;
  /** Written by a secondary only. */
  readonly mclt: Seconds | undefined;
}

const dates = new DateText();

/** By peer name as configured. Every `put` journals what it keeps. */
export class FailoverRecords {
  readonly #states = new Map<string, FailoverState>();
  readonly #identities = new Map<string, string>();
  readonly #forgetful = new Set<string>();
  readonly #pinned = new Set<string>();
  readonly #witnesses = new Map<string, number>();
  readonly #lastServed = new Map<string, UnixSeconds>();

  state(peer: string): FailoverState | undefined {
    return this.#states.get(peer);
  }
  putState(peer: string, state: FailoverState, journal: ByteWriter | undefined): void {
    assert(state.my.state !== 'startup', 'the saved state is written while in startup');
    this.#states.set(peer, state);
    if (journal !== undefined) writeState(journal, peer, state);
  }
  /** Text that both nodes of a pair share since `leasehold failover init`: letters, digits and hyphens. */
  identity(peer: string): string | undefined {
    return this.#identities.get(peer);
  }
  putIdentity(peer: string, identity: string, journal: ByteWriter | undefined): void {
    assert(/^[\w-]{1,64}$/.test(identity), 'an identity is one word');
    this.#identities.set(peer, identity);
    if (journal !== undefined) writeComment(journal, { kind: 'pair', peer, identity });
  }
  /** Until when we may have served pool clients of this peer. */
  lastServed(peer: string): UnixSeconds | undefined {
    return this.#lastServed.get(peer);
  }
  putLastServed(peer: string, at: UnixSeconds, journal: ByteWriter | undefined): void {
    this.#lastServed.set(peer, at);
    if (journal !== undefined) writeComment(journal, { kind: 'served', peer, at });
  }

  /** Neither node remembered its leases when they last began: what was never seen in use may be in use. */
  isMemoryLost(peer: string): boolean {
    return this.#forgetful.has(peer);
  }
  putMemory(peer: string, isLost: boolean, journal: ByteWriter | undefined): void {
    if (this.#forgetful.has(peer) === isLost) return;
    if (isLost) this.#forgetful.add(peer);
    else this.#forgetful.delete(peer);
    if (journal !== undefined) writeComment(journal, { kind: 'memory', peer, isLost });
  }

  /** The partner was secured once: it is not believed plain again. */
  isPinned(peer: string): boolean {
    return this.#pinned.has(peer);
  }
  putPinned(peer: string, isPinned: boolean, journal: ByteWriter | undefined): void {
    if (this.#pinned.has(peer) === isPinned) return;
    if (isPinned) this.#pinned.add(peer);
    else this.#pinned.delete(peer);
    if (journal !== undefined) writeComment(journal, { kind: 'secured', peer, isPinned });
  }

  /** The witness that the partner named when it was last heard. */
  witness(peer: string): number {
    return this.#witnesses.get(peer) ?? 0;
  }
  putWitness(peer: string, digest: number, journal: ByteWriter | undefined): void {
    if (this.witness(peer) === digest) return;
    this.#witnesses.set(peer, digest);
    if (journal !== undefined) writeComment(journal, { kind: 'witness', peer, digest });
  }

  /** Everything, for the rewrite of the lease file. */
  snapshot(out: ByteWriter): void {
    for (const [peer, identity] of this.#identities) writeComment(out, { kind: 'pair', peer, identity });
    for (const peer of this.#pinned) writeComment(out, { kind: 'secured', peer, isPinned: true });
    for (const peer of this.#forgetful) writeComment(out, { kind: 'memory', peer, isLost: true });
    for (const [peer, digest] of this.#witnesses) writeComment(out, { kind: 'witness', peer, digest });
    for (const [peer, at] of this.#lastServed) writeComment(out, { kind: 'served', peer, at });
    for (const [peer, state] of this.#states) writeState(out, peer, state);
  }
}

/** An empty line, then the record as dhcpd writes it. */
function writeState(out: ByteWriter, peer: string, { my, partner, mclt }: FailoverState): void {
  out.text('\nfailover peer ');
  appendQuotedName(out, peer);
  out.text(' state {\n');
  writeSince(out, 'my', my);
  writeSince(out, 'partner', partner);
  if (mclt !== undefined) out.text(`  mclt ${mclt};\n`);
  out.text('}\n');
}

function writeSince(out: ByteWriter, who: string, { state, at }: StateSince): void {
  out.text(`  ${who} state ${state} at `);
  dates.append(out, at);
  out.text(';\n');
}
