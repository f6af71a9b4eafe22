// What server and file server tell each other: one JSON value a line over the child's standard input and output.

import type { RenderedProfile } from '../../boot/render-profile.ts';
import type { BootTreeFile } from '../../model/boot-tree.ts';
import type { BootChoice, BootFetched } from '../../model/boot-choice.ts';
import type { BootMachine } from '../../model/boot-desk.ts';
import type { FileReport } from './file-report.ts';

/** From the file server. `ready`: it serves, with what it has. `fetched` comes for every boot, however many reports are left out. */
export type ChildMessage =
  | FileReport
  | { readonly kind: 'fetched'; readonly fetched: BootFetched }
  | { readonly kind: 'ready'; readonly line: string }
  | { readonly kind: 'problem'; readonly line: string }
  | { readonly kind: 'lost'; readonly count: number }
  /** More requests than the rate allows, or than there is room for: it began, or is over. */
  | { readonly kind: 'flood'; readonly isOver: boolean }
  /** Part of what is there, in order of path. */
  | { readonly kind: 'tree'; readonly files: readonly BootTreeFile[]; readonly isLast: boolean };

/** To the file server. Profiles replace profiles and machines told before, the others add to them; `complete`: it knows enough to serve. */
export type ParentMessage =
  | { readonly kind: 'profiles'; readonly profiles: readonly RenderedProfile[] }
  | { readonly kind: 'machines'; readonly machines: readonly BootMachine[] }
  | { readonly kind: 'complete' }
  /** What is there: now, and again whenever it changed. */
  | { readonly kind: 'look' }
  | { readonly kind: 'choices'; readonly choices: readonly BootChoice[] };

/** Longest line of either side. */
const lineSizeMax = 1024 * 1024;

/** Calls `take` with each value of a stream of lines; what is no JSON object is dropped. */
export function readLines<T>(stream: NodeJS.ReadableStream, take: (message: T) => void): void {
  let pending = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    pending += chunk;
    for (let end = pending.indexOf('\n'); end >= 0; end = pending.indexOf('\n')) {
      const value = parse(pending.slice(0, end));
      pending = pending.slice(end + 1);
      if (typeof value === 'object' && value !== null) take(value as T);
    }
    if (pending.length > lineSizeMax) pending = '';
  });
  stream.on('error', () => {});
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
