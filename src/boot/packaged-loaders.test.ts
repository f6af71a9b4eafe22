// Loaders of installed packages: each name that a kind of firmware is told without a setting has a source, or is one's own to bring.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firmwareRows, firmwares } from '../model/firmware.ts';
import { packagedLoaders, packageHint } from './packaged-loaders.ts';

test('which first files Debian’s packages have', () => {
  const own = firmwares.filter((name) => !packagedLoaders.has(firmwareRows[name].loader));
  assert.deepEqual(own, ['arm', 'riscv64', 'loongarch64', 'http-ia32', 'http-arm', 'http-arm64', 'http-riscv64', 'http-loongarch64']);
});
test('where a missing loader may be had', () => {
  assert.equal(packageHint('grubaa64.efi'), '; of Debian’s packages grub-efi-arm64-signed and grub-efi-arm64-bin have it');
  assert.equal(packageHint('pxelinux.0'), '; of Debian’s packages pxelinux has it');
  assert.equal(packageHint('other/pxelinux.0'), '');
});
test('signed loaders come before the same program unsigned', () => {
  for (const [name, from] of packagedLoaders) assert.deepEqual(from.map(({ file }) => file.endsWith('.signed')), from.map(({ file }) => file.endsWith('.signed')).toSorted().toReversed(), name);
});
