// Classes and subclasses of the lease file (made over OMAPI) as declarations that the engine can use, beside those of the
// configuration (dhcpd-leases reference §6, OMAPI reference §4.4).

import type { ClassDeclaration, Scope, ServerConfig, Subclass } from '../model/server-config.ts';
import type * as ast from '../lang/ast.ts';
import { lowerData, lowerStatements } from '../lang/lower.ts';
import { parseConfig } from '../lang/parse.ts';
import { noInclude, optionsOf } from './host-scopes.ts';
import type { KeptRecords } from './kept-records.ts';

type Block = ast.ClassDecl | ast.SubclassDecl;

/** The configuration with what the lease file adds to its classes; the same object where it adds nothing. */
export function withDynamicClasses(config: ServerConfig, kept: KeptRecords): ServerConfig {
  const blocks = [...kept.records('class'), ...kept.records('subclass')].flatMap((text) => blockOf(text, config));
  if (blocks.length === 0) return config;
  const classes: ClassDeclaration[] = [...config.classes];
  for (const block of blocks) {
    if (block.kind === 'class') addClass(classes, block);
    else addSubclass(classes, block);
  }
  return { ...config, classes };
}

function blockOf(text: string, config: ServerConfig): Block[] {
  if (/^\s*deleted;$/m.test(text)) return [];
  const source = { name: 'lease file', text: text.replace(/^\s*dynamic;$/gm, '') };
  const [block] = parseConfig(source, optionsOf(config), noInclude).tree.body;
  return block?.kind === 'class' || block?.kind === 'subclass' ? [block] : [];
}

const scopesOf = (block: Block, kind: 'class' | 'subclass', title: string): readonly Scope[] => {
  const statements = lowerStatements(block.body);
  return statements.length === 0 ? [] : [{ kind, title, statements, span: block.span }];
};

function addClass(classes: ClassDeclaration[], block: ast.ClassDecl): void {
  const { name: { text: name }, span } = block;
  // The configuration's own class comes first; a record of its name adds nothing.
  if (classes.some((declared) => declared.name === name)) return;
  const match = block.body.find((item) => item.kind === 'match');
  classes.push({
    index: classes.length, name, matchIf: undefined, submatch: match?.kind === 'match' ? lowerData(match.data) : undefined, spawns: false,
    leaseLimit: undefined, scopes: scopesOf(block, 'class', `class "${name}"`), subclasses: [], span,
  });
}

function addSubclass(classes: ClassDeclaration[], block: ast.SubclassDecl): void {
  const at = classes.findIndex(({ name }) => name === block.className.text);
  const declared = classes[at];
  if (declared === undefined) return;
  const subclass: Subclass = {
    key: block.key.bytes, leaseLimit: undefined, scopes: scopesOf(block, 'subclass', `subclass "${declared.name}"`), span: block.span,
  };
  classes[at] = { ...declared, subclasses: [...declared.subclasses, subclass] };
}
