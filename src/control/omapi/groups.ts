// Named groups over OMAPI (OMAPI reference §4.3): those of dhcpd.conf, and those of the lease file.

import { latin1 } from '../../std/bytes.ts';
import { err, ok, type Result } from '../../std/result.ts';
import { hasGroup } from '../../lease/host-scopes.ts';
import type { Scope } from '../../model/server-config.ts';
import type { OmapiPairs } from '../../wire/omapi-message.ts';
import type { OmapiContext, OmapiKind } from './object-kind.ts';
import { omapiResult as result } from './results.ts';
import { readStatements, statementsOf } from './statements.ts';
import { objectNamePattern, pairsOf, textOf } from './values.ts';

export const groupKind: OmapiKind = {
  type: 'group',
  right: 'hosts',
  isSearchable: true,
  find(keys, x) {
    const name = keys.get('name');
    if (name === undefined) return err(result.noKey);
    return isGroup(textOf(name), x) ? ok(textOf(name)) : err(result.notFound);
  },
  attributes: (name, x) => (isGroup(name, x) ? pairsOf(['name', latin1(name)]) : undefined),
  create: createGroup,
  update: (_name, attributes) =>
    [...attributes.keys()].every((attribute) => attribute === 'name' || attribute === 'statements') ? result.alreadyExists : result.notFound,
  remove: removeGroup,
};

/** dhcpd.conf's groups are found where some declaration lies in them. */
export const isGroup = (name: string, x: Pick<OmapiContext, 'store' | 'config'>): boolean => hasGroup(name, x.config(), x.store.kept);

function isConfigured(name: string, x: Pick<OmapiContext, 'config'>): boolean {
  const { hosts, subnets, sharedNetworks, classes } = x.config();
  const title = `group ${name}`;
  const isIt = ({ kind, title: own }: Scope): boolean => kind === 'group' && own === title;
  return [...hosts, ...subnets, ...sharedNetworks, ...classes].some(({ scopes }) => scopes.some(isIt));
}

/** A group's statements, each as it stands in the lease file. */
export function groupLines(name: string, x: Pick<OmapiContext, 'store' | 'config'>): readonly string[] {
  const text = x.store.kept.get('group', name) ?? textOfConfigured(name, x);
  return text === undefined ? [] : statementsOf(text.replace(/^\s*dynamic;$/gm, ''), x.config());
}
function textOfConfigured(name: string, x: Pick<OmapiContext, 'config'>): string | undefined {
  const { hosts, subnets, sharedNetworks, classes } = x.config();
  const scope = [...hosts, ...subnets, ...sharedNetworks, ...classes].flatMap(({ scopes }) => scopes).find(({ kind, title }) => kind === 'group' && title === `group ${name}`);
  if (scope === undefined) return undefined;
  // The declaration's span is its head; each statement knows its own place.
  return `group x {\n${scope.statements.map(({ span }) => span.file.text.slice(span.start, span.end)).join('\n')}\n}\n`;
}

function createGroup(attributes: OmapiPairs, x: OmapiContext): Result<string, number> {
  let name = '';
  let lines: readonly string[] | undefined;
  for (const [attribute, value] of attributes) {
    if (attribute === 'name') {
      name = textOf(value);
      if (!objectNamePattern.test(name)) return err(result.invalidArgument);
    } else if (attribute === 'statements') {
      const read = readStatements(value, x.config(), x.allowsExecute);
      if (!read.ok) return read;
      lines = read.value.lines;
    } else return err(result.notFound);
  }
  if (lines === undefined) return err(result.invalidArgument);
  if (name === '') name = `ng${x.newSuffix()}`;
  if (isGroup(name, x)) return err(result.alreadyExists);
  const record = `group ${name} {\n  dynamic;\n${lines.map((line) => `        ${line}\n`).join('')}}\n`;
  x.store.kept.put('group', name, record);
  x.store.hosts.groupMade();
  x.effects.journal.text(record);
  x.changed(`create group ${name}`, '', lines.join(' '));
  return ok(name);
}

/** Hosts that are in it keep its statements until the next start, as with dhcpd. */
function removeGroup(name: string, x: OmapiContext): number {
  if (!isGroup(name, x)) return result.notFound;
  const before = x.store.kept.get('group', name);
  const isDynamic = before !== undefined && /^\s*dynamic;$/m.test(before);
  const record = `group ${name} {\n${isDynamic ? '  dynamic;\n' : ''}  deleted;\n}\n`;
  if (isConfigured(name, x)) x.store.kept.put('group', name, record);
  else x.store.kept.remove('group', name);
  x.effects.journal.text(record);
  x.changed(`delete group ${name}`, before ?? 'of dhcpd.conf', '');
  return result.success;
}
