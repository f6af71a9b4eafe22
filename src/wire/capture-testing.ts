// Test support: capture files as tcpdump and Wireshark write them.

import { ByteWriter, concatBytes } from '../std/bytes.ts';

export interface PcapForm {
  readonly isLittle?: boolean;
  readonly isNano?: boolean;
  readonly linkType?: number;
  /** Bytes kept of each frame. */
  readonly snapLength?: number;
}

/** Numbers of 4 bytes, in either order. */
function words(isLittle: boolean, ...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setUint32(index * 4, value, isLittle);
  return bytes;
}

export function pcapOf(frames: readonly Uint8Array[], { isLittle = true, isNano = false, linkType = 1, snapLength = 262_144 }: PcapForm = {}): Uint8Array {
  const out = new ByteWriter();
  const version = isLittle ? 0x0004_0002 : 0x0002_0004;
  out.raw(words(isLittle, isNano ? 0xa1b23c4d : 0xa1b2c3d4, version, 0, 0, snapLength, linkType));
  for (const [index, frame] of frames.entries()) {
    const kept = frame.subarray(0, snapLength);
    out.raw(words(isLittle, 1_800_000_000 + index, index, kept.length, frame.length));
    out.raw(kept);
  }
  return out.copy();
}

/** A block of pcapng around its body, padded to 4 bytes. */
function block(isLittle: boolean, type: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = concatBytes(...parts);
  const padding = new Uint8Array((4 - (body.length % 4)) % 4);
  const size = 12 + body.length + padding.length;
  return concatBytes(words(isLittle, type, size), body, padding, words(isLittle, size));
}

/** `kind`: the block each frame goes into. */
export function pcapngOf(frames: readonly Uint8Array[], kind: 'enhanced' | 'simple' = 'enhanced', { isLittle = true, linkType = 1 }: PcapForm = {}): Uint8Array {
  const version = isLittle ? 1 : 0x0001_0000;
  const link = isLittle ? linkType : linkType * 0x10000;
  return concatBytes(
    block(isLittle, 0x0a0d0d0a, words(isLittle, 0x1a2b3c4d, version, 0xffffffff, 0xffffffff)),
    block(isLittle, 1, words(isLittle, link, 0)),
    block(isLittle, 5, words(isLittle, 0, 0, 0)),
    ...frames.map((frame) =>
      kind === 'simple'
        ? block(isLittle, 3, words(isLittle, frame.length), frame)
        : block(isLittle, 6, words(isLittle, 0, 0, 0, frame.length, frame.length), frame),
    ),
  );
}
