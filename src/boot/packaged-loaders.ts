// Loaders and their modules as Debian's packages install them, served under the name by which machines ask where the root itself
// does not hold a file of that name. Modules must be of the loader's own version, so one package serves both.

export interface PackagedLoader {
  /** Absolute. */
  readonly folder: string;
  readonly file: string;
  readonly package: string;
}

const modules = ['ldlinux', 'libcom32', 'libutil', 'menu', 'vesamenu', 'chain', 'reboot', 'poweroff'].map((name) => `${name}.c32`);
/** Signed by Debian, and the same program unsigned, whose package is there for more kinds of machines. */
const grub = (cpu: string, target: string, architecture: string): Row => [`grub${cpu}.efi`, [
  { folder: `/usr/lib/grub/${target}-efi-signed`, file: `grubnet${cpu}.efi.signed`, package: `grub-efi-${architecture}-signed` },
  { folder: `/usr/lib/grub/${target}-efi/monolithic`, file: `grubnet${cpu}.efi`, package: `grub-efi-${architecture}-bin` },
]];
const shim = (cpu: string): Row => [`shim${cpu}.efi`, [{ folder: '/usr/lib/shim', file: `shim${cpu}.efi.signed`, package: 'shim-signed' }]];
type Row = readonly [name: string, from: readonly PackagedLoader[]];

/** The first that is installed is served. */
export const packagedLoaders: ReadonlyMap<string, readonly PackagedLoader[]> = new Map<string, readonly PackagedLoader[]>([
  ...['pxelinux.0', 'lpxelinux.0'].map((file): Row => [file, [{ folder: '/usr/lib/PXELINUX', file, package: 'pxelinux' }]]),
  ...modules.map((file): Row => [file, [{ folder: '/usr/lib/syslinux/modules/bios', file, package: 'syslinux-common' }]]),
  ...['undionly.kpxe', 'snponly.efi'].map((file): Row => [file, [{ folder: '/usr/lib/ipxe', file, package: 'ipxe' }]]),
  // Only linked to from where the others are.
  ['ipxe.efi', [{ folder: '/boot', file: 'ipxe.efi', package: 'ipxe' }]],
  grub('x64', 'x86_64', 'amd64'),
  grub('ia32', 'i386', 'ia32'),
  grub('aa64', 'arm64', 'arm64'),
  ...['x64', 'ia32', 'aa64'].map(shim),
]);

/** Where a loader that is missing may be had, for people; empty for other files. `path` below the root. */
export function packageHint(path: string): string {
  const names = (packagedLoaders.get(path) ?? []).map((loader) => loader.package);
  return names.length === 0 ? '' : `; of Debian’s packages ${names.join(' and ')} ${names.length === 1 ? 'has' : 'have'} it`;
}
