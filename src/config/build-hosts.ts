// host and group: identities, fixed addresses, and the scopes a host drags along (dhcpd-conf reference §4.4, §11.4).

import { concatBytes } from '../std/bytes.ts';
import type { DataExpr } from '../model/expression.ts';
import type { HostDeclaration } from '../model/server-config.ts';
import { optionCode } from '../wire/option-table.ts';
import type * as ast from '../lang/ast.ts';
import { lowerAddress, lowerValue } from '../lang/lower.ts';
import type { Handlers, Walk } from './build.ts';
import * as hosts from './diagnostics/hosts.ts';
import { wordsOf } from './dhcpd-places.ts';
import {
  placeOf,
  type Build,
  type Context,
  type Draft,
  type GroupFact,
  type HostDraft,
  type NamedGroup,
} from './drafts.ts';
import { nestedStatements } from './nested-statements.ts';

export function buildGroup(build: Build, node: ast.GroupDecl, context: Context, walk: Walk): void {
  const name = node.name?.text;
  const scope = build.openScope('group', name === undefined ? 'group' : `group ${name}`, node.head);
  const fact: GroupFact = { node, memberCount: 0, isJoined: false };
  const chain = [...context.chain, scope];
  build.facts.groups.push(fact);
  walk(build, node.body, { ...context, kind: 'group', chain, scope, groups: [...context.groups, fact] });
  for (const outer of context.groups) outer.memberCount += fact.memberCount;
  // Named behind its body, as dhcpd does: a host inside cannot join it.
  if (name !== undefined) nameGroup(build, name, { scopes: chain, fact });
}

/** dhcpd forgets a group when its name comes again, and knows it again the third time: so do we, to refuse what it refuses. */
function nameGroup(build: Build, name: string, group: NamedGroup): void {
  if (build.groupsByName.delete(name)) build.forgottenGroups.set(name, group.fact.node.head);
  else build.groupsByName.set(name, group);
}

export function buildHost(build: Build, node: ast.HostDecl, context: Context, walk: Walk): void {
  const { text, span } = node.name;
  for (const group of context.groups.slice(-1)) group.memberCount++;
  if (!build.hasWarnedOfHosts && (context.kind === 'subnet' || context.kind === 'shared-network')) {
    build.hasWarnedOfHosts = true;
    build.report(hosts.hostsAreGlobal(node.head));
  }
  const scope = build.openScope('host', `host ${text}`, node.head);
  const chain = [...context.chain, scope];
  const declaration: Draft<HostDeclaration> = {
    index: build.drafts.hosts.length,
    name: text,
    hardware: undefined,
    uid: undefined,
    identifier: undefined,
    fixedAddresses: [],
    scopes: [...chain],
    source: 'configuration',
    span: node.head,
  };
  const host: HostDraft = {
    declaration,
    node,
    hardware: undefined,
    fixed: undefined,
    uid: undefined,
    optionUid: undefined,
    identifierSpan: undefined,
    isDeleted: false,
  };
  walk(build, node.body, { ...context, kind: 'host', chain, scope, host });
  settleIdentifier(build, host);
  if (host.isDeleted) {
    forgetHost(build, text);
    return;
  }
  const first = build.hostsByName.get(text);
  if (first !== undefined) {
    build.report(hosts.hostExists(span, text, build.facts.hosts[first]?.node.name.span ?? span), node.span);
    return;
  }
  build.hostsByName.set(text, declaration.index);
  build.drafts.hosts.push(declaration);
  build.facts.hosts.push({
    node,
    hardware: host.hardware,
    fixed: host.fixed,
    uid: (host.uid ?? host.optionUid)?.span,
    place: placeOf(context),
  });
}

/** A host with `deleted;` removes the one of that name, as a record of the lease file does. */
function forgetHost(build: Build, name: string): void {
  const index = build.hostsByName.get(name);
  if (index === undefined) return;
  build.hostsByName.delete(name);
  build.drafts.hosts.splice(index, 1);
  build.facts.hosts.splice(index, 1);
  for (const host of build.drafts.hosts.slice(index)) {
    host.index--;
    build.hostsByName.set(host.name, host.index);
  }
}

/** `uid` outranks `option dhcp-client-identifier`, wherever they stand. */
function settleIdentifier(build: Build, host: HostDraft): void {
  const { declaration, optionUid } = host;
  if (optionUid === undefined) return;
  if (host.uid === undefined) declaration.uid = optionUid.bytes;
  else build.report(hosts.twoIdentifiers(declaration.name, optionUid, host.uid));
}

const isClientIdentifier = (node: ast.Item): node is ast.OptionStatement =>
  node.kind === 'option-statement' &&
  node.option.definition.space === 'dhcp' &&
  node.option.definition.code === optionCode.clientIdentifier;

/** In a host the option identifies the client instead of being sent (§4.4). True when the statement was that. */
export function takeClientIdentifier(build: Build, node: ast.ExecutableStatement, host: HostDraft): boolean {
  if (node.kind === 'if') {
    for (const inner of nestedStatements(node))
      if (isClientIdentifier(inner)) build.report(hosts.identifierInIf(inner.span));
    return false;
  }
  if (!isClientIdentifier(node)) return false;
  const bytes = constantBytes(node.value);
  if (bytes === undefined) build.report(hosts.identifierNotConstant(node.value.span));
  else host.optionUid ??= { bytes, span: node.span };
  return true;
}

/** The value as it is known while reading; undefined for one that depends on the request. */
function constantBytes(value: ast.OptionValue): Uint8Array | undefined {
  const lowered = lowerValue(value);
  if (lowered?.kind === 'constant') return lowered.bytes;
  return lowered?.kind === 'computed' ? constantOf(lowered.expr) : undefined;
}

function constantOf(expr: DataExpr): Uint8Array | undefined {
  if (expr.kind === 'bytes') return expr.bytes;
  if (expr.kind !== 'concat') return undefined;
  const parts = expr.parts.map(constantOf);
  return parts.some((part) => part === undefined)
    ? undefined
    : concatBytes(...parts.filter((part) => part !== undefined));
}

function joinGroup(build: Build, node: ast.JoinGroupDecl, { host }: Context): void {
  if (host === undefined) return;
  const { text, span } = node.name;
  const group = build.groupsByName.get(text);
  if (group === undefined) {
    build.report(
      hosts.unknownGroup(
        { span, text, host: host.declaration.name, forgotten: build.forgottenGroups.get(text) },
        build.groupsByName.keys(),
      ),
      span,
    );
    return;
  }
  group.fact.isJoined = true;
  host.declaration.scopes.unshift(...group.scopes);
}

export const hostHandlers: Handlers = {
  hardware: (_build, node, { host }) => {
    if (host === undefined || host.hardware !== undefined) return;
    host.hardware = node;
    host.declaration.hardware = { htype: node.htype, address: node.address.bytes };
  },
  'fixed-address': (_build, node, { host }) => {
    if (host === undefined || host.fixed !== undefined) return;
    host.fixed = node;
    host.declaration.fixedAddresses.push(...node.addresses.map(lowerAddress));
  },
  uid: (build, node, { host }) => {
    if (host === undefined) return;
    if (host.uid !== undefined) {
      build.report(hosts.secondUid(node.span, host.declaration.name, host.uid), wordsOf(node.span, 1));
      return;
    }
    host.uid = { bytes: node.value.bytes, span: node.span };
    host.declaration.uid = node.value.bytes;
  },
  'host-identifier': (build, node, { host }) => {
    if (host === undefined) return;
    if (host.identifierSpan !== undefined) {
      build.report(hosts.secondIdentifier(node.span, host.identifierSpan), wordsOf(node.span, 1));
      return;
    }
    host.identifierSpan = node.span;
    const value = constantBytes(node.value);
    if (value === undefined) build.report(hosts.identifierNotConstant(node.value.span));
    else host.declaration.identifier = { option: node.option.definition, value };
  },
  'join-group': joinGroup,
  marker: (_build, node, { host }) => {
    if (host !== undefined && node.word === 'deleted') host.isDeleted = true;
  },
};
