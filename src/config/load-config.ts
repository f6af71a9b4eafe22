// From files to a configuration. Pure: the caller hands in how files are read (shell and cli do it with real ones).

import type { Diagnostic } from '../model/diagnostic.ts';
import type { LeaseholdSettings, ServerConfig } from '../model/server-config.ts';
import type { SourceFile } from '../model/span.ts';
import { err, ok, type Result } from '../std/result.ts';
import type { OptionDefinition } from '../wire/option-table.ts';
import type { FileTree } from '../lang/ast.ts';
import { OptionTable } from '../lang/option-table.ts';
import { parseConfig } from '../lang/parse.ts';
import type { ReadFile } from '../lang/session.ts';
import { profileRows, profilesAgainst } from './boot-profiles.ts';
import { bootAgainst } from './boot-against.ts';
import { bootSettingRows, ownBlocks } from './boot-settings.ts';
import { openshiftRows } from './openshift-settings.ts';
import { buildFile } from './build.ts';
import { reportDeadSubclasses } from './build-classes.ts';
import { reportPeersTogether } from './build-peers.ts';
import { Build, type Facts } from './drafts.ts';
import { hostNamesOf } from './host-names.ts';
import { withCertificates, type Outside } from './relationship-certificates.ts';
import { fenceRows, witnessRows } from './evidence-settings.ts';
import { relationshipsAgainst, relationshipSettingRows } from './relationship-settings.ts';
import { unknownRoleKeys } from './omapi-settings.ts';
import { leaseholdDefaults, leaseholdSettingRows, leaseholdSettings } from './leasehold-settings.ts';
import { inReadingOrder } from './reading-order.ts';
import { startSettings } from './start-settings.ts';

/** `problem` is the system's own sentence, e.g. `No such file or directory`. */
export interface ReadProblem {
  readonly problem: string;
  readonly isDirectory?: boolean;
}
/** Text as `decodeSource` of lang makes it, so that no byte is lost. */
export type ReadText = (path: string) => Result<string, ReadProblem>;

export interface LoadInput {
  /** As the operator gave it; dhcpd's messages begin with it. */
  readonly path: string;
  readonly read: ReadText;
  /** leasehold.conf; a file that is not there is no problem, every default works without it. */
  readonly leaseholdConf?: string;
  /** Without it nothing is said that hangs on the time or on permissions. */
  readonly outside?: Outside;
  /** What a resolver said of a name, where one was asked: undefined for a name that resolves. */
  readonly resolves?: Resolves;
}
export type Resolves = (name: string) => string | undefined;

/** A configuration with errors still has everything that could be read, for lints; it must not be served. */
export interface ConfigDraft {
  readonly config: ServerConfig;
  readonly facts: Facts;
  readonly tree: FileTree;
  readonly resolves: Resolves | undefined;
}
export interface Loaded {
  /** undefined when there is an error. */
  readonly config: ServerConfig | undefined;
  readonly draft: ConfigDraft;
  /** In the order in which dhcpd meets them; lints are not among them. */
  readonly diagnostics: readonly Diagnostic[];
  /** Of these, how many it meets while it reads; the rest is said when it starts, which errors prevent. */
  readonly whileReadingCount: number;
}

const readerOf =
  (read: ReadText): ReadFile =>
  (path) => {
    const text = read(path);
    return text.ok ? { source: { name: path, text: text.value } } : text.error;
  };

/** Err: the main file cannot be read. */
export function loadConfig(input: LoadInput): Result<Loaded, ReadProblem> {
  const text = input.read(input.path);
  if (!text.ok) return err(text.error);
  return ok(loadText({ name: input.path, text: text.value }, input));
}

function loadText(source: SourceFile, { read, leaseholdConf, outside, resolves }: LoadInput): Loaded {
  const {
    tree,
    diagnostics: parsed,
    options,
    sources,
  } = parseConfig(source, new OptionTable(), readerOf(read));
  const own = loadLeaseholdConf(leaseholdConf, read, outside);
  const build = new Build();
  const global = buildFile(build, tree);
  reportDeadSubclasses(build);
  const lateFrom = build.diagnostics.length;
  const settings = startSettings(build, global);
  reportPeersTogether(build);
  const config: ServerConfig = {
    files: [...sources, ...own.files],
    global,
    ...build.drafts,
    optionSpaces: options.spaces,
    settings,
    leasehold: own.settings,
    hostNames: hostNamesOf(build.drafts, build.facts.scopes, settings),
  };
  const whileReading = inReadingOrder(tree, parsed, build.diagnostics.slice(0, lateFrom));
  const diagnostics = [
    ...whileReading, ...build.diagnostics.slice(lateFrom), ...own.diagnostics, ...unknownRoleKeys(config), ...relationshipsAgainst(config),
    ...profilesAgainst(config, own.settings.boot?.profiles ?? []), ...(own.settings.boot === undefined ? [] : bootAgainst(own.settings.boot, build.facts.scopes, config.hosts)),
  ];
  const hasError = diagnostics.some(({ severity }) => severity === 'error');
  return {
    config: hasError ? undefined : config,
    draft: { config, facts: build.facts, tree, resolves },
    diagnostics,
    whileReadingCount: whileReading.length,
  };
}

interface OwnFile {
  readonly settings: LeaseholdSettings;
  readonly diagnostics: readonly Diagnostic[];
  readonly files: readonly SourceFile[];
}

/** Every setting of leasehold.conf: a name means one thing, in whatever block it stands. */
export const ownSettingRows: readonly { readonly definition: OptionDefinition }[] = [
  ...leaseholdSettingRows, ...bootSettingRows, ...profileRows, ...openshiftRows, ...relationshipSettingRows, ...fenceRows, ...witnessRows,
];

function loadLeaseholdConf(path: string | undefined, read: ReadText, outside: Outside | undefined): OwnFile {
  const text = path === undefined ? undefined : read(path);
  if (path === undefined || text === undefined || !text.ok)
    return { settings: leaseholdDefaults, diagnostics: [], files: [] };
  const options = new OptionTable();
  for (const { definition } of ownSettingRows) options.define(definition);
  const source = { name: path, text: text.value };
  const { tree, diagnostics, sources } = parseConfig(source, options, readerOf(read), ownBlocks);
  const { settings, diagnostics: refused } = leaseholdSettings(tree.body);
  // dhcpd never reads this file, so nothing here is said in its words.
  const plain = diagnostics.map(({ dhcpdText: _text, dhcpdPlace: _place, ...diagnostic }) => diagnostic);
  const { relationships, diagnostics: found } = withCertificates(settings.relationships, read, outside);
  return { settings: { ...settings, relationships }, diagnostics: [...plain, ...refused, ...found], files: sources };
}
