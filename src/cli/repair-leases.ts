// `leasehold leases repair` and `dhcpd -T`: a lease file read as every start reads it, without serving.

import type { UnixSeconds } from '../std/time.ts';
import { LeaseStore } from '../lease/lease-store.ts';
import { replay } from '../lease/replay.ts';
import { writeHeader } from '../lease/snapshot.ts';
import { diskErrorCode } from '../shell/disk-port.ts';
import { openLeases, problemLines } from '../shell/open-leases.ts';
import { realDisk } from '../shell/real-disk.ts';
import { leasePathDefault, type LoadForServing } from '../shell/settings.ts';
import { version } from '../shell/version.ts';

export interface LeaseFileResult {
  /** The file could be read, and rewritten where that was asked for. */
  readonly isGood: boolean;
  readonly lines: readonly string[];
}
type Load = (settings: { readonly configPath: string }) => LoadForServing;

const wallNow = (): UnixSeconds => Math.floor(Date.now() / 1000) as UnixSeconds;
const failed = (...lines: readonly string[]): LeaseFileResult => ({ isGood: false, lines });

const sentenceOf = (error: unknown, path: string): string =>
  diskErrorCode(error) === 'ELOCKED'
    ? `${path} is in use: stop the server first`
    : `${path}: ${(error as Error).message}`;

/** Rewrites the file with one record a lease, as dhcpd would; the file before stays as `leases~`. */
export function repairLeases(configPath: string, leasePath: string | undefined, load: Load): LeaseFileResult {
  const loaded = load({ configPath })();
  if (!loaded.ok) return failed(...loaded.error.lines);
  const { config } = loaded.value;
  const path = leasePath ?? config.settings.leaseFileName ?? leasePathDefault();
  if (!realDisk.exists(path)) return failed(`${path} is not there: nothing to repair`);
  try {
    const { store, journal, report } = openLeases(realDisk, path, config, wallNow(), 0, version);
    journal.startRewrite((cursor, size, out) => store.snapshot(cursor, size, out), (out) => writeHeader(out, version));
    let result = journal.rewriteSlice();
    while (result.kind === 'more') result = journal.rewriteSlice();
    journal.close();
    const problems = problemLines(report);
    if (result.kind === 'failed') return failed(...problems, result.detail);
    return { isGood: true, lines: [...problems, `${path}: ${report.leases} lease records read, ${result.size} bytes written`] };
  } catch (error) {
    return failed(sentenceOf(error, path));
  }
}

/** Reads the file and changes nothing. What is wrong inside it is told, and like dhcpd's test fails nothing. */
export function testLeases(configPath: string, leasePath: string, load: Load): LeaseFileResult {
  const loaded = load({ configPath })();
  if (!loaded.ok) return failed(...loaded.error.lines);
  const { config } = loaded.value;
  const path = config.settings.leaseFileName ?? leasePath;
  try {
    const file = realDisk.openRead(path);
    const read = (into: Uint8Array, position: number): number => realDisk.read(file, into, position);
    const report = replay(read, realDisk.size(file), new LeaseStore(config), wallNow());
    realDisk.close(file);
    return { isGood: true, lines: [...problemLines(report), `Lease file test successful: ${report.leases} lease records read from ${path}`] };
  } catch (error) {
    return failed(`Can't open lease database ${path}: ${(error as Error).message}`);
  }
}
