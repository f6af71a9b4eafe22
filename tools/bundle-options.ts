// How the program is bundled. koffi stays outside: it carries a native module, and is found from the folder of the bundle.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as { version: string };

export const bundleOptions = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: ['koffi'],
  define: { LEASEHOLD_VERSION: JSON.stringify(version) },
  // pino is CommonJS and asks for node modules by require.
  banner: { js: "import { createRequire as leaseholdRequire } from 'node:module';\nconst require = leaseholdRequire(import.meta.url);" },
} as const satisfies BuildOptions;
