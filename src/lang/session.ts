// What one run of the parser carries along: the file it reads, the option definitions met so far, the diagnostics.

import type { Diagnostic } from '../model/diagnostic.ts';
import type { SourceFile, Span } from '../model/span.ts';
import { nestedTooDeep } from './diagnostics/lexical.ts';
import type { OptionTable } from './option-table.ts';
import { Reader } from './reader.ts';
import { nearest } from './suggest.ts';

/** Gives the text of an included file, or why there is none (`No such file or directory`, `Is a directory`, …). */
export type ReadFile = (path: string) => { readonly source: SourceFile } | { readonly problem: string; readonly isDirectory?: boolean };

/**
 * The parser and those who walk its trees recurse, so there must be a limit; dhcpd's own is the size of its stack. A level of
 * braces, parentheses, arguments or includes counts `level`, an operator or `elsif` that nests the rest of its chain counts 1.
 * Configurations in the field are at most 6 levels deep.
 */
const depthMax = 600;
const costs = { level: 4, chain: 1 } as const;
/** Operators of one expression, and `elsif` branches of one `if`: the tree is as deep as these are many. */
export const chainMax = 500;

export interface Session {
  readonly reader: Reader;
  readonly options: OptionTable;
  readonly read: ReadFile;
  /** Words of blocks that dhcpd does not have; empty for dhcpd.conf. */
  readonly ownBlocks: ReadonlySet<string>;
  /** Shared by the main file and its includes. */
  readonly run: {
    readonly diagnostics: Diagnostic[];
    readonly sources: SourceFile[];
    depth: number;
    /** Names of the files being read, from the main file down. */
    readonly including: string[];
    /** What `suggestFor` found, by what it was asked. */
    readonly suggestions: Map<string, string | undefined>;
  };
}

/**
 * The word of a vocabulary nearest to a slip. PERF: a slip of a tool stands in every host of a file, and is looked up once. `count`
 * of the known words tells that definitions have added to them.
 */
export function suggestFor({ run: { suggestions } }: Session, word: string, vocabulary: string, count: number, known: () => Iterable<string>): string | undefined {
  const key = `${vocabulary} ${count} ${word}`;
  if (!suggestions.has(key)) suggestions.set(key, nearest(word, known()));
  return suggestions.get(key);
}

/** What a failing parse function tells its caller: whether the operator was told and the statement skipped already. */
export interface Loss {
  isTold: boolean;
  isSkipped: boolean;
  /** What dhcpd says of a missing expression behind `=`, where that depends on the place. */
  readonly emptyWording?: string;
}
export const noLoss = (): Loss => ({ isTold: false, isSkipped: false });

/** Skips the rest of the statement, once. */
export function recover({ reader }: Session, loss: Loss): void {
  if (!loss.isSkipped) reader.skipRest();
  loss.isSkipped = true;
}

const none: ReadonlySet<string> = new Set();

export function openSession(source: SourceFile, options: OptionTable, read: ReadFile, ownBlocks = none): Session {
  const diagnostics: Diagnostic[] = [];
  return {
    reader: new Reader(source, diagnostics),
    options,
    read,
    ownBlocks,
    run: { diagnostics, sources: [source], depth: 0, including: [source.name], suggestions: new Map() },
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
export function deeper<T>(
  session: Session,
  loss: Loss,
  opening: Span,
  parse: () => T,
  step: keyof typeof costs = 'level',
): T | undefined {
  const { reader, run } = session;
  if (run.depth + costs[step] > depthMax) {
    reader.report(nestedTooDeep(opening));
    reader.skip();
    loss.isTold = true;
    loss.isSkipped = true;
    return undefined;
  }
  run.depth += costs[step];
  const result = parse();
  run.depth -= costs[step];
  return result;
}
