// `leasehold boot import`: hosts of installers' files as host declarations and boot profiles. What changes is shown first.

import { basename, dirname, join, resolve } from 'node:path';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { HostDeclaration } from '../../model/server-config.ts';
import { bootDefaults } from '../../config/boot-settings.ts';
import { loadConfig, type ReadText } from '../../config/load-config.ts';
import type { ExitStatus } from '../cli-context.ts';
import { jsonDiagnostic, renderDiagnostic } from '../render-diagnostic.ts';
import { againstDeclared, mergeHosts } from './import-plan.ts';
import type { ImportedHost } from './imported.ts';
import { readHosts } from './read-hosts.ts';
import { lineDiff } from './text-diff.ts';
import { bootText, hostsText } from './write-config.ts';

export interface ImportArgs {
  readonly files: readonly string[];
  readonly config: string;
  readonly leaseholdConf: string;
  /** Files that are written; undefined: beside the configuration, named after the cluster. */
  readonly hosts?: string;
  readonly profiles?: string;
  readonly name?: string;
  /** Hosts are made in the running server, not written. */
  readonly dynamic: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}
export interface ImportCli {
  out(text: string): void;
  err(text: string): void;
  readonly readText: ReadText;
  /** Whole or not at all; undefined when it is written, else why not. */
  writeText(path: string, text: string): string | undefined;
  confirm(question: string): Promise<boolean>;
  /** Shows what would change and does it unless `dryRun`; the status of it. */
  makeHosts(hosts: readonly ImportedHost[], how: { readonly dryRun: boolean; readonly yes: boolean; readonly json: boolean }): Promise<ExitStatus>;
}

/** A file to write, with what it replaces. */
interface Change {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string;
  readonly diff: readonly string[];
  /** What must include it, and whether it does. */
  readonly includedBy: string;
  readonly isIncluded: boolean;
}
interface Around {
  readonly declared: readonly HostDeclaration[];
  readonly httpPort: number;
  /** Of the configuration, absolute. */
  readonly sources: ReadonlySet<string>;
}

/** 0: done, or nothing to do. 1: problems, or not agreed to. 2: could not run. */
export async function runImport(args: ImportArgs, cli: ImportCli): Promise<ExitStatus> {
  const files = args.files.map((path) => ({ path, read: cli.readText(path) }));
  for (const { path, read } of files) if (!read.ok) cli.err(`leasehold: cannot read ${path}: ${read.error.problem}`);
  if (files.some(({ read }) => !read.ok)) return 2;
  const merged = mergeHosts(files.map(({ path, read }) => readHosts({ name: path, text: read.ok ? read.value : '' })));
  const cluster = (args.name ?? merged.cluster).replace(/[^\w.-]+/g, '-') || 'openshift';
  const folder = dirname(args.config);
  const paths = { hosts: args.hosts ?? join(folder, `${cluster}-hosts.conf`), boot: args.profiles ?? join(folder, `${cluster}-boot.conf`) };
  const around = readAround(args, cli, paths.hosts);
  if (around === undefined) return 2;
  const { hosts, diagnostics } = againstDeclared(merged.hosts, around.declared);
  const said = [...merged.diagnostics, ...diagnostics];
  const changes = changesOf(args, cli, { hosts, all: merged.hosts, cluster, paths, around });
  const hasErrors = said.some(({ severity }) => severity === 'error');
  tell(args, cli, said, hasErrors ? [] : changes, hosts);
  if (hasErrors) {
    cli.err('leasehold: nothing was written: correct what is wrong first');
    return 1;
  }
  if (args.dynamic && hosts.length > 0) {
    const status = await cli.makeHosts(hosts, args);
    if (status !== 0) return status;
  }
  return write(args, cli, changes);
}

/** A configuration that is not there yet declares nothing; one that has errors is no ground to decide on. */
function readAround({ config, leaseholdConf }: ImportArgs, cli: ImportCli, hostsPath: string): Around | undefined {
  const loaded = loadConfig({ path: config, read: cli.readText, leaseholdConf });
  if (!loaded.ok) {
    cli.err(`leasehold: cannot read ${config}: ${loaded.error.problem}; name the configuration with --config`);
    return undefined;
  }
  const { config: served } = loaded.value;
  if (served === undefined) {
    cli.err(`leasehold: ${config} has errors; run: leasehold check ${config}`);
    return undefined;
  }
  return {
    declared: served.hosts.filter(({ span }) => resolve(span.file.name) !== resolve(hostsPath)),
    httpPort: served.leasehold.boot?.httpPort ?? bootDefaults.httpPort,
    sources: new Set(served.files.map(({ name }) => resolve(name))),
  };
}

interface Plan {
  /** To declare. */
  readonly hosts: readonly ImportedHost[];
  /** Those that are declared elsewhere have profiles too. */
  readonly all: readonly ImportedHost[];
  readonly cluster: string;
  readonly paths: { readonly hosts: string; readonly boot: string };
  readonly around: Around;
}

function changesOf({ dynamic }: ImportArgs, cli: ImportCli, { hosts, all, cluster, paths, around }: Plan): Change[] {
  const change = (path: string, after: string, includedBy: string): Change[] => {
    const read = cli.readText(path);
    const before = read.ok ? read.value : undefined;
    if (after === '' && before === undefined) return [];
    return [{ path, before, after, diff: lineDiff(before ?? '', after), includedBy, isIncluded: around.sources.has(resolve(path)) }];
  };
  return [
    ...(dynamic || hosts.length === 0 ? [] : change(paths.hosts, hostsText(hosts, paths.hosts), 'dhcpd.conf')),
    ...change(paths.boot, bootText(all, cluster, paths.boot, around.httpPort), 'the block boot { … } of leasehold.conf'),
  ];
}

function tell({ json }: ImportArgs, cli: ImportCli, said: readonly Diagnostic[], changes: readonly Change[], hosts: readonly ImportedHost[]): void {
  if (json) {
    const files = changes.map(({ path, before, diff, isIncluded }) => ({ path, isNew: before === undefined, isIncluded, diff }));
    cli.out(JSON.stringify({ hosts: hosts.map(({ span: _, ...host }) => ({ ...host, role: host.role ?? null })), files, diagnostics: said.map(jsonDiagnostic) }, undefined, 2));
    return;
  }
  for (const diagnostic of said) cli.out(renderDiagnostic(diagnostic));
  for (const { path, before, diff } of changes) {
    cli.out(diff.length === 0 ? `${path}: as it is` : `${path}${before === undefined ? ' (new)' : ''}:`);
    for (const line of diff) cli.out(`  ${line}`);
  }
}

async function write({ dryRun, yes, json }: ImportArgs, cli: ImportCli, changes: readonly Change[]): Promise<ExitStatus> {
  const due = changes.filter(({ diff }) => diff.length > 0);
  if (due.length > 0 && !dryRun) {
    if (!yes && !(await cli.confirm(`Write ${due.map(({ path }) => basename(path)).join(' and ')}?`))) {
      cli.err('leasehold: nothing was written; say --yes to write without being asked');
      return 1;
    }
    for (const { path, after } of due) {
      const problem = cli.writeText(path, after);
      if (problem !== undefined) {
        cli.err(`leasehold: ${path}: ${problem}`);
        return 2;
      }
    }
  }
  if (json) return 0;
  for (const { path, includedBy, isIncluded } of changes) if (!isIncluded) cli.out(`add to ${includedBy}:  include "${path}";`);
  if (due.length > 0 && !dryRun) cli.out('then: leasehold check, leasehold boot preview MACHINE, leasehold reload');
  return 0;
}
