// Parcels about boot files (topic `files`): what is there, and pieces of it.
//
//   kind:u8  head size:u32  head: JSON  piece: the rest, of `data` only

import { createHash } from 'node:crypto';
import { ByteWriter } from '../std/bytes.ts';
import { jsonBytes, readJson } from './json-bytes.ts';

/** A file as it is told: path, bytes, SHA-256 in hex. */
export type FileEntry = readonly [path: string, size: number, digest: string];

export type FilesParcel =
  /** Of all files; `digest` over their list. */
  | { readonly kind: 'summary'; readonly count: number; readonly digest: string }
  | { readonly kind: 'want-list' }
  | { readonly kind: 'list'; readonly files: readonly FileEntry[]; readonly isLast: boolean }
  | { readonly kind: 'read'; readonly path: string; readonly from: number; readonly count: number }
  /** `problem`: why there is none; else empty. */
  | { readonly kind: 'data'; readonly path: string; readonly from: number; readonly problem: string; readonly piece: Uint8Array };

const kinds = ['summary', 'want-list', 'list', 'read', 'data'] as const;
const headAt = 5;

export function encodeFilesParcel(parcel: FilesParcel): Uint8Array {
  const { kind, ...rest } = parcel;
  const piece = parcel.kind === 'data' ? parcel.piece : undefined;
  const head = jsonBytes(piece === undefined ? rest : { ...rest, piece: undefined });
  const out = new ByteWriter(headAt + head.length + (piece?.length ?? 0));
  out.u8(kinds.indexOf(kind));
  out.u32(head.length);
  out.raw(head);
  if (piece !== undefined) out.raw(piece);
  return out.copy();
}

type Head = Readonly<Record<string, unknown>>;
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= 4096;
const isDigest = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isEntry = (value: unknown): value is FileEntry =>
  Array.isArray(value) && value.length === 3 && isText(value[0]) && isCount(value[1]) && isDigest(value[2]);

/** undefined for whatever is not ours. Paths are as the partner wrote them. */
export function readFilesParcel(bytes: Uint8Array): FilesParcel | undefined {
  const kind = kinds[bytes[0] ?? 255];
  if (kind === undefined || bytes.length < headAt) return undefined;
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
  const head = size > bytes.length - headAt ? undefined : headOf(bytes.subarray(headAt, headAt + size));
  return head && parcelOf(kind, head, bytes.subarray(headAt + size));
}

function headOf(bytes: Uint8Array): Head | undefined {
  const value = readJson(bytes);
  return typeof value === 'object' && value !== null ? (value as Head) : undefined;
}

function parcelOf(kind: FilesParcel['kind'], { count, digest, files, isLast, path, from, problem }: Head, piece: Uint8Array): FilesParcel | undefined {
  switch (kind) {
    case 'summary': return isCount(count) && isDigest(digest) ? { kind, count, digest } : undefined;
    case 'want-list': return { kind };
    case 'list': return Array.isArray(files) && files.every(isEntry) && typeof isLast === 'boolean' ? { kind, files, isLast } : undefined;
    case 'read': return isText(path) && isCount(from) && isCount(count) ? { kind, path, from, count } : undefined;
    case 'data': return isText(path) && isCount(from) && isText(problem) ? { kind, path, from, problem, piece } : undefined;
  }
}

/** Over a list in order of path: equal on two nodes whose trees are equal. */
export function digestOfTree(files: readonly FileEntry[]): string {
  const hash = createHash('sha256');
  for (const entry of files) hash.update(`${JSON.stringify(entry)}\n`);
  return hash.digest('hex');
}
