// class, subclass, vendor-class, user-class (dhcpd-conf reference §4.5).

import type { Subclass } from '../model/server-config.ts';
import type * as ast from '../lang/ast.ts';
import { lowerBoolean, lowerData } from '../lang/lower.ts';
import type { Handlers, Walk } from './build.ts';
import { wordsOf } from './dhcpd-places.ts';
import * as hosts from './diagnostics/hosts.ts';
import type { Build, ClassDraft, Context, Draft } from './drafts.ts';
import { nestedStatements } from './nested-statements.ts';

/** A second declaration of a name adds to the first. `vendor-class` and `user-class` are old words for adding only. */
export function buildClass(build: Build, node: ast.ClassDecl, context: Context, walk: Walk): void {
  const { text, span } = node.name;
  const known = build.drafts.classes[build.classesByName.get(text) ?? -1];
  if (known === undefined && node.keyword !== 'class') {
    build.report(hosts.unknownClass(span, text, build.classesByName.keys()), span);
    return;
  }
  const made = known ?? openClass(build, node, context);
  const scope = made.scopes.at(-1);
  if (scope === undefined) return;
  const chain = made.scopes;
  walk(build, node.body, {
    ...context,
    kind: 'class',
    chain,
    scope,
    class: made,
    classRules: { condition: undefined, submatch: undefined },
    subclass: undefined,
  });
}

function openClass(build: Build, node: ast.ClassDecl, context: Context): ClassDraft {
  const { text } = node.name;
  const scope = build.openScope('class', `class "${text}"`, node.head);
  const made: ClassDraft = {
    index: build.drafts.classes.length,
    name: text,
    matchIf: undefined,
    submatch: undefined,
    spawns: false,
    leaseLimit: undefined,
    scopes: [...context.chain, scope],
    subclasses: [],
    span: node.head,
  };
  build.drafts.classes.push(made);
  build.classesByName.set(text, made.index);
  return made;
}

export function buildSubclass(build: Build, node: ast.SubclassDecl, context: Context, walk: Walk): void {
  const { text, span } = node.className;
  const parent = build.drafts.classes[build.classesByName.get(text) ?? -1];
  if (parent === undefined) {
    build.report(hosts.unknownClass(span, text, build.classesByName.keys()), span);
    return;
  }
  const scope = build.openScope('subclass', `subclass "${text}"`, node.head);
  const made: Draft<Subclass> = {
    key: node.key.bytes,
    // The limit of the class as it stands above; a subclass may have one of its own.
    leaseLimit: parent.leaseLimit,
    scopes: [scope],
    span: node.head,
  };
  walk(build, node.body, {
    ...context,
    kind: 'subclass',
    chain: [...parent.scopes, scope],
    scope,
    class: undefined,
    subclass: made,
  });
  parent.subclasses.push(made);
}

function setSubmatch(
  build: Build,
  node: ast.MatchDecl | ast.SpawnDecl,
  { class: made, classRules }: Context,
): void {
  if (made === undefined) return;
  if (classRules.submatch !== undefined) {
    build.report(hosts.secondSubmatch(node.span, classRules.submatch), node.data.span);
    return;
  }
  classRules.submatch = node.span;
  made.submatch = lowerData(node.data);
  made.spawns = node.kind === 'spawn';
}

export const classHandlers: Handlers = {
  'match-if': (build, node, { class: made, classRules }) => {
    if (made === undefined) return;
    const first = classRules.condition;
    classRules.condition ??= node.span;
    if (first !== undefined) build.report(hosts.secondMatchIf(node.span, first), wordsOf(node.span, 2));
    else made.matchIf = lowerBoolean(node.condition);
  },
  match: setSubmatch,
  spawn: setSubmatch,
  'lease-limit': (_build, node, context) => {
    const made = context.subclass ?? context.class;
    if (made !== undefined) made.leaseLimit = node.limit.value;
  },
};

/** `add "C";`, also inside blocks, names a class that is declared above. */
export function checkAdds(build: Build, node: ast.ExecutableStatement, { kind }: Context): void {
  if (node.kind === 'add' && kind === 'global') build.report(hosts.addWithoutPacket(node.span));
  for (const inner of nestedStatements(node)) {
    if (inner.kind !== 'add') continue;
    const { text, span } = inner.className;
    const index = build.classesByName.get(text);
    if (index !== undefined) build.facts.classUses.add(index);
    else build.report(hosts.classToAddMissing(span, text, build.classesByName.keys()), span);
  }
}

/** Said when the whole file was read, since a class may get its `match` later. */
export function reportDeadSubclasses(build: Build): void {
  for (const { name, submatch, subclasses, span } of build.drafts.classes) {
    const [first] = subclasses;
    if (submatch === undefined && first !== undefined)
      build.report(hosts.subclassWithoutMatch(first.span, name, span));
  }
}
