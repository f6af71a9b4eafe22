// `leasehold boot preview` on whole configurations and a tree of files: every stage of a boot, and what stops one.

import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { latin1 } from '../../std/bytes.ts';
import { err, ok } from '../../std/result.ts';
import { parseIpv4, type Ipv4 } from '../../std/ipv4.ts';
import type { MonoMillis, UnixSeconds } from '../../std/time.ts';
import { findFile } from './find-file.ts';
import { filesIn, loaderKindOf, urlsIn, wishesOf } from './loaders.ts';
import { booterOf } from './booter.ts';
import { runPreview, type Preview, type PreviewArgs } from './preview.ts';

const root = mkdtempSync(join(tmpdir(), 'leasehold-preview-'));
chmodSync(root, 0o755);
after(() => rmSync(root, { recursive: true }));
const put = (name: string, text: string, mode = 0o644): void => {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
  chmodSync(join(root, name), mode);
};
for (const name of ['pxelinux.0', 'ldlinux.c32', 'grubx64.efi', 'undionly.kpxe', 'snponly.efi', 'linux/vmlinuz', 'linux/initrd.img', 'old/pxelinux.0']) put(name, 'binary\0');
put('old/pxelinux.cfg/default', 'DEFAULT a\nLABEL a\n  KERNEL ::linux/vmlinuz\n  APPEND initrd=::linux/gone.img quiet\n');
put('private/vmlinuz', 'binary\0', 0o600);
symlinkSync('/etc/passwd', join(root, 'outside'));

const conf = `authoritative;
class "ipxe" { match if option user-class = "iPXE"; filename "undionly.kpxe"; }
failover peer "f" { primary; address 10.0.0.1; peer address 10.0.0.2; mclt 60; split 128; load balance max seconds 3; }
subnet 10.0.0.0 netmask 255.255.255.0 { pool { failover peer "f"; range 10.0.0.100 10.0.0.110; deny unknown-clients; } }
host web-1 { hardware ethernet 52:54:00:00:00:01; fixed-address 10.0.0.11; }
host old-1 { hardware ethernet 52:54:00:00:00:02; fixed-address 10.0.0.12; filename "old/pxelinux.0"; next-server 10.0.0.30; }
host loop-1 { hardware ethernet 52:54:00:00:00:03; fixed-address 10.0.0.13; filename "undionly.kpxe"; }
host bare-1 { hardware ethernet 52:54:00:00:00:04; fixed-address 10.0.0.14; }
host odd-1 { hardware ethernet 52:54:00:00:00:05; fixed-address 10.0.0.15; }
host far-1 { hardware ethernet 52:54:00:00:00:06; fixed-address 10.0.0.16; filename "http://10.0.0.9/boot.ipxe"; }
`;
const profiles = `next-server self; arm64-loader "gone.efi";
  profile "web" { match host "web-*"; kernel "linux/vmlinuz"; initrd "linux/initrd.img"; arguments "name=\${hostname} from=\${node}"; }
  profile "odd" { match host "odd-*"; kernel "private/vmlinuz"; initrd "outside"; initrd "linux"; }`;

async function preview(who: string, firmware: string, more: Partial<PreviewArgs> = {}, dhcpd = conf): Promise<{ status: number; text: string }> {
  const lines: string[] = [];
  const out = (line: string): void => void lines.push(line);
  const files: Readonly<Record<string, string>> = { 'dhcpd.conf': dhcpd, 'leasehold.conf': `boot { root "${root}"; ${profiles} }` };
  const status = await runPreview(
    { who, config: 'dhcpd.conf', leaseholdConf: 'leasehold.conf', firmware: [booterOf(firmware) ?? assert.fail(firmware)], json: false, ...more },
    {
      out, err: out, find: findFile, probe: (url) => Promise.resolve(url.includes('gone') ? { isGood: false, text: 'answers 404 Not Found' } : { isGood: true, text: 'answers 200 OK' }),
      readText: (path) => (files[path] === undefined ? err({ problem: 'No such file or directory' }) : ok(files[path])),
      readBytes: (path) => (path.startsWith('#') ? ok(latin1(`${path}\n`)) : err('No such file or directory')),
      now: { mono: 1 as MonoMillis, wall: 1_800_000_000 as UnixSeconds },
    },
  );
  return { status, text: lines.join('\n') };
}

test('a machine with a profile, from firmware to kernel', async () => {
  const { status, text } = await preview('52:54:00:00:00:01', 'bios');
  assert.equal(text, `52:54:00:00:00:01, BIOS firmware, profile web
  DHCP     BIOS firmware: DHCPOFFER of 10.0.0.11, file pxelinux.0 from 10.0.0.1
  file     pxelinux.0: 7 bytes, ${root}/pxelinux.0
  file     ldlinux.c32: 7 bytes, ${root}/ldlinux.c32
  file     pxelinux.cfg/01-52-54-00-00-00-01: 238 bytes, made from profile web
           | DEFAULT profile
           | PROMPT 0
           | ONERROR failed
           | LABEL profile
           |   SAY Leasehold 10.0.0.1: web-1 (52:54:00:00:00:01) boots profile web
           |   LINUX ::linux/vmlinuz
           |   INITRD ::linux/initrd.img
           |   APPEND name=web-1 from=10.0.0.1
           | LABEL failed
           |   LOCALBOOT -1
  file     linux/vmlinuz: 7 bytes, ${root}/linux/vmlinuz
  file     linux/initrd.img: 7 bytes, ${root}/linux/initrd.img`);
  assert.equal(status, 0);
});
test('UEFI by TFTP: GRUB', async () => {
  const { status, text } = await preview('52:54:00:00:00:01', 'x64');
  assert.match(text, /file grubx64\.efi from 10\.0\.0\.1$/m);
  assert.match(text, /^ {2}file {5}grub\/grub\.cfg-01-52-54-00-00-00-01: \d+ bytes, made from profile web$/m);
  assert.match(text, /^ {2}file {5}linux\/initrd\.img: 7 bytes/m);
  assert.equal(status, 0, text);
});
test('UEFI by HTTP: iPXE, which asks again and is told its script', async () => {
  const { status, text } = await preview('52:54:00:00:00:05', 'http');
  assert.match(text, /file http:\/\/10\.0\.0\.1:8080\/snponly\.efi from 10\.0\.0\.1$/m);
  assert.match(text, /^ {2}PROBLEM {2}iPXE is told to load iPXE again/m, 'the class ipxe of dhcpd.conf gives it no script');
  assert.equal(status, 1);
});
test('an old tree on another machine: what its default file lacks is found', async () => {
  const { status, text } = await preview('52:54:00:00:00:02', 'bios', { on: parseIpv4('10.0.0.1') as Ipv4 });
  assert.equal(status, 1);
  assert.match(text, /file old\/pxelinux\.0 from 10\.0\.0\.1$/m);
  assert.match(text, /^ {2}PROBLEM {2}old\/ldlinux\.c32: not there$/m);
  assert.match(text, /^ {2}file {5}old\/pxelinux\.cfg\/default: \d+ bytes/m);
  assert.match(text, /^ {2}PROBLEM {2}linux\/gone\.img: not there$/m);
});

const problems: readonly (readonly [who: string, firmware: string, problem: RegExp])[] = [
  ['52:54:00:00:00:03', 'bios', /iPXE is told to load iPXE again/],
  ['52:54:00:00:00:04', 'bios', /no boot file: dhcpd\.conf gives no filename/],
  ['52:54:00:00:00:09', 'bios', /BIOS firmware: no answer: unknown client/],
  ['52:54:00:00:00:01', 'arm64', /gone\.efi: not there/],
  ['52:54:00:00:00:05', 'bios', /private\/vmlinuz: user nobody may not read it \(chmod o\+r\)/],
  ['52:54:00:00:00:05', 'bios', /outside: a symbolic link leads out of the root/],
  ['52:54:00:00:00:05', 'bios', /linux: not a regular file/],
];
for (const [who, firmware, problem] of problems)
  test(`a problem by name: ${problem.source}`, async () => {
    const { status, text } = await preview(who, firmware);
    assert.match(text, new RegExp(`^ {2}PROBLEM {2}${problem.source}`, 'm'));
    assert.equal(status, 1);
  });
test('a URL of somebody else answers or does not', async () => {
  const there = await preview('52:54:00:00:00:06', 'bios');
  assert.match(there.text, /^ {2}URL {6}http:\/\/10\.0\.0\.9\/boot\.ipxe: answers 200 OK$/m);
  assert.equal(there.status, 0);
  const gone = await preview('52:54:00:00:00:06', 'bios', {}, conf.replace('boot.ipxe', 'gone.ipxe'));
  assert.match(gone.text, /^ {2}PROBLEM {2}http:\/\/10\.0\.0\.9\/gone\.ipxe: answers 404 Not Found$/m);
  assert.equal(gone.status, 1);
});
test('URLs on the kernel’s command line: of this server, by its files; of others, by asking', async () => {
  put('answers/there', 'x');
  put('old/pxelinux.cfg/0A00000C', 'LABEL a\n  KERNEL ::linux/vmlinuz\n  APPEND a=http://10.0.0.1:8080/answers/there b=http://10.0.0.1:8080/answers/none c=http://10.0.0.7/ok d=http://10.0.0.7/gone\n');
  const { status, text } = await preview('52:54:00:00:00:02', 'bios', {}, conf.replace('next-server 10.0.0.30', 'next-server 10.0.0.1'));
  rmSync(join(root, 'old/pxelinux.cfg/0A00000C'));
  assert.match(text, /^ {2}file {5}answers\/there: 1 bytes, /m);
  assert.match(text, /^ {2}PROBLEM {2}answers\/none: not there$/m);
  assert.match(text, /^ {2}URL {6}http:\/\/10\.0\.0\.7\/ok: answers 200 OK$/m);
  assert.match(text, /^ {2}PROBLEM {2}http:\/\/10\.0\.0\.7\/gone: answers 404 Not Found$/m);
  assert.equal(status, 1);
});
test('firmware for which there is no loader, and HTTP boot that is told what it does not take', async () => {
  const risc = await preview('52:54:00:00:00:01', '26');
  assert.match(risc.text, /^52:54:00:00:00:01, UEFI firmware of a 32-bit RISC-V machine that boots by HTTP.*\n.*no file from 10\.0\.0\.1\n {2}PROBLEM {2}it is told no file although it has profile web: there is no loader for it: UEFI firmware of a 32-bit RISC-V machine that boots by HTTP \(option 93: 26\)$/);
  assert.equal(risc.status, 1);
  const bare = await preview('52:54:00:00:00:04', 'ia32');
  assert.match(bare.text, /PROBLEM {2}no boot file: dhcpd\.conf gives no filename, and the machine has no boot profile$/);
  const http = await preview('52:54:00:00:00:02', 'http');
  assert.match(http.text, /^ {2}PROBLEM {2}HTTP boot takes no answer without option 60/m);
  assert.match(http.text, /^ {2}PROBLEM {2}HTTP boot wants a URL, and old\/pxelinux\.0 is none$/m);
});
test('words for firmware', () => {
  assert.deepEqual(booterOf('7'), booterOf('x64'));
  assert.deepEqual(booterOf('9'), { name: 'x64', architecture: 9, isHttp: false });
  assert.deepEqual(booterOf('http'), booterOf('http-x64'));
  assert.deepEqual(booterOf('24'), { name: 'arch-24', architecture: 24, isHttp: true });
  assert.deepEqual([booterOf('65536'), booterOf('efi'), booterOf('')], [undefined, undefined, undefined]);
});
test('for machines: steps with their findings', async () => {
  const { text } = await preview('10.0.0.11', 'bios', { json: true });
  const [first] = JSON.parse(text) as Preview[];
  assert.deepEqual([first?.firmware, first?.profile], ['bios', 'web']);
  assert.deepEqual(first?.steps[0], { kind: 'dhcp', by: 'BIOS firmware', outcome: 'DHCPOFFER of 10.0.0.11', server: '10.0.0.1', file: 'pxelinux.0' });
  assert.ok(first?.steps.every((step) => step.kind !== 'file' || step.finding.isThere));
});
test('who is no machine could not run', async () => {
  assert.equal((await preview('nonsense', 'bios')).status, 2);
});

test('what loaders are, what they ask for, and in which order', () => {
  const mac = Uint8Array.of(0x52, 0x54, 0, 0xaa, 0, 9);
  assert.deepEqual(['bios/lpxelinux.0', 'shimx64.efi.signed', 'grub2/shimx64.efi', 'bootx64.efi', 'ipxe.efi', 'ipxe/01-x.ipxe', 'wdsnbp.com'].map(loaderKindOf), [
    'pxelinux', 'shim', 'shim', 'grub', 'ipxe', 'script', 'unknown',
  ]);
  const { needed, oneOf } = wishesOf('pxelinux', 'bios/pxelinux.0', mac, 0x0a4d0064 as Ipv4);
  assert.deepEqual(needed, ['bios/ldlinux.c32']);
  assert.deepEqual([oneOf[0], oneOf[1], oneOf[2], oneOf[8], oneOf[9], oneOf.length], [
    'bios/pxelinux.cfg/01-52-54-00-aa-00-09', 'bios/pxelinux.cfg/0A4D0064', 'bios/pxelinux.cfg/0A4D006', 'bios/pxelinux.cfg/0', 'bios/pxelinux.cfg/default', 10,
  ]);
  assert.deepEqual(wishesOf('shim', 'grub2/shimx64.efi', mac, 0x0a4d0064 as Ipv4).needed, ['grub2/grubx64.efi']);
});
test('URLs that configurations name', () => {
  assert.deepEqual(urlsIn("linux '/k' 'a=http://x/a' b=https://y/b?c=1\nchain http://${next-server}/d || http://x/a http://z/folder/"), ['http://x/a', 'https://y/b?c=1']);
});
test('files that configurations name', () => {
  const pxe = 'LABEL a\n KERNEL ::a/k\n INITRD ::a/i,b\n APPEND x=1 initrd=c,/d y\n KERNEL http://x/k\n';
  assert.deepEqual(filesIn('pxelinux', 'bios/pxelinux.cfg/default', pxe), ['a/k', 'a/i', 'bios/b', 'bios/c', 'bios/d']);
  assert.deepEqual(filesIn('grub', 'grub/grub.cfg', "if linux '/k' 'a=1'; then\n  if initrd /i '/j'; then\nlinuxefi $x/k\n"), ['k', 'i', 'j']);
  assert.deepEqual(filesIn('script', 'a.ipxe', 'kernel /k a=1 || goto failed\ninitrd --name n /i || goto failed\nchain http://x/\n'), ['k', 'i']);
});

test('what was set for a machine, from the lease file', async () => {
  const disk = await preview('52:54:00:00:00:01', 'bios', { leases: '# leasehold boot 525400000001 1700000000 install done %' });
  assert.equal(disk.status, 0);
  assert.match(disk.text, /^52:54:00:00:00:01, BIOS firmware\n {2}note {5}52:54:00:00:00:01 boots from its disk: it has fetched its profile \(set 2023-11-14T22:13:20Z\)$/m);
  assert.match(disk.text, /\| LABEL disk\n.*\n.*\| {3}LOCALBOOT 0$/);
  const other = await preview('52:54:00:00:00:04', 'x64', { leases: '# leasehold boot 525400000004 1700000000 install pending web' });
  assert.match(other.text, /^52:54:00:00:00:04, .*, profile web\n {2}note {5}52:54:00:00:00:04 boots profile web once, then from its disk/);
  assert.match(other.text, /grub.cfg-01-52-54-00-00-00-04: \d+ bytes, made from profile web/);
});

test('firmware that is offered a program for another kind of firmware', async () => {
  const uefi = await preview('52:54:00:00:00:02', 'x64');
  assert.equal(uefi.status, 1);
  assert.match(uefi.text, /^ {2}PROBLEM {2}old\/pxelinux\.0 is a program for a BIOS, which UEFI firmware cannot run: give it a loader of its own by option 93/m);
  assert.doesNotMatch(uefi.text, /ldlinux/);
  const efi = conf.replace('fixed-address 10.0.0.13; filename "undionly.kpxe"', 'fixed-address 10.0.0.13; filename "snponly.efi"');
  assert.notEqual(efi, conf);
  const bios = await preview('52:54:00:00:00:03', 'bios', {}, efi);
  assert.match(bios.text, /snponly\.efi is a program for UEFI firmware, which a BIOS cannot run/);
});
test('a name that differs only in letter case is named', async () => {
  put('case/pxelinux.0', 'binary\0');
  put('case/ldlinux.c32', 'binary\0');
  put('case/pxelinux.cfg/0a000011', 'KERNEL k\n');
  const only = conf.replace('filename "old/pxelinux.0"', 'filename "Case/pxelinux.0"');
  const first = await preview('52:54:00:00:00:02', 'bios', {}, only);
  assert.match(first.text, /^ {2}PROBLEM {2}Case\/pxelinux\.0: not there; case\/pxelinux\.0 differs only in letter case$/m);
  const second = await preview('52:54:00:00:00:02', 'bios', {}, only.replace('Case/', 'case/').replace('10.0.0.12', '10.0.0.17'));
  assert.match(second.text, /^ {2}PROBLEM {2}no configuration for case\/pxelinux\.0: .*; case\/pxelinux\.cfg\/0a000011 differs from case\/pxelinux\.cfg\/0A000011 only in letter case$/m);
});
