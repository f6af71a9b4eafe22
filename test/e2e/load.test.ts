// `leasehold bench` against a server: as clients, as their relay, renewing, at a fixed rate, and with nobody there.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { LoadResult } from '../../src/cli/bench/tally.ts';
import { openLab, skipWithout, type Lab } from './support/lab.ts';
import type { Space } from './support/namespaces.ts';

const skip = skipWithout();
const config = `
authoritative;
ddns-update-style none;
ping-check false;
dhcp-cache-threshold 0;
default-lease-time 3600;
subnet 10.64.0.0 netmask 255.255.0.0 { pool { range 10.64.1.0 10.64.20.255; } }
subnet 10.65.0.0 netmask 255.255.0.0 { pool { range 10.65.1.0 10.65.20.255; } }
`;

/** A server, and a host whose kernel stands for all clients' addresses, so that renewals can be answered. */
async function serve(lab: Lab): Promise<Space> {
  const server = lab.server({ config, settings: 'relay-rate-max 100000;\n', cidr: '10.64.0.1/16', interfaceNames: ['eth0'] });
  for (const route of ['10.64.0.0/17', '10.65.0.0/16']) server.host.ip('route', 'add', route, 'via', '10.64.0.2', 'dev', 'eth0');
  await server.start();
  return lab.host('load', { cidr: '10.64.0.2/16' }).address('eth0', '10.65.0.1/16');
}

async function bench(host: Space, ...words: string[]): Promise<{ status: number | null; result: LoadResult }> {
  const program = join(import.meta.dirname, '../bench/load-main.ts');
  const flags = ['--server', '10.64.0.1', '--duration', '1', '--warm-up', '0', '--json', ...(words.includes('--clients') ? [] : ['--clients', '2000'])];
  const child = host.start([process.execPath, '--import', 'tsx', program, ...flags, ...words]);
  const { code } = await child.exited;
  const line = child.lines.find((text) => text.startsWith('{'));
  assert.ok(line !== undefined, child.text);
  return { status: code, result: JSON.parse(line) as LoadResult };
}

for (const [title, words] of [
  ['as clients on the link', ['--interface', 'eth0']],
  ['as their relay', ['--giaddr', '10.65.0.1']],
  ['renewing by unicast', ['--interface', 'eth0', '--mode', 'renew', '--clients', '500']],
  ['rebooting', ['--interface', 'eth0', '--mode', 'reboot', '--clients', '500']],
  ['at a fixed rate', ['--interface', 'eth0', '--rate', '300']],
] as const)
  test(`load ${title}: every exchange is answered well`, { skip }, async (t) => {
    const lab = await openLab(t);
    const { status, result } = await bench(await serve(lab), ...words);
    const { naks, failed, malformed, duplicates } = result;
    assert.deepEqual({ naks, failed, malformed, duplicates }, { naks: 0, failed: 0, malformed: 0, duplicates: 0 });
    assert.ok(result.acks > 100, `${result.acks} ACKs`);
    assert.equal(status, 0);
  });

test('load with nobody there: everything is given up, and the status says so', { skip }, async (t) => {
  const lab = await openLab(t);
  const { status, result } = await bench(lab.host('load', { cidr: '10.64.0.2/16' }), '--interface', 'eth0', '--window', '4', '--retry', '50');
  assert.equal(result.acks, 0);
  assert.ok(result.failed > 0);
  assert.equal(status, 1);
});
