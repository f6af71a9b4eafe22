// The lease file as journal (P1): one write and one fdatasync for a group of records, and rewriting
// the file in slices while it is being served. Everything is synchronous; no promise stands between step and commit.

import { ByteWriter } from '../std/bytes.ts';
import { assert } from '../std/assert.ts';
import { diskErrorCode, type DiskPort, type FileId } from './disk-port.ts';

/** How a group ends in the file: lease/journal-group.ts, or something simpler in tests. */
export interface GroupFormat {
  /** Appends what closes the group that began at byte `from` of the writer. */
  close(writer: ByteWriter, from: number, sequence: number): void;
}

/** Writes the whole state in slices (model/step.ts, `Node.snapshot`). */
export type Snapshot = (cursor: number, sizeWanted: number, out: ByteWriter) => number;

export type StorageFault = 'full' | 'write' | 'sync';

/** What a commit came to. `nothing`: there were no records. */
export type CommitResult = 'ok' | 'nothing' | StorageFault;

export type RewriteResult =
  | { readonly kind: 'more' }
  | { readonly kind: 'done'; readonly size: number; readonly backup: string | undefined }
  | { readonly kind: 'failed'; readonly detail: string; readonly fault: StorageFault };

interface Rewrite {
  readonly file: FileId;
  readonly path: string;
  readonly snapshot: Snapshot;
  cursor: number;
  size: number;
  unsyncedSize: number;
}

/** Bytes of records per slice: about a millisecond of work. */
const sliceSize = 256 * 1024;
/** One fsync at the end of 280 MB stalled commits for 109 ms; one each megabyte, 4 ms. */
const syncedEverySize = 1024 * 1024;

const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const faultOf = (code: string): StorageFault => (fullCodes.has(code) ? 'full' : 'write');

export class Journal {
  /** Records of the group being built; emptied by every commit. */
  readonly lane = new ByteWriter(64 * 1024);
  readonly path: string;
  /** Of the last failure, for people: `ENOSPC: /var/lib/dhcp/dhcpd.leases`. */
  detail = '';
  readonly #disk: DiskPort;
  readonly #format: GroupFormat;
  readonly #slice = new ByteWriter(sliceSize * 2);
  #file: FileId;
  #size: number;
  #sequence: number;
  #fault: StorageFault | undefined;
  #rewrite: Rewrite | undefined;

  /** The file exists and ends with a whole group; `sequence` is that of the last one. */
  constructor(disk: DiskPort, path: string, format: GroupFormat, sequence = 0) {
    this.#disk = disk;
    this.path = path;
    this.#format = format;
    this.#sequence = sequence;
    this.#file = disk.openAppend(path);
    this.#size = disk.size(this.#file);
  }

  /** `undefined` while groups can be committed. */
  get fault(): StorageFault | undefined {
    return this.#fault;
  }
  /** Bytes of the file that are known to be good. */
  get size(): number {
    return this.#size;
  }
  get isRewriting(): boolean {
    return this.#rewrite !== undefined;
  }
  /** Number of the last group. */
  get sequence(): number {
    return this.#sequence;
  }

  /**
   * Makes the lane durable and empties it. After anything but `ok` and `nothing` no group can be committed until
   * a rewrite succeeded; after `sync` never again in this process (a page whose write-back failed counts as clean,
   * so a second fdatasync would lie).
   */
  commit(): CommitResult {
    if (this.lane.size === 0) return 'nothing';
    this.#sequence++;
    this.#format.close(this.lane, 0, this.#sequence);
    const result = this.#fault ?? this.#append();
    // Also while the old file is at fault: a row may have changed after its slice was written.
    this.#mirror();
    this.lane.reset();
    return result;
  }

  #append(): 'ok' | StorageFault {
    const wanted = this.lane.size;
    try {
      const written = this.#disk.write(this.#file, this.lane.bytes, 0, wanted);
      if (written !== wanted) return this.#giveUp('full', `only ${written} of ${wanted} bytes were taken`);
    } catch (error) {
      const code = diskErrorCode(error);
      return this.#giveUp(faultOf(code), code);
    }
    try {
      this.#disk.fdatasync(this.#file);
    } catch (error) {
      return this.#fail('sync', diskErrorCode(error));
    }
    this.#size += wanted;
    return 'ok';
  }

  /** Takes a half group away again. Where even that fails, its missing end tells the next start to cut it off. */
  #giveUp(fault: StorageFault, detail: string): StorageFault {
    try {
      this.#disk.ftruncate(this.#file, this.#size);
    } catch {
      return this.#fail('write', `${detail}, and the half group could not be cut off`);
    }
    return this.#fail(fault, detail);
  }

  #fail(fault: StorageFault, detail: string): StorageFault {
    this.#fault = fault;
    this.detail = `${detail}: ${this.path}`;
    if (this.#rewrite !== undefined) this.#abandonRewrite();
    return fault;
  }

  /** A group written while the file is being rewritten goes to both files. */
  #mirror(): void {
    const rewrite = this.#rewrite;
    if (rewrite === undefined) return;
    try {
      this.#writeAll(rewrite, this.lane.bytes, this.lane.size);
    } catch {
      this.#abandonRewrite();
    }
  }

  #writeAll(rewrite: Rewrite, bytes: Uint8Array, size: number): void {
    if (size === 0) return;
    const written = this.#disk.write(rewrite.file, bytes, 0, size);
    if (written !== size) throw Object.assign(new Error('short write'), { code: 'ENOSPC' });
    rewrite.size += size;
    rewrite.unsyncedSize += size;
  }

  /** Begins a new file beside the old one; false when it cannot be made (detail says why). */
  startRewrite(snapshot: Snapshot, header: (out: ByteWriter) => void): boolean {
    assert(this.#rewrite === undefined, 'one rewrite runs at a time');
    assert(this.lane.size === 0, 'a rewrite starts between groups');
    if (this.#fault === 'sync') return false;
    const path = `${this.path}.new`;
    try {
      const file = this.#disk.openNew(path);
      this.#rewrite = { file, path, snapshot, cursor: 0, size: 0, unsyncedSize: 0 };
      this.#slice.reset();
      header(this.#slice);
      this.#writeAll(this.#rewrite, this.#slice.bytes, this.#slice.size);
      return true;
    } catch (error) {
      this.detail = `${diskErrorCode(error)}: ${path}`;
      if (this.#rewrite !== undefined) this.#abandonRewrite();
      return false;
    }
  }

  /** Writes the next slice, or puts the finished file in place. Call between commits. */
  rewriteSlice(): RewriteResult {
    const rewrite = this.#rewrite;
    if (rewrite === undefined) return { kind: 'failed', detail: this.detail, fault: this.#fault ?? 'write' };
    assert(this.lane.size === 0, 'a slice is taken between groups');
    try {
      if (rewrite.cursor >= 0) {
        this.#writeSlice(rewrite);
        return { kind: 'more' };
      }
      this.#disk.fdatasync(rewrite.file);
    } catch (error) {
      const code = diskErrorCode(error);
      this.#abandonRewrite();
      return { kind: 'failed', detail: `${code}: ${rewrite.path}`, fault: faultOf(code) };
    }
    return this.#install(rewrite);
  }

  #writeSlice(rewrite: Rewrite): void {
    this.#slice.reset();
    rewrite.cursor = rewrite.snapshot(rewrite.cursor, sliceSize, this.#slice);
    if (this.#slice.size > 0) {
      this.#sequence++;
      this.#format.close(this.#slice, 0, this.#sequence);
      this.#writeAll(rewrite, this.#slice.bytes, this.#slice.size);
    }
    if (rewrite.unsyncedSize < syncedEverySize) return;
    this.#disk.fdatasync(rewrite.file);
    rewrite.unsyncedSize = 0;
  }

  /** Keeps the old file as `leases~`, as dhcpd does, and swaps. Only the last step can leave us in doubt. */
  #install(rewrite: Rewrite): RewriteResult {
    const backup = this.#keepBackup();
    try {
      this.#disk.rename(rewrite.path, this.path);
    } catch (error) {
      this.#abandonRewrite();
      return { kind: 'failed', detail: `Can't install new lease database ${rewrite.path} to ${this.path}: ${diskErrorCode(error)}`, fault: 'write' };
    }
    this.#rewrite = undefined;
    try {
      this.#disk.fsyncDirectory(directoryOf(this.path));
    } catch (error) {
      // A crash could bring the old file back, without what would be appended from now on.
      this.#fail('sync', diskErrorCode(error));
      return { kind: 'failed', detail: this.detail, fault: 'sync' };
    }
    this.#quietly(() => this.#disk.close(this.#file));
    this.#file = rewrite.file;
    this.#size = rewrite.size;
    this.#fault = undefined;
    return { kind: 'done', size: rewrite.size, backup };
  }

  #keepBackup(): string | undefined {
    const backup = `${this.path}~`;
    try {
      if (this.#disk.exists(backup)) this.#disk.unlink(backup);
      this.#disk.link(this.path, backup);
      return backup;
    } catch {
      return undefined; // Not every file system has hard links; the swap itself is atomic without one.
    }
  }

  #abandonRewrite(): void {
    const rewrite = this.#rewrite;
    if (rewrite === undefined) return;
    this.#rewrite = undefined;
    this.#quietly(() => this.#disk.close(rewrite.file));
    this.#quietly(() => this.#disk.unlink(rewrite.path));
  }

  /** Whether a whole new file would fit beside the old one. */
  hasRoomToRewrite(): boolean {
    try {
      return this.#disk.freeBytes(directoryOf(this.path)) > this.#size + syncedEverySize;
    } catch {
      return false;
    }
  }

  close(): void {
    this.#abandonRewrite();
    this.#quietly(() => this.#disk.close(this.#file));
  }

  /** Tidying up after a failure: there is nothing left to do about a second one. */
  #quietly(run: () => void): void {
    try {
      run();
    } catch {}
  }
}

export const directoryOf = (path: string): string => {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '.' : slash === 0 ? '/' : path.slice(0, slash);
};
