// P1 of a pair, seen on the link: at the moment a BNDUPD or an accepting BNDACK leaves a node, a power failure would not lose the
// record it tells of.

import { formatIpv4, type Ipv4 } from '../../src/std/ipv4.ts';
import { unset } from '../../src/std/time.ts';
import { FailoverReader, type FailoverMessage } from '../../src/wire/failover-message.ts';
import type { BindingState } from '../../src/model/binding-state.ts';
import type { DurableRecords } from './durable-records.ts';
import type { LeaseRecord } from './lease-record.ts';
import type { Connection } from './network.ts';

type Bndupd = Extract<FailoverMessage, { kind: 'bndupd' }>;

/**
 * An expiry in the acknowledging node's clock: two clocks 3 s off either way, and whole seconds. An update that a cut held back
 * until just before the link is given up is taken for one of a clock that is behind, and stands so much later.
 */
const earlySeconds = 10;
const lateSeconds = 30;

/** What was said on a link so far. */
class Conversation {
  readonly readers = [new FailoverReader(), new FailoverReader()] as const;
  /** Updates of each side by xid, until they are answered. */
  readonly updates = [new Map<number, Bndupd>(), new Map<number, Bndupd>()] as const;
}

export class JournalFirst {
  readonly #violated: (text: string) => void;
  readonly #conversations = new WeakMap<Connection, Conversation>();

  constructor(violated: (text: string) => void) {
    this.#violated = violated;
  }

  /** Bytes leave node `name`, whose disk holds `records`, on its side of the connection. */
  sent(name: string, records: DurableRecords, connection: Connection, side: 0 | 1, bytes: Uint8Array): void {
    let conversation = this.#conversations.get(connection);
    if (conversation === undefined) this.#conversations.set(connection, (conversation = new Conversation()));
    const reader = conversation.readers[side];
    reader.push(bytes);
    for (let message = reader.next(); message !== undefined && message.kind !== 'fault'; message = reader.next()) {
      if (message.kind === 'bndupd') {
        conversation.updates[side].set(message.xid, message);
        this.#check(name, 'updated', message, records, tells);
      } else if (message.kind === 'bndack' && message.rejectReason === undefined) {
        const update = conversation.updates[side === 0 ? 1 : 0].get(message.xid);
        if (update !== undefined) this.#check(name, 'confirmed', update, records, believes);
      }
    }
  }
  #check(name: string, what: string, update: Bndupd, records: DurableRecords, holds: (record: LeaseRecord, update: Bndupd) => boolean): void {
    const ip = update.address ?? (0 as Ipv4);
    // Of an address that was never leased there may be no record: it is free, which every start finds again.
    const known = records.lately(ip);
    if (known.length === 0 && update.status === 'free') return;
    if (!known.some((record) => holds(record, update))) this.#violated(`${name} ${what} ${formatIpv4(ip)} as ${update.status} before it was durable`);
  }
}

/** The record is what the update says. */
const tells = ({ state, ends }: LeaseRecord, { status, leaseExpiration }: Bndupd): boolean => state === status && ends === leaseExpiration;

/** What had ended is free for whoever accepts it (reference §5.4 step 9). */
const freed: ReadonlySet<BindingState> = new Set(['expired', 'released', 'reset']);
/** The record is what accepting the update makes. An address that is freed may have been given back in the same step. */
function believes({ state, tsfp }: LeaseRecord, { status, potentialExpiration = unset }: Bndupd): boolean {
  const isSame = state === status || (status !== undefined && freed.has(status) && (state === 'free' || state === 'backup'));
  const late = tsfp - potentialExpiration;
  return isSame && late >= -earlySeconds && late <= lateSeconds;
}
