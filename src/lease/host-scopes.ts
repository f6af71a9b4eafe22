// What a host of the lease file makes the engine execute: its statements, and those of the group it names, parsed by lang.

import type { Scope, ServerConfig } from '../model/server-config.ts';
import type { SourceFile } from '../model/span.ts';
import { lowerStatements } from '../lang/lower.ts';
import { OptionTable } from '../lang/option-table.ts';
import { parseConfig } from '../lang/parse.ts';
import type { HostRecord } from './host-record.ts';
import type { KeptRecords } from './kept-records.ts';

/** Scopes of a dynamic host, outermost first. */
export type HostScopes = (host: HostRecord) => readonly Scope[];

export const noInclude = (): { readonly problem: string } => ({ problem: 'a lease file includes nothing' });

const tables = new WeakMap<ServerConfig, OptionTable>();

/** Options as the configuration defines them, for one reading. */
export function optionsOf(config: ServerConfig): OptionTable {
  const known = tables.get(config) ?? tableOf(config);
  tables.set(config, known);
  return new OptionTable(known);
}

function tableOf(config: ServerConfig): OptionTable {
  const options = new OptionTable();
  for (const [name, space] of config.optionSpaces) {
    if (options.space(name) === undefined)
      options.declareSpace(space.name, { code: space.codeWidth, length: space.lengthWidth === 2 ? 2 : 1 });
    for (const definition of space.byName.values()) options.define(definition);
  }
  return options;
}

/** For one configuration. A host is parsed when it is first asked for. */
export function hostScopes(config: ServerConfig, kept: KeptRecords): HostScopes {
  const known = new WeakMap<HostRecord, readonly Scope[]>();
  return (host) => {
    const before = known.get(host);
    if (before !== undefined) return before;
    const { body } = parseStatements(host, config);
    const own = { kind: 'host', title: `host ${host.name}`, statements: lowerStatements(body), span: spanOf(host) } as const;
    const scopes = [...groupScopes(host.group, config, kept), ...(body.length > 0 ? [own] : [])];
    known.set(host, scopes);
    return scopes;
  };
}

const sourceOf = (host: HostRecord): SourceFile => ({
  name: `lease file, host ${host.name}`,
  text: `host x {\n${host.statements.join('\n')}\n}\n`,
});
const spanOf = (host: HostRecord): Scope['span'] => {
  const file = sourceOf(host);
  return { file, start: 0, end: file.text.length };
};

function parseStatements(
  host: HostRecord,
  config: ServerConfig,
): { readonly body: Parameters<typeof lowerStatements>[0]; readonly problems: readonly string[] } {
  if (host.statements.length === 0) return { body: [], problems: [] };
  const { tree, diagnostics } = parseConfig(sourceOf(host), optionsOf(config), noInclude);
  const node = tree.body.find((item) => item.kind === 'host');
  return {
    body: node?.kind === 'host' ? node.body : [],
    problems: diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message),
  };
}

/** What lang says against the statements of a host; it is left out of its scopes. */
export const hostProblems = (host: HostRecord, config: ServerConfig): readonly string[] => parseStatements(host, config).problems;

const configuredGroups = new WeakMap<ServerConfig, ReadonlySet<string>>();
function groupTitles(config: ServerConfig): ReadonlySet<string> {
  const known = configuredGroups.get(config);
  if (known !== undefined) return known;
  const declarations = [...config.hosts, ...config.subnets, ...config.sharedNetworks, ...config.classes];
  const titles = new Set(declarations.flatMap(({ scopes }) => scopes.filter(({ kind }) => kind === 'group').map(({ title }) => title)));
  configuredGroups.set(config, titles);
  return titles;
}
/** Whether a host may name the group: it is in the configuration or in the lease file, and was not deleted there. */
export function hasGroup(name: string, config: ServerConfig, kept: KeptRecords): boolean {
  const text = kept.get('group', name);
  return text === undefined ? groupTitles(config).has(`group ${name}`) : !/^\s*deleted;$/m.test(text);
}

/** A group of the configuration is found where some declaration lies in it; one made by OMAPI stands in the lease file. */
function groupScopes(name: string | undefined, config: ServerConfig, kept: KeptRecords): readonly Scope[] {
  if (name === undefined) return [];
  const title = `group ${name}`;
  for (const { scopes } of [...config.hosts, ...config.subnets, ...config.sharedNetworks, ...config.classes]) {
    const last = scopes.findIndex((scope) => scope.kind === 'group' && scope.title === title);
    if (last >= 0) return scopes.slice(0, last + 1);
  }
  const text = kept.get('group', name);
  if (text === undefined) return [];
  const file = { name: `lease file, group ${name}`, text: text.replace(/^\s*(dynamic|static);$/gm, '') };
  const node = parseConfig(file, optionsOf(config), noInclude).tree.body.find((item) => item.kind === 'group');
  if (node?.kind !== 'group') return [];
  return [{ kind: 'group', title, statements: lowerStatements(node.body), span: node.span }];
}
