// A disk that forgets: what was not synced may be gone after a crash, the last write may be torn, a name that was not
// synced with its directory may be the old one. It can run full, refuse writes and fail a sync.

import type { DiskPort, FileId } from '../../src/shell/disk-port.ts';
import type { Prng } from '../../src/std/prng.ts';

interface TwinFile {
  /** Everything written, as the running system sees it. */
  bytes: Uint8Array;
  size: number;
  /** Contents up to here survive a crash. */
  durableSize: number;
}

interface NameChange {
  readonly undo: () => void;
}

export const diskError = (code: string): Error => Object.assign(new Error(code), { code });

export class DiskTwin implements DiskPort {
  readonly #random: Prng;
  #names = new Map<string, TwinFile>();
  /** Changes of names since the last fsyncDirectory, oldest first. */
  #pendingNames: NameChange[] = [];
  #open = new Map<FileId, TwinFile>();
  #nextId = 3;
  /** Bytes that can still be written. */
  room = Infinity;
  /** The next write or sync fails with this code. */
  writeFault: string | undefined;
  syncFault: string | undefined;
  counters = { writes: 0, syncs: 0, torn: 0, forgotten: 0 };

  constructor(random: Prng) {
    this.#random = random;
  }

  /** Writes and syncs succeed. */
  get isSound(): boolean {
    return this.room === Infinity && this.writeFault === undefined && this.syncFault === undefined;
  }
  /** Contents as the running system sees them. */
  contents(path: string): Uint8Array {
    const file = this.#names.get(path);
    return file === undefined ? new Uint8Array(0) : file.bytes.slice(0, file.size);
  }
  /** What would certainly be there after a crash now, of a file whose name is durable. Valid until the next write. */
  durableContents(path: string): Uint8Array {
    const file = this.#names.get(path);
    return file === undefined ? new Uint8Array(0) : file.bytes.subarray(0, file.durableSize);
  }
  /** How many bytes those are. */
  durableSize(path: string): number {
    return this.#names.get(path)?.durableSize ?? 0;
  }
  /** Another object when the name leads to another file. */
  fileAt(path: string): object | undefined {
    return this.#names.get(path);
  }
  overwrite(path: string, bytes: Uint8Array): void {
    this.#names.set(path, { bytes: bytes.slice(), size: bytes.length, durableSize: bytes.length });
  }
  /** The machine stops here: unsynced bytes survive up to a random place, unsynced names up to a random change. */
  crash(): void {
    this.#open = new Map();
    const kept = this.#random.below(this.#pendingNames.length + 1);
    for (const change of this.#pendingNames.slice(kept).toReversed()) change.undo();
    this.#pendingNames = [];
    for (const file of this.#names.values()) {
      const lost = file.size - file.durableSize;
      if (lost <= 0) continue;
      const survived = this.#random.chance(0.3) ? 0 : this.#random.below(lost + 1);
      if (survived > 0 && survived < lost) this.counters.torn++;
      this.counters.forgotten += lost - survived;
      file.size = file.durableSize + survived;
      // Blocks that were allocated but never written back read as zeros.
      if (survived > 0 && this.#random.chance(0.1)) {
        const hole = file.durableSize + this.#random.below(survived);
        file.bytes.fill(0, hole, file.size);
      }
      file.durableSize = file.size;
    }
  }

  openAppend(path: string): FileId {
    return this.#openFile(this.#names.get(path) ?? this.#create(path));
  }
  openNew(path: string): FileId {
    return this.#openFile(this.#create(path));
  }
  openRead(path: string): FileId {
    const file = this.#names.get(path);
    if (file === undefined) throw diskError('ENOENT');
    return this.#openFile(file);
  }
  close(id: FileId): void {
    this.#open.delete(id);
  }
  write(id: FileId, bytes: Uint8Array, from: number, to: number): number {
    this.counters.writes++;
    if (this.writeFault !== undefined) throw diskError(this.writeFault);
    const file = this.#file(id);
    const taken = Math.min(to - from, this.room);
    if (taken <= 0 && to > from) throw diskError('ENOSPC');
    this.room -= taken;
    if (file.bytes.length < file.size + taken) {
      const grown = new Uint8Array(Math.max(file.bytes.length * 2, file.size + taken));
      grown.set(file.bytes.subarray(0, file.size));
      file.bytes = grown;
    }
    file.bytes.set(bytes.subarray(from, from + taken), file.size);
    file.size += taken;
    return taken;
  }
  read(id: FileId, bytes: Uint8Array, position: number): number {
    const file = this.#file(id);
    const part = file.bytes.subarray(position, Math.min(position + bytes.length, file.size));
    bytes.set(part);
    return part.length;
  }
  size(id: FileId): number {
    return this.#file(id).size;
  }
  fdatasync(id: FileId): void {
    this.counters.syncs++;
    const file = this.#file(id);
    if (this.syncFault !== undefined) {
      // What a failed write-back leaves: the pages count as clean, the bytes are gone after a crash.
      throw diskError(this.syncFault);
    }
    file.durableSize = file.size;
  }
  ftruncate(id: FileId, size: number): void {
    const file = this.#file(id);
    this.room += Math.max(file.size - size, 0);
    file.size = size;
    file.durableSize = Math.min(file.durableSize, size);
  }
  rename(from: string, to: string): void {
    const file = this.#names.get(from);
    if (file === undefined) throw diskError('ENOENT');
    const replaced = this.#names.get(to);
    this.#names.delete(from);
    this.#names.set(to, file);
    this.#pendingNames.push({
      undo: () => {
        this.#names.set(from, file);
        this.#restore(to, replaced);
      },
    });
  }
  link(from: string, to: string): void {
    const file = this.#names.get(from);
    if (file === undefined) throw diskError('ENOENT');
    if (this.#names.has(to)) throw diskError('EEXIST');
    this.#names.set(to, file);
    this.#pendingNames.push({ undo: () => void this.#names.delete(to) });
  }
  unlink(path: string): void {
    const file = this.#names.get(path);
    if (file === undefined) throw diskError('ENOENT');
    this.#names.delete(path);
    this.#pendingNames.push({ undo: () => void this.#names.set(path, file) });
  }
  exists(path: string): boolean {
    return this.#names.has(path);
  }
  makeDirectory(): void {}
  fsyncDirectory(): void {
    if (this.syncFault !== undefined) throw diskError(this.syncFault);
    this.#pendingNames = [];
  }
  freeBytes(): number {
    return this.room;
  }

  #openFile(file: TwinFile): FileId {
    this.#open.set(this.#nextId, file);
    return this.#nextId++;
  }
  #file(id: FileId): TwinFile {
    const file = this.#open.get(id);
    if (file === undefined) throw diskError('EBADF');
    return file;
  }
  #create(path: string): TwinFile {
    const replaced = this.#names.get(path);
    const file: TwinFile = { bytes: new Uint8Array(4096), size: 0, durableSize: 0 };
    this.#names.set(path, file);
    this.#pendingNames.push({ undo: () => this.#restore(path, replaced) });
    return file;
  }
  #restore(path: string, file: TwinFile | undefined): void {
    if (file === undefined) this.#names.delete(path);
    else this.#names.set(path, file);
  }
}
