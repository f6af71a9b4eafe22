// Which firmware can run a loader, by its name: the usual reason why a machine has its first file and does nothing with it.

import type { FirmwareFamily } from './firmware.ts';

const families: readonly (readonly [pattern: RegExp, family: FirmwareFamily])[] = [
  [/\.efi(\.signed)?$/i, 'uefi'],
  [/(\.0|\.k?k?pxe|\.lkrn|\.com|\.c32)$/i, 'bios'],
];
/** For sentences. */
export const runnerOf: Readonly<Record<FirmwareFamily, string>> = { bios: 'a BIOS', uefi: 'UEFI firmware' };

/** undefined for a name that does not say. */
export const familyOf = (name: string): FirmwareFamily | undefined => families.find(([pattern]) => pattern.test(name))?.[1];

const usualAdvice = 'give it a loader of its own by option 93, in dhcpd.conf or by a boot profile';

/** A sentence for a loader that this firmware cannot run, with what to do; undefined when it may. */
export function misfit(name: string, firmware: FirmwareFamily, advice = usualAdvice): string | undefined {
  const family = familyOf(name);
  return family === undefined || family === firmware ? undefined : `${name} is a program for ${runnerOf[family]}, which ${runnerOf[firmware]} cannot run: ${advice}`;
}
