// What a machine with a profile loads first: by its firmware (option 93), by the way it loads (option 60: PXEClient or
// HTTPClient), and whether it is iPXE already (pxe-boot reference §1.1, §2, §3.3).

import { formatIpv4, type Ipv4 } from '../std/ipv4.ts';
import type { BootSettings, Firmware } from '../model/boot-settings.ts';
import type { NetworkBooter } from '../model/boot-desk.ts';

/** Architecture codes of the registry; 9 is EBC there, and what some old x64 machines send. */
const firmwareOf: Readonly<Record<number, Firmware>> = { 0: 'bios', 7: 'x64', 9: 'x64', 11: 'arm64', 16: 'http-x64', 19: 'http-arm64' };

export type Firsts = Pick<BootSettings, 'tftpPort' | 'httpPort' | 'loaders'>;

const urlOf = (server: Ipv4, port: number, path: string): string => `http://${formatIpv4(server)}${port === 80 ? '' : `:${port}`}/${path}`;

/** Of the script that iPXE is given: one of its own for every machine, so that it never loads itself again. */
export const scriptOf = (mac: string): string => `ipxe/01-${mac.match(/../g)?.join('-') ?? ''}.ipxe`;

/** A path below the root or a URL; undefined where we have nothing that this firmware could run. `mac`: 12 hex digits. */
export function firstFile({ tftpPort, httpPort, loaders }: Firsts, { architectures, isHttp, isIpxe }: NetworkBooter, mac: string, server: Ipv4): string | undefined {
  if (isIpxe) return httpPort !== 0 ? urlOf(server, httpPort, scriptOf(mac)) : tftpPort === 0 ? undefined : scriptOf(mac);
  const known = architectures.find((code) => firmwareOf[code] !== undefined);
  const firmware = known === undefined ? undefined : firmwareOf[known];
  // A code of one way to load in a message that says the other one is no machine we know.
  if (firmware === undefined || (isHttp ? httpPort : tftpPort) === 0 || firmware.startsWith('http-') !== isHttp) return undefined;
  return isHttp ? urlOf(server, httpPort, loaders[firmware]) : loaders[firmware];
}
