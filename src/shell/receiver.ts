// Receive slots: from sockets that are readable to checked DHCP messages, a batch at a time.
// PERF: nothing is allocated per packet; views, PacketIn objects and headers are made once per slot.

import type { Ipv4 } from '../std/ipv4.ts';
import type { PacketIn } from '../model/step.ts';
import { DhcpView, type PacketDrop } from '../wire/dhcp-view.ts';
import { newUdpFrame, parseUdpFrame, udpFrameOverhead, type FrameCheck, type FrameDrop } from '../wire/frames.ts';
import { ReceiveBatch, slotSize } from './message-batch.ts';
import { pollReadable, type PollHandle } from './poll.ts';
import { libc, SOL } from './libc.ts';

export type DropReason = PacketDrop | FrameDrop | 'quarantined';

/** One socket we hear on. */
export interface Source {
  readonly fd: number;
  /** 0 for the UDP fallback, where every message says it itself. */
  readonly ifindex: number;
  isReadable: boolean;
  readonly poll: PollHandle;
}

/** Slots that one drain fills at most: the largest group, and what a commit is shared by. */
export const slotsMax = 256;

const PACKET_AUXDATA = 8;
const IP_PKTINFO = 8;
const controlHeaderSize = 16;

export class Receiver {
  /** The first `fill()` of these are the packets of the current batch. */
  readonly packets: PacketIn[] = [];
  readonly drops = new Map<DropReason, number>();
  readonly #views: readonly DhcpView[];
  readonly #slotPackets: readonly PacketIn[];
  readonly #frames: ReceiveBatch;
  readonly #sources: Source[] = [];
  /** Place of the source that is read first: behind the one that had more than there were slots, which else kept the others waiting. */
  #first = 0;
  readonly #isUdp: boolean;
  readonly #frame = newUdpFrame();
  readonly #onReadable: () => void;
  /** Slots that the last fill took. */
  #lastUsed = 0;

  constructor(mode: 'frames' | 'udp', onReadable: () => void) {
    this.#isUdp = mode === 'udp';
    this.#onReadable = onReadable;
    this.#frames = new ReceiveBatch(slotsMax, this.#isUdp ? udpFrameOverhead : 0);
    this.#views = Array.from({ length: slotsMax }, (_, slot) => new DhcpView(this.#frames.slot(slot)));
    this.#slotPackets = this.#views.map((view) => ({
      view,
      ifindex: 0,
      source: 0 as Ipv4,
      sourcePort: 0,
      destination: 0 as Ipv4,
    }));
  }

  /** Takes over the descriptor. */
  add(fd: number, ifindex: number): Source {
    const onReadable = (): void => {
      source.isReadable = true;
      this.#onReadable();
    };
    const source: Source = { fd, ifindex, isReadable: false, poll: pollReadable(fd, onReadable) };
    this.#sources.push(source);
    return source;
  }

  remove(source: Source): void {
    const place = this.#sources.indexOf(source);
    if (place < 0) return;
    this.#sources.splice(place, 1);
    source.poll.close();
    libc.close(source.fd);
  }

  get hasReadable(): boolean {
    for (const source of this.#sources) if (source.isReadable) return true;
    return false;
  }

  /** Reads from readable sources until they are empty or the slots are full; the number of good packets. */
  fill(): number {
    let used = 0;
    let good = 0;
    // PERF: behind a heap, whoever waits for this processor comes first: what they send then makes one heap, with one commit, not two.
    if (this.#lastUsed > 1) libc.schedYield();
    const { length } = this.#sources;
    const first = this.#first;
    for (let turn = 0; turn < length && used < slotsMax; turn++) {
      const place = (first + turn) % length;
      const source = this.#sources[place] as Source;
      if (!source.isReadable) continue;
      const count = this.#frames.receive(source.fd, used, slotsMax);
      // PERF: asked again after each commit until it is empty, which spares small batches a pass of the event loop.
      if (count <= 0) source.isReadable = false;
      for (let slot = used; slot < used + count; slot++) if (this.#accept(slot, source.ifindex)) this.packets[good++] = this.#slotPackets[slot] as PacketIn;
      if (count > 0) used += count;
      if (used === slotsMax) this.#first = (place + 1) % length;
    }
    this.#lastUsed = used;
    return good;
  }

  /** Checks what lies in a slot and fills its PacketIn. */
  #accept(slot: number, ifindex: number): boolean {
    const frameCheck = this.#isUdp ? this.#readDatagram(slot) : this.#readPacket(slot, ifindex);
    if (frameCheck !== 'ok') {
      this.countDrop(frameCheck);
      return false;
    }
    const packet = this.#slotPackets[slot] as PacketIn;
    packet.source = this.#frame.source;
    packet.sourcePort = this.#frame.sourcePort;
    packet.destination = this.#frame.destination;
    const check = packet.view.check(this.#frame.size, this.#frame.start - slot * slotSize);
    if (check === 'ok' || check === 'bootp') return true;
    this.countDrop(check);
    return false;
  }

  #readPacket(slot: number, ifindex: number): FrameCheck {
    const frames = this.#frames;
    const size = frames.size(slot);
    let auxStatus = 0;
    let vlanTci = 0;
    const control = frames.controlAt(slot);
    // One control message at most: the only one we asked for.
    if (frames.controlLength(slot) > controlHeaderSize && frames.controls.words[(control >> 2) + 3] === PACKET_AUXDATA) {
      auxStatus = frames.controls.words[(control + controlHeaderSize) >> 2] ?? 0;
      vlanTci = frames.controls.view.getUint16(control + controlHeaderSize + 16, true);
    }
    const packet = this.#slotPackets[slot] as PacketIn;
    packet.ifindex = ifindex;
    return parseUdpFrame(frames.data.view, slot * slotSize, size, auxStatus, vlanTci, this.#frame);
  }

  /** UDP fallback: the kernel has checked everything; names and control messages tell the rest. */
  #readDatagram(slot: number): 'ok' {
    const { names, controls } = this.#frames;
    const name = this.#frames.nameAt(slot);
    const control = this.#frames.controlAt(slot);
    const packet = this.#slotPackets[slot] as PacketIn;
    const isInfo = controls.view.getUint32(control + 8, true) === SOL.ip && controls.view.getUint32(control + 12, true) === IP_PKTINFO;
    packet.ifindex = isInfo ? controls.view.getUint32(control + controlHeaderSize, true) : 0;
    this.#frame.destination = (isInfo ? controls.view.getUint32(control + controlHeaderSize + 8) : 0) as Ipv4;
    this.#frame.sourcePort = names.view.getUint16(name + 2);
    this.#frame.source = names.view.getUint32(name + 4) as Ipv4;
    this.#frame.start = slot * slotSize + udpFrameOverhead;
    this.#frame.size = this.#frames.size(slot);
    return 'ok';
  }

  countDrop(reason: DropReason): void {
    this.drops.set(reason, (this.drops.get(reason) ?? 0) + 1);
  }

  /** Stops hearing. */
  close(): void {
    for (const source of [...this.#sources]) this.remove(source);
  }
}
