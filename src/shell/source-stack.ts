// Where in the sources something broke. Why: with --enable-source-maps Node.js would say so by itself, but it looks at the stack of every
// error of a socket, and would decode the map, more than half a second of nothing else, when somebody's first connection breaks.

import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';

/** As V8 writes it: line and column from 1. */
const place = /(file:\/\/[^\s()]+):(\d+):(\d+)/g;

/** The stack, with places in the sources where a map lies beside the program. Cold: decodes megabytes, once for each error. */
export function sourceStackOf(error: Error): string {
  const maps = new Map<string, SourceMap | undefined>();
  return (error.stack ?? error.message).replace(place, (text, url: string, line: string, column: string) => {
    if (!maps.has(url)) maps.set(url, mapOf(url));
    const entry = maps.get(url)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (entry === undefined || !('originalSource' in entry)) return text;
    return `${new URL(entry.originalSource, url).href}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}

/** Undefined where there is none, or none that can be read: the place in the program is told then. */
function mapOf(url: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${fileURLToPath(url)}.map`, 'utf8')) as SourceMapPayload);
  } catch {
    return undefined;
  }
}
