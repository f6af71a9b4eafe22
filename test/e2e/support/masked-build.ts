// The program as it would be without anything beyond dhcpd's protocol: it stands in for a release before this one. Only this build,
// which tests make, has the mask; nothing in the program can switch it on.

import { build } from 'esbuild';
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundleOptions } from '../../../tools/bundle-options.ts';

const root = join(import.meta.dirname, '../../..');

/** What is another there: the file, its text, and what it becomes. */
const masks: readonly (readonly [file: string, text: string, masked: string])[] = [
  ['failover/capabilities.ts', "vendorClass = 'leasehold/0.1'", "vendorClass = 'leasehold/0.0'"],
  ['failover/capabilities.ts', 'ownCapabilityBits: number = Object.values(capabilityBit).reduce((all, bit) => all | bit, 0);', 'ownCapabilityBits: number = 0;'],
  // Its option 29 nobody can read, nor it anybody's: neither features nor a key.
  ['wire/failover-security.ts', 'const version = 1;', 'const version = 0;'],
  ['wire/failover-security.ts', 'if (value === undefined || value.length < 2 ||', 'if (value === undefined || value.length > 0 ||'],
];

/** Beside the real bundle, because koffi is found from there. */
export async function buildMasked(): Promise<{ readonly path: string; remove(): void }> {
  const path = join(root, 'dist', `masked-${process.pid}.mjs`);
  const applied = new Set<string>();
  await build({
    ...bundleOptions,
    entryPoints: [join(root, 'src/main.ts')],
    outfile: path,
    logLevel: 'error',
    plugins: [
      {
        name: 'mask',
        setup(builder) {
          builder.onLoad({ filter: /(failover\/capabilities|wire\/failover-security)\.ts$/ }, ({ path: file }) => {
            let contents = readFileSync(file, 'utf8');
            for (const [end, text, masked] of masks.filter(([name]) => file.endsWith(name))) {
              assert.ok(contents.includes(text), `${text} in ${end}`);
              contents = contents.replace(text, masked);
              applied.add(text);
            }
            return { contents, loader: 'ts' };
          });
        },
      },
    ],
  });
  assert.equal(applied.size, masks.length, 'every mask was applied');
  return { path, remove: () => rmSync(path, { force: true }) };
}
