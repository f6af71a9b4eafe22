// Test support: texts to trees, trees without places, mutations of texts.

import type { Diagnostic } from '../model/diagnostic.ts';
import type { Prng } from '../std/prng.ts';
import type { FileTree } from './ast.ts';
import { tokenize } from './lexer.ts';
import { OptionTable } from './option-table.ts';
import { parseConfig, type Parsed } from './parse.ts';

/** The text is `test.conf`; other files by name. */
export function parseText(text: string, files: Readonly<Record<string, string>> = {}, name = 'test.conf'): Parsed {
  return parseConfig({ name, text }, new OptionTable(), (path) => {
    const found = files[path];
    return found === undefined ? { problem: 'No such file or directory' } : { source: { name: path, text: found } };
  });
}

/** The tree as plain data: no spans, no sources, bytes as numbers. Two texts that mean the same give the same. */
export function shapeOf(tree: FileTree): unknown {
  return JSON.parse(
    JSON.stringify(tree.body, (key, value: unknown) => {
      if (key === 'span' || key === 'head' || key === 'wordSpan' || key === 'source') return undefined;
      return value instanceof Uint8Array ? [...value] : value;
    }),
  );
}

export const isAccepted = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.every(({ severity }) => severity !== 'error');

/** What mutations put into a text. */
const vocabulary = [
  ...';{},.()=!%#"\n',
  '"x"',
  '1',
  '-1',
  '1:2',
  'ff',
  '10.0.0.1',
  'foo',
  ...'option if known host and subnet range routers domain-name pool match not in set hardware class code key zone'.split(' '),
];

/** One token deleted, doubled, replaced, preceded by another, or exchanged with its neighbour. */
export function mutate(text: string, prng: Prng): string {
  const { kinds, starts, ends } = tokenize({ name: '', text });
  const count = kinds.length - 1;
  if (count < 1) return text;
  const index = prng.below(count);
  const start = starts[index] ?? 0;
  const end = ends[index] ?? 0;
  const [before, token, behind] = [text.slice(0, start), text.slice(start, end), text.slice(end)];
  switch (prng.below(5)) {
    case 0:
      return before + behind;
    case 1:
      return `${before}${token} ${token}${behind}`;
    case 2:
      return before + prng.pick(vocabulary) + behind;
    case 3:
      return `${before}${prng.pick(vocabulary)} ${token}${behind}`;
    default: {
      const nextStart = starts[Math.min(index + 1, count - 1)] ?? end;
      const nextEnd = ends[Math.min(index + 1, count - 1)] ?? end;
      if (nextStart < end) return text;
      return before + text.slice(nextStart, nextEnd) + text.slice(end, nextStart) + token + text.slice(nextEnd);
    }
  }
}
