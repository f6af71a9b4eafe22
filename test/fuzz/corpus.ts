// The corpus on disk: test/fuzz/corpus/TARGET/NAME.hex. Lines that begin with # say where an input came from.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { fromHex, toHex } from '../../src/std/bytes.ts';

const folder = join(import.meta.dirname, 'corpus');

export function readCorpus(target: string): readonly { readonly name: string; readonly bytes: Uint8Array }[] {
  const path = join(folder, target);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((name) => name.endsWith('.hex'))
    .toSorted()
    .map((name) => {
      const lines = readFileSync(join(path, name), 'utf8').split('\n').filter((line) => !line.startsWith('#'));
      const bytes = fromHex(lines.join(''));
      if (bytes === undefined) throw new Error(`${target}/${name} is not hex`);
      return { name, bytes };
    });
}

/** Keeps a finding, named by its content; returns its path. */
export function keepFinding(target: string, bytes: Uint8Array, reason: string): string {
  const path = join(folder, target);
  mkdirSync(path, { recursive: true });
  const file = join(path, `found-${crc32(bytes).toString(16).padStart(8, '0')}.hex`);
  const rows = toHex(bytes).match(/.{1,64}/g) ?? [];
  writeFileSync(file, `# ${reason.split('\n')[0]}\n${rows.join('\n')}\n`);
  return file;
}
