// Makes inputs from inputs, by seed: bits, numbers at the edges, pieces moved, lengths made to lie.

import type { Prng } from '../../src/std/prng.ts';

const edges8 = [0, 1, 2, 3, 4, 5, 16, 17, 63, 64, 127, 128, 192, 254, 255] as const;
const edges16 = [0, 1, 12, 255, 256, 575, 576, 1500, 2048, 2049, 0x7fff, 0x8000, 0xf000, 0xffff] as const;
const edges32 = [0, 1, 0x7fffffff, 0x80000000, 0xfffffff3, 0xffffffff, 0x63825363] as const;

type Mutation = (bytes: Uint8Array, prng: Prng, other: Uint8Array) => Uint8Array;

const somewhere = (bytes: Uint8Array, prng: Prng): number => prng.below(bytes.length + 1);
function piece(bytes: Uint8Array, prng: Prng): Uint8Array {
  const from = somewhere(bytes, prng);
  return bytes.subarray(from, from + 1 + prng.below(32));
}
function insert(bytes: Uint8Array, at: number, part: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length + part.length);
  out.set(bytes.subarray(0, at));
  out.set(part, at);
  out.set(bytes.subarray(at), at + part.length);
  return out;
}
function overwrite(bytes: Uint8Array, at: number, value: number, size: number): Uint8Array {
  const out = bytes.slice();
  for (let i = 0; i < size && at + i < out.length; i++) out[at + i] = Math.floor(value / 256 ** (size - 1 - i)) & 255;
  return out;
}

const mutations: readonly Mutation[] = [
  (bytes, prng) => {
    const out = bytes.slice();
    const at = prng.below(out.length || 1);
    if (out.length > 0) out[at] = (out[at] ?? 0) ^ (1 << prng.below(8));
    return out;
  },
  (bytes, prng) => overwrite(bytes, somewhere(bytes, prng), prng.below(256), 1),
  (bytes, prng) => overwrite(bytes, somewhere(bytes, prng), prng.pick(edges8), 1),
  (bytes, prng) => overwrite(bytes, somewhere(bytes, prng), prng.pick(edges16), 2),
  (bytes, prng) => overwrite(bytes, somewhere(bytes, prng), prng.pick(edges32), 4),
  // One more or one less: lengths that almost fit.
  (bytes, prng) => {
    const at = prng.below(bytes.length || 1);
    return overwrite(bytes, at, ((bytes[at] ?? 0) + (prng.chance(0.5) ? 1 : 255)) & 255, 1);
  },
  (bytes, prng) => insert(bytes, somewhere(bytes, prng), piece(bytes, prng)),
  (bytes, prng, other) => insert(bytes, somewhere(bytes, prng), piece(other, prng)),
  (bytes, prng) => {
    const from = somewhere(bytes, prng);
    return insert(bytes.subarray(0, from), from, bytes.subarray(from + 1 + prng.below(16)));
  },
  (bytes, prng) => bytes.slice(0, somewhere(bytes, prng)),
  (bytes, prng, other) => insert(bytes.subarray(0, somewhere(bytes, prng)), 0, other.subarray(somewhere(other, prng))),
  (bytes, prng) => {
    const part = piece(bytes, prng);
    let out = bytes;
    for (let times = prng.below(64); times > 0; times--) out = insert(out, out.length, part);
    return out;
  },
];

/** A child of `parent`, with material of `other`, at most `sizeMax` bytes. */
export function mutate(parent: Uint8Array, other: Uint8Array, prng: Prng, sizeMax: number): Uint8Array {
  let bytes = parent;
  for (let steps = 1 + prng.below(5); steps > 0; steps--) bytes = prng.pick(mutations)(bytes, prng, other);
  return bytes.length > sizeMax ? bytes.slice(0, sizeMax) : bytes;
}

/** The smallest part of a failing input that still fails, found by leaving out pieces. */
export function shrink(input: Uint8Array, fails: (bytes: Uint8Array) => boolean): Uint8Array {
  let best = input;
  for (let size = Math.ceil(best.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < best.length; ) {
      const shorter = insert(best.subarray(0, at), at, best.subarray(at + size));
      if (shorter.length < best.length && fails(shorter)) best = shorter;
      else at += size;
    }
  }
  return best;
}
