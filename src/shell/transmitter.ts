// A lane of frames onto the wire: raw ones with their headers written here, routed ones through the kernel.
// PERF: one sendmmsg per kind and lane.

import type { Ipv4 } from '../std/ipv4.ts';
import { buildUdpFrame, udpFrameOverhead } from '../wire/frames.ts';
import type { Addressing } from './addressing.ts';
import { errno, errnoName, AF, SOL } from './libc.ts';
import { SendBatch, slotSize } from './message-batch.ts';
import type { FrameSlot, Lane } from './send-lanes.ts';

const IP_PKTINFO = 8;
const packetNameSize = 20;
const internetNameSize = 16;
const controlSize = 32;
const noMac = new Uint8Array(6);
/** The ports of RFC 951, which the core speaks of. */
const bootps = 67;
const bootpc = 68;
const everyone = 0xffffffff;

/** Why a message could not be sent, told once per call of `send` and kind of failure. */
export type SendFailure = (detail: string, ifindex: number, size: number) => void;

export interface TransmitterOptions {
  /** Descriptor that sends frames, or -1: then raw frames are broadcast through UDP. */
  readonly frameFd: number;
  /** UDP socket bound to our port. */
  readonly routedFd: number;
  readonly addressing: Addressing;
  readonly onFailure: SendFailure;
}

/** Sends one lane; a lane has its own because its slots' addresses are written into the headers once. */
export class Transmitter {
  readonly #lane: Lane;
  readonly #options: TransmitterOptions;
  readonly #broadcast: Ipv4;
  readonly #raw: SendBatch;
  readonly #routed: SendBatch;
  /** Index of the frame behind message i of a batch, for failures. */
  readonly #rawFrames: Uint16Array;
  readonly #routedFrames: Uint16Array;
  /** Source MAC of each interface. */
  #macs: ReadonlyMap<number, Uint8Array> = new Map();

  constructor(lane: Lane, options: TransmitterOptions) {
    this.#lane = lane;
    this.#options = options;
    this.#broadcast = (options.addressing.broadcastAddress === 0 ? everyone : options.addressing.broadcastAddress) as Ipv4;
    const count = lane.frames.length;
    this.#raw = new SendBatch(count, lane.block, packetNameSize);
    this.#routed = new SendBatch(count, lane.block, internetNameSize);
    this.#rawFrames = new Uint16Array(count);
    this.#routedFrames = new Uint16Array(count);
    for (let i = 0; i < count; i++) {
      const packet = this.#raw.nameAt(i);
      this.#raw.names.view.setUint16(packet, AF.packet, true);
      this.#raw.names.view.setUint16(packet + 2, 0x0800);
      this.#raw.names.view.setUint8(packet + 11, 6);
      this.#routed.names.view.setUint16(this.#routed.nameAt(i), AF.inet, true);
      const control = this.#routed.controlAt(i);
      this.#routed.controls.view.setUint32(control, 16 + 12, true);
      this.#routed.controls.view.setUint32(control + 8, SOL.ip, true);
      this.#routed.controls.view.setUint32(control + 12, IP_PKTINFO, true);
    }
  }

  set macs(macs: ReadonlyMap<number, Uint8Array>) {
    this.#macs = macs;
  }

  /** Sends all frames of the lane, in order per kind. Frames the kernel refuses are lost, as on any network. */
  send(): void {
    const lane = this.#lane;
    if (lane.frameCount === 0) return;
    this.#raw.size = 0;
    this.#routed.size = 0;
    for (let i = 0; i < lane.frameCount; i++) {
      const frame = lane.frames[i] as FrameSlot;
      if (frame.size === 0) continue;
      if (frame.path === 'raw' && this.#options.frameFd >= 0) this.#addRaw(frame, i);
      else this.#addRouted(frame, i);
    }
    if (this.#raw.size > 0) this.#flush(this.#options.frameFd, this.#raw, this.#rawFrames);
    if (this.#routed.size > 0) this.#flush(this.#options.routedFd, this.#routed, this.#routedFrames);
  }

  /** A server that was moved to another port moves its clients and relays with it. */
  #portFor(port: number): number {
    if (port === bootpc) return this.#options.addressing.clientPort;
    return port === bootps ? this.#options.addressing.serverPort : port;
  }

  #addRaw(frame: FrameSlot, slot: number): void {
    const mac = this.#macs.get(frame.ifindex) ?? noMac;
    const destination = frame.destination === everyone ? this.#broadcast : frame.destination;
    const port = this.#portFor(frame.destinationPort);
    const size = buildUdpFrame(frame.frameBytes, frame.frameView, frame.size, mac, frame.mac, frame.source, this.#options.addressing.serverPort, destination, port);
    const i = this.#raw.add(slot * slotSize, size);
    this.#raw.names.words[(this.#raw.nameAt(i) >> 2) + 1] = frame.ifindex;
    this.#rawFrames[i] = slot;
  }

  #addRouted(frame: FrameSlot, slot: number): void {
    const isBroadcast = frame.path === 'raw';
    const i = this.#routed.add(slot * slotSize + udpFrameOverhead, frame.size, isBroadcast ? controlSize : 0);
    const name = this.#routed.nameAt(i);
    this.#routed.names.view.setUint16(name + 2, this.#portFor(frame.destinationPort));
    this.#routed.names.view.setUint32(name + 4, isBroadcast ? this.#broadcast : frame.destination);
    if (isBroadcast) this.#routed.controls.view.setUint32(this.#routed.controlAt(i) + 16, frame.ifindex, true);
    this.#routedFrames[i] = slot;
  }

  #flush(fd: number, batch: SendBatch, frames: Uint16Array): void {
    let at = 0;
    let lastErrno = 0;
    while (at < batch.size) {
      const sent = batch.send(fd, at);
      if (sent > 0) {
        at += sent;
        continue;
      }
      // The first of the rest was refused: it is skipped, the others still go.
      if (errno() !== lastErrno) this.#fail(frames[at] ?? 0);
      lastErrno = errno();
      at++;
    }
  }

  #fail(slot: number): void {
    const frame = this.#lane.frames[slot];
    this.#options.onFailure(errnoName(), frame?.ifindex ?? 0, frame?.size ?? 0);
  }
}
