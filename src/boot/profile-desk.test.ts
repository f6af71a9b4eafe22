// Whose profile a machine has, and what it loads first.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIpv4, type Ipv4 } from '../std/ipv4.ts';
import type { BootSettings } from '../model/boot-settings.ts';
import { firstFile } from './first-file.ts';

const server = parseIpv4('10.0.0.1') ?? (0 as Ipv4);
const loaders: BootSettings['loaders'] = { bios: 'pxelinux.0', x64: 'shimx64.efi', arm64: 'grubaa64.efi', 'http-x64': 'snponly.efi', 'http-arm64': 'arm64-efi/snponly.efi' };
const ports = { tftpPort: 69, httpPort: 8080 };

interface Row {
  readonly id: string;
  readonly architectures: readonly number[];
  readonly isHttp?: boolean;
  readonly isIpxe?: boolean;
  readonly ports?: Partial<typeof ports>;
  readonly file: string | undefined;
}
const rows: readonly Row[] = [
  { id: 'BIOS', architectures: [0], file: 'pxelinux.0' },
  { id: 'UEFI x64', architectures: [7], file: 'shimx64.efi' },
  { id: 'UEFI x64 that says EBC', architectures: [9], file: 'shimx64.efi' },
  { id: 'UEFI arm64', architectures: [11], file: 'grubaa64.efi' },
  { id: 'the first of several that is known', architectures: [2, 7, 0], file: 'shimx64.efi' },
  { id: 'an architecture without a loader', architectures: [6], file: undefined },
  { id: 'UEFI HTTP x64', architectures: [16], isHttp: true, file: 'http://10.0.0.1:8080/snponly.efi' },
  { id: 'UEFI HTTP that says PXEClient', architectures: [16], file: undefined },
  { id: 'BIOS that says HTTPClient', architectures: [0], isHttp: true, file: undefined },
  { id: 'UEFI HTTP arm64', architectures: [19], isHttp: true, file: 'http://10.0.0.1:8080/arm64-efi/snponly.efi' },
  { id: 'UEFI HTTP on port 80', architectures: [16], isHttp: true, ports: { httpPort: 80 }, file: 'http://10.0.0.1/snponly.efi' },
  { id: 'UEFI HTTP without HTTP', architectures: [16], isHttp: true, ports: { httpPort: 0 }, file: undefined },
  { id: 'BIOS without TFTP', architectures: [0], ports: { tftpPort: 0 }, file: undefined },
  { id: 'iPXE on BIOS', architectures: [0], isIpxe: true, file: 'http://10.0.0.1:8080/ipxe/01-52-54-00-00-00-01.ipxe' },
  { id: 'iPXE on UEFI', architectures: [7], isIpxe: true, file: 'http://10.0.0.1:8080/ipxe/01-52-54-00-00-00-01.ipxe' },
  { id: 'iPXE without HTTP', architectures: [0], isIpxe: true, ports: { httpPort: 0 }, file: 'ipxe/01-52-54-00-00-00-01.ipxe' },
  { id: 'iPXE without anything', architectures: [0], isIpxe: true, ports: { httpPort: 0, tftpPort: 0 }, file: undefined },
];
for (const { id, architectures, isHttp = false, isIpxe = false, ports: other, file } of rows)
  test(`first file: ${id}`, () => {
    assert.equal(firstFile({ ...ports, ...other, loaders }, { architectures, isHttp, isIpxe }, '525400000001', server), file);
  });
