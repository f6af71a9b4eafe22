// A file that is there under a name with other letter case: what people who wrote it, and the loader that asks, do not see.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bootPath } from '../../boot/boot-path.ts';

/** Larger folders are not looked through. */
const namesMax = 20_000;

function namesOf(folder: string): readonly string[] {
  try {
    const names = readdirSync(folder);
    return names.length > namesMax ? [] : names;
  } catch {
    // Not there, or not to be read: then there is nothing to compare with.
    return [];
  }
}

/** Below the root; undefined when it is there as asked for, or not at all. For people who ask, not for every miss. */
export function nearName(root: string, name: string): string | undefined {
  const path = bootPath(name);
  if (!path.ok || existsSync(join(root, path.value))) return undefined;
  let found = '';
  for (const part of path.value.split('/')) {
    const names = namesOf(join(root, found));
    const match = names.includes(part) ? part : names.toSorted().find((each) => each.toLowerCase() === part.toLowerCase());
    if (match === undefined) return undefined;
    found = join(found, match);
  }
  return found;
}
