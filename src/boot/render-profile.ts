// A boot profile as the file of one machine, in the words of the loader that asks for it. What differs from machine to machine
// is filled in here; nothing that a client sent is.
//
// Each form says on the console whom it boots. GRUB and iPXE start over when a file does not come: a machine whose boot server died
// in the middle of one asks by DHCP again, which the other node answers. pxelinux has its own patience with a silent server (option
// 211); ONERROR is for a file that is not there, or that nobody answers for.

import type { BootProfile, ProfileVariable } from '../model/boot-settings.ts';

export type LoaderForm = 'pxelinux' | 'grub' | 'ipxe';

/** Values of a machine, as text. `node`: the address of the node that serves the file. Unknown ones are empty. */
export type MachineValues = Readonly<Record<ProfileVariable, string>>;

export type RenderedProfile = Pick<BootProfile, 'name' | 'kernel' | 'initrds' | 'arguments' | 'isOnce'>;

/** A host's name could be anything in quotes; a loader's file is a program. */
const plain = (text: string): string => text.replace(/[^\w.:-]/g, '-');

/** Seconds that a failure stays on the console. */
const failureSeconds = 5;

/** The kernel's command line of one machine. */
export const argumentsOf = ({ arguments: template }: RenderedProfile, values: MachineValues): string =>
  template.replace(/\$\{(\w+)\}/g, (_, name: string) => plain(values[name as ProfileVariable] ?? ''));

const sayOf = (what: string, { hostname, mac, node }: MachineValues): string =>
  `Leasehold ${node}: ${hostname === '' ? mac : `${plain(hostname)} (${mac})`} boots ${what}`;
const sayProfile = ({ name }: RenderedProfile, values: MachineValues): string => sayOf(`profile ${plain(name)}`, values);

/** `::` is the root of the server, wherever pxelinux.0 itself came from. */
function pxelinux(profile: RenderedProfile, values: MachineValues): string[] {
  const initrd = profile.initrds.map((name) => `::${name}`).join(',');
  const line = argumentsOf(profile, values);
  return [
    'DEFAULT profile',
    'PROMPT 0',
    'ONERROR failed',
    'LABEL profile',
    `  SAY ${sayProfile(profile, values)}`,
    // Not KERNEL, which takes a name in .bin for a boot sector and one in .0 for a loader.
    `  LINUX ::${profile.kernel}`,
    ...(initrd === '' ? [] : [`  INITRD ${initrd}`]),
    ...(line === '' ? [] : [`  APPEND ${line}`]),
    // Without words: what SAY says is said when the file is read.
    'LABEL failed',
    '  LOCALBOOT -1',
  ];
}

/** No quotes are in what is quoted: the configuration refuses them. */
const quoted = (text: string): string => `'${text}'`;

function grub(profile: RenderedProfile, values: MachineValues): string[] {
  const words = argumentsOf(profile, values).split(' ').filter((word) => word !== '');
  const initrds = profile.initrds.map((name) => quoted(`/${name}`)).join(' ');
  return [
    `echo ${quoted(sayProfile(profile, values))}`,
    // A kernel whose initrd did not come whole must not be started without it.
    `if linux ${[`/${profile.kernel}`, ...words].map(quoted).join(' ')}; then`,
    ...(initrds === '' ? ['  boot'] : [`  if initrd ${initrds}; then`, '    boot', '  fi']),
    'fi',
    "echo 'The kernel could not be loaded: starting over'",
    `sleep ${failureSeconds}`,
    'reboot',
  ];
}

/** Paths are relative to the server that the script came from. Initrds are named, for kernels that are EFI programs. */
function ipxe(profile: RenderedProfile, values: MachineValues): string[] {
  const names = profile.initrds.map((_, index) => `initrd${index}`);
  const line = [...names.map((name) => `initrd=${name}`), argumentsOf(profile, values)].join(' ').trim();
  return [
    '#!ipxe',
    `echo ${sayProfile(profile, values)}`,
    `kernel /${profile.kernel} ${line} || goto failed`.replace('  ', ' '),
    ...profile.initrds.map((name, index) => `initrd --name ${names[index] ?? ''} /${name} || goto failed`),
    'boot || goto failed',
    ':failed',
    'echo The kernel could not be loaded: starting over',
    `sleep ${failureSeconds}`,
    'reboot',
  ];
}

const forms: Readonly<Record<LoaderForm, (profile: RenderedProfile, values: MachineValues) => string[]>> = { pxelinux, grub, ipxe };

/** ASCII, lines ended by LF. */
export const renderProfile = (form: LoaderForm, profile: RenderedProfile, values: MachineValues): string =>
  `${forms[form](profile, values).join('\n')}\n`;

const fromDisk = 'from its own disk';
/** Below EFI of a disk's system partition: what firmware itself falls back to, then what distributions install. */
const diskLoaders = [
  'BOOT/BOOTX64.EFI', 'BOOT/BOOTAA64.EFI',
  ...['redhat', 'fedora', 'centos', 'rocky', 'almalinux', 'debian', 'ubuntu', 'opensuse', 'sles'].flatMap((name) => [`${name}/shimx64.efi`, `${name}/shimaa64.efi`]),
  'debian/grubx64.efi', 'ubuntu/grubx64.efi', 'Microsoft/Boot/bootmgfw.efi',
];

const diskForms: Readonly<Record<LoaderForm, (values: MachineValues) => string[]>> = {
  pxelinux: (values) => ['DEFAULT disk', 'PROMPT 0', 'LABEL disk', `  SAY ${sayOf(fromDisk, values)}`, '  LOCALBOOT 0'],
  // Interop: UEFI takes an `exit` for success and shows its menu in place of the next device (only some builds of GRUB return the
  // status), so the disk's own loader is looked for first.
  grub: (values) => [
    `echo ${quoted(sayOf(fromDisk, values))}`,
    'if [ "$grub_platform" = efi ]; then',
    `  for loader in ${diskLoaders.join(' ')}; do`,
    '    if search --no-floppy --set=disk --file /EFI/$loader; then',
    '      if chainloader ($disk)/EFI/$loader; then',
    '        boot',
    '      fi',
    '    fi',
    '  done',
    'fi',
    'exit 1',
  ],
  // UEFI goes on to the next device by itself; a BIOS may not, so iPXE starts the first disk.
  ipxe: (values) => [
    '#!ipxe',
    `echo ${sayOf(fromDisk, values)}`,
    'iseq ${platform} pcbios || exit 1',
    'sanboot --no-describe --drive 0x80 || exit 1',
  ],
};

/** For a machine that is to boot what its disk holds. */
export const renderDiskBoot = (form: LoaderForm, values: MachineValues): string => `${diskForms[form](values).join('\n')}\n`;
