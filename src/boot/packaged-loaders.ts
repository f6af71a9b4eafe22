// Loaders and their modules as Debian's packages install them, served under the name by which machines ask where the root itself
// does not hold a file of that name. Modules must be of the loader's own version, so one package serves both.

export interface PackagedLoader {
  /** Absolute. */
  readonly folder: string;
  readonly file: string;
  readonly package: string;
}

const modules = ['ldlinux', 'libcom32', 'libutil', 'menu', 'vesamenu', 'chain', 'reboot', 'poweroff'].map((name) => `${name}.c32`);
const efi = (cpu: string, grub: string, shim: string): readonly (readonly [string, PackagedLoader])[] => [
  [`grub${cpu}.efi`, { folder: `/usr/lib/grub/${grub}-efi-signed`, file: `grubnet${cpu}.efi.signed`, package: `grub-efi-${shim}-signed` }],
  [`shim${cpu}.efi`, { folder: '/usr/lib/shim', file: `shim${cpu}.efi.signed`, package: 'shim-signed' }],
];

export const packagedLoaders: ReadonlyMap<string, PackagedLoader> = new Map<string, PackagedLoader>([
  ...['pxelinux.0', 'lpxelinux.0'].map((file) => [file, { folder: '/usr/lib/PXELINUX', file, package: 'pxelinux' }] as const),
  ...modules.map((file) => [file, { folder: '/usr/lib/syslinux/modules/bios', file, package: 'syslinux-common' }] as const),
  ...['undionly.kpxe', 'snponly.efi'].map((file) => [file, { folder: '/usr/lib/ipxe', file, package: 'ipxe' }] as const),
  // Only linked to from where the others are.
  ['ipxe.efi', { folder: '/boot', file: 'ipxe.efi', package: 'ipxe' }],
  ...efi('x64', 'x86_64', 'amd64'),
  ...efi('aa64', 'arm64', 'arm64'),
]);
