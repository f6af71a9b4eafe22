// Rewriting the lease file in slices (dhcpd-leases reference §7).

import type { ByteWriter } from '../std/bytes.ts';
import { InvariantError } from '../std/assert.ts';
import type { LeaseStore } from './lease-store.ts';

export function snapshotSlice(_store: LeaseStore, _cursor: number, _sizeWanted: number, _out: ByteWriter): number {
  throw new InvariantError('snapshot is being written');
}
