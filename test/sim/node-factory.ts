// How a simulated machine makes its core: the production replay, store and node.

import { LeaseStore } from '../../src/lease/lease-store.ts';
import { journalFormat } from '../../src/lease/journal-group.ts';
import { replayBytes } from '../../src/lease/replay.ts';
import { writeHeader } from '../../src/lease/snapshot.ts';
import { LeaseholdNode } from '../../src/node/node.ts';
import type { NodeFactory } from './sim-node.ts';

export const productionNode: NodeFactory = {
  groupFormat: journalFormat,
  header: (out) => writeHeader(out, 'simulation'),
  make(config, leases, seed, wall) {
    const store = new LeaseStore(config, seed);
    const report = replayBytes(leases, store, wall);
    return { node: new LeaseholdNode({ config, store, seed, secret: new Uint8Array(32).fill(seed & 255) }), sequence: report.sequence, goodSize: report.goodSize };
  },
};
