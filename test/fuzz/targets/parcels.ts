// Fuzz targets of what a partner on the secured connection may send about hosts and contacts: nothing crashes, and what is taken can be
// written down and read again as the same.

import { ByteWriter, bytesEqual } from '../../../src/std/bytes.ts';
import type { UnixSeconds } from '../../../src/std/time.ts';
import { LeaseStore } from '../../../src/lease/lease-store.ts';
import { replayBytes } from '../../../src/lease/replay.ts';
import { testConfig } from '../../../src/lease/testing.ts';
import { decodeContactParcel, writeWireContact, writeWireDetails } from '../../../src/wire/contact-parcel.ts';
import { beginHosts, decodeHostParcel, encodeHostSums, encodeHostsTaken, writeHost, type WireHost } from '../../../src/wire/host-parcel.ts';
import { must, type FuzzTarget } from '../target.ts';

const config = testConfig({ pools: [], hosts: [{ name: 'known', hardware: '02:00:00:00:00:07' }] });
const wall = 1_800_000_000 as UnixSeconds;
const dot = (at: number, origin = 's00000002') => ({ origin, at });

const host = (name: string, body: string, at = 9): WireHost => ({
  name, seen: [dot(at), dot(3, 'p00000001')],
  written: [{ dot: dot(at), beside: ['other'], text: `host ${name} {\n  dynamic;\n${body}}\n` }, { dot: dot(3, 'p00000001'), beside: [], text: '' }],
});
function hostsParcel(...hosts: readonly WireHost[]): Uint8Array {
  const out = new ByteWriter();
  beginHosts(out, 7);
  for (const one of hosts) writeHost(out, one);
  return out.copy();
}
const hostSeeds = (): Uint8Array[] => [
  encodeHostSums(Uint32Array.of(1, 2, 3, 0xffffffff)),
  encodeHostsTaken(12),
  hostsParcel(host('a', '  hardware ethernet 02:00:00:00:00:01;\n  fixed-address 10.0.0.1,name.example;\n')),
  hostsParcel(host('a', '  uid "x\\001y";\n  group "g";\n        supersede server.filename = "px";\n'), host('b', '  deleted;\n')),
  hostsParcel(host('known', '        if known { option host-name "x"; }\n        on commit { execute("a"); }\n')),
];

/** What the file says afterwards is what is held. */
function runHosts(input: Uint8Array): string {
  const parcel = decodeHostParcel(input);
  if (parcel === undefined) return 'refused';
  if (parcel.kind !== 'hosts') return parcel.kind;
  const again = new ByteWriter();
  beginHosts(again, parcel.batch);
  for (const one of parcel.hosts) writeHost(again, one);
  must(bytesEqual(again.copy(), input), 'what was read is written the same');
  const store = new LeaseStore(config);
  store.settle();
  const sink = { journal: new ByteWriter(), found: () => {} };
  store.replicated.enableAs('p00000001', sink);
  const taken = parcel.hosts.filter((one) => store.replicated.receive(one.name, one, sink, () => {})).length;
  const reread = new LeaseStore(config);
  const { problems } = replayBytes(sink.journal.copy(), reread, wall);
  // A statement that the configuration does not know is kept and told, whoever wrote it.
  must(problems.every(({ code }) => code === 'unknown-statement'), `the journal is whole: ${JSON.stringify(problems)}`);
  must(store.replicated.digests().join() === reread.replicated.digests().join(), 'the journal says what is held');
  must(store.hosts.count === reread.hosts.count, 'the same hosts are in force');
  return `taken ${Math.min(taken, 3)} of ${Math.min(parcel.hosts.length, 3)}, ${problems.length > 0 ? 'unknown' : 'known'}`;
}

function contactSeeds(): Uint8Array[] {
  const out = new ByteWriter();
  const mac = Uint8Array.of(2, 0, 0, 0, 0, 1);
  writeWireContact(out, { kind: 'contact', address: 0x0a000001, at: wall, ends: wall + 60, htype: 1, mac, host: 'a', stage: 3, vendorClass: Uint8Array.of(80, 88, 69), userClass: Uint8Array.of(4, 105, 80, 88, 69) });
  const variables = [{ name: 'vendor-class-identifier', type: 0, value: Uint8Array.of(97) }, { name: 'n', type: 1, value: new Uint8Array(4) }];
  writeWireDetails(out, { kind: 'details', address: 0x0a000002, at: wall, htype: 1, mac, hostname: Uint8Array.of(97), agentOptions: Uint8Array.of(1, 1, 7), variables });
  return [out.copy(), new Uint8Array(0)];
}
function runContacts(input: Uint8Array): string {
  const items = decodeContactParcel(input);
  if (items === undefined) return 'refused';
  const again = new ByteWriter();
  for (const item of items)
    if (item.kind === 'contact') writeWireContact(again, item);
    else writeWireDetails(again, item);
  must(bytesEqual(again.copy(), input), 'what was read is written the same');
  return `${Math.min(items.length, 4)} ${items[0]?.kind ?? 'nothing'}`;
}

export const targets: readonly FuzzTarget[] = [
  { name: 'host-parcel', seeds: hostSeeds, sizeMax: 4096, run: runHosts },
  { name: 'contact-parcel', seeds: contactSeeds, sizeMax: 4096, run: runContacts },
];
