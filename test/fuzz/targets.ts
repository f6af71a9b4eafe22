// The table of targets: every file of test/fuzz/targets/ adds its rows.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FuzzTarget } from './target.ts';

const folder = join(import.meta.dirname, 'targets');

export async function allTargets(): Promise<readonly FuzzTarget[]> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts')).toSorted();
  const modules = await Promise.all(
    files.map(async (name) => (await import(pathToFileURL(join(folder, name)).href)) as { targets: readonly FuzzTarget[] }),
  );
  return modules.flatMap(({ targets }) => targets);
}
