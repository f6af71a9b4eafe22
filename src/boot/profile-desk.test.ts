// Whose profile a machine has, and what it loads first.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIpv4, type Ipv4 } from '../std/ipv4.ts';
import type { BootSettings } from '../model/boot-settings.ts';
import { architectureTitle, firmwareRows, firmwares } from '../model/firmware.ts';
import { firstFile } from './first-file.ts';

const server = parseIpv4('10.0.0.1') ?? (0 as Ipv4);
const loaders: BootSettings['loaders'] = { x64: 'shimx64.efi' };
const ports = { tftpPort: 69, httpPort: 8080 };

interface Row {
  readonly id: string;
  readonly architectures: readonly number[];
  readonly isHttp?: boolean;
  readonly isIpxe?: boolean;
  readonly ports?: Partial<typeof ports>;
  /** Or why there is none. */
  readonly file: string | RegExp;
}
const rows: readonly Row[] = [
  { id: 'BIOS', architectures: [0], file: 'pxelinux.0' },
  { id: 'UEFI x64', architectures: [7], file: 'shimx64.efi' },
  { id: 'UEFI x64 that says EBC', architectures: [9], file: 'shimx64.efi' },
  { id: 'UEFI arm64', architectures: [11], file: 'grubaa64.efi' },
  { id: 'the first of several that is known', architectures: [2, 7, 0], file: 'shimx64.efi' },
  { id: 'the one of several that loads as it says, HTTP', architectures: [7, 16], isHttp: true, file: 'http://10.0.0.1:8080/snponly.efi' },
  { id: 'the one of several that loads as it says, TFTP', architectures: [16, 7], file: 'shimx64.efi' },
  { id: 'UEFI IA32', architectures: [6], file: 'grubia32.efi' },
  { id: 'UEFI arm', architectures: [10], file: 'grubarm.efi' },
  { id: 'UEFI riscv64', architectures: [27], file: 'grubriscv64.efi' },
  { id: 'UEFI loongarch64', architectures: [39], file: 'grubloongarch64.efi' },
  { id: 'BIOS HTTP', architectures: [20], isHttp: true, file: 'http://10.0.0.1:8080/undionly.kpxe' },
  { id: 'UEFI HTTP IA32', architectures: [15], isHttp: true, file: 'http://10.0.0.1:8080/i386-efi/snponly.efi' },
  { id: 'UEFI HTTP arm', architectures: [18], isHttp: true, file: 'http://10.0.0.1:8080/arm32-efi/snponly.efi' },
  { id: 'UEFI HTTP riscv64', architectures: [28], isHttp: true, file: 'http://10.0.0.1:8080/riscv64-efi/snponly.efi' },
  { id: 'UEFI HTTP loongarch64', architectures: [40], isHttp: true, file: 'http://10.0.0.1:8080/loong64-efi/snponly.efi' },
  ...[1, 2, 3, 4, 5, 8, 12, 13, 14, 17, 21, 22, 23, 24, 25, 26, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 41].map((code) => (
    { id: `architecture ${code}, which has no loader`, architectures: [code], file: new RegExp(`^there is no loader for it: (?!firmware of architecture).* \\(option 93: ${code}\\)$`) })),
  { id: 'an architecture nobody knows', architectures: [4711], file: /^there is no loader for it: firmware of architecture 4711 / },
  { id: 'no architecture at all', architectures: [], file: 'pxelinux.0' },
  { id: 'UEFI HTTP x64', architectures: [16], isHttp: true, file: 'http://10.0.0.1:8080/snponly.efi' },
  { id: 'UEFI HTTP that says PXEClient', architectures: [16], file: /^it says PXEClient \(option 60\) and .*HTTP \(option 93: 16\)/ },
  { id: 'BIOS that says HTTPClient', architectures: [0], isHttp: true, file: /^it says HTTPClient/ },
  { id: 'UEFI HTTP arm64', architectures: [19], isHttp: true, file: 'http://10.0.0.1:8080/arm64-efi/snponly.efi' },
  { id: 'UEFI HTTP on port 80', architectures: [16], isHttp: true, ports: { httpPort: 80 }, file: 'http://10.0.0.1/snponly.efi' },
  { id: 'UEFI HTTP without HTTP', architectures: [16], isHttp: true, ports: { httpPort: 0 }, file: /http-port is 0/ },
  { id: 'BIOS without TFTP', architectures: [0], ports: { tftpPort: 0 }, file: /tftp-port is 0/ },
  { id: 'iPXE on BIOS', architectures: [0], isIpxe: true, file: 'http://10.0.0.1:8080/ipxe/01-52-54-00-00-00-01.ipxe' },
  { id: 'iPXE on UEFI', architectures: [7], isIpxe: true, file: 'http://10.0.0.1:8080/ipxe/01-52-54-00-00-00-01.ipxe' },
  { id: 'iPXE without HTTP', architectures: [0], isIpxe: true, ports: { httpPort: 0 }, file: 'ipxe/01-52-54-00-00-00-01.ipxe' },
  { id: 'iPXE without anything', architectures: [0], isIpxe: true, ports: { httpPort: 0, tftpPort: 0 }, file: /tftp-port and http-port are 0/ },
];
for (const { id, architectures, isHttp = false, isIpxe = false, ports: other, file } of rows)
  test(`first file: ${id}`, () => {
    const first = firstFile({ ...ports, ...other, loaders }, { architectures, isHttp, isIpxe }, '525400000001', server);
    if (typeof file === 'string') assert.deepEqual(first, { ok: true, value: file });
    else assert.match(first.ok ? assert.fail(first.value) : first.error, file);
  });

test('every code of the reference’s table is one kind of firmware, or has a name', () => {
  assert.deepEqual(Array.from({ length: 42 }, (_, code) => code).filter((code) => /architecture/.test(architectureTitle(code))), []);
  const codes = firmwares.flatMap((name) => [...firmwareRows[name].codes]);
  assert.equal(new Set(codes).size, codes.length);
});
