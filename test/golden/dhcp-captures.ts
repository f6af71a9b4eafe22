// The captured packets under test/golden/dhcp: hex files whose `#` lines say where they come from.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromHex } from '../../src/std/bytes.ts';

const folder = join(import.meta.dirname, 'dhcp');

/** File name without `.hex` → bytes: an Ethernet frame, or a UDP payload where the name ends in `.payload`. */
export function dhcpCaptures(): ReadonlyMap<string, Uint8Array> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.hex')).toSorted();
  return new Map(
    files.map((name) => {
      const text = readFileSync(join(folder, name), 'utf8').replace(/^#.*$/gm, '');
      const bytes = fromHex(text);
      if (bytes === undefined) throw new Error(`${name} is not hex`);
      return [name.slice(0, -'.hex'.length), bytes];
    }),
  );
}
