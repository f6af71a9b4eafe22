// The unit that we ship, under systemd itself: with all that it forbids, the server starts, serves, reloads and stops.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { eventually } from '../../src/cli/lab/child.ts';
import { openLab, skipWithout, type Lab } from './support/lab.ts';
import type { Space } from './support/namespaces.ts';
import { ServiceManager } from './support/service-manager.ts';

const skip = skipWithout('systemctl', 'systemd-sysusers', 'nsenter', 'unshare', 'curl');
const unit = 'leasehold.service';
const config = (hosts = ''): string => `
authoritative; ddns-update-style none; ping-check true; omapi-port 7911;
subnet 192.168.50.0 netmask 255.255.255.0 { range 192.168.50.100 192.168.50.150; }
${hosts}`;
const mac = '02:00:00:00:00:01';

async function boot(t: TestContext): Promise<{ readonly lab: Lab; readonly client: Space; readonly manager: ServiceManager }> {
  const lab = await openLab(t);
  const host = lab.host('server', { cidr: '192.168.50.80/24' });
  const client = lab.host('client', { cidr: '192.168.50.81/24' });
  const manager = await ServiceManager.boot(host, join(lab.folder, 'systemd'));
  manager.write('/etc/dhcp/dhcpd.conf', config());
  return { lab, client, manager };
}
const offered = async (lab: Lab, client: Space): Promise<string | undefined> => (await lab.craft(client, [{ type: 1, mac }], 3_000))[0]?.yiaddr;

test('leasehold.service: starts, answers, serves boot files, reloads, stops; nothing it does is forbidden', { skip }, async (t) => {
  const { lab, client, manager } = await boot(t);
  manager.write('/srv/tftp/loader', 'a loader');
  manager.write('/etc/dhcp/leasehold.conf', 'boot { root "/srv/tftp"; }\n');
  manager.run('systemctl', 'daemon-reload');
  manager.run('systemctl', 'start', unit);
  assert.deepEqual(manager.properties(unit, 'ActiveState', 'SubState', 'StatusText'), ['ActiveState=active', 'StatusText=serving eth0', 'SubState=running']);
  assert.match((await offered(lab, client)) ?? 'nobody answered', /^192\.168\.50\.1\d\d$/);
  assert.equal(client.run('curl', '--silent', '--show-error', '--retry', '5', '--retry-all-errors', 'tftp://192.168.50.80/loader'), 'a loader');

  manager.write('/etc/dhcp/dhcpd.conf', config(`host a { hardware ethernet ${mac}; fixed-address 192.168.50.7; }`));
  manager.run('systemctl', 'reload', unit);
  assert.equal(await offered(lab, client), '192.168.50.7');
  // Over the control socket that the unit's own folder holds.
  assert.match(manager.run('/opt/leasehold/leasehold', 'status'), /leasing/);

  assert.deepEqual(manager.properties(unit, 'NRestarts'), ['NRestarts=0']);
  manager.run('systemctl', 'stop', unit);
  const journal = manager.journal(unit);
  assert.match(journal, /^Server starting service\.$/m);
  assert.match(journal, /^leasehold\.service: Deactivated successfully\.$/m);
  assert.doesNotMatch(journal, /EPERM|not permitted|denied|^<\d>/im);
});

test('leasehold.service: killed again and again, it is started again and again', { skip }, async (t) => {
  const { lab, client, manager } = await boot(t);
  manager.run('systemctl', 'daemon-reload');
  manager.run('systemctl', 'start', unit);
  // More often than a service manager puts up with by itself.
  for (let death = 1; death <= 7; death++) {
    manager.run('systemctl', 'kill', '--signal=KILL', unit);
    const reborn = `ActiveState=active NRestarts=${death}`;
    await eventually(reborn, () => (manager.properties(unit, 'ActiveState', 'NRestarts').join(' ') === reborn ? true : undefined));
  }
  assert.match((await offered(lab, client)) ?? 'nobody answered', /^192\.168\.50\.1\d\d$/);
});
