// `openshift "NAME" { … }`: the profiles that it comes to, whose they are, and every complaint at its place.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { profileOf } from '../model/boot-match.ts';
import type { BootProfile } from '../model/boot-settings.ts';
import { expectGolden } from './caret-testing.ts';
import { check, configOf, expectedMarks, marksOf } from './testing.ts';

const hosts = ['bootstrap', 'master-0', 'control-plane-1', 'worker-0', 'compute-1', 'infra-1', 'db-1']
  .map((name, index) => `host ${name} { hardware ethernet 52:54:00:00:00:0${index}; }`)
  .join('\n');
const profilesOf = (text: string): readonly BootProfile[] => configOf(hosts, { 'leasehold.conf': `boot { ${text} }` }).leasehold.boot?.profiles ?? [];
const plain = ({ matches: _, span: _span, ...rest }: BootProfile): object => rest;

test('an empty block is a cluster with usual names', () => {
  const profiles = profilesOf('openshift "ocp4" { }');
  assert.deepEqual(profiles.map(plain), ['bootstrap', 'master', 'worker'].map((role) => ({
    name: `ocp4-${role}`, kernel: 'rhcos/kernel', initrds: ['rhcos/initramfs.img'], isOnce: true,
    arguments: 'console=tty0 console=ttyS0,115200n8 ip=dhcp rd.neednet=1 coreos.live.rootfs_url=http://${node}:8080/rhcos/rootfs.img ' +
      `coreos.inst.install_dev=/dev/sda coreos.inst.ignition_url=http://\${node}:8080/ignition/${role}.ign`,
  })));
  const roleOf = (hostName: string): string | undefined => profileOf(profiles, { hostName, mac: new Uint8Array(6), groups: [], classes: [] })?.name;
  assert.deepEqual(['bootstrap.ocp4', 'Master-0', 'control-plane-1', 'worker-0', 'compute-1', 'infra-1', 'db-1'].map(roleOf), [
    'ocp4-bootstrap', 'ocp4-master', 'ocp4-master', 'ocp4-worker', 'ocp4-worker', 'ocp4-worker', undefined,
  ]);
});

test('every setting; the port may stand behind', () => {
  const [first, ...others] = profilesOf(`openshift "edge" {
    kernel "4.18/vmlinuz"; initrd "4.18/a.img"; initrd "4.18/b.img"; rootfs "http://10.0.0.9/rootfs.img"; ignition "/ign/";
    install-device "/dev/disk/by-id/x"; console "ttyS1,9600"; network-arguments "ip=\${ip}::10.0.0.1:255.255.255.0:\${hostname}:ens3:none";
    arguments "coreos.inst.insecure"; boot-once off; match master "db-?";
  } http-port 80;`);
  assert.deepEqual(others, []);
  assert.deepEqual(first && plain(first), {
    name: 'edge-master', kernel: '4.18/vmlinuz', initrds: ['4.18/a.img', '4.18/b.img'], isOnce: false,
    arguments: 'console=ttyS1,9600 ip=${ip}::10.0.0.1:255.255.255.0:${hostname}:ens3:none coreos.live.rootfs_url=http://10.0.0.9/rootfs.img ' +
      'coreos.inst.install_dev=/dev/disk/by-id/x coreos.inst.ignition_url=http://${node}/ign/master.ign coreos.inst.insecure',
  });
});

test('profiles stand where their block stands: the first that fits counts', () => {
  const names = profilesOf('profile "a" { match host "db-*"; kernel "k"; } openshift "o" { match worker "db-1"; } profile "b" { match host "db-1"; kernel "k"; }').map(({ name }) => name);
  assert.deepEqual(names, ['a', 'o-worker', 'b']);
});

const caretRows: readonly (readonly [id: string, text: string])[] = [
  ['values', `openshift "o" {
  rootfs "two words";
# ^^^^^^^^^^^^^^^^^^^ C1412
  ignition "../secret";
# ^^^^^^^^^^^^^^^^^^^^^ C1412
  install-device "sda";
# ^^^^^^^^^^^^^^^^^^^^^ C1412
  console "ttyS0 115200";
# ^^^^^^^^^^^^^^^^^^^^^^^ C1412
  kernel "http://10.0.0.1/k";
# ^^^^^^^^^^^^^^^^^^^^^^^^^^^ C1412
  network-arguments "ip=\${adress}";
#                       ^^^^^^^^^ C1415
}`],
  ['what has no place', `openshift "o" {
  root "/srv";
# ^^^^^^^^^^^^ C1411
  match masters "master-*";
#       ^^^^^^^ C1416
  match master "node-*";
#              ^^^^^^^^ C1417
}`],
  ['names that a profile has already', `profile "o-worker" { match host "db-1"; kernel "k"; }
  openshift "o" { }
#           ^^^ C1414`],
  ['no HTTP', `openshift "o" { }
# ^^^^^^^^^^^^^ C1412
  http-port 0;`],
];
for (const [id, text] of caretRows)
  test(`carets: ${id}`, () => {
    const conf = `boot {\n  ${text}\n}\n`;
    const { report } = check(hosts, { 'leasehold.conf': conf });
    const ours = report.filter(({ code }) => code.startsWith('C14'));
    assert.deepEqual(marksOf(ours), expectedMarks(conf), report.map(({ code, message }) => `${code} ${message}`).join('\n'));
    for (const { help, code } of ours) assert.ok(help !== undefined, `${code} has a remedy`);
  });
const codesOf = (text: string, conf = hosts): string[] => check(conf, { 'leasehold.conf': `boot { ${text} }` }).report.map(({ code }) => code).filter((code) => code.startsWith('C'));
test('a cluster whose hosts have other names is warned of, once; one that has some is not', () => {
  const other = 'host node-1 { hardware ethernet 52:54:00:00:00:01; }';
  assert.deepEqual(codesOf('openshift "o" { }', other), ['C1418']);
  assert.deepEqual(codesOf('openshift "o" { match master "node-1"; }', other), []);
  assert.deepEqual(codesOf('openshift "o" { }', 'host worker-1 { hardware ethernet 52:54:00:00:00:01; }'), []);
});
test('refused: no name, no HTTP for a folder, arguments that no kernel takes', () => {
  assert.deepEqual(codesOf('openshift { }'), ['C1411']);
  assert.deepEqual(codesOf('http-port 0; openshift "o" { rootfs "http://a/r"; ignition "https://a/i"; }'), []);
  assert.deepEqual(codesOf(`openshift "o" { ${`arguments "${'x'.repeat(900)}"; `.repeat(2)} }`), ['C1412']);
});
test('each points at its words, as the golden file shows', () => {
  const texts = [...caretRows.map(([, text]) => [text, hosts] as const), ['openshift { }', hosts] as const, ['openshift "o" { }', 'host node-1 { hardware ethernet 52:54:00:00:00:01; }'] as const];
  const bare = (text: string): string => text.split('\n').filter((line) => !line.startsWith('#')).join('\n').trim();
  expectGolden('test/golden/conf/openshift.txt', 'What a block of OpenShift may not say.', texts.map(([text, dhcpd]) => {
    const conf = `boot {\n${bare(text)}\n}\n`;
    return { title: bare(text).split('\n')[0] ?? '', said: check(dhcpd, { 'leasehold.conf': conf }).report.filter(({ code }) => code.startsWith('C14')) };
  }));
});
