import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderFailover } from './render-failover.ts';

const peer = {
  name: 'ha', role: 'primary', myState: 'communications-interrupted', mySince: 1795370934, partnerState: 'normal', partnerSince: 0,
  isConnected: false, software: 'leasehold/0.2', partnerSoftware: 'leasehold/0.1', notShared: [] as string[], evidence: null as unknown, isServing: true, why: 'serving everybody from its own addresses', next: 'bring the partner back',
  security: 'plain: the keys differ', certificates: null, drift: { name: 'ha', state: 'unknown', because: 'the partner is not connected', count: 0, isDangerous: false, differences: [] },
  mclt: 3600, skewSeconds: -2, clocks: { measuredHere: -2, measuredThere: 2, isSynced: true, partnerIsSynced: null }, syncUpdates: false, unconfirmedAcks: 0, bootFiles: '', updatesWaiting: 3, updatesUnacked: 0, hosts: { replication: 'on', waiting: 0, conflicts: 2 }, pools: [{ pool: 0, free: 26, backup: 25, active: 0 }],
};

test('a peer is a paragraph that begins with why it serves, or not', () => {
  assert.deepEqual(renderFailover([peer]), [
    'failover peer ha (primary)',
    '  serving everybody from its own addresses',
    '  next step    bring the partner back',
    '  this node    communications-interrupted since 2026-11-22T18:08:54Z',
    '  the partner  normal; not connected',
    '  secured      no, plain: the keys differ',
    '  agreement    not known: the partner is not connected',
    '  updates      3 waiting, 0 not acknowledged',
    "  clocks       the partner's is 2 s behind (measured here -2, there 2); NTP: this node synchronized, the partner unknown; MCLT 3600 s",
    '  hosts        in step on both nodes; 2 conflicts: leasehold hosts conflicts',
    '  pool  free  backup  active',
    '  0     26    25      0',
  ]);
});
test('a partner of another version: what is not used is named', () => {
  const lines = renderFailover([{ ...peer, isConnected: true, notShared: ['parcels', 'rules'] }]);
  assert.ok(lines.includes('  versions     this node leasehold/0.2, the partner leasehold/0.1: not used until both are the same: parcels, rules'), lines.join('\n'));
});
test('who was asked, when, and what was said', () => {
  const evidence = {
    fence: '/sbin/fence', witness: 'http://w:2379', witnessIs: 'good for both', claim: 'theirs', servesForSeconds: 17,
    findings: [{ who: 'the witness', at: 1795370934, said: 'the partner has the claim', counts: 'against' }],
  };
  const lines = renderFailover([{ ...peer, evidence }]);
  assert.deepEqual(lines.slice(6, 10), [
    '  witness      http://w:2379: good for both; the partner has the claim',
    '  fence        /sbin/fence',
    '    2026-11-22T18:08:54Z the witness: the partner has the claim (counts against a takeover)',
    '    pools are served for 17 s more, unless the witness gives this node the claim',
  ]);
});
test('without a peer it says so', () => {
  assert.deepEqual(renderFailover([]), ['no failover peer is configured: this node serves alone']);
});
