// A dhcpd pair under load is replaced by ours node by node, and back again: nobody loses an address, none is held twice, and the
// two lease files agree after every step (P5).

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { LoadResult } from '../../src/cli/bench/tally.ts';
import { eventually } from '../../src/cli/lab/child.ts';
import { leasesInFile } from './support/acked-leases.ts';
import type { ServerKind } from './support/dhcp-servers.ts';
import { openLab, skipWithout } from './support/lab.ts';
import { MixedPair, other, roles, type Role } from './support/mixed-pair.ts';

const skip = skipWithout('dhcpd', 'tshark');
const clients = 24;
const steps: readonly (readonly [Role, ServerKind])[] = [
  ['secondary', 'leasehold'], ['primary', 'leasehold'], ['secondary', 'dhcpd'], ['primary', 'dhcpd'],
];

const acksSince = (pair: MixedPair, marks: Readonly<Record<Role, number>>): number =>
  roles.reduce((sum, role) => sum + pair.servers[role].child.lines.slice(marks[role]).filter((line) => line.includes('DHCPACK on')).length, 0);

test('a dhcpd pair becomes ours and a dhcpd pair again under load', { skip, timeout: 600_000 }, async (t) => {
  const lab = await openLab(t);
  const pair = new MixedPair(lab, { primary: 'dhcpd', secondary: 'dhcpd' });
  await pair.start();
  const program = join(import.meta.dirname, '../bench/load-main.ts');
  const host = lab.host('load', { cidr: '10.78.0.8/24' });
  const words = ['--server', '10.78.0.1', '--interface', 'eth0', '--clients', String(clients), '--rate', '40', '--duration', '3600', '--warm-up', '0', '--retry', '2000', '--json'];
  const load = host.start([process.execPath, '--import', 'tsx', program, ...words]);
  const held = (role: Role): Map<string, string> => leasesInFile(pair.servers[role].leases());
  const both = (): Map<string, string> | undefined => {
    const [first, second] = roles.map(held) as [Map<string, string>, Map<string, string>];
    const isSame = first.size === clients && second.size === clients && [...first].every(([address, mac]) => second.get(address) === mac);
    return isSame ? first : undefined;
  };
  const before = await eventually('every client in both lease files', both, 60_000);

  for (const [role, kind] of steps) {
    const marks = pair.marks();
    await pair.replace(role, kind);
    await pair.areNormal({ ...marks, [role]: 0 });
    const settled = pair.marks();
    await eventually('an exchange of every client with this pair, twice over', () => (acksSince(pair, settled) >= 2 * clients ? true : undefined), 60_000);
    const now = await eventually(`the same leases on both nodes with a ${kind} as ${role} beside a ${pair.servers[other(role)].kind}`, both, 60_000);
    assert.deepEqual([...now].toSorted(), [...before].toSorted(), 'every client has the address it had');
  }

  load.process.kill('SIGINT');
  await load.exited;
  const line = load.lines.find((text) => text.startsWith('{'));
  assert.ok(line !== undefined, load.text);
  const { acks, failed, duplicates, malformed } = JSON.parse(line) as LoadResult;
  t.diagnostic(line);
  assert.deepEqual({ failed, duplicates, malformed }, { failed: 0, duplicates: 0, malformed: 0 });
  assert.ok(acks > clients, `${acks} ACKs`);
});
