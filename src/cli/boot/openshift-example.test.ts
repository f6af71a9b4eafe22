// The example of a cluster as it would be served: every host, by every kind of firmware, is told its own installer; once that was
// fetched, its disk.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { latin1 } from '../../std/bytes.ts';
import { err, ok } from '../../std/result.ts';
import type { MonoMillis, UnixSeconds } from '../../std/time.ts';
import { readHosts } from '../boot-import/read-hosts.ts';
import { readConfigText } from '../read-config.ts';
import { findFile } from './find-file.ts';
import { booterOf } from './booter.ts';
import { runPreview, type Preview } from './preview.ts';

const folder = 'examples/openshift';
const root = mkdtempSync(join(tmpdir(), 'leasehold-openshift-'));
chmodSync(root, 0o755);
after(() => rmSync(root, { recursive: true }));
mkdirSync(join(root, 'rhcos'));
mkdirSync(join(root, 'ignition'));
// In place of the release and of Debian's packages, which a machine that only tests need not have.
for (const name of ['rhcos/kernel', 'rhcos/initramfs.img', 'pxelinux.0', 'ldlinux.c32', 'grubx64.efi', 'grubaa64.efi', 'snponly.efi', 'rhcos/rootfs.img', ...['bootstrap', 'master', 'worker'].map((role) => `ignition/${role}.ign`)]) writeFileSync(join(root, name), 'binary\0');

async function previewOf(mac: string, firmware: string, leases = ''): Promise<{ readonly status: number; readonly preview: Preview; readonly text: string }> {
  const lines: string[] = [];
  const readText: typeof readConfigText = (path) => {
    const text = readConfigText(path);
    return text.ok && path.endsWith('leasehold.conf') ? ok(text.value.replace('/var/lib/tftpboot', root)) : text;
  };
  const status = await runPreview(
    { who: mac, config: `${folder}/dhcpd.conf`, leaseholdConf: `${folder}/leasehold.conf`, firmware: [booterOf(firmware) ?? assert.fail()], json: true, ...(leases === '' ? {} : { leases: 'leases' }) },
    { out: (line) => lines.push(line), err: (line) => lines.push(line), find: findFile, probe: (url) => Promise.resolve({ isGood: false, text: `${url} is nobody’s` }), readText, readBytes: () => (leases === '' ? err('') : ok(latin1(leases))), now: { mono: 1 as MonoMillis, wall: 1_800_000_000 as UnixSeconds } },
  );
  const [preview] = JSON.parse(lines.join('\n')) as Preview[];
  return { status, preview: preview ?? assert.fail(), text: lines.join('\n') };
}

const { hosts } = readHosts({ name: 'vars.yaml', text: readFileSync(`${folder}/vars.yaml`, 'utf8') });
for (const { name, mac, role, device } of hosts.filter((host) => host.role !== undefined))
  for (const firmware of ['bios', 'x64', 'arm64', 'http-x64'])
    test(`${name} by ${firmware}`, async () => {
      const { status, preview, text } = await previewOf(mac, firmware);
      assert.equal(status, 0, text);
      assert.match(preview.profile, new RegExp(`^ocp4(-nvme0n1)?-${role ?? ''}$`));
      assert.match(text, new RegExp(`coreos\\.inst\\.install_dev=${device}\\b`));
      assert.match(text, new RegExp(`coreos\\.inst\\.ignition_url=http://192\\.168\\.7\\.\\d+:8080/ignition/${role ?? ''}\\.ign\\b`));
      const files = preview.steps.flatMap((step) => (step.kind === 'file' ? [step.name] : []));
      assert.deepEqual(files.slice(-4), ['rhcos/kernel', 'rhcos/initramfs.img', 'rhcos/rootfs.img', `ignition/${role ?? ''}.ign`]);
      const done = await previewOf(mac, firmware, `# leasehold boot ${mac.replaceAll(':', '')} 1700000000 install done %\n`);
      assert.equal(done.status, 0);
      assert.match(done.text, /boots from its own disk/);
      assert.doesNotMatch(done.text, /coreos/);
    });
test('what is no machine of the cluster has an address and no profile', async () => {
  const other = hosts.find(({ name }) => name === 'registry') ?? assert.fail();
  const { status, preview } = await previewOf(other.mac, 'bios');
  assert.deepEqual([status, preview.profile], [1, '']);
});
