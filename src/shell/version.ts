// The version of this program: put in by the build, read from package.json when run from source.

import { readFileSync } from 'node:fs';

declare const LEASEHOLD_VERSION: string | undefined;

function fromPackage(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

export const version = typeof LEASEHOLD_VERSION === 'string' ? LEASEHOLD_VERSION : fromPackage();

/** The first lines of every log, where dhcpd names itself. */
export const banner: readonly string[] = [
  `Leasehold DHCP Server ${version}`,
  'Successor of the ISC DHCP server; reads dhcpd.conf and dhcpd.leases.',
];
