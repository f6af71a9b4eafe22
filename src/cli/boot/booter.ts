// What boots in a preview, by the words of the command line: a kind of firmware, or a code of option 93.

import { architectureTitle, firmwareOf, firmwareRows, firmwares, isHttpFirmware } from '../../model/firmware.ts';

export interface Booter {
  /** Of firmwareRows, else `arch-` and the code. */
  readonly name: string;
  /** Option 93. */
  readonly architecture: number;
  /** It says HTTPClient in option 60. */
  readonly isHttp: boolean;
}

/** `http` is the usual one of those that boot by HTTP. undefined for other words. */
export function booterOf(word: string): Booter | undefined {
  const named = firmwares.find((name) => name === (word === 'http' ? 'http-x64' : word));
  if (named !== undefined) return { name: named, architecture: firmwareRows[named].codes[0], isHttp: isHttpFirmware(named) };
  const code = /^\d{1,5}$/.test(word) ? Number(word) : Number.NaN;
  if (!(code <= 65_535)) return undefined;
  const known = firmwareOf(code);
  return { name: known ?? `arch-${code}`, architecture: code, isHttp: known === undefined ? architectureTitle(code).endsWith('by HTTP') : isHttpFirmware(known) };
}

/** Option 60. */
export const vendorClassOf = ({ architecture, isHttp }: Booter): string =>
  `${isHttp ? 'HTTPClient' : 'PXEClient'}:Arch:${String(architecture).padStart(5, '0')}:UNDI:003000`;
