// What only Leasehold knows and keeps in dhcpd.leases: comment lines, which dhcpd and every other reader pass over.

import type { ByteWriter } from '../std/bytes.ts';
import { formatIpv4, type Ipv4 } from '../std/ipv4.ts';

/** `# leasehold name NTP.example 10.0.0.1 10.0.0.2` */
export function writeResolvedName(out: ByteWriter, name: string, addresses: readonly Ipv4[]): void {
  out.text(`# leasehold name ${name} ${addresses.map(formatIpv4).join(' ')}\n`);
}
