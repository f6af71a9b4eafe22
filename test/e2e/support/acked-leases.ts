// What clients were promised, from a capture, and what a lease file keeps of it.

import type { Capture } from './capture.ts';

/** Address to MAC of every ACK that passed; the last one counts. */
export function ackedLeases(capture: Capture): Map<string, string> {
  const rows = capture.read('dhcp.option.dhcp == 5', ['dhcp.ip.your', 'dhcp.hw.mac_addr']);
  return new Map(rows.map(([address = '', mac = '']) => [address, mac]));
}

/** Address to MAC of every active lease; the last record of an address counts. */
export function leasesInFile(text: string): Map<string, string> {
  const kept = new Map<string, string>();
  for (const [, address = '', body = ''] of text.matchAll(/^lease (\S+) \{\n([\s\S]*?)^\}/gm)) {
    const mac = /hardware ethernet (\S+);/.exec(body)?.[1];
    if (/^ {2}binding state active;/m.test(body) && mac !== undefined) kept.set(address, mac);
    else kept.delete(address);
  }
  return kept;
}
