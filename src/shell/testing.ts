// Test support of this room: a disk in memory with failures on demand.

import type { DiskPort, FileId } from './disk-port.ts';

interface MemoryFile {
  bytes: Uint8Array;
  /** Bytes that would survive a crash. */
  durableSize: number;
}

export const diskError = (code: string): Error => Object.assign(new Error(code), { code });

/** Set `failing` to make the next calls of that name throw; `room` bounds what can still be written. */
export class MemoryDisk implements DiskPort {
  readonly files = new Map<string, MemoryFile>();
  readonly failing = new Map<keyof DiskPort, string>();
  readonly calls: string[] = [];
  room = Infinity;
  readonly #open = new Map<FileId, MemoryFile>();
  #nextId = 3;

  text(path: string): string {
    return Buffer.from(this.files.get(path)?.bytes ?? []).toString('latin1');
  }
  #enter(name: keyof DiskPort, path = ''): void {
    this.calls.push(path === '' ? name : `${name} ${path}`);
    const code = this.failing.get(name);
    if (code !== undefined) throw diskError(code);
  }
  #openFile(path: string, make: boolean): FileId {
    let file = this.files.get(path);
    if (file === undefined) {
      if (!make) throw diskError('ENOENT');
      file = { bytes: new Uint8Array(0), durableSize: 0 };
      this.files.set(path, file);
    }
    this.#open.set(this.#nextId, file);
    return this.#nextId++;
  }
  #file(id: FileId): MemoryFile {
    const file = this.#open.get(id);
    if (file === undefined) throw diskError('EBADF');
    return file;
  }
  openAppend(path: string): FileId {
    this.#enter('openAppend', path);
    return this.#openFile(path, true);
  }
  openNew(path: string): FileId {
    this.#enter('openNew', path);
    this.files.delete(path);
    return this.#openFile(path, true);
  }
  openRead(path: string): FileId {
    this.#enter('openRead', path);
    return this.#openFile(path, false);
  }
  close(file: FileId): void {
    this.#open.delete(file);
  }
  write(id: FileId, bytes: Uint8Array, from: number, to: number): number {
    this.#enter('write');
    const file = this.#file(id);
    const taken = Math.min(to - from, this.room);
    if (taken <= 0) throw diskError('ENOSPC');
    this.room -= taken;
    const grown = new Uint8Array(file.bytes.length + taken);
    grown.set(file.bytes);
    grown.set(bytes.subarray(from, from + taken), file.bytes.length);
    file.bytes = grown;
    return taken;
  }
  read(id: FileId, bytes: Uint8Array, position: number): number {
    this.#enter('read');
    const part = this.#file(id).bytes.subarray(position, position + bytes.length);
    bytes.set(part);
    return part.length;
  }
  size(id: FileId): number {
    return this.#file(id).bytes.length;
  }
  fdatasync(id: FileId): void {
    this.#enter('fdatasync');
    const file = this.#file(id);
    file.durableSize = file.bytes.length;
  }
  ftruncate(id: FileId, size: number): void {
    this.#enter('ftruncate');
    const file = this.#file(id);
    this.room += file.bytes.length - size;
    file.bytes = file.bytes.slice(0, size);
    file.durableSize = Math.min(file.durableSize, size);
  }
  rename(from: string, to: string): void {
    this.#enter('rename');
    const file = this.files.get(from);
    if (file === undefined) throw diskError('ENOENT');
    this.files.delete(from);
    this.files.set(to, file);
  }
  link(from: string, to: string): void {
    this.#enter('link');
    const file = this.files.get(from);
    if (file === undefined) throw diskError('ENOENT');
    if (this.files.has(to)) throw diskError('EEXIST');
    this.files.set(to, file);
  }
  unlink(path: string): void {
    this.#enter('unlink', path);
    if (!this.files.delete(path)) throw diskError('ENOENT');
  }
  exists(path: string): boolean {
    return this.files.has(path);
  }
  makeDirectory(path: string): void {
    this.#enter('makeDirectory', path);
  }
  fsyncDirectory(path: string): void {
    this.#enter('fsyncDirectory', path);
  }
  freeBytes(): number {
    return this.room;
  }
}
