// Fuzz targets of OMAPI: whole connections to a node, from somebody who needs no key and from somebody who has none.

import { ByteWriter, concatBytes } from '../../../src/std/bytes.ts';
import type { LeaseStore } from '../../../src/lease/lease-store.ts';
import { OmapiBench, omapiConfig, type OmapiClient } from '../../../src/control/omapi/testing.ts';
import { encodeOmapiIntro, omapiLimits, omapiOpcode, OmapiReader } from '../../../src/wire/omapi-message.ts';
import { must, type FuzzTarget } from '../target.ts';

const openConfig = omapiConfig.replace('omapi-key k;', '');
const mac = (last: number): Uint8Array => Uint8Array.of(2, 0xcc, 0, 0, 0, last);

function intro(): Uint8Array {
  const out = new ByteWriter();
  encodeOmapiIntro(out);
  return out.copy();
}

/** Conversations as an honest client has them; handles of a bench are the same in every run. */
const conversations: readonly ((client: OmapiClient, note: (bytes: Uint8Array) => number) => void)[] = [
  (client, note) => {
    const handle = note(
      client.encode(omapiOpcode.open, 0, { create: 1, exclusive: 1, type: 'host' }, {
        name: 'h1', 'hardware-address': mac(1), 'hardware-type': 1, 'ip-address': Uint8Array.of(10, 0, 0, 20),
        statements: 'filename "a"; if option user-class = "x" { next-server 10.0.0.1; } else { option routers 10.0.0.1, 10.0.0.2; }',
      }),
    );
    note(client.encode(omapiOpcode.update, handle, {}, { 'ip-address': Uint8Array.of(10, 0, 0, 21) }));
    note(client.encode(omapiOpcode.refresh, handle, {}, {}));
    note(client.encode(omapiOpcode.delete, handle, {}, {}));
  },
  (client, note) => {
    const handle = note(client.encode(omapiOpcode.open, 0, { type: 'lease' }, { 'ip-address': Uint8Array.of(10, 0, 0, 110) }));
    note(client.encode(omapiOpcode.update, handle, {}, { state: 5, flags: Uint8Array.of(4), note: 'x' }));
    note(client.encode(omapiOpcode.update, handle, {}, { ends: 0, state: 1 }));
  },
  (client, note) => {
    note(client.encode(omapiOpcode.open, 0, { create: 1, type: 'group' }, { name: 'g2', statements: 'option domain-name "a";' }));
    note(client.encode(omapiOpcode.open, 0, { create: 1, type: 'host' }, { name: 'h2', 'dhcp-client-identifier': 'id', group: 'g2' }));
  },
  (client, note) => {
    for (const type of ['control', 'class', 'subclass', 'interface', 'pool', 'subnet', 'failover-state'])
      note(client.encode(omapiOpcode.open, 0, { type }, { name: 'c', hashstring: '01' }));
    const host = note(client.encode(omapiOpcode.open, 0, { type: 'host' }, { name: 'st' }));
    note(client.encode(omapiOpcode.update, host, {}, { 'ip-address': Uint8Array.of(10, 0, 0, 8), 'hardware-type': 6 }));
  },
];

function recorded(text: string, key: string | undefined): Uint8Array[] {
  return conversations.map((converse) => {
    const client = key === undefined ? new OmapiBench(text).open() : new OmapiBench(text).signedIn(key);
    const parts = [intro()];
    if (key === undefined) client.greet();
    else parts.push(client.opening);
    converse(client, (bytes) => {
      parts.push(bytes);
      client.raw(bytes);
      return client.reply()?.handle ?? 0;
    });
    return concatBytes(...parts);
  });
}

/** Nodes that no input has changed so far, by configuration: making one takes longer than most inputs do. */
const untouched = new Map<string, OmapiBench>();

/** A node as new; it stays so for the next input where this one wrote nothing and nothing was wrong. */
function run(text: string, input: Uint8Array): string {
  const bench = untouched.get(text) ?? new OmapiBench(text);
  untouched.delete(text);
  const result = converse(bench, input);
  if (bench.journal.size > 0) return result;
  bench.beginAgain();
  must(bench.node.deadline > bench.mono, 'nothing is left of a connection');
  untouched.set(text, bench);
  return result;
}

/** In pieces, as TCP delivers; afterwards the lease file says what the memory says. */
function converse(bench: OmapiBench, input: Uint8Array): string {
  const client = bench.open();
  const replies = new OmapiReader();
  let outcome = '';
  for (let at = 0; at < input.length && !client.isClosed; ) {
    const size = 1 + ((input[at] ?? 0) % 97) + (input.length >> 2);
    client.raw(input.subarray(at, at + size));
    at += size;
    bench.wait(0);
  }
  const sent = bench.lane.links.get(client.link)?.view() ?? new Uint8Array();
  replies.push(sent);
  for (let event = replies.next(); event !== undefined; event = replies.next()) {
    must(event.kind !== 'fault', 'what we send can be read');
    if (event.kind === 'message' && outcome.length < 60) outcome += `${event.opcode}${event.message.get('result')?.join('.') ?? ''} `;
  }
  must(sent.length <= input.length * 64 + 4096, 'an answer is in proportion');
  must(bench.node.deadline > bench.mono || client.isClosed || sent.length > 0, 'nothing is left undone');
  isKept(bench);
  return outcome + (client.isClosed ? 'closed' : '');
}

function isKept(bench: OmapiBench): void {
  if (bench.journal.size === 0) return;
  const names = ({ hosts }: LeaseStore): string =>
    [...hosts.numbers()].map((host) => JSON.stringify({ ...hosts.declaration(host), span: 0, scopes: hosts.declaration(host).scopes.length })).toSorted().join();
  must(names(bench.restarted()) === names(bench.store), 'the lease file holds the same hosts');
}

export const targets: readonly FuzzTarget[] = [
  { name: 'omapi-open', seeds: () => recorded(openConfig, undefined), sizeMax: 2048, run: (input) => run(openConfig, input) },
  {
    name: 'omapi-keyed',
    seeds: () => [...recorded(omapiConfig, 'k'), new Uint8Array(omapiLimits.messageUnauthenticated)],
    sizeMax: 4096,
    run: (input) => run(omapiConfig, input),
  },
];
