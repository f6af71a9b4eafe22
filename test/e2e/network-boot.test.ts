// Whole machines boot from Leasehold alone: firmware of QEMU, loaders of Debian's packages, a profile's file for their own MAC
// address, and a kernel (memtest86+, which is small and starts by the protocol of Linux) that shows on the serial console that it
// runs with the profile's arguments.

import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { DhcpServer } from './support/dhcp-servers.ts';
import { openLab, skipWithout, type Lab } from './support/lab.ts';
import { VirtualMachine } from './support/virtual-machine.ts';

const kernel = '/boot/memtest86+x64.bin';
const needs = [
  'qemu-system-x86_64', kernel, '/usr/lib/ipxe/qemu/pxe-virtio.rom', '/usr/lib/PXELINUX/pxelinux.0', '/usr/share/OVMF/OVMF_CODE_4M.fd',
  '/usr/lib/grub/x86_64-efi-signed/grubnetx64.efi.signed',
];
const skip = skipWithout(...needs);

const machine = (number: number): string => `52:54:00:aa:00:0${number}`;
const config = `authoritative; ddns-update-style none; ping-check off;
next-server 192.168.50.99;
subnet 192.168.50.0 netmask 255.255.255.0 { }
host bios-1 { hardware ethernet ${machine(1)}; fixed-address 192.168.50.11; filename "pxelinux.0"; }
host uefi-1 { hardware ethernet ${machine(2)}; fixed-address 192.168.50.12; }
`;

interface Place {
  readonly lab: Lab;
  readonly server: DhcpServer;
}
async function place(t: TestContext): Promise<Place> {
  const lab = await openLab(t);
  chmodSync(lab.folder, 0o755);
  const root = join(lab.folder, 'tftp');
  mkdirSync(root);
  copyFileSync(kernel, join(root, 'memtest.bin'));
  chmodSync(join(root, 'memtest.bin'), 0o644);
  const settings = `boot { root "${root}"; next-server self;
    profile "memory" { match host "bios-*", "uefi-*"; kernel "memtest.bin"; arguments "console=ttyS0,115200 host=\${hostname}"; } }\n`;
  const server = lab.server({ config, settings, interfaceNames: ['eth0'] });
  await server.start();
  await server.line(/boot: serving files of/);
  return { lab, server };
}

test('BIOS: boot ROM, pxelinux, the file of its own MAC address, kernel', { skip }, async (t) => {
  const { lab, server } = await place(t);
  const made = VirtualMachine.start(lab.lan, { mac: machine(1), firmware: 'bios', folder: lab.folder });
  await made.shows(/Leasehold 192\.168\.50\.80: bios-1 \(52:54:00:aa:00:01\) boots profile memory/);
  await server.line(/boot: sent .*pxelinux\.cfg\/01-52-54-00-aa-00-01 to 192\.168\.50\.11 .*; made from profile memory$/);
  await server.line(/boot: sent .*memtest\.bin to 192\.168\.50\.11/);
  await made.shows(/Memtest86\+/, 60_000);
});

test('UEFI: firmware, signed GRUB, the file of its own MAC address, kernel', { skip }, async (t) => {
  const { lab, server } = await place(t);
  const made = VirtualMachine.start(lab.lan, { mac: machine(2), firmware: 'uefi', folder: lab.folder });
  await made.shows(/Leasehold 192\.168\.50\.80: uefi-1 \(52:54:00:aa:00:02\) boots profile memory/);
  await server.line(/boot: sent .*grub\.cfg-01-52:54:00:aa:00:02 to 192\.168\.50\.12 .*; made from profile memory$/);
  await server.line(/boot: sent .*memtest\.bin to 192\.168\.50\.12/);
  await made.shows(/Memtest86\+/, 60_000);
  assert.ok(!made.child.hasExited);
});
