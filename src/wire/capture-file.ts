// Frames of a capture file: classic pcap in both byte orders, with microseconds or nanoseconds, and pcapng
// (draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng).
//
//   pcap    magic 4 · version 4 · zone 4 · figures 4 · snaplen 4 · link type 4 | time 8 · size 4 · size on the wire 4 · frame …
//   pcapng  blocks: type 4 · length 4 · body · length 4; an enhanced packet is 6: interface 4 · time 8 · sizes 4, 4 · frame

/** One frame of the file. The object is refilled: a visitor keeps nothing of it. */
export interface CapturedFrame {
  /** From 1, as Wireshark counts. */
  number: number;
  /** The registry of tcpdump.org: 1 is Ethernet. */
  linkType: number;
  /** Offset in the file, and bytes kept of the bytes that were on the wire. */
  start: number;
  size: number;
  sizeOnWire: number;
}

/** `not-a-capture`: no magic number of the two formats. `cut-short`: the file ends in a frame. `damaged`: a size that cannot be. */
export type CaptureEnd = { readonly code: 'end' } | { readonly code: 'not-a-capture' | 'cut-short' | 'damaged'; readonly at: number };

/** tcpdump's largest snapshot, bytes. */
const frameSizeMax = 262_144;
const end: CaptureEnd = { code: 'end' };
const pcapMagics: readonly number[] = [0xa1b2c3d4, 0xa1b23c4d];
const sectionBlock = 0x0a0d0d0a;
const byteOrderMagic = 0x1a2b3c4d;

/** Visits the frames in order until `visit` says true or the file ends. */
export function walkCapture(bytes: Uint8Array, visit: (frame: CapturedFrame) => boolean): CaptureEnd {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 24) return { code: 'not-a-capture', at: 0 };
  for (const isLittle of [true, false]) if (pcapMagics.includes(view.getUint32(0, isLittle))) return walkPcap(view, isLittle, visit);
  return view.getUint32(0) === sectionBlock ? walkPcapng(view, visit) : { code: 'not-a-capture', at: 0 };
}

function walkPcap(view: DataView, isLittle: boolean, visit: (frame: CapturedFrame) => boolean): CaptureEnd {
  // The upper bits tell of frame check sequences.
  const frame: CapturedFrame = { number: 0, linkType: view.getUint32(20, isLittle) & 0xffff, start: 0, size: 0, sizeOnWire: 0 };
  for (let at = 24; at < view.byteLength; at = frame.start + frame.size) {
    if (at + 16 > view.byteLength) return { code: 'cut-short', at };
    frame.number++;
    frame.start = at + 16;
    frame.size = view.getUint32(at + 8, isLittle);
    frame.sizeOnWire = view.getUint32(at + 12, isLittle);
    if (frame.size > frameSizeMax) return { code: 'damaged', at };
    if (frame.start + frame.size > view.byteLength) return { code: 'cut-short', at };
    if (visit(frame)) return end;
  }
  return end;
}

interface Link {
  readonly type: number;
  /** Bytes kept of each frame; 0 for all. */
  readonly snapLength: number;
}

function walkPcapng(view: DataView, visit: (frame: CapturedFrame) => boolean): CaptureEnd {
  const frame: CapturedFrame = { number: 0, linkType: 0, start: 0, size: 0, sizeOnWire: 0 };
  let links: Link[] = [];
  let isLittle = false;
  for (let at = 0; at < view.byteLength; ) {
    if (at + 12 > view.byteLength) return { code: 'cut-short', at };
    if (view.getUint32(at) === sectionBlock) {
      isLittle = view.getUint32(at + 8, true) === byteOrderMagic;
      if (!isLittle && view.getUint32(at + 8) !== byteOrderMagic) return { code: 'damaged', at };
      links = [];
    }
    const type = view.getUint32(at, isLittle);
    const size = view.getUint32(at + 4, isLittle);
    if (size < 12 || size % 4 !== 0) return { code: 'damaged', at };
    if (at + size > view.byteLength) return { code: 'cut-short', at };
    if (type === 1 && size >= 20) links.push({ type: view.getUint16(at + 8, isLittle), snapLength: view.getUint32(at + 12, isLittle) });
    if (isPacketBlock(type, size)) {
      if (!readPacketBlock(view, { at, type, size, isLittle }, links, frame)) return { code: 'damaged', at };
      if (visit(frame)) return end;
    }
    at += size;
  }
  return end;
}

/** Enhanced, simple and the old packet block, each with its head. */
const isPacketBlock = (type: number, size: number): boolean => ((type === 6 || type === 2) && size >= 32) || (type === 3 && size >= 16);

interface Block {
  readonly at: number;
  readonly type: number;
  readonly size: number;
  readonly isLittle: boolean;
}

/** False when the interface was not described, or the frame is larger than its block. */
function readPacketBlock(view: DataView, { at, type, size, isLittle }: Block, links: readonly Link[], frame: CapturedFrame): boolean {
  const link = links[type === 6 ? view.getUint32(at + 8, isLittle) : type === 2 ? view.getUint16(at + 8, isLittle) : 0];
  if (link === undefined) return false;
  frame.number++;
  frame.linkType = link.type;
  frame.start = at + (type === 3 ? 12 : 28);
  const room = at + size - 4 - frame.start;
  frame.sizeOnWire = view.getUint32(at + (type === 3 ? 8 : 24), isLittle);
  const kept = link.snapLength === 0 ? frame.sizeOnWire : Math.min(frame.sizeOnWire, link.snapLength);
  frame.size = type === 3 ? Math.min(kept, room) : view.getUint32(at + 20, isLittle);
  return frame.size <= room;
}
