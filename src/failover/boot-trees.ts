// Boot files on two Leasehold nodes: whether they are the same, which are not, and copying the partner's (topic `files`).
// Reading and writing is the shell's; here is who asks whom for what.

import { addMillis, never, type MonoMillis, type Now } from '../std/time.ts';
import type { Answer, Effects, RequestId } from '../model/step.ts';
import { bootPieceSizeMax, bootTreeFilesMax, type BootTreeFile } from '../model/boot-tree.ts';
import { digestOfTree, encodeFilesParcel, readFilesParcel, type FileEntry, type FilesParcel } from '../wire/failover-files.ts';
import type { Endpoint } from './endpoint.ts';
import { bootFilesDiffer, bootFilesEqual, bootFilesCopied } from './log-events.ts';
import type { Topic } from './parcels.ts';

/** A list is told in parcels of so many files. */
const filesPerParcel = 1_000;
/** The partner may have so many pieces asked for at once. */
const readsMax = 4;
/** A piece that does not come for so long does not come. */
const patienceMillis = 30_000;
const namedMax = 1_000;

type Tree = ReadonlyMap<string, BootTreeFile>;

export interface TreeDifference {
  /** Only the partner has them. */
  readonly missing: readonly string[];
  /** Other content here than there. */
  readonly different: readonly string[];
  /** Only this node has them. */
  readonly extra: readonly string[];
}

export function treeDifference(ours: Tree, theirs: Tree): TreeDifference {
  const names = (files: Tree, keep: (file: BootTreeFile) => boolean): string[] => [...files.values()].filter(keep).map(({ path }) => path).toSorted();
  return {
    missing: names(theirs, ({ path }) => !ours.has(path)),
    different: names(theirs, ({ path, digest }) => ours.has(path) && ours.get(path)?.digest !== digest),
    extra: names(ours, ({ path }) => !theirs.has(path)),
  };
}

/** Copying the partner's files to this node. */
interface Copying {
  readonly waiting: BootTreeFile[];
  readonly total: number;
  file: BootTreeFile | undefined;
  at: number;
  until: MonoMillis;
  isWriting: boolean;
  bytes: number;
  copied: number;
  readonly problems: { readonly path: string; readonly problem: string }[];
  /** Why it ended early; empty otherwise. */
  ended: string;
}

export class BootTrees implements Topic {
  readonly name = 'files';
  readonly needsSecurity = true;
  readonly #endpoint: Endpoint;
  readonly #nextRequestId: () => RequestId;
  /** undefined: this node serves no files, or does not know yet. */
  #ours: Tree | undefined;
  #theirs: Tree | undefined;
  #arriving: FileEntry[] = [];
  #said = '';
  #copying: Copying | undefined;
  readonly #reads = new Map<RequestId, { readonly path: string; readonly from: number }>();
  #write: RequestId | undefined;

  constructor(endpoint: Endpoint, nextRequestId: () => RequestId) {
    this.#endpoint = endpoint;
    this.#nextRequestId = nextRequestId;
  }

  get deadline(): MonoMillis {
    const copying = this.#copying;
    return copying?.file === undefined || copying.isWriting ? never : copying.until;
  }

  // ── What is there ──

  /** The shell has read the tree; undefined: no files are served any longer. */
  found(files: readonly BootTreeFile[] | undefined, now: Now, effects: Effects): void {
    this.#ours = files && treeOf(files);
    this.#summarize(now, effects);
    this.#compare(effects);
  }
  linkUp(now: Now, effects: Effects): void {
    this.#summarize(now, effects);
  }
  linkLost(): void {
    this.#theirs = undefined;
    this.#arriving = [];
    this.#reads.clear();
    this.#end('the connection to the partner was lost');
  }
  afterStep(): void {}

  #entries(): FileEntry[] {
    return [...(this.#ours?.values() ?? [])].map(({ path, size, digest }) => [path, size, digest] as const).toSorted(([a], [b]) => (a < b ? -1 : 1));
  }
  #summarize(now: Now, effects: Effects): void {
    if (this.#ours === undefined) return;
    this.#send({ kind: 'summary', count: this.#ours.size, digest: digestOfTree(this.#entries()) }, now, effects);
  }
  #send(parcel: FilesParcel, now: Now, effects: Effects): void {
    this.#endpoint.parcels.send(this, encodeFilesParcel(parcel), now, effects);
  }

  received(bytes: Uint8Array, now: Now, effects: Effects): void {
    const parcel = readFilesParcel(bytes);
    switch (parcel?.kind) {
      case 'summary': this.#onSummary(parcel, now, effects); break;
      case 'want-list': this.#sendList(now, effects); break;
      case 'list': this.#onList(parcel, effects); break;
      case 'read': this.#onRead(parcel, now, effects); break;
      case 'data': this.#onData(parcel, now, effects); break;
      case undefined: break;
    }
  }

  #onSummary({ digest }: Extract<FilesParcel, { kind: 'summary' }>, now: Now, effects: Effects): void {
    if (this.#ours !== undefined && digest === digestOfTree(this.#entries())) {
      this.#theirs = this.#ours;
      this.#compare(effects);
    } else this.#send({ kind: 'want-list' }, now, effects);
  }
  #sendList(now: Now, effects: Effects): void {
    const files = this.#entries();
    for (let from = 0; from === 0 || from < files.length; from += filesPerParcel) {
      const part = files.slice(from, from + filesPerParcel);
      this.#send({ kind: 'list', files: part, isLast: from + part.length >= files.length }, now, effects);
    }
  }
  #onList({ files, isLast }: Extract<FilesParcel, { kind: 'list' }>, effects: Effects): void {
    this.#arriving.push(...files.slice(0, bootTreeFilesMax - this.#arriving.length));
    if (!isLast) return;
    this.#theirs = treeOf(this.#arriving.splice(0).map(([path, size, digest]) => ({ path, size, digest })));
    this.#compare(effects);
  }

  get difference(): TreeDifference | undefined {
    return this.#ours === undefined || this.#theirs === undefined ? undefined : treeDifference(this.#ours, this.#theirs);
  }

  /** Each set of differences is told once. */
  #compare(effects: Effects): void {
    const { difference } = this;
    if (difference === undefined || this.#copying?.file !== undefined) return;
    const text = JSON.stringify(difference);
    if (text === this.#said) return;
    const wasDifferent = this.#said !== '';
    const { missing, different, extra } = difference;
    const isEqual = missing.length + different.length + extra.length === 0;
    this.#said = isEqual ? '' : text;
    const name = this.#endpoint.name;
    if (!isEqual) effects.log.event(bootFilesDiffer, { name, missing: missing.length, different: different.length, extra: extra.length, example: [...different, ...missing, ...extra][0] ?? '' });
    else if (wasDifferent) effects.log.event(bootFilesEqual, { name });
  }

  /** One line for people; empty where the files are not compared. */
  get summary(): string {
    const { difference } = this;
    if (difference === undefined) return '';
    const count = difference.missing.length + difference.different.length + difference.extra.length;
    return count === 0 ? `the same on both nodes (${this.#ours?.size ?? 0})` : `${count} differ between the two nodes: leasehold boot files`;
  }
  status(): Readonly<Record<string, unknown>> {
    const { difference } = this;
    const copying = this.#copying;
    return {
      compared: difference === undefined ? this.#whyNotCompared() : '',
      files: this.#ours?.size ?? 0,
      missing: difference?.missing.slice(0, namedMax) ?? [],
      different: difference?.different.slice(0, namedMax) ?? [],
      extra: difference?.extra.slice(0, namedMax) ?? [],
      copying: copying === undefined ? null : {
        isDone: copying.file === undefined, file: copying.file?.path ?? '', total: copying.total, copied: copying.copied, bytes: copying.bytes,
        problems: copying.problems, ended: copying.ended,
      },
    };
  }
  #whyNotCompared(): string {
    const { link, isLeaseholdPartner } = this.#endpoint;
    if (this.#ours === undefined) return 'this node serves no files, or has not read them yet';
    if (link === undefined) return 'the partner is not connected';
    if (!isLeaseholdPartner) return 'the partner is no Leasehold';
    return this.#endpoint.parcels.carries(this) ? 'the partner serves no files, or has not told them yet' : 'the connection is not secured';
  }

  // ── Copying ──

  /** Begins to copy what the partner has otherwise; the reason why not, or undefined. */
  copy(now: Now, effects: Effects): string | undefined {
    const { difference } = this;
    if (difference === undefined) return `the files of the two nodes are not compared: ${this.#whyNotCompared()}`;
    if (this.#copying?.file !== undefined) return 'files are being copied already: leasehold boot files shows how far it is';
    const waiting = [...difference.missing, ...difference.different].flatMap((path) => this.#theirs?.get(path) ?? []);
    this.#copying = { waiting, total: waiting.length, file: undefined, at: 0, until: never, isWriting: false, bytes: 0, copied: 0, problems: [], ended: '' };
    this.#nextFile(now, effects);
    return undefined;
  }

  #nextFile(now: Now, effects: Effects): void {
    const copying = this.#copying;
    if (copying === undefined) return;
    copying.file = copying.waiting.shift();
    copying.at = 0;
    if (copying.file !== undefined) this.#ask(copying, now, effects);
    else this.#finished(copying, effects);
  }
  #finished(copying: Copying, effects: Effects): void {
    const { copied, total, bytes, problems } = copying;
    effects.log.event(bootFilesCopied, { name: this.#endpoint.name, copied, total, bytes, problems: problems.length });
    effects.requests.push({ kind: 'boot-look' });
  }
  #ask(copying: Copying, now: Now, effects: Effects): void {
    const { file, at } = copying;
    if (file === undefined) return;
    copying.until = addMillis(now.mono, patienceMillis);
    this.#send({ kind: 'read', path: file.path, from: at, count: Math.min(file.size - at, bootPieceSizeMax) }, now, effects);
  }

  #onData({ path, from, problem, piece }: Extract<FilesParcel, { kind: 'data' }>, now: Now, effects: Effects): void {
    const copying = this.#copying;
    const file = copying?.file;
    if (copying === undefined || file === undefined || copying.isWriting || path !== file.path || from !== copying.at) return;
    const isComplete = piece.length === Math.min(file.size - from, bootPieceSizeMax);
    if (problem !== '' || !isComplete) this.#giveUp(copying, problem === '' ? 'it became shorter at the partner while it was copied' : problem, now, effects);
    else {
      copying.isWriting = true;
      this.#write = this.#nextRequestId();
      effects.requests.push({ kind: 'boot-write', id: this.#write, path, from, piece, size: file.size, digest: file.digest });
    }
  }
  #giveUp(copying: Copying, problem: string, now: Now, effects: Effects): void {
    copying.problems.push({ path: copying.file?.path ?? '', problem });
    this.#nextFile(now, effects);
  }
  #written(problem: string, now: Now, effects: Effects): void {
    const copying = this.#copying;
    const file = copying?.file;
    if (copying === undefined || file === undefined) return;
    copying.isWriting = false;
    if (problem !== '') {
      this.#giveUp(copying, problem, now, effects);
      return;
    }
    const size = Math.min(file.size - copying.at, bootPieceSizeMax);
    copying.at += size;
    copying.bytes += size;
    if (copying.at < file.size) this.#ask(copying, now, effects);
    else {
      copying.copied++;
      this.#nextFile(now, effects);
    }
  }
  #end(reason: string): void {
    const copying = this.#copying;
    if (copying?.file === undefined) return;
    copying.ended = reason;
    copying.file = undefined;
    copying.waiting.length = 0;
    this.#write = undefined;
  }
  tick(now: Now): void {
    if (this.deadline <= now.mono) this.#end(`the partner sent nothing for ${patienceMillis / 1000} s`);
  }

  // ── Giving ──

  /** Only what was listed is given, and only so much at once. */
  #onRead({ path, from, count }: Extract<FilesParcel, { kind: 'read' }>, now: Now, effects: Effects): void {
    const file = this.#ours?.get(path);
    const problem = file === undefined ? 'the partner does not have it any longer' : this.#reads.size >= readsMax ? 'too much is asked for at once' : '';
    if (problem !== '') {
      this.#send({ kind: 'data', path, from, problem, piece: new Uint8Array(0) }, now, effects);
      return;
    }
    const id = this.#nextRequestId();
    this.#reads.set(id, { path, from });
    effects.requests.push({ kind: 'boot-read', id, path, from, count: Math.min(count, bootPieceSizeMax) });
  }

  answer(request: RequestId, answer: Answer, now: Now, effects: Effects): boolean {
    if (answer.kind === 'boot-write' && request === this.#write) {
      this.#write = undefined;
      this.#written(answer.problem, now, effects);
      return true;
    }
    const read = answer.kind === 'boot-read' ? this.#reads.get(request) : undefined;
    if (read === undefined || answer.kind !== 'boot-read') return false;
    this.#reads.delete(request);
    this.#send({ kind: 'data', ...read, problem: answer.problem, piece: answer.piece }, now, effects);
    return true;
  }
}

const treeOf = (files: readonly BootTreeFile[]): Tree => new Map(files.map((file) => [file.path, file]));
