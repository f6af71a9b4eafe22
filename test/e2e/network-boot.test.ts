// Whole machines boot from Leasehold alone: firmware of QEMU, loaders of Debian's packages, a profile's file for their own MAC
// address, and a kernel (memtest86+, which is small and starts by the protocol of Linux) that shows on the serial console that it
// runs with the profile's arguments.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { eventually } from '../../src/cli/lab/child.ts';
import type { DhcpServer } from './support/dhcp-servers.ts';
import { openLab, skipWithout, type Lab } from './support/lab.ts';
import { bootMillisMax, VirtualMachine } from './support/virtual-machine.ts';

const kernel = '/boot/memtest86+x64.bin';
/** The same as an EFI program, which iPXE wants in UEFI; it shows nothing on the serial console there. */
const efiKernel = '/boot/memtest86+x64.efi';
const kernel32 = '/boot/memtest86+ia32.bin';
const needs = [
  'qemu-system-x86_64', kernel, '/usr/lib/ipxe/qemu/pxe-virtio.rom', '/usr/lib/PXELINUX/pxelinux.0', '/usr/share/OVMF/OVMF_CODE_4M.fd',
  '/usr/lib/grub/x86_64-efi-signed/grubnetx64.efi.signed', '/usr/lib/ipxe/snponly.efi',
];
/** So large that it is on its way for seconds. */
const initrdSize = 32 * 1024 * 1024;
const skip = skipWithout(...needs);
/** These take minutes each: LEASEHOLD_NIGHT=1 runs them. */
const atNight: typeof test = process.env['LEASEHOLD_NIGHT'] === '1' ? test : ((() => undefined) as unknown as typeof test);

const machine = (number: number): string => `52:54:00:aa:00:0${number}`;
const hosts = `
next-server 192.168.50.99;
host bios-1 { hardware ethernet ${machine(1)}; fixed-address 192.168.50.11; filename "pxelinux.0"; }
host uefi-1 { hardware ethernet ${machine(2)}; fixed-address 192.168.50.12; }
host http-1 { hardware ethernet ${machine(3)}; fixed-address 192.168.50.13; }
host ia32-1 { hardware ethernet ${machine(5)}; fixed-address 192.168.50.15; }
host ipxe-1 { hardware ethernet ${machine(4)}; fixed-address 192.168.50.14; }
`;
const alone = `authoritative; ddns-update-style none; ping-check off; subnet 192.168.50.0 netmask 255.255.255.0 { }${hosts}`;
const nodes = { primary: '192.168.50.80', secondary: '192.168.50.81' } as const;
/** pxelinux starts over five seconds after it lost patience, instead of five minutes; the boot ROM does not ask for that option. */
const soon = `option pxelinux-reboottime code 211 = unsigned integer 32; option pxelinux-reboottime 5;
if exists dhcp-parameter-request-list { option dhcp-parameter-request-list = concat(option dhcp-parameter-request-list, d3); }`;
const paired = (role: keyof typeof nodes): string => `${soon}
failover peer "pair" {
  ${role}; address ${nodes[role]}; port 647; peer address ${nodes[role === 'primary' ? 'secondary' : 'primary']}; peer port 647;
  max-response-delay 10; max-unacked-updates 10; load balance max seconds 3; ${role === 'primary' ? 'mclt 600; split 128;' : ''}
}
authoritative; ddns-update-style none; ping-check off;
subnet 192.168.50.0 netmask 255.255.255.0 { pool { failover peer "pair"; range 192.168.50.100 192.168.50.119; } }${hosts}`;

/** The files of every node, and its settings. */
function filesOf(lab: Lab, more = '', initrdSize = 0, from = kernel): string {
  chmodSync(lab.folder, 0o755);
  const root = join(lab.folder, 'tftp');
  mkdirSync(root);
  copyFileSync(from, join(root, 'memtest.bin'));
  chmodSync(join(root, 'memtest.bin'), 0o644);
  if (initrdSize > 0) writeFileSync(join(root, 'initrd.img'), randomBytes(initrdSize));
  return `boot { root "${root}"; next-server self; ${more}
    profile "memory" { match host "*-1"; kernel "memtest.bin"; ${initrdSize > 0 ? 'initrd "initrd.img";' : ''}
      arguments "console=ttyS0,115200 host=\${hostname}"; } }\n`;
}
async function served(lab: Lab, config: string, settings: string, address: string): Promise<DhcpServer> {
  const server = lab.server({ config, settings, cidr: `${address}/24`, interfaceNames: ['eth0'] });
  await server.start();
  await server.line(/boot: serving files of/);
  return server;
}
async function place(t: TestContext, more = '', from = kernel): Promise<{ readonly lab: Lab; readonly server: DhcpServer }> {
  const lab = await openLab(t);
  return { lab, server: await served(lab, alone, filesOf(lab, more, 0, from), nodes.primary) };
}

test('BIOS: boot ROM, pxelinux, the file of its own MAC address, kernel', { skip }, async (t) => {
  const { lab, server } = await place(t);
  const made = VirtualMachine.start(lab.lan, { mac: machine(1), firmware: 'bios', folder: lab.folder });
  await made.shows(/Leasehold 192\.168\.50\.80: bios-1 \(52:54:00:aa:00:01\) boots profile memory/);
  await server.line(/boot: sent .*pxelinux\.cfg\/01-52-54-00-aa-00-01 to 192\.168\.50\.11 .*; made from profile memory$/);
  await server.line(/boot: sent .*memtest\.bin to 192\.168\.50\.11/);
  await made.shows(/Memtest86\+/);
});

test('UEFI: firmware, signed GRUB, the file of its own MAC address, kernel', { skip }, async (t) => {
  const { lab, server } = await place(t);
  const made = VirtualMachine.start(lab.lan, { mac: machine(2), firmware: 'uefi', folder: lab.folder });
  await made.shows(/Leasehold 192\.168\.50\.80: uefi-1 \(52:54:00:aa:00:02\) boots profile memory/);
  await server.line(/boot: sent .*grub\.cfg-01-52:54:00:aa:00:02 to 192\.168\.50\.12 .*; made from profile memory$/);
  await server.line(/boot: sent .*memtest\.bin to 192\.168\.50\.12/);
  await made.shows(/Memtest86\+/);
});

atNight('UEFI HTTP boot: iPXE by URL, its script, kernel, all by HTTP', { skip }, async (t) => {
  const { lab, server } = await place(t, '', efiKernel);
  const made = VirtualMachine.start(lab.lan, { mac: machine(3), firmware: 'http', folder: lab.folder });
  await server.line(/boot: sent \/snponly\.efi to 192\.168\.50\.13 by http/, bootMillisMax);
  await made.shows(/Leasehold 192\.168\.50\.80: http-1 \(52:54:00:aa:00:03\) boots profile memory/);
  await server.line(/boot: sent \/memtest\.bin to 192\.168\.50\.13 by http/);
  assert.doesNotMatch(server.log, /by tftp/);
});

atNight('UEFI by shim, as Secure Boot needs it: shim, signed GRUB, the file of its own MAC address, kernel', { skip: skipWithout(...needs, '/usr/lib/shim/shimx64.efi.signed') }, async (t) => {
  const { lab, server } = await place(t, 'x64-loader "shimx64.efi";');
  const made = VirtualMachine.start(lab.lan, { mac: machine(2), firmware: 'uefi', folder: lab.folder });
  await server.line(/boot: sent shimx64\.efi to 192\.168\.50\.12 by tftp.*; from \/usr\/lib\/shim\/shimx64\.efi\.signed/, bootMillisMax);
  await server.line(/boot: sent \S*grubx64\.efi to 192\.168\.50\.12 by tftp.*; from \/usr\/lib\/grub\/x86_64-efi-signed\/grubnetx64\.efi\.signed/, bootMillisMax);
  await made.shows(/Leasehold 192\.168\.50\.80: uefi-1 \(52:54:00:aa:00:02\) boots profile memory/);
  await made.shows(/Memtest86\+/);
});

const needs32 = ['/usr/share/OVMF/OVMF32_CODE_4M.secboot.fd', '/usr/lib/grub/i386-efi/monolithic/grubnetia32.efi', kernel32];
atNight('UEFI of 32 bits: firmware, GRUB of its own, the file of its own MAC address, kernel', { skip: skipWithout(...needs, ...needs32) }, async (t) => {
  const { lab, server } = await place(t, '', kernel32);
  const made = VirtualMachine.start(lab.lan, { mac: machine(5), firmware: 'ia32', folder: lab.folder });
  await server.line(/boot: sent grubia32\.efi to 192\.168\.50\.15 by tftp.*; from \/usr\/lib\/grub\/i386-efi/, bootMillisMax);
  await made.shows(/Leasehold 192\.168\.50\.80: ia32-1 \(52:54:00:aa:00:05\) boots profile memory/);
  await server.line(/boot: sent .*memtest\.bin to 192\.168\.50\.15/);
  await made.shows(/Memtest86\+/);
});

atNight('iPXE in the card: a script of its own, and the kernel', { skip }, async (t) => {
  const { lab } = await place(t);
  const made = VirtualMachine.start(lab.lan, { mac: machine(4), firmware: 'bios', folder: lab.folder });
  await made.shows(/Leasehold 192\.168\.50\.80: ipxe-1 \(52:54:00:aa:00:04\) boots profile memory/);
  await made.shows(/Memtest86\+/);
});

atNight('iPXE that was loaded is given its script and not iPXE again', { skip }, async (t) => {
  const { lab, server } = await place(t, 'x64-loader "snponly.efi";', efiKernel);
  const made = VirtualMachine.start(lab.lan, { mac: machine(2), firmware: 'uefi', folder: lab.folder });
  await made.shows(/Leasehold 192\.168\.50\.80: uefi-1 \(52:54:00:aa:00:02\) boots profile memory/);
  await server.line(/boot: sent \/memtest\.bin to 192\.168\.50\.12 by http/);
  assert.equal(server.log.match(/boot: sent \S*snponly\.efi to 192\.168\.50\.12/g)?.length, 1);
});

/** A pair that serves both halves; its machine is in the middle of the initrd from `victim`, and the other one is `survivor`. */
async function halfway(t: TestContext, { number, firmware, name }: Orphan): Promise<{ made: VirtualMachine; victim: DhcpServer; survivor: DhcpServer; address: string }> {
  const lab = await openLab(t);
  const settings = filesOf(lab, '', initrdSize);
  const primary = await served(lab, paired('primary'), settings, nodes.primary);
  const secondary = await served(lab, paired('secondary'), settings, nodes.secondary);
  await primary.line(/peer update completed/);
  primary.command('failover', 'init', '--yes');
  await primary.line(/Both servers normal/);
  await secondary.line(/Both servers normal/);
  const made = VirtualMachine.start(lab.lan, { mac: machine(number), firmware, folder: lab.folder, reboots: true });
  await made.shows(new RegExp(`Leasehold 192\\.168\\.50\\.8\\d: ${name}`));
  const isPrimary = made.console.includes(`Leasehold ${nodes.primary}: ${name}`);
  const [victim, survivor, address] = isPrimary ? [primary, secondary, nodes.secondary] : [secondary, primary, nodes.primary];
  await victim.line(/boot: sent \S*memtest\.bin/, bootMillisMax);
  return { made, victim, survivor, address };
}
/** From the other one's configuration to the kernel, all of the initrd on the way. */
async function bootsFrom(made: VirtualMachine, survivor: DhcpServer, address: string, { number, name, protocol, patienceMillis }: Orphan): Promise<void> {
  await made.shows(new RegExp(`Leasehold ${address.replaceAll('.', '\\.')}: ${name}`), patienceMillis + bootMillisMax);
  await survivor.line(new RegExp(`boot: sent \\S*initrd\\.img to 192\\.168\\.50\\.1${number} by ${protocol}: ${initrdSize} bytes`), bootMillisMax);
  await made.shows(/Memtest86\+/);
}

/** How loaders notice differs: a reset connection, or silence until they lose patience. */
interface Orphan {
  readonly loader: string;
  readonly number: number;
  readonly firmware: 'bios' | 'uefi';
  readonly name: string;
  readonly protocol: 'http' | 'tftp';
  /** How long the loader itself asks a silent server before it starts over. */
  readonly patienceMillis: number;
}
const orphans: readonly Orphan[] = [
  { loader: 'iPXE', number: 4, firmware: 'bios', name: 'ipxe-1', protocol: 'http', patienceMillis: 0 },
  { loader: 'GRUB', number: 2, firmware: 'uefi', name: 'uefi-1', protocol: 'tftp', patienceMillis: 0 },
];
for (const orphan of orphans)
  atNight(`the node that serves ${orphan.loader} is killed in the middle of a file: the machine boots from the other one, by itself`, { skip }, async (t) => {
    const { made, victim, survivor, address } = await halfway(t, orphan);
    await victim.kill();
    assert.doesNotMatch(victim.log, /sent \S*initrd\.img/, 'the transfer was running');
    await bootsFrom(made, survivor, address, orphan);
  });

/** Nothing answers and no ICMP tells that nobody is there, as the kernel of a machine does whose server alone died. */
function fallSilent(t: TestContext, { host }: DhcpServer): void {
  const pids = host.run('sh', '-c', 'ip netns pids $(ip netns identify $$)').trim().split('\n').map(Number);
  const tell = (signal: NodeJS.Signals): void => {
    for (const pid of pids)
      try {
        process.kill(pid, signal);
      } catch {
        // The shell that listed them.
      }
  };
  tell('SIGSTOP');
  t.after(() => tell('SIGCONT'));
}

atNight('the node that serves pxelinux falls silent in the middle of a file: the machine boots from the other one, by itself', { skip }, async (t) => {
  // Measured on a busy machine: 185 to 212 s from the silence to the other node's configuration, by pxelinux's own clock.
  const orphan: Orphan = { loader: 'pxelinux', number: 1, firmware: 'bios', name: 'bios-1', protocol: 'tftp', patienceMillis: 240_000 };
  const { made, victim, survivor, address } = await halfway(t, orphan);
  // For a file that nobody begins to send pxelinux would not start over.
  const sent = (): number => Number(victim.host.run('cat', '/sys/class/net/eth0/statistics/tx_bytes'));
  const before = sent();
  await eventually('a part of the initrd is there', () => (sent() > before + initrdSize / 32 ? true : undefined), bootMillisMax);
  fallSilent(t, victim);
  const silentAt = performance.now();
  assert.doesNotMatch(victim.log, /sent \S*initrd\.img/, 'the transfer was running');
  await bootsFrom(made, survivor, address, orphan);
  t.diagnostic(`its kernel ran ${((performance.now() - silentAt) / 1000).toFixed(0)} s after the silence began`);
});
