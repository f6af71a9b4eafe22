// A stack that names the sources, by the map that the build writes.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import { sourceStackOf } from './source-stack.ts';

const source = `interface Unused { readonly a: number }

export function broken(): Error {
  const value: Unused = { a: 1 };
  return new Error(\`broken \${value.a}\`);
}
`;

test('a stack names the line of the source; without a map, that of the program', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'leasehold-stack-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'broken.ts'), source);
  for (const sourcemap of [true, false]) {
    const program = join(folder, `program-${sourcemap}.mjs`);
    buildSync({ entryPoints: [join(folder, 'broken.ts')], outfile: program, format: 'esm', bundle: true, sourcemap });
    const { broken } = (await import(pathToFileURL(program).href)) as { broken(): Error };
    const stack = sourceStackOf(broken());
    assert.match(stack, /^Error: broken 1\n/);
    assert.match(stack, sourcemap ? /broken\.ts:5:10/ : /program-false\.mjs:\d+:\d+/);
  }
});
