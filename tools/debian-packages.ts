// Debian packages that tests and demo use, each with the command that proves it is there.

import { spawnSync, type SpawnSyncOptions } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';

export interface DebianPackage {
  readonly name: string;
  /** Or, of a package without one, the absolute path of a file. */
  readonly command: string;
  readonly purpose: string;
}

export const testPackages: readonly DebianPackage[] = [
  { name: 'iproute2', command: 'ip', purpose: 'network namespaces' },
  { name: 'isc-dhcp-server', command: 'dhcpd', purpose: 'partner server and comparison' },
  { name: 'isc-dhcp-client', command: 'dhclient', purpose: 'client' },
  { name: 'isc-dhcp-relay', command: 'dhcrelay', purpose: 'relay' },
  { name: 'udhcpc', command: 'udhcpc', purpose: 'client' },
  { name: 'dhcpcd5', command: 'dhcpcd', purpose: 'client' },
  { name: 'kea-dhcp4-server', command: 'kea-dhcp4', purpose: 'comparison' },
  { name: 'kea-admin', command: 'perfdhcp', purpose: 'load' },
  { name: 'dhcpd-pools', command: 'dhcpd-pools', purpose: 'reader of the lease file' },
  { name: 'openssl', command: 'openssl', purpose: 'certificates' },
  { name: 'nftables', command: 'nft', purpose: 'firewall rules' },
  { name: 'systemd', command: 'systemctl', purpose: 'the unit as it is shipped' },
  { name: 'strace', command: 'strace', purpose: 'proof of write order' },
  { name: 'tftp-hpa', command: 'tftp', purpose: 'client' },
  { name: 'atftp', command: 'atftp', purpose: 'client' },
  { name: 'curl', command: 'curl', purpose: 'client' },
  { name: 'python3-pypureomapi', command: '/usr/lib/python3/dist-packages/pypureomapi.py', purpose: 'OMAPI client' },
  { name: 'qemu-system-x86', command: 'qemu-system-x86_64', purpose: 'machines that boot from the network' },
  { name: 'ipxe-qemu', command: '/usr/lib/ipxe/qemu/pxe-virtio.rom', purpose: 'boot ROM of their network cards' },
  { name: 'ipxe', command: '/usr/lib/ipxe/snponly.efi', purpose: 'loader of scripts' },
  { name: 'ovmf', command: '/usr/share/OVMF/OVMF_CODE_4M.fd', purpose: 'UEFI firmware' },
  { name: 'pxelinux', command: '/usr/lib/PXELINUX/pxelinux.0', purpose: 'BIOS loader' },
  { name: 'syslinux-common', command: '/usr/lib/syslinux/modules/bios/ldlinux.c32', purpose: 'modules of the BIOS loader' },
  { name: 'grub-efi-amd64-signed', command: '/usr/lib/grub/x86_64-efi-signed/grubnetx64.efi.signed', purpose: 'UEFI loader' },
  { name: 'shim-signed', command: '/usr/lib/shim/shimx64.efi.signed', purpose: 'first loader of Secure Boot' },
  { name: 'ovmf-ia32', command: '/usr/share/OVMF/OVMF32_CODE_4M.secboot.fd', purpose: 'UEFI firmware of 32 bits' },
  { name: 'grub-efi-ia32-bin', command: '/usr/lib/grub/i386-efi/monolithic/grubnetia32.efi', purpose: 'UEFI loader of 32 bits' },
  { name: 'memtest86+', command: '/boot/memtest86+x64.bin', purpose: 'a small kernel' },
  { name: 'etcd-server', command: 'etcd', purpose: 'witness of a failover pair' },
  { name: 'tshark', command: 'tshark', purpose: 'protocol dissection' },
];

/** Looks where root's programs live even if PATH does not. A library is known by its file's whole path. */
export function hasCommand(command: string): boolean {
  if (command.startsWith('/')) return existsSync(command);
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin', '/usr/bin', '/bin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export const missingPackages = (packages: readonly DebianPackage[]): DebianPackage[] =>
  packages.filter(({ command }) => !hasCommand(command));

/** Installs with apt-get, saying so; returns what is still missing afterwards. */
export function installPackages(packages: readonly DebianPackage[], say: (line: string) => void): DebianPackage[] {
  const missing = missingPackages(packages);
  if (missing.length === 0) return [];
  const names = missing.map(({ name }) => name);
  if (process.getuid?.() !== 0 || !hasCommand('apt-get')) {
    say(`not installed, and this is not root with apt-get: ${names.join(' ')}`);
    return missing;
  }
  say(`installing Debian packages with apt-get: ${names.join(' ')}`);
  const options: SpawnSyncOptions = {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  // Why policy-rc.d is not touched: the servers' units stay unconfigured and simply fail to start by themselves.
  spawnSync('apt-get', ['update', '-qq'], options);
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], options);
  return missingPackages(missing);
}
