// The door of the parser: a text with all its includes becomes a tree and diagnostics. It never throws.

import type { Diagnostic } from '../model/diagnostic.ts';
import type { SourceFile } from '../model/span.ts';
import type { FileTree } from './ast.ts';
import type { OptionTable } from './option-table.ts';
import { openPlace, parseFileItems } from './parse-declarations.ts';
import { openSession, type ReadFile } from './session.ts';

export type { ReadFile } from './session.ts';

export interface Parsed {
  readonly tree: FileTree;
  /** In the order in which dhcpd meets them. */
  readonly diagnostics: readonly Diagnostic[];
  /** Option spaces and definitions as they stand at the end of the file. */
  readonly options: OptionTable;
  /** The file itself, then its includes in reading order. */
  readonly sources: readonly SourceFile[];
}

/** `options` is changed by what the file defines. `ownBlocks`: words of blocks that only leasehold.conf has. */
export function parseConfig(source: SourceFile, options: OptionTable, read: ReadFile, ownBlocks?: ReadonlySet<string>): Parsed {
  const session = openSession(source, options, read, ownBlocks);
  const body = parseFileItems(session, openPlace('file'));
  const tree: FileTree = { kind: 'file', span: { file: source, start: 0, end: source.text.length }, source, body };
  return { tree, diagnostics: session.run.diagnostics, options, sources: session.run.sources };
}
