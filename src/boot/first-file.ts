// What a machine with a profile loads first: by its firmware (option 93), by the way it loads (option 60: PXEClient or
// HTTPClient), and whether it is iPXE already (pxe-boot reference §1.1, §2, §3.3).

import { formatIpv4, type Ipv4 } from '../std/ipv4.ts';
import type { BootSettings } from '../model/boot-settings.ts';
import type { NetworkBooter } from '../model/boot-desk.ts';
import { architectureTitle, firmwareOf, firmwareRows, isHttpFirmware } from '../model/firmware.ts';
import { err, ok, type Result } from '../std/result.ts';

export type Firsts = Pick<BootSettings, 'tftpPort' | 'httpPort' | 'loaders'>;

const urlOf = (server: Ipv4, port: number, path: string): string => `http://${formatIpv4(server)}${port === 80 ? '' : `:${port}`}/${path}`;

/** Of the script that iPXE is given: one of its own for every machine, so that it never loads itself again. */
export const scriptOf = (mac: string): string => `ipxe/01-${mac.match(/../g)?.join('-') ?? ''}.ipxe`;

/** The architecture that counts: the first one of the client's list that has a loader for its way to load, else for another one. */
export function architectureOf({ architectures, isHttp }: Pick<NetworkBooter, 'architectures' | 'isHttp'>): number {
  const known = architectures.filter((code) => firmwareOf(code) !== undefined);
  const fitting = known.find((code) => {
    const firmware = firmwareOf(code);
    return firmware !== undefined && isHttpFirmware(firmware) === isHttp;
  });
  return fitting ?? known[0] ?? architectures[0] ?? 0;
}

/** A path below the root or a URL; else the reason why there is none for this firmware. `mac`: 12 hex digits. */
export function firstFile({ tftpPort, httpPort, loaders }: Firsts, booter: NetworkBooter, mac: string, server: Ipv4): Result<string, string> {
  const { isHttp, isIpxe } = booter;
  if (isIpxe) {
    if (httpPort !== 0) return ok(urlOf(server, httpPort, scriptOf(mac)));
    return tftpPort === 0 ? err('tftp-port and http-port are 0') : ok(scriptOf(mac));
  }
  const code = architectureOf(booter);
  const title = architectureTitle(code);
  const firmware = firmwareOf(code);
  if (firmware === undefined) return err(`there is no loader for it: ${title} (option 93: ${code})`);
  if (isHttpFirmware(firmware) !== isHttp) return err(`it says ${isHttp ? 'HTTPClient' : 'PXEClient'} (option 60) and ${title} (option 93: ${code}), which do not go together`);
  const loader = loaders[firmware] ?? firmwareRows[firmware].loader;
  if (isHttp) return httpPort === 0 ? err(`it loads by HTTP, and http-port is 0: ${title}`) : ok(urlOf(server, httpPort, loader));
  return tftpPort === 0 ? err(`it loads by TFTP, and tftp-port is 0: ${title}`) : ok(loader);
}
