// What one run of the parser carries along: the file it reads, the option definitions met so far, the diagnostics.

import type { Diagnostic } from '../model/diagnostic.ts';
import type { SourceFile, Span } from '../model/span.ts';
import { nestedTooDeep } from './diagnostics/lexical.ts';
import type { OptionTable } from './option-table.ts';
import { Reader } from './reader.ts';

/** Gives the text of an included file, or why there is none (`No such file or directory`, `Is a directory`, …). */
export type ReadFile = (path: string) => { readonly source: SourceFile } | { readonly problem: string; readonly isDirectory?: boolean };

/**
 * Blocks, parentheses and includes within each other. The parser recurses, so there must be a limit; dhcpd's own is the size
 * of its stack. Configurations in the field are at most 6 deep.
 */
export const nestingMax = 250;
/** Operators of one expression, and `elsif` branches of one `if`: the tree is as deep as these are many. */
export const chainMax = 2000;

export interface Session {
  readonly reader: Reader;
  readonly options: OptionTable;
  readonly read: ReadFile;
  /** Shared by the main file and its includes. */
  readonly run: {
    readonly diagnostics: Diagnostic[];
    readonly sources: SourceFile[];
    nesting: number;
    hasWarnedOfHosts: boolean;
  };
}

/** What a failing parse function tells its caller: whether the operator was told and the statement skipped already. */
export interface Loss {
  isTold: boolean;
}

export function openSession(source: SourceFile, options: OptionTable, read: ReadFile): Session {
  const diagnostics: Diagnostic[] = [];
  return {
    reader: new Reader(source, diagnostics),
    options,
    read,
    run: { diagnostics, sources: [source], nesting: 0, hasWarnedOfHosts: false },
  };
}

export function includeSession(session: Session, source: SourceFile): Session {
  session.run.sources.push(source);
  return { ...session, reader: new Reader(source, session.run.diagnostics) };
}

/**
 * Runs `parse` one level deeper; undefined when it is too deep, after a diagnostic and with the rest of the statement skipped.
 * *Invariant:* the parser never recurses without passing here.
 */
export function deeper<T>(session: Session, opening: Span, parse: () => T): T | undefined {
  const { reader, run } = session;
  if (run.nesting >= nestingMax) {
    reader.report(nestedTooDeep(opening));
    reader.skip();
    return undefined;
  }
  run.nesting += 1;
  const result = parse();
  run.nesting -= 1;
  return result;
}
