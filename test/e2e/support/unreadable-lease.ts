// What a capture of the secured failover connection must not show: the client of a lease that both nodes have.

import assert from 'node:assert/strict';
import { eventually } from '../../../src/cli/lab/child.ts';
import { leasesInFile } from './acked-leases.ts';
import type { DhcpServer } from './dhcp-servers.ts';
import type { Lab } from './lab.ts';

const mac = '02:5e:c0:de:ab:1e';

/** A client gets a lease while `capture` runs, which ends with it. */
export async function leaseIsUnreadable(lab: Lab, nodes: readonly DhcpServer[], capture: Awaited<ReturnType<Lab['capture']>>): Promise<void> {
  const bound = await lab.client('udhcpc', mac).bind();
  await eventually('the lease on both nodes', () => (nodes.every((server) => leasesInFile(server.leases()).get(bound.ip) === mac) ? true : undefined));
  await capture.stop();
  const payload = capture.read('tcp.len > 0', ['tcp.payload']).map(([hex]) => hex ?? '').join('');
  assert.ok(payload.length > 2_000, 'something was captured');
  assert.equal(payload.includes(mac.replaceAll(':', '')), false, 'no MAC address');
}
