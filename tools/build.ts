// Bundles the program into dist/leasehold.mjs. koffi stays outside: it carries a native module.

import { build } from 'esbuild';
import { readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

await build({
  entryPoints: ['src/main.ts'],
  outfile: 'dist/leasehold.mjs',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: ['koffi'],
  sourcemap: true,
  legalComments: 'linked',
  define: { LEASEHOLD_VERSION: JSON.stringify(version) },
  // pino is CommonJS and asks for node modules by require.
  banner: { js: "import { createRequire as leaseholdRequire } from 'node:module';\nconst require = leaseholdRequire(import.meta.url);" },
  logLevel: 'warning',
});
