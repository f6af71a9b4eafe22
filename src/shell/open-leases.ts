// Opening the lease file: made with its directory when it is not there, read, and cut to what is believed.

import type { UnixSeconds } from '../std/time.ts';
import type { ServerConfig } from '../model/server-config.ts';
import { journalFormat } from '../lease/journal-group.ts';
import { LeaseStore } from '../lease/lease-store.ts';
import { describeProblem, replay, type ReplayReport } from '../lease/replay.ts';
import { writeHeader } from '../lease/snapshot.ts';
import { ByteWriter } from '../std/bytes.ts';
import type { DiskPort } from './disk-port.ts';
import { directoryOf, Journal } from './journal.ts';

export interface OpenedLeases {
  readonly store: LeaseStore;
  readonly journal: Journal;
  readonly report: ReplayReport;
  readonly isNew: boolean;
}

/** A file from another network can hold a million of them: the first ones tell enough. */
const problemsToldMax = 20;

/** What is wrong with the file, a line each. */
export function problemLines({ problems, problemCount }: ReplayReport): string[] {
  const lines = problems.slice(0, problemsToldMax).map(describeProblem);
  const untold = problemCount - lines.length;
  return untold === 0 ? lines : [...lines, `${untold} more problems in the lease file`];
}

/** Throws what the disk throws: a server that cannot read its leases must not guess. */
export function openLeases(disk: DiskPort, path: string, config: ServerConfig, wall: UnixSeconds, seed: number, version: string): OpenedLeases {
  const isNew = !disk.exists(path);
  if (isNew) {
    disk.makeDirectory(directoryOf(path));
    createEmpty(disk, path, version);
  }
  const store = new LeaseStore(config, seed);
  const file = disk.openRead(path);
  const size = disk.size(file);
  const report = replay((into, position) => disk.read(file, into, position), size, store, wall);
  disk.close(file);
  if (report.goodSize < size || report.isLineOpen) cut(disk, path, report);
  return { store, journal: new Journal(disk, path, journalFormat, report.sequence), report, isNew };
}

function createEmpty(disk: DiskPort, path: string, version: string): void {
  const header = new ByteWriter(1024);
  writeHeader(header, version);
  const file = disk.openNew(path);
  disk.write(file, header.bytes, 0, header.size);
  disk.fdatasync(file);
  disk.close(file);
  disk.fsyncDirectory(directoryOf(path));
}

const lineFeed = Uint8Array.of(10);

function cut(disk: DiskPort, path: string, { goodSize, isLineOpen }: ReplayReport): void {
  const file = disk.openAppend(path);
  disk.ftruncate(file, goodSize);
  if (isLineOpen) disk.write(file, lineFeed, 0, 1);
  disk.fdatasync(file);
  disk.close(file);
}
