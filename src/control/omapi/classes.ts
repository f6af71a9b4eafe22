// Classes and subclasses over OMAPI (OMAPI reference §4.4): those of dhcpd.conf are shown, others can be made and deleted.

import { bytesEqual, fromHex, toHex } from '../../std/bytes.ts';
import { err, ok, type Result } from '../../std/result.ts';
import { bindingCode } from '../../model/binding-state.ts';
import type { ClassDeclaration } from '../../model/server-config.ts';
import type { KeptKind } from '../../lease/kept-records.ts';
import type { OmapiPairs } from '../../wire/omapi-message.ts';
import { groupLines, isGroup } from './groups.ts';
import type { OmapiContext, OmapiKind } from './object-kind.ts';
import { omapiResult as result } from './results.ts';
import { pairsOf, shown, textOf, u32 } from './values.ts';

/** Quoted as dhcpd writes it, with nothing that would need an escape. */
const namePattern = /^[\w .:+-]{1,255}$/;
const hashStringMax = 255;

export const classKind: OmapiKind = {
  type: 'class',
  right: 'hosts',
  isSearchable: true,
  find(keys, x) {
    const name = keys.get('name');
    if (name === undefined) return err(result.noKey);
    return declaredAs(textOf(name), x) === undefined ? err(result.notFound) : ok(textOf(name));
  },
  attributes(name, x) {
    const declared = declaredAs(name, x);
    return declared && limitPairs(declared.leaseLimit, usedBy(name, undefined, x));
  },
  create: createClass,
  update: () => result.unknownAttribute,
  remove: removeClass,
};

/** The key is the matched bytes in hex, a blank, and the class's name. */
export const subclassKind: OmapiKind = {
  type: 'subclass',
  right: 'hosts',
  isSearchable: true,
  find(keys, x) {
    const name = keys.get('name');
    const bytes = keys.get('hashstring');
    if (name === undefined || bytes === undefined) return err(result.noKey);
    const key = `${toHex(bytes)} ${textOf(name)}`;
    return subclassOf(key, x) === undefined ? err(result.notFound) : ok(key);
  },
  attributes(key, x) {
    const found = subclassOf(key, x);
    return found && limitPairs(found.subclass.leaseLimit ?? found.declared.leaseLimit, usedBy(found.declared.name, found.subclass.key, x));
  },
  create: createSubclass,
  update: () => result.unknownAttribute,
  remove: removeSubclass,
};

const declaredAs = (name: string, x: OmapiContext): ClassDeclaration | undefined => x.config().classes.find((declared) => declared.name === name);

function subclassOf(key: string, x: OmapiContext) {
  const { bytes, name } = partsOf(key);
  const declared = declaredAs(name, x);
  const subclass = declared?.subclasses.find((candidate) => bytesEqual(candidate.key, bytes));
  return declared === undefined || subclass === undefined ? undefined : { declared, subclass };
}
function partsOf(key: string): { readonly bytes: Uint8Array; readonly name: string } {
  const blank = key.indexOf(' ');
  return { bytes: fromHex(key.slice(0, blank)) ?? new Uint8Array(0), name: key.slice(blank + 1) };
}

const limitPairs = (limit: number | undefined, used: number): OmapiPairs =>
  pairsOf(['lease-limit', u32(limit ?? 0)], ['leases-used', u32(used)]);

/** Leases that are billed to a class. Cold: looks at all rows. */
function usedBy(className: string, key: Uint8Array | undefined, { store: { table } }: OmapiContext): number {
  let count = 0;
  for (let row = 0; row < table.rowCount; row++) {
    if (table.state(row) !== bindingCode.active) continue;
    const billing = table.lease(row).extras?.billing;
    if (billing?.className !== className) continue;
    if (key === undefined || (billing.subclassKey !== undefined && bytesEqual(billing.subclassKey, key))) count++;
  }
  return count;
}

/** Lines of the group that a new class takes its statements from; a number where that cannot be. */
function linesOfGroup(attributes: OmapiPairs, x: OmapiContext): readonly string[] | number {
  const group = attributes.get('group');
  if (group === undefined) return [];
  if (group.length === 0) return result.invalidArgument;
  return isGroup(textOf(group), x) ? groupLines(textOf(group), x) : result.notFound;
}
/** The first attribute that a new object of the kind does not have. */
function strangeAttribute(attributes: OmapiPairs, known: readonly string[]): number {
  const strange = [...attributes.keys()].find((name) => !known.includes(name));
  if (strange === undefined) return result.success;
  return strange === 'option' ? result.invalidArgument : result.unknownAttribute;
}

function createClass(attributes: OmapiPairs, x: OmapiContext): Result<string, number> {
  const strange = strangeAttribute(attributes, ['name', 'match', 'group']);
  if (strange !== result.success) return err(strange);
  const name = textOf(attributes.get('name') ?? new Uint8Array(0));
  const match = attributes.get('match');
  if (!namePattern.test(name)) return err(result.invalidArgument);
  if (match !== undefined && !textOf(match).startsWith('hardware')) return err(result.invalidArgument);
  if (declaredAs(name, x) !== undefined) return err(result.alreadyExists);
  const lines = linesOfGroup(attributes, x);
  if (typeof lines === 'number') return err(lines);
  keep('class', `"${name}"`, `class "${name}"`, [...(match === undefined ? [] : ['  match hardware;']), ...lines.map((line) => `        ${line}`)], x);
  x.changed(`create class ${name}`, '', lines.join(' '));
  return ok(name);
}

function createSubclass(attributes: OmapiPairs, x: OmapiContext): Result<string, number> {
  const strange = strangeAttribute(attributes, ['name', 'hashstring', 'group']);
  if (strange !== result.success) return err(strange);
  const name = textOf(attributes.get('name') ?? new Uint8Array(0));
  const bytes = attributes.get('hashstring');
  if (bytes === undefined || bytes.length === 0 || bytes.length > hashStringMax) return err(result.invalidArgument);
  if (declaredAs(name, x) === undefined) return err(result.notFound);
  const key = `${toHex(bytes)} ${name}`;
  if (subclassOf(key, x) !== undefined) return err(result.alreadyExists);
  const lines = linesOfGroup(attributes, x);
  if (typeof lines === 'number') return err(lines);
  keep('subclass', `"${name}" ${shownKey(bytes)}`, `subclass "${name}" ${shownKey(bytes)}`, lines.map((line) => `        ${line}`), x);
  x.changed(`create subclass ${name} ${shown(bytes)}`, '', lines.join(' '));
  return ok(key);
}

/** A quoted string where every byte is a plain character, else hex: as dhcpd writes it. */
function shownKey(bytes: Uint8Array): string {
  const characters = textOf(bytes);
  return /^[\w .,:;=+/-]+$/.test(characters) ? `"${characters}"` : toHex(bytes, ':');
}

function keep(kind: KeptKind, key: string, head: string, lines: readonly string[], x: OmapiContext): void {
  const record = `${head} {\n  dynamic;\n${lines.map((line) => `${line}\n`).join('')}}\n\n`;
  x.store.kept.put(kind, key, record);
  x.effects.journal.text(record);
  x.classesChanged();
}
function drop(kind: KeptKind, key: string, head: string, x: OmapiContext): void {
  x.store.kept.remove(kind, key);
  x.effects.journal.text(`${head} {\n  deleted;\n}\n\n`);
}

/** Those of dhcpd.conf stay: permits may name them. The subclasses of a class go with it. */
function removeClass(name: string, x: OmapiContext): number {
  const head = `class "${name}"`;
  if (x.store.kept.get('class', `"${name}"`) === undefined) return result.permissionDenied;
  for (const { key } of declaredAs(name, x)?.subclasses ?? []) {
    const own = `"${name}" ${shownKey(key)}`;
    if (x.store.kept.get('subclass', own) !== undefined) drop('subclass', own, `subclass ${own}`, x);
  }
  drop('class', `"${name}"`, head, x);
  x.classesChanged();
  x.changed(`delete class ${name}`, head, '');
  return result.success;
}

function removeSubclass(key: string, x: OmapiContext): number {
  const { bytes, name } = partsOf(key);
  const own = `"${name}" ${shownKey(bytes)}`;
  if (x.store.kept.get('subclass', own) === undefined) return result.permissionDenied;
  drop('subclass', own, `subclass ${own}`, x);
  x.classesChanged();
  x.changed(`delete subclass ${name} ${shown(bytes)}`, own, '');
  return result.success;
}
