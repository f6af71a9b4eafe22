// Boot profiles in the words of each loader.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIpv4, type Ipv4 } from '../std/ipv4.ts';
import { fromLatin1 } from '../std/bytes.ts';
import { MachineFiles } from './machine-files.ts';
import type { BootChoice } from '../model/boot-choice.ts';
import type { UnixSeconds } from '../std/time.ts';
import { argumentsOf, renderProfile, type LoaderForm, type RenderedProfile } from './render-profile.ts';

const web: RenderedProfile = {
  name: 'web', kernel: 'linux/vmlinuz', initrds: ['linux/initrd.img', 'linux/extra.img'],
  arguments: 'console=ttyS0 name=${hostname} ip=${ip} mac=${mac} from=${node}', isOnce: false,
};
const values = { hostname: 'web-1', ip: '10.0.0.9', mac: '52:54:00:00:00:01', node: '10.0.0.1' };
const line = 'console=ttyS0 name=web-1 ip=10.0.0.9 mac=52:54:00:00:00:01 from=10.0.0.1';

const golden: Readonly<Record<LoaderForm, string>> = {
  pxelinux: `DEFAULT profile
PROMPT 0
ONERROR failed
LABEL profile
  SAY Leasehold 10.0.0.1: web-1 (52:54:00:00:00:01) boots profile web
  LINUX ::linux/vmlinuz
  INITRD ::linux/initrd.img,::linux/extra.img
  APPEND ${line}
LABEL failed
  LOCALBOOT -1
`,
  grub: `echo 'Leasehold 10.0.0.1: web-1 (52:54:00:00:00:01) boots profile web'
if linux '/linux/vmlinuz' ${line.split(' ').map((word) => `'${word}'`).join(' ')}; then
  if initrd '/linux/initrd.img' '/linux/extra.img'; then
    boot
  fi
fi
echo 'The kernel could not be loaded: starting over'
sleep 5
reboot
`,
  ipxe: `#!ipxe
echo Leasehold 10.0.0.1: web-1 (52:54:00:00:00:01) boots profile web
kernel /linux/vmlinuz initrd=initrd0 initrd=initrd1 ${line} || goto failed
initrd --name initrd0 /linux/initrd.img || goto failed
initrd --name initrd1 /linux/extra.img || goto failed
boot || goto failed
:failed
echo The kernel could not be loaded: starting over
sleep 5
reboot
`,
};
for (const form of ['pxelinux', 'grub', 'ipxe'] as const)
  test(`a profile for ${form}`, () => assert.equal(renderProfile(form, web, values), golden[form]));

test('without initrd and arguments there are no empty words', () => {
  const bare = { ...web, initrds: [], arguments: '' };
  assert.doesNotMatch(renderProfile('pxelinux', bare, values), /INITRD|APPEND/);
  assert.match(renderProfile('grub', bare, values), /^if linux '\/linux\/vmlinuz'; then\n {2}boot\nfi$/m);
  assert.match(renderProfile('ipxe', bare, values), /^kernel \/linux\/vmlinuz \|\| goto failed$/m);
});
test('a name that is a program is none: nothing of it leaves its line or its word', () => {
  const evil = { ...values, hostname: "x'\nLABEL y; reboot ${z}" };
  assert.equal(argumentsOf({ ...web, arguments: 'name=${hostname}' }, evil), 'name=x--LABEL-y--reboot---z-');
  for (const form of ['pxelinux', 'grub', 'ipxe'] as const)
    assert.equal(renderProfile(form, web, evil).split('\n').length, golden[form].split('\n').length, form);
});

function files(): MachineFiles {
  const made = new MachineFiles();
  made.setProfiles([web]);
  made.put({ mac: '525400000001', hostName: 'web-1', ip: '10.0.0.9', profile: 'web' });
  return made;
}
const node = parseIpv4('10.0.0.1') ?? (0 as Ipv4);
const textOf = (made: MachineFiles, path: string): string | undefined => {
  const file = made.fileOf(path, node);
  return file && fromLatin1(file.bytes);
};
const paths: readonly (readonly [path: string, form: LoaderForm | undefined])[] = [
  ['pxelinux.cfg/01-52-54-00-00-00-01', 'pxelinux'],
  ['bios/pxelinux.cfg/01-52-54-00-00-00-01', 'pxelinux'],
  ['grub/grub.cfg-01-52-54-00-00-00-01', 'grub'],
  ['grub/grub.cfg-01-52:54:00:00:00:01', 'grub'],
  ['ipxe/01-52-54-00-00-00-01.ipxe', 'ipxe'],
  ['pxelinux.cfg/01-52-54-00-00-00-02', undefined],
  ['pxelinux.cfg/06-52-54-00-00-00-01', undefined],
  ['pxelinux.cfg/default', undefined],
  ['linux/vmlinuz', undefined],
];
for (const [path, form] of paths)
  test(`${path} is ${form ?? 'nobody’s'}`, () => assert.equal(textOf(files(), path), form && golden[form]));

test('a GRUB that knows one name only is sent on to its own file', () => {
  assert.equal(textOf(files(), 'grub/grub.cfg'), 'source $prefix/grub.cfg-01-$net_default_mac\n');
  assert.equal(textOf(new MachineFiles(), 'grub/grub.cfg'), undefined);
});
test('what was told later counts; other profiles make everything anew', () => {
  const made = files();
  made.put({ mac: '525400000001', hostName: 'web-1', ip: '10.9.0.9', profile: 'web' });
  assert.match(textOf(made, 'ipxe/01-52-54-00-00-00-01.ipxe') ?? '', / ip=10\.9\.0\.9 /);
  made.put({ mac: '525400000003', hostName: '', ip: '10.9.0.10', profile: 'gone' });
  assert.equal(textOf(made, 'ipxe/01-52-54-00-00-00-03.ipxe'), undefined);
  made.setProfiles([web]);
  assert.equal(textOf(made, 'ipxe/01-52-54-00-00-00-01.ipxe'), undefined);
});

const diskGolden: Readonly<Record<LoaderForm, string>> = {
  pxelinux: `DEFAULT disk
PROMPT 0
LABEL disk
  SAY Leasehold 10.0.0.1: web-1 (52:54:00:00:00:01) boots from its own disk
  LOCALBOOT 0
`,
  grub: `echo 'Leasehold 10.0.0.1: web-1 (52:54:00:00:00:01) boots from its own disk'
if [ "$grub_platform" = efi ]; then
  for loader in BOOT/BOOTX64.EFI BOOT/BOOTAA64.EFI redhat/shimx64.efi redhat/shimaa64.efi fedora/shimx64.efi fedora/shimaa64.efi centos/shimx64.efi centos/shimaa64.efi rocky/shimx64.efi rocky/shimaa64.efi almalinux/shimx64.efi almalinux/shimaa64.efi debian/shimx64.efi debian/shimaa64.efi ubuntu/shimx64.efi ubuntu/shimaa64.efi opensuse/shimx64.efi opensuse/shimaa64.efi sles/shimx64.efi sles/shimaa64.efi debian/grubx64.efi ubuntu/grubx64.efi Microsoft/Boot/bootmgfw.efi; do
    if search --no-floppy --set=disk --file /EFI/$loader; then
      if chainloader ($disk)/EFI/$loader; then
        boot
      fi
    fi
  done
fi
exit 1
`,
  ipxe: `#!ipxe
echo Leasehold 10.0.0.1: web-1 (52:54:00:00:00:01) boots from its own disk
iseq \${platform} pcbios || exit 1
sanboot --no-describe --drive 0x80 || exit 1
`,
};
const chosen = (more: Partial<BootChoice>): BootChoice => ({ mac: '525400000001', target: 'install', profile: '', setAt: 5 as UnixSeconds, state: 'pending', ...more });
const pathOf: Readonly<Record<LoaderForm, string>> = {
  pxelinux: 'pxelinux.cfg/01-52-54-00-00-00-01', grub: 'grub/grub.cfg-01-52:54:00:00:00:01', ipxe: 'ipxe/01-52-54-00-00-00-01.ipxe',
};
const choiceRows: readonly (readonly [id: string, choice: Partial<BootChoice>, what: 'profile' | 'disk'])[] = [
  ['its own disk', { target: 'local', state: 'done' }, 'disk'],
  ['an install that is awaited', {}, 'profile'],
  ['an install that was fetched', { state: 'done' }, 'disk'],
  ['an install of a chosen profile that was fetched', { profile: 'web', state: 'done' }, 'disk'],
  ['nothing any more', { target: 'none', state: 'done' }, 'profile'],
];
for (const form of ['pxelinux', 'grub', 'ipxe'] as const)
  for (const [id, choice, what] of choiceRows)
    test(`set for ${form}: ${id}`, () => {
      const made = files();
      made.choose(chosen(choice));
      assert.equal(textOf(made, pathOf[form]), what === 'disk' ? diskGolden[form] : golden[form]);
    });
test('a chosen profile comes in place of the one that fits, also for a machine that none fits; one that is gone is not there', () => {
  const made = files();
  made.setProfiles([web, { ...web, name: 'rescue', kernel: 'rescue' }]);
  made.choose(chosen({ mac: '525400000009', profile: 'rescue' }));
  assert.match(textOf(made, 'ipxe/01-52-54-00-00-00-09.ipxe') ?? '', /^kernel \/rescue /m);
  made.choose(chosen({ mac: '525400000009', profile: 'gone' }));
  assert.equal(textOf(made, 'ipxe/01-52-54-00-00-00-09.ipxe'), undefined);
});
test('a machine is sent to its disk where no profile is left, by the GRUB that knows one name only, too', () => {
  const made = new MachineFiles();
  made.choose(chosen({ target: 'local', state: 'done' }));
  assert.match(textOf(made, 'grub/grub.cfg') ?? '', /^source /);
  assert.match(textOf(made, pathOf.grub) ?? '', /52:54:00:00:00:01 boots from its own disk'\n[^]*\nexit 1\n$/);
});
