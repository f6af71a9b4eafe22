// A whole machine that is set to install: firmware, loader, its profile from the network; then, started again, what is on its disk.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { DhcpServer } from './support/dhcp-servers.ts';
import { openLab, skipWithout, type Lab } from './support/lab.ts';
import { bootMillisMax, VirtualMachine } from './support/virtual-machine.ts';

/** These take minutes each: LEASEHOLD_NIGHT=1 runs them. */
const atNight: typeof test = process.env['LEASEHOLD_NIGHT'] === '1' ? test : ((() => undefined) as unknown as typeof test);

const kernel = '/boot/memtest86+x64.bin';
const needs = ['qemu-system-x86_64', kernel, '/usr/lib/PXELINUX/pxelinux.0', '/usr/lib/ipxe/qemu/pxe-virtio.rom'];
const mac = '52:54:00:aa:00:01';
const configOf = (more: string): string => `authoritative; ddns-update-style none; ping-check off; subnet 192.168.50.0 netmask 255.255.255.0 { }
host one-1 { hardware ethernet ${mac}; fixed-address 192.168.50.11; ${more} }
`;
const marker = 'DISK-BOOTED';

async function place(t: TestContext, host: string, more: string): Promise<{ readonly lab: Lab; readonly server: DhcpServer }> {
  const lab = await openLab(t);
  chmodSync(lab.folder, 0o755);
  const root = join(lab.folder, 'tftp');
  mkdirSync(root);
  copyFileSync(kernel, join(root, 'memtest.bin'));
  chmodSync(join(root, 'memtest.bin'), 0o644);
  const settings = `boot { root "${root}"; next-server self; ${more}
    profile "memory" { match host "*-1"; kernel "memtest.bin"; arguments "console=ttyS0,115200"; } }\n`;
  const server = lab.server({ config: configOf(host), settings, cidr: '192.168.50.80/24', interfaceNames: ['eth0'] });
  await server.start();
  await server.line(/boot: serving files of/);
  server.command('boot', 'set', 'one-1', 'install');
  return { lab, server };
}

/** A boot sector that writes its text by the BIOS and halts. */
function bootSector(): Buffer {
  const code = Buffer.from('31c08ed8be157cac08c07406b40ecd10ebf5f4ebfd', 'hex');
  // A BIOS reads by cylinders, of which a smaller disk has none.
  const sector = Buffer.alloc(4 * 1024 * 1024);
  Buffer.concat([code, Buffer.from(`${marker}\0`)]).copy(sector);
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}
function biosDisk({ folder }: Lab): string {
  writeFileSync(join(folder, 'disk.img'), bootSector());
  return `format=raw,file=${join(folder, 'disk.img')}`;
}
/** A folder that QEMU shows as a FAT file system, with a GRUB that has its configuration inside. */
function uefiDisk({ folder }: Lab): string {
  const efi = join(folder, 'esp/EFI/BOOT');
  mkdirSync(efi, { recursive: true });
  writeFileSync(join(folder, 'early.cfg'), `serial --unit=0\nterminal_output serial\necho ${marker}\nsleep 60\n`);
  execFileSync('grub-mkimage', ['-O', 'x86_64-efi', '-p', '/none', '-c', join(folder, 'early.cfg'), '-o', join(efi, 'BOOTX64.EFI'), 'serial', 'terminal', 'echo', 'sleep']);
  return `format=raw,file=fat:rw:${join(folder, 'esp')}`;
}

const ovmf = '/usr/share/OVMF/OVMF_CODE_4M.fd';
atNight('UEFI firmware that is given a program for a BIOS: status says so', { skip: skipWithout(...needs, ovmf) }, async (t) => {
  const { lab, server } = await place(t, 'filename "pxelinux.0";', '');
  VirtualMachine.start(lab.lan, { mac, firmware: 'uefi', folder: lab.folder });
  await server.line(/boot: sent pxelinux\.0 to 192\.168\.50\.11 by tftp/, bootMillisMax);
  const wrong = /is told a file that it cannot run: pxelinux\.0 is a program for a BIOS, which UEFI firmware cannot run/;
  assert.match(server.log, new RegExp(`boot: ${mac} \\(one-1\\) ${wrong.source}`), 'when it is offered');
  const status = server.command('boot', 'status', mac);
  assert.match(status, wrong);
  t.diagnostic(status);
});

const rows = [
  { id: 'BIOS, pxelinux', firmware: 'bios', disk: biosDisk, host: 'filename "pxelinux.0";', more: '', needs: [] },
  { id: 'BIOS, iPXE', firmware: 'bios', disk: biosDisk, host: '', more: '', needs: [] },
  { id: 'UEFI, signed GRUB', firmware: 'uefi', disk: uefiDisk, host: '', more: '', needs: ['grub-mkimage', '/usr/lib/grub/x86_64-efi-signed/grubnetx64.efi.signed', ovmf] },
  { id: 'UEFI, iPXE', firmware: 'uefi', disk: uefiDisk, host: '', more: 'x64-loader "snponly.efi";', needs: ['grub-mkimage', '/usr/lib/ipxe/snponly.efi', ovmf] },
] as const;
for (const { id, firmware, disk, host, more, needs: also } of rows)
  atNight(`once its profile, then its disk: ${id}`, { skip: skipWithout(...needs, ...also) }, async (t) => {
    const { lab, server } = await place(t, host, more);
    const options = { mac, firmware, folder: lab.folder, disk: disk(lab) };
    const first = VirtualMachine.start(lab.lan, options);
    await first.shows(/one-1 \(52:54:00:aa:00:01\) boots profile memory/);
    await server.line(/boot: 52:54:00:aa:00:01 has fetched what it was to boot once/, bootMillisMax);
    await first.child.stop('SIGKILL');
    const second = VirtualMachine.start(lab.lan, options);
    await second.shows(/one-1 \(52:54:00:aa:00:01\) boots from its own disk/);
    await second.shows(new RegExp(marker));
  });
