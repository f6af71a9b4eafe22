// The disk as the journal sees it: a few synchronous calls. The real one is real-disk.ts; its twin, which forgets
// unsynced bytes, tears writes and runs full, lives in test/sim.

/** An open file. Numbers are reused after `close`, as the kernel does. */
export type FileId = number;

/**
 * Every call may throw an error whose `code` is an errno name (`ENOSPC`, `EIO`, `EROFS`, `ENOENT`, …).
 * Nothing is durable before `fdatasync` of the file (contents) or `fsyncDirectory` (names) returned.
 */
export interface DiskPort {
  /** For appending: every write goes to the end of the file. A missing file is created with mode 0664 & umask. */
  openAppend(path: string): FileId;
  /** A new, empty file for appending; one that was there is truncated. */
  openNew(path: string): FileId;
  openRead(path: string): FileId;
  close(file: FileId): void;
  /** Appends bytes[from, to) with one write(2); returns how many were taken, which may be fewer. */
  write(file: FileId, bytes: Uint8Array, from: number, to: number): number;
  /** Reads up to bytes.length bytes at `position`; 0 at the end of the file. */
  read(file: FileId, bytes: Uint8Array, position: number): number;
  /** Size in bytes. */
  size(file: FileId): number;
  fdatasync(file: FileId): void;
  ftruncate(file: FileId, size: number): void;
  /** Replaces `to` when it exists. */
  rename(from: string, to: string): void;
  /** A hard link `to` on the file `from`; `to` must not exist. */
  link(from: string, to: string): void;
  unlink(path: string): void;
  exists(path: string): boolean;
  /** With all missing parents, mode 0755. */
  makeDirectory(path: string): void;
  fsyncDirectory(path: string): void;
  /** Bytes an unprivileged writer may still take on the file system that holds `path`. */
  freeBytes(path: string): number;
}

/** The errno name of anything a disk call threw. */
export const diskErrorCode = (error: unknown): string =>
  (error as { code?: unknown } | null)?.code === undefined
    ? 'UNKNOWN'
    : String((error as { code: unknown }).code);
