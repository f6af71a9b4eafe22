// A crash at any byte of any change over OMAPI leaves all of it or nothing: the lease file cut at every byte of the change's group.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteWriter, concatBytes } from '../../std/bytes.ts';
import type { UnixSeconds } from '../../std/time.ts';
import { closeGroup } from '../../lease/journal-group.ts';
import { LeaseStore } from '../../lease/lease-store.ts';
import { replayBytes } from '../../lease/replay.ts';
import { writeHeader } from '../../lease/snapshot.ts';
import { OmapiBench, type OmapiClient } from './testing.ts';

const mac = (last: number): Uint8Array => Uint8Array.of(2, 0xbb, 0, 0, 0, last);
const made = { name: 'h', 'hardware-address': mac(1), 'hardware-type': 1, 'ip-address': Uint8Array.of(10, 0, 0, 20), statements: 'filename "a"; next-server 10.0.0.1;' };
const opened = (client: OmapiClient, type: string, fields: Readonly<Record<string, Uint8Array | string>>): number => client.open(type, fields)?.handle ?? 0;

const changes: readonly { readonly id: string; readonly run: (client: OmapiClient) => void }[] = [
  { id: 'a host is made', run: (client) => client.create('host', made) },
  { id: 'its address changes', run: (client) => client.update(opened(client, 'host', { name: 'h' }), { 'ip-address': Uint8Array.of(10, 0, 0, 21, 10, 0, 0, 22) }) },
  { id: 'a host of dhcpd.conf changes', run: (client) => client.update(opened(client, 'host', { name: 'st' }), { 'ip-address': Uint8Array.of(10, 0, 0, 8) }) },
  { id: 'a group is made', run: (client) => client.create('group', { name: 'q', statements: 'option domain-name "q";' }) },
  { id: 'a host joins it', run: (client) => client.create('host', { ...made, name: 'h2', 'hardware-address': mac(2), statements: 'filename "b";', group: 'q' }) },
  { id: 'a lease is reserved and noted upon', run: (client) => client.update(opened(client, 'lease', { 'ip-address': Uint8Array.of(10, 0, 0, 110) }), { flags: Uint8Array.of(4), note: 'x' }) },
  { id: 'a class is made', run: (client) => client.create('class', { name: 'dyn', match: 'hardware', group: 'q' }) },
  { id: 'a subclass of it', run: (client) => client.create('subclass', { name: 'dyn', hashstring: Uint8Array.of(1, 2, 3) }) },
  { id: 'the class goes, its subclass with it', run: (client) => client.remove(opened(client, 'class', { name: 'dyn' })) },
  { id: 'the group goes', run: (client) => client.remove(opened(client, 'group', { name: 'q' })) },
  { id: 'the host goes', run: (client) => client.remove(opened(client, 'host', { name: 'h' })) },
  { id: 'a host of dhcpd.conf goes', run: (client) => client.remove(opened(client, 'host', { name: 'st' })) },
];

/** Everything that OMAPI can change, as text. */
function stateOf(file: Uint8Array, { store: { config } }: OmapiBench): string {
  const store = new LeaseStore(config);
  replayBytes(file, store, 1_700_000_000 as UnixSeconds);
  const out = new ByteWriter();
  for (let cursor = 0; cursor >= 0; ) cursor = store.snapshot(cursor, 100_000, out);
  return String.fromCharCode(...out.view());
}

test('every change, cut at every byte', () => {
  const bench = new OmapiBench();
  const client = bench.signedIn();
  const header = new ByteWriter();
  writeHeader(header, 'test');
  let file = header.copy();
  let sequence = 0;
  for (const { id, run } of changes) {
    bench.journal.reset();
    run(client);
    assert.ok(bench.journal.size > 0, `${id}: something is written`);
    closeGroup(bench.journal, 0, ++sequence);
    const group = bench.journal.copy();
    const [before, after] = [stateOf(file, bench), stateOf(concatBytes(file, group), bench)];
    assert.notEqual(after, before, id);
    for (let cut = 0; cut < group.length; cut++) {
      const state = stateOf(concatBytes(file, group.subarray(0, cut)), bench);
      // Without its last line feed the closing line is whole.
      assert.ok(state === before || (cut === group.length - 1 && state === after), `${id}, cut at byte ${cut} of ${group.length}`);
    }
    file = concatBytes(file, group);
  }
});
