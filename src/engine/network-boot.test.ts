// Replies to machines that boot from the network and have a boot profile: first file, boot server, HTTPClient, and what the file
// server is told.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bootDeskFor, declaredMachines } from '../boot/profile-desk.ts';
import { formatIpv4, type Ipv4 } from '../std/ipv4.ts';
import { latin1 } from '../std/bytes.ts';
import type { BootStep } from '../model/boot-desk.ts';
import type { BootMatch, BootSettings } from '../model/boot-settings.ts';
import type { ClientMessage } from '../wire/client-testing.ts';
import { nowhere } from '../lease/testing.ts';
import { flag, mac, nextServer, scope, serverText, text, World, worldConfig, type Sent, type WorldOptions } from './testing.ts';

const boot = (matches: readonly BootMatch[], more: Partial<BootSettings> = {}): BootSettings => ({
  root: '/srv/tftp', user: 'nobody', address: 0 as Ipv4, tftpPort: 69, httpPort: 8080, nextServerIsSelf: false,
  loaders: {},
  profiles: [{ name: 'web', matches, kernel: 'k', initrds: [], arguments: '', isOnce: false, span: nowhere }],
  ...more,
});
const named = (kind: 'host' | 'group' | 'class', pattern: string): BootMatch => ({ kind, pattern, span: nowhere });
const byMac = (...prefix: number[]): BootMatch => ({ kind: 'mac', prefix: Uint8Array.from(prefix), span: nowhere });

const world = (settings: BootSettings, more: Partial<WorldOptions> = {}): World =>
  new World({
    networks: [[{ network: '10.0.0.0/24', pools: [{ range: '10.0.0.100-10.0.0.150' }] }]],
    hosts: [{ name: 'Web-1', mac: 1, fixed: ['10.0.0.9'] }, { name: 'db-1', mac: 2, fixed: ['10.0.0.10'] }],
    leasehold: { boot: settings }, bootFor: bootDeskFor, ...more,
  });
const option = (code: number, value: string | readonly number[]): readonly [number, readonly number[]] => [
  code, typeof value === 'string' ? [...latin1(value)] : value,
];
const pxe = (architecture: number): Partial<ClientMessage> => ({
  extra: [option(60, `PXEClient:Arch:${String(architecture).padStart(5, '0')}:UNDI:003000`), option(93, [architecture >> 8, architecture & 255])],
});
const httpClient: Partial<ClientMessage> = { extra: [option(60, 'HTTPClient:Arch:00016:UNDI:003000'), option(93, [0, 16])] };
const text0 = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('latin1').replace(/\0.*/s, '');
const given = (sent: Sent | undefined): readonly string[] => [
  text0(sent?.bytes.subarray(108, 236)), formatIpv4(sent?.message.siaddr ?? (0 as Ipv4)), text0(sent?.message.options.get(60)),
];

const script = 'http://10.0.0.1:8080/ipxe/01-02-00-00-00-00-01.ipxe';
const rows: readonly (readonly [id: string, client: Partial<ClientMessage>, ...given: readonly string[]])[] = [
  ['BIOS', pxe(0), 'pxelinux.0', '10.0.0.1', ''],
  ['UEFI x64', pxe(7), 'grubx64.efi', '10.0.0.1', ''],
  ['option 60 alone', { extra: [option(60, 'PXEClient:Arch:00011:UNDI:003000')] }, 'grubaa64.efi', '10.0.0.1', ''],
  ['an option 93 that is no list', { extra: [option(60, 'PXEClient:Arch:00007'), option(93, [7])] }, 'grubx64.efi', '10.0.0.1', ''],
  ['PXEClient and nothing else', { extra: [option(60, 'PXEClient')] }, 'pxelinux.0', '10.0.0.1', ''],
  ['UEFI HTTP hears its word', httpClient, 'http://10.0.0.1:8080/snponly.efi', '10.0.0.1', 'HTTPClient'],
  ['iPXE by user class', { extra: [...(pxe(0).extra ?? []), option(77, 'iPXE')] }, script, '10.0.0.1', ''],
  ['iPXE by user class with its length', { extra: [option(60, 'PXEClient'), option(77, '\u0004iPXE')] }, script, '10.0.0.1', ''],
  ['iPXE by its options', { extra: [...(pxe(7).extra ?? []), option(175, [1, 1, 1])] }, script, '10.0.0.1', ''],
  ['iPXE that came by HTTP wants no word', { extra: [...(httpClient.extra ?? []), option(175, [1, 1, 1])] }, script, '10.0.0.1', ''],
  ['a system that is up', { extra: [option(60, 'anaconda')] }, '', '0.0.0.0', ''],
  ['no vendor class', {}, '', '0.0.0.0', ''],
];
for (const [id, client, ...want] of rows)
  test(`first file in OFFER and ACK: ${id}`, () => {
    const one = world(boot([named('host', 'web-*')]));
    assert.deepEqual(given(one.discover(1, client)[0]), want);
    assert.deepEqual(given(one.lease(1, client)), want);
    assert.deepEqual(given(one.discover(2, client)[0]), ['', '0.0.0.0', ''], 'a machine without a profile');
  });

test('dhcpd.conf comes first: its filename, its next-server, its vendor class', () => {
  const settings = boot([named('host', 'web-*')]);
  const withFile = world(settings, { global: [serverText('filename', 'own.0')] });
  assert.deepEqual(given(withFile.discover(1, httpClient)[0]), ['own.0', '0.0.0.0', '']);
  const elsewhere = world(settings, { global: [nextServer('10.0.0.30'), text(60, 'Mine')] });
  assert.deepEqual(given(elsewhere.discover(1, { ...httpClient, requestList: [1, 60] })[0]), ['http://10.0.0.30:8080/snponly.efi', '10.0.0.30', 'Mine']);
  const self = world({ ...settings, nextServerIsSelf: true }, { global: [nextServer('10.0.0.30')] });
  assert.deepEqual(given(self.discover(1, pxe(0))[0]), ['pxelinux.0', '10.0.0.1', '']);
});

const uuid = [0, ...Array.from({ length: 16 }, (_, i) => i + 1)];
const undi = [1, 3, 16];
/** What is sent in 93, 94 and 97, and what comes back. */
const echoRows: readonly (readonly [id: string, sent: readonly (readonly number[])[], echoed: readonly (readonly number[])[]])[] = [
  ['all three', [[0, 7], undi, uuid], [[0, 7], undi, uuid]],
  ['a list of architectures, whole', [[0, 7, 0, 6], undi, uuid], [[0, 7, 0, 6], undi, uuid]],
  ['what the client leaves out is not made up', [[0, 7], [], []], [[0, 7], [], []]],
  ['what is malformed stays away', [[7], [1, 3], uuid.slice(1)], [[], [], []]],
];
for (const [id, sent, want] of echoRows)
  test(`a machine with a profile hears back what RFC 4578 §2.1 to §2.3 want, in OFFER and ACK: ${id}`, () => {
    const one = world(boot([named('host', 'web-*')]));
    const codes = [93, 94, 97];
    const client: Partial<ClientMessage> = { extra: [option(60, 'PXEClient:Arch:00007:UNDI:003016'), ...codes.flatMap((code, index) => (sent[index]?.length ? [option(code, sent[index] ?? [])] : []))] };
    const echo = (reply: Sent | undefined): number[][] => codes.map((code) => [...(reply?.message.options.get(code) ?? [])]);
    assert.deepEqual(echo(one.discover(1, client)[0]), want);
    assert.deepEqual(echo(one.lease(1, client)), want);
    assert.deepEqual(echo(one.discover(2, client)[0]), [[], [], []], 'as dhcpd answers it, without a profile');
    const withFile = world(boot([named('host', 'web-*')]), { global: [serverText('filename', 'own.0')] });
    assert.deepEqual(echo(withFile.discover(1, client)[0]), want, 'whoever names the file');
  });
test('what the configuration says of 93, 94 and 97 comes before the echo', () => {
  const one = world(boot([named('host', 'web-*')]), { global: [text(97, 'mine')] });
  const [offer] = one.discover(1, { requestList: [97], extra: [...(pxe(7).extra ?? []), option(97, uuid)] });
  assert.equal(text0(offer?.message.options.get(97)), 'mine');
});
test('options 43, 66, 67, 150 and 175 are the configuration’s alone', () => {
  const asked = { requestList: [43, 66, 67, 150, 175], extra: [...(pxe(7).extra ?? [])] };
  const [offer] = world(boot([named('host', 'web-*')])).discover(1, asked);
  assert.deepEqual([43, 66, 67, 150, 175].filter((code) => offer?.message.options.has(code)), []);
  const [told] = world(boot([named('host', 'web-*')]), { global: [text(66, 'tftp.test'), text(67, 'other.0'), text(43, 'Raspberry Pi Boot')] }).discover(1, asked);
  assert.deepEqual([43, 66, 67].map((code) => text0(told?.message.options.get(code))), ['Raspberry Pi Boot', 'tftp.test', 'other.0']);
});

const lines = (one: World): string[] => one.log.filter((line) => line.includes('boot: '));
const steps = (one: World): BootStep[] => one.requests.flatMap((request) => (request.kind === 'boot-step' ? [request.step] : []));

test('a profile without a loader for this firmware is logged when it is offered, with the reason', () => {
  const one = world(boot([named('host', 'web-*')]));
  assert.deepEqual(given(one.discover(1, pxe(12))[0]), ['', '0.0.0.0', '']);
  assert.deepEqual(lines(one), ['boot: 02:00:00:00:00:01 (Web-1) is told no file although it has profile web: there is no loader for it: Open Firmware of a PowerPC machine (option 93: 12)']);
});
test('UEFI firmware that dhcpd.conf gives a BIOS file is logged when it is offered, profile or not', () => {
  const one = world(boot([], { profiles: [] }), { global: [serverText('filename', 'pxelinux.0')] });
  one.discover(2, pxe(7));
  assert.match(lines(one)[0] ?? '', /^boot: 02:00:00:00:00:02 \(db-1\) is told a file that it cannot run: pxelinux\.0 is a program for a BIOS, which UEFI firmware cannot run/);
  const profiled = world(boot([named('host', 'db-*')]), { global: [serverText('filename', 'pxelinux.0')] });
  profiled.discover(2, pxe(7));
  assert.match(lines(profiled)[0] ?? '', /which UEFI firmware cannot run: without the filename of dhcpd\.conf its profile web gives it grubx64\.efi$/);
  const right = world(boot([], { profiles: [] }), { global: [serverText('filename', 'pxelinux.0')] });
  for (const client of [pxe(0), { extra: [...(pxe(7).extra ?? []), option(175, [1, 1, 1])] }]) {
    right.discover(2, client);
    assert.deepEqual(lines(right), [], 'a BIOS, and iPXE, which runs more than its firmware');
  }
});

test('each answer to a machine that boots is told its timeline; of its system the first', () => {
  const one = world(boot([named('host', 'web-*')]));
  one.lease(1);
  assert.deepEqual(steps(one), [], 'it has not booted from the network');
  one.lease(1, pxe(7));
  one.lease(1);
  one.lease(1);
  const told = { mac: '020000000001', host: 'Web-1', profile: 'web', ip: '10.0.0.9', file: 'grubx64.efi', server: '10.0.0.1', problem: '' };
  assert.deepEqual(steps(one), [
    { ...told, asker: 'firmware', architecture: 7, kind: 'offer' },
    { ...told, asker: 'firmware', architecture: 7, kind: 'ack' },
    { ...told, asker: 'system', architecture: 0, kind: 'ack', file: '', server: '' },
  ]);
});

const machines = (one: World): unknown[] => one.requests.flatMap((request) => (request.kind === 'boot-machine' ? [request.machine] : []));

test('machines by host, class and MAC address; the file server hears of each once, and of what changed', () => {
  const one = world(boot([named('host', 'WEB-?'), named('class', 'lab'), byMac(2, 0, 0, 0, 0, 7)]), {
    classes: [{ name: 'lab', matchIf: { kind: 'known', span: nowhere } }],
  });
  one.discover(1, pxe(0));
  assert.deepEqual(machines(one), []);
  one.lease(1, pxe(0));
  one.lease(1, pxe(0));
  one.lease(2, pxe(0));
  one.lease(7, pxe(0));
  one.lease(8, pxe(0));
  assert.deepEqual(machines(one), [
    { mac: '020000000001', hostName: 'Web-1', ip: '10.0.0.9', profile: 'web' },
    { mac: '020000000002', hostName: 'db-1', ip: '10.0.0.10', profile: 'web' },
    { mac: '020000000007', hostName: '', ip: '10.0.0.100', profile: 'web' },
  ]);
});

test('the first profile in file order wins', () => {
  const [web] = boot([named('host', '*')]).profiles;
  assert.ok(web !== undefined);
  const settings = boot([], { profiles: [{ ...web, name: 'db', matches: [named('host', 'db-*')] }, web] });
  const declared = declaredMachines({ ...worldConfig({ hosts: [{ name: 'web-1', mac: 1 }, { name: 'db-1', mac: 2, fixed: ['10.0.0.10'] }] }), leasehold: { ...worldConfig({}).leasehold, boot: settings } });
  assert.deepEqual(declared, [
    { mac: '020000000001', hostName: 'web-1', ip: '', profile: 'web' },
    { mac: '020000000002', hostName: 'db-1', ip: '10.0.0.10', profile: 'db' },
  ]);
});
test('groups count by name, wherever the host is inside them', () => {
  const config = worldConfig({ hosts: [{ name: 'a', mac: 1 }], leasehold: { boot: boot([named('group', 'masters')]) } });
  const around = config.hosts.map((host) => ({ ...host, scopes: [scope('group', 'group masters'), scope('group', 'group'), ...host.scopes] }));
  assert.equal(declaredMachines({ ...config, hosts: around }).length, 1);
  assert.equal(declaredMachines(config).length, 0);
});
test('BOOTP, and DHCP clients that declare no ethernet address, are nobody’s', () => {
  const one = world(boot([named('host', '*')]), { global: [flag('allowBootp', 1)] });
  assert.deepEqual(given(one.send({ type: 0, chaddr: mac(1), ...pxe(0) })[0])[0], '');
  assert.deepEqual(given(one.discover(1, { ...pxe(0), htype: 32 })[0])[0], '');
});
