// The topics that two Leasehold nodes talk about, and the parcels they send each other (wire/failover-parcel.ts). With any other
// partner nothing here says a word.

import { concatBytes } from '../std/bytes.ts';
import { never, type MonoMillis, type Now } from '../std/time.ts';
import type { Answer, Effects, RequestId } from '../model/step.ts';
import type { PrivateOptions } from '../wire/failover-message.ts';
import { encodeParcel, parcelSizeMax, readPiece, type TopicName } from '../wire/failover-parcel.ts';
import type { Endpoint } from './endpoint.ts';
import { parcelRefused } from './log-events.ts';

/** One matter of a pair. Parcels arrive whole and in order while a link lasts; what a link lost is the topic's to say again. */
export interface Topic {
  readonly name: TopicName;
  /** What changes something here is believed only where nobody else can write. */
  readonly needsSecurity: boolean;
  readonly deadline: MonoMillis;
  /** A Leasehold partner is there, and the topic may speak. */
  linkUp(now: Now, effects: Effects): void;
  linkLost(): void;
  /** `parcel` is whole and the topic's own; its content is whatever the partner wrote. */
  received(parcel: Uint8Array, now: Now, effects: Effects): void;
  /** Whether the request was the topic's. */
  answer?(request: RequestId, answer: Answer, now: Now, effects: Effects): boolean;
  tick(now: Now, effects: Effects): void;
  /** After every step. PERF: at most a few comparisons when nothing happened. */
  afterStep(now: Now, effects: Effects): void;
}

interface Arriving {
  readonly pieces: Uint8Array[];
  size: number;
}

export class Parcels {
  readonly #endpoint: Endpoint;
  readonly #topics: readonly Topic[];
  readonly #arriving = new Map<TopicName, Arriving>();

  constructor(endpoint: Endpoint, topics: readonly Topic[]) {
    this.#endpoint = endpoint;
    this.#topics = topics;
  }

  get deadline(): MonoMillis {
    let first = never;
    for (const { deadline } of this.#topics) if (deadline < first) first = deadline;
    return first;
  }

  /** Whether the partner would understand, and the link is as the topic demands. */
  carries({ needsSecurity }: Topic): boolean {
    const { link } = this.#endpoint;
    return link !== undefined && this.#endpoint.shares('parcels') && (!needsSecurity || link.cipher !== undefined);
  }

  /**
   * Leaves behind the commit: the partner must not know what a crash here would forget, and nothing may overtake a secondary's
   * CONNECTACK, which leaves there.
   */
  send(topic: Topic, parcel: Uint8Array, now: Now, effects: Effects): void {
    const { link } = this.#endpoint;
    if (link === undefined || !this.carries(topic)) return;
    encodeParcel(link.out(effects.afterCommit, now), now.wall, () => link.xid(), topic.name, parcel);
  }

  linkUp(now: Now, effects: Effects): void {
    for (const topic of this.#topics) if (this.carries(topic)) topic.linkUp(now, effects);
  }
  linkLost(): void {
    this.#arriving.clear();
    for (const topic of this.#topics) topic.linkLost();
  }

  /** What a CONTACT carried. Whatever is of no known topic, or not to be believed on this link, is skipped. */
  received(options: PrivateOptions, now: Now, effects: Effects): void {
    const piece = readPiece(options);
    const topic = piece === undefined ? undefined : this.#topics.find(({ name }) => name === piece.topic);
    if (piece === undefined || topic === undefined || !this.carries(topic)) return;
    const arriving = this.#arriving.get(topic.name) ?? { pieces: [], size: 0 };
    this.#arriving.set(topic.name, arriving);
    arriving.size += piece.bytes.length;
    // Why the size is counted on: the rest of a parcel that is too large must not pass for one of its own.
    if (arriving.size <= parcelSizeMax) arriving.pieces.push(piece.bytes);
    else arriving.pieces.length = 0;
    if (!piece.isLast) return;
    this.#arriving.delete(topic.name);
    if (arriving.size > parcelSizeMax) effects.log.event(parcelRefused, { name: this.#endpoint.name, topic: topic.name, size: arriving.size });
    else topic.received(concatBytes(...arriving.pieces), now, effects);
  }

  answer(request: RequestId, answer: Answer, now: Now, effects: Effects): boolean {
    return this.#topics.some((topic) => topic.answer?.(request, answer, now, effects) === true);
  }
  tick(now: Now, effects: Effects): void {
    for (const topic of this.#topics) topic.tick(now, effects);
  }
  afterStep(now: Now, effects: Effects): void {
    for (const topic of this.#topics) topic.afterStep(now, effects);
  }
}
