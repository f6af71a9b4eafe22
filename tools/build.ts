// Bundles the program into dist/leasehold.mjs.

import { build } from 'esbuild';
import { bundleOptions } from './bundle-options.ts';

await build({
  ...bundleOptions,
  entryPoints: ['src/main.ts'],
  outfile: 'dist/leasehold.mjs',
  sourcemap: true,
  legalComments: 'linked',
  logLevel: 'warning',
});
