// Bundles the program into dist/leasehold.mjs, and what not every command needs into dist/parts/.

import { rmSync } from 'node:fs';
import { build } from 'esbuild';
import { bundleOptions } from './bundle-options.ts';

// Names of parts carry a digest of what is in them: those of earlier builds would stay.
rmSync('dist/parts', { recursive: true, force: true });
await build({
  ...bundleOptions,
  entryPoints: { leasehold: 'src/main.ts' },
  splitting: true,
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  chunkNames: 'parts/[name]-[hash]',
  sourcemap: true,
  legalComments: 'linked',
  logLevel: 'warning',
});
