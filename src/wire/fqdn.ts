// Option 81, the client's full name (RFC 4702): flags:u8 rcode1:u8 rcode2:u8 name. Which server updates DNS is policy.

import { ByteWriter } from '../std/bytes.ts';
import type { Labels } from './domain-name.ts';
import { encodeLabels, labelSizeMax, nameSizeMax } from './domain-name.ts';

/** Bits of the flags octet (RFC 4702 §2.1). */
export const fqdnFlag = {
  /** S: the server should update (client), or does (server). */
  server: 1,
  /** O: the server overrode the client's wish; servers only. */
  override: 2,
  /** E: the name is in DNS form; otherwise text, as older clients send it. */
  encoded: 4,
  /** N: the server should not update at all (client), or does not (server). */
  noUpdate: 8,
} as const;

export interface Fqdn {
  readonly flags: number;
  /** Meaningless in requests, 255 in replies. */
  readonly rcode1: number;
  readonly rcode2: number;
  /** First the host, then its domain; empty when the client leaves the name to the server. */
  readonly labels: Labels;
  /** The name was closed by the root label, or by a dot in its text form. */
  readonly isQualified: boolean;
}

const headSize = 3;
const dot = 46;

/** undefined when it is shorter than 3 bytes, or a label is empty, too long, or runs past the end: then it counts as absent. */
export function decodeFqdn(bytes: Uint8Array, at: number, length: number): Fqdn | undefined {
  if (length < headSize) return undefined;
  const flags = bytes[at] ?? 0;
  const name = bytes.subarray(at + headSize, at + length);
  const read = (flags & fqdnFlag.encoded) === 0 ? fromText(name) : fromLabels(name);
  return read && { flags, rcode1: bytes[at + 1] ?? 0, rcode2: bytes[at + 2] ?? 0, ...read };
}

type Name = Pick<Fqdn, 'labels' | 'isQualified'>;

/** A partial name has no root label at its end (RFC 4702 §2.3.1); compression is not allowed. */
function fromLabels(bytes: Uint8Array): Name | undefined {
  const labels: Uint8Array[] = [];
  if (bytes.length > nameSizeMax) return undefined;
  for (let at = 0; at < bytes.length; ) {
    const size = bytes[at] ?? 0;
    if (size === 0) return { labels, isQualified: true };
    if (size > labelSizeMax || at + 1 + size > bytes.length) return undefined;
    labels.push(bytes.slice(at + 1, at + 1 + size));
    at += 1 + size;
  }
  return { labels, isQualified: false };
}

/** Text up to a NUL, split at dots; nothing is an escape here. */
function fromText(bytes: Uint8Array): Name | undefined {
  const end = bytes.indexOf(0);
  const text = end < 0 ? bytes : bytes.subarray(0, end);
  const isQualified = text.length > 0 && text[text.length - 1] === dot;
  const labels: Uint8Array[] = [];
  for (let from = 0; from < text.length; ) {
    const next = text.indexOf(dot, from);
    const to = next < 0 ? text.length : next;
    if (to === from || to - from > labelSizeMax) return undefined;
    labels.push(text.slice(from, to));
    from = to + 1;
  }
  return text.length >= nameSizeMax ? undefined : { labels, isQualified };
}

/** The value of option 81, in the form that its E bit says. */
export function encodeFqdn(fqdn: Fqdn): Uint8Array {
  const out = new ByteWriter(64);
  out.u8(fqdn.flags);
  out.u8(fqdn.rcode1);
  out.u8(fqdn.rcode2);
  if ((fqdn.flags & fqdnFlag.encoded) !== 0) {
    const name = encodeLabels(fqdn.labels);
    out.raw(fqdn.isQualified ? name : name.subarray(0, name.length - 1));
    return out.copy();
  }
  for (const [index, label] of fqdn.labels.entries()) {
    if (index > 0) out.u8(dot);
    out.raw(label);
  }
  if (fqdn.isQualified && fqdn.labels.length > 0) out.u8(dot);
  return out.copy();
}
