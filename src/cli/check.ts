// `leasehold check FILE [--peer FILE] [--json] [--fix] [--format]`. Pure but for what `CheckCli` does.

import { applyFixes, type Change } from '../config/fixes.ts';
import { checkConfig, inReportOrder, type Checked } from '../config/check-config.ts';
import type { ReadText, Resolves } from '../config/load-config.ts';
import type { Outside } from '../config/relationship-certificates.ts';
import { secretFixes } from '../config/secret-fixes.ts';
import { formatText } from '../config/format.ts';
import { checkPeers } from '../config/pair/check-peers.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { ExitStatus } from './cli-context.ts';
import { jsonDiagnostic, placeOf, renderDiagnostic } from './render-diagnostic.ts';

export interface CheckCli {
  out(text: string): void;
  err(text: string): void;
  readonly readText: ReadText;
  readonly outside?: Outside;
  /** For `--resolve`. */
  readonly resolves?: Resolves;
  /** For `--fix` and `--format`; the error is the system's sentence. */
  writeText(path: string, text: string): string | undefined;
  /** For `--fix`: base64 of that many random bytes. */
  newSecret(size: number): string;
}

export interface CheckArgs {
  readonly file: string;
  readonly peer?: string;
  /** Default: `leasehold.conf` beside the file. */
  readonly leaseholdConf?: string;
  readonly json?: boolean;
  readonly fix?: boolean;
  readonly format?: boolean;
}

/** Diagnostics of one code that are printed in full; the rest is counted. */
const shownMax = 20;

const besideOf = (path: string): string => path.replace(/[^/]*$/, 'leasehold.conf');

/** 0: nothing but infos. 1: problems. 2: could not run. */
export function runCheck(args: CheckArgs, cli: CheckCli): ExitStatus {
  const main = checkFile(args, args.file, cli);
  const peer = args.peer === undefined ? undefined : checkFile(args, args.peer, cli);
  if (main === undefined || (args.peer !== undefined && peer === undefined)) return 2;
  if (args.fix === true) return fixAll([main, ...(peer === undefined ? [] : [peer])], cli);
  if (args.format === true) return formatAll([main, ...(peer === undefined ? [] : [peer])], cli);
  const pair = peer === undefined ? [] : checkPeers(main.draft, peer.draft);
  const report = inReportOrder(withTwins([...main.report, ...pair], peer?.report ?? []));
  print(report, args, cli);
  return report.some(({ severity }) => severity !== 'info') ? 1 : 0;
}

/** What is wrong with both files in the same words is told once, with both places. */
function withTwins(own: readonly Diagnostic[], other: readonly Diagnostic[]): readonly Diagnostic[] {
  const key = ({ code, message }: Diagnostic): string => `${code} ${message}`;
  const twins = new Map(other.map((diagnostic) => [key(diagnostic), diagnostic]));
  const told = new Set<Diagnostic>();
  const merged = own.map((diagnostic) => {
    const twin = twins.get(key(diagnostic));
    if (twin === undefined || told.has(twin)) return diagnostic;
    told.add(twin);
    const message = `the same in ${twin.span.file.name}, line ${placeOf(twin.span).line}`;
    return { ...diagnostic, notes: [...diagnostic.notes, { message }] };
  });
  return [...merged, ...other.filter((diagnostic) => !told.has(diagnostic))];
}

function checkFile(args: CheckArgs, path: string, cli: CheckCli): Checked | undefined {
  const checked = checkConfig({
    path,
    read: cli.readText,
    leaseholdConf: args.leaseholdConf ?? besideOf(path),
    ...(cli.outside === undefined ? {} : { outside: cli.outside }),
    ...(cli.resolves === undefined ? {} : { resolves: cli.resolves }),
  });
  if (checked.ok) return checked.value;
  cli.err(`cannot read ${path}: ${checked.error.problem}`);
  return undefined;
}

function print(report: readonly Diagnostic[], { file, peer, json }: CheckArgs, cli: CheckCli): void {
  if (json === true) {
    cli.out(JSON.stringify({ file, diagnostics: report.map(jsonDiagnostic) }, undefined, 2));
    return;
  }
  const counts = new Map<string, number>();
  for (const diagnostic of report) {
    const count = (counts.get(diagnostic.code) ?? 0) + 1;
    counts.set(diagnostic.code, count);
    if (count <= shownMax) cli.out(`${renderDiagnostic(diagnostic)}\n`);
  }
  for (const [code, count] of counts)
    if (count > shownMax) cli.out(`${code}: ${count - shownMax} more of these; --json lists them all\n`);
  cli.out(summary(peer === undefined ? file : `${file} and ${peer}`, report));
}

function summary(file: string, report: readonly Diagnostic[]): string {
  const words = { error: 'error', warning: 'warning', info: 'info' } as const;
  const parts = (['error', 'warning', 'info'] as const).flatMap((severity) => {
    const count = report.filter((diagnostic) => diagnostic.severity === severity).length;
    return count === 0 ? [] : [`${count} ${words[severity]}${count === 1 ? '' : 's'}`];
  });
  if (parts.length === 0) return `${file}: no problem found`;
  const isRefused = report.some(({ severity }) => severity === 'error');
  return `${file}: ${parts.join(', ')}${isRefused ? '; with errors the server does not start' : ''}`;
}

/** `@@ line 12` and the lines before and after. A secret that is taken out is shown no more than the new one. */
function changeLines({ line, before, after }: Change): readonly string[] {
  return [`@@ line ${line}`, ...before.map((text) => `-${hideSecret(text)}`), ...after.map((text) => `+${hideSecret(text)}`)];
}
/** What scrolls over a terminal is kept in more places than the file. */
const hideSecret = (line: string): string => line.replace(/(\bsecret\s+)"?[^\s;"]+"?/i, '$1…');

/** Writes each file once, with every remedy that is safe to apply, and shows what became of which lines. */
function fixAll(all: readonly Checked[], cli: CheckCli): ExitStatus {
  const safe = all.flatMap(({ report }) => report.flatMap(({ fix }) => fix ?? []));
  const fixed = applyFixes([...safe, ...secretFixes(all, cli.newSecret)]);
  if (fixed.length === 0) cli.out('nothing that could be corrected without a person');
  let status: ExitStatus = 0;
  for (const { file, text, count, changes } of fixed) {
    const problem = cli.writeText(file.name, text);
    if (problem === undefined) {
      for (const line of [`${file.name}:`, ...changes.flatMap(changeLines)]) cli.out(line);
      cli.out(`${file.name}: ${count} corrected; check it again\n`);
    } else {
      cli.err(`cannot write ${file.name}: ${problem}`);
      status = 2;
    }
  }
  return status;
}

/** A file with errors is left as it is: its braces may not say what its author meant. Included files are not touched. */
function formatAll(all: readonly Checked[], cli: CheckCli): ExitStatus {
  let status: ExitStatus = 0;
  for (const { draft, diagnostics } of all) {
    const { source } = draft.tree;
    const text = formatText(source.text);
    if (diagnostics.some(({ severity, span }) => severity === 'error' && span.file === source)) {
      cli.err(`${source.name} has errors: it was not formatted`);
      status = Math.max(status, 1) as ExitStatus;
    } else if (text === source.text) cli.out(`${source.name} is in order`);
    else {
      const problem = cli.writeText(source.name, text);
      if (problem === undefined) cli.out(`${source.name} was formatted`);
      else {
        cli.err(`cannot write ${source.name}: ${problem}`);
        status = 2;
      }
    }
  }
  return status;
}
