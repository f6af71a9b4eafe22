// Kinds of firmware that boot from the network, by the code that they send in option 93 (RFC 4578 §2.1; codes of the registry of
// processor architecture types, which corrected the RFC's list). One row is a setting of the boot block, too.

/** What can run a loader. */
export type FirmwareFamily = 'bios' | 'uefi';

interface FirmwareRow {
  readonly codes: readonly number[];
  readonly family: FirmwareFamily;
  /** Follows "What … loads first". */
  readonly title: string;
  /**
   * Its first file where the configuration names none, below the root. Where Debian's packages have one of that name it is served even
   * if the root does not hold it (boot/packaged-loaders.ts).
   */
  readonly loader: string;
}

/**
 * `http-`: it loads by HTTP instead of TFTP. Interop: signed GRUB 2.06 that UEFI loaded by HTTP looks for no configuration at all, so
 * iPXE is for that; its names are the folders of its own builds. Some old x64 machines send 9, which is EBC.
 */
export const firmwareRows = {
  bios: { codes: [0], family: 'bios', title: 'BIOS firmware', loader: 'pxelinux.0' },
  ia32: { codes: [6], family: 'uefi', title: 'UEFI firmware of a 32-bit x86 machine', loader: 'grubia32.efi' },
  x64: { codes: [7, 9], family: 'uefi', title: 'UEFI firmware of an x86-64 machine', loader: 'grubx64.efi' },
  arm: { codes: [10], family: 'uefi', title: 'UEFI firmware of a 32-bit ARM machine', loader: 'grubarm.efi' },
  arm64: { codes: [11], family: 'uefi', title: 'UEFI firmware of a 64-bit ARM machine', loader: 'grubaa64.efi' },
  riscv64: { codes: [27], family: 'uefi', title: 'UEFI firmware of a 64-bit RISC-V machine', loader: 'grubriscv64.efi' },
  loongarch64: { codes: [39], family: 'uefi', title: 'UEFI firmware of a 64-bit LoongArch machine', loader: 'grubloongarch64.efi' },
  'http-bios': { codes: [20], family: 'bios', title: 'BIOS firmware that boots by HTTP', loader: 'undionly.kpxe' },
  'http-ia32': { codes: [15], family: 'uefi', title: 'UEFI firmware of a 32-bit x86 machine that boots by HTTP', loader: 'i386-efi/snponly.efi' },
  'http-x64': { codes: [16], family: 'uefi', title: 'UEFI firmware of an x86-64 machine that boots by HTTP', loader: 'snponly.efi' },
  'http-arm': { codes: [18], family: 'uefi', title: 'UEFI firmware of a 32-bit ARM machine that boots by HTTP', loader: 'arm32-efi/snponly.efi' },
  'http-arm64': { codes: [19], family: 'uefi', title: 'UEFI firmware of a 64-bit ARM machine that boots by HTTP', loader: 'arm64-efi/snponly.efi' },
  'http-riscv64': { codes: [28], family: 'uefi', title: 'UEFI firmware of a 64-bit RISC-V machine that boots by HTTP', loader: 'riscv64-efi/snponly.efi' },
  'http-loongarch64': { codes: [40], family: 'uefi', title: 'UEFI firmware of a 64-bit LoongArch machine that boots by HTTP', loader: 'loong64-efi/snponly.efi' },
} as const satisfies Readonly<Record<string, FirmwareRow>>;

/** A kind of firmware that has a loader of its own. */
export type Firmware = keyof typeof firmwareRows;
export const firmwares = Object.keys(firmwareRows) as readonly Firmware[];

/** Kinds for which no loader makes anything of a boot profile. */
const others: Readonly<Record<number, string>> = {
  1: 'NEC PC98', 2: 'UEFI firmware of an Itanium machine', 3: 'DEC Alpha', 4: 'Arc x86', 5: 'Intel Lean Client', 8: 'UEFI firmware of an Xscale machine',
  12: 'Open Firmware of a PowerPC machine', 13: 'ePAPR firmware of a PowerPC machine', 14: 'OPAL firmware of a PowerPC machine', 17: 'EBC firmware that boots by HTTP',
  21: 'U-Boot of a 32-bit ARM machine', 22: 'U-Boot of a 64-bit ARM machine', 23: 'U-Boot of a 32-bit ARM machine that boots by HTTP',
  24: 'U-Boot of a 64-bit ARM machine that boots by HTTP', 25: 'UEFI firmware of a 32-bit RISC-V machine', 26: 'UEFI firmware of a 32-bit RISC-V machine that boots by HTTP',
  29: 'UEFI firmware of a 128-bit RISC-V machine', 30: 'UEFI firmware of a 128-bit RISC-V machine that boots by HTTP', 31: 's390', 32: 's390, extended',
  33: 'UEFI firmware of a 32-bit MIPS machine', 34: 'UEFI firmware of a 64-bit MIPS machine', 35: 'UEFI firmware of a 32-bit Sunway machine',
  36: 'UEFI firmware of a 64-bit Sunway machine', 37: 'UEFI firmware of a 32-bit LoongArch machine', 38: 'UEFI firmware of a 32-bit LoongArch machine that boots by HTTP',
  41: 'Raspberry Pi',
};

const byCode: ReadonlyMap<number, Firmware> = new Map(firmwares.flatMap((name) => firmwareRows[name].codes.map((code) => [code, name] as const)));

/** undefined for a code that has no loader of its own. */
export const firmwareOf = (code: number): Firmware | undefined => byCode.get(code);
export const isHttpFirmware = (name: Firmware): boolean => name.startsWith('http-');

/** What a machine with this code calls itself; for messages. */
export function architectureTitle(code: number): string {
  const known = firmwareOf(code);
  return known === undefined ? (others[code] ?? `firmware of architecture ${code}`) : firmwareRows[known].title;
}
