// The two lanes of effects: frames in preallocated slots, bytes per TCP link, replies to command sessions.
// PERF: taking a frame allocates nothing; a lane goes out with one sendmmsg for raw and one for routed frames.

import { ByteWriter } from '../std/bytes.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import type { FrameOut, LinkId, SendLane, SessionId } from '../model/step.ts';
import { udpFrameOverhead } from '../wire/frames.ts';
import { slotSize } from './message-batch.ts';
import { NativeBlock } from './native.ts';

/** Largest payload: an IPv4 datagram of 1500 bytes. */
const payloadSizeMax = 1472;

/** A FrameOut with the headers' room in front of it. */
export class FrameSlot implements FrameOut {
  /** The whole frame. */
  readonly frameBytes: Uint8Array;
  readonly frameView: DataView;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  size = 0;
  path: 'raw' | 'routed' = 'raw';
  ifindex = 0;
  readonly mac = new Uint8Array(6);
  source = 0 as Ipv4;
  destination = 0 as Ipv4;
  destinationPort = 0;

  constructor(block: NativeBlock, slot: number) {
    const start = slot * slotSize;
    this.frameBytes = block.bytes.subarray(start, start + slotSize);
    this.frameView = new DataView(block.view.buffer, start, slotSize);
    this.bytes = this.frameBytes.subarray(udpFrameOverhead, udpFrameOverhead + payloadSizeMax);
    this.view = new DataView(block.view.buffer, start + udpFrameOverhead, payloadSizeMax);
  }

  clear(): this {
    this.size = 0;
    this.path = 'raw';
    this.ifindex = 0;
    this.mac.fill(0);
    this.source = 0 as Ipv4;
    this.destination = 0 as Ipv4;
    this.destinationPort = 0;
    return this;
  }
}

export interface Reply {
  readonly session: SessionId;
  readonly value: unknown;
}

/** Position of a lane before a step, so that a failed step can be taken back. */
export interface LaneMark {
  frames: number;
  linkSize: number;
  replies: number;
}

export class Lane implements SendLane {
  /** Frame slots; slot i of the block belongs to frames[i]. */
  readonly block: NativeBlock;
  readonly frames: readonly FrameSlot[];
  frameCount = 0;
  /** Frames that found the lane full. */
  fullCount = 0;
  readonly replies: Reply[] = [];
  readonly #links = new Map<LinkId, ByteWriter>();
  /** Links written to since the last `clear`, in order. */
  readonly #touched: LinkId[] = [];

  constructor(framesMax: number) {
    this.block = new NativeBlock(framesMax * slotSize);
    this.frames = Array.from({ length: framesMax }, (_, slot) => new FrameSlot(this.block, slot));
  }

  get room(): number {
    return this.frames.length - this.frameCount;
  }
  get isEmpty(): boolean {
    return this.frameCount === 0 && this.#touched.length === 0 && this.replies.length === 0;
  }

  frame(): FrameOut | undefined {
    const slot = this.frames[this.frameCount];
    if (slot === undefined) {
      this.fullCount++;
      return undefined;
    }
    this.frameCount++;
    return slot.clear();
  }

  link(link: LinkId): ByteWriter {
    let writer = this.#links.get(link);
    if (writer === undefined) {
      // What strangers are told is short.
      writer = new ByteWriter(512);
      this.#links.set(link, writer);
    }
    if (!this.#touched.includes(link)) this.#touched.push(link);
    return writer;
  }

  /** The link is gone: its buffer goes too. */
  forget(link: LinkId): void {
    if (!this.#touched.includes(link)) this.#links.delete(link);
  }

  reply(session: SessionId, value: unknown): void {
    this.replies.push({ session, value });
  }

  /** Hands out what was written to each link; `write` says false for a link that is gone. */
  drainLinks(write: (link: LinkId, bytes: Uint8Array) => boolean): void {
    for (const link of this.#touched) {
      const writer = this.#links.get(link);
      if (writer === undefined) continue;
      if (!write(link, writer.view())) this.#links.delete(link);
      writer.reset();
    }
    this.#touched.length = 0;
  }

  clear(): void {
    this.frameCount = 0;
    this.replies.length = 0;
    for (const link of this.#touched) this.#links.get(link)?.reset();
    this.#touched.length = 0;
  }

  /** Bytes waiting for links. */
  #linkSize(): number {
    let size = 0;
    for (const link of this.#touched) size += this.#links.get(link)?.size ?? 0;
    return size;
  }
  mark(mark: LaneMark): void {
    mark.frames = this.frameCount;
    mark.linkSize = this.#touched.length === 0 ? 0 : this.#linkSize();
    mark.replies = this.replies.length;
  }
  /** Back to the mark, without anything written to links. */
  takeBack(mark: LaneMark): void {
    this.frameCount = mark.frames;
    this.replies.length = mark.replies;
    for (const link of this.#touched) this.#links.get(link)?.reset();
    this.#touched.length = 0;
  }
  isAt(mark: LaneMark): boolean {
    return mark.frames === this.frameCount && mark.linkSize === this.#linkSize() && mark.replies === this.replies.length;
  }
}
