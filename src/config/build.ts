// The walk over the tree: which scope a statement belongs to, which declaration encloses which (dhcpd-conf reference §4, §11).

import type { Scope } from '../model/server-config.ts';
import type * as ast from '../lang/ast.ts';
import { lowerStatement } from '../lang/lower.ts';
import { buildClass, buildSubclass, checkAdds, classHandlers } from './build-classes.ts';
import { buildGroup, buildHost, hostHandlers, takeClientIdentifier } from './build-hosts.ts';
import { buildSharedNetwork, buildSubnet, networkHandlers } from './build-networks.ts';
import { buildPeer, buildPeerReference } from './build-peers.ts';
import { buildKey, buildZone, noteRefusedKey } from './build-keys.ts';
import { buildPool, poolHandlers } from './build-pools.ts';
import { Build, type Context } from './drafts.ts';

type Kind = ast.Item['kind'];
type Node<K extends Kind> = Extract<ast.Item, { kind: K }>;
/** `walk` is passed along so that the parts need not import this file. */
export type Walk = (build: Build, body: ast.Body, context: Context) => void;
export type Handlers = {
  readonly [K in Kind]?: (build: Build, node: Node<K>, context: Context, walk: Walk) => void;
};

const handlers: Handlers = {
  'shared-network': buildSharedNetwork,
  subnet: buildSubnet,
  group: buildGroup,
  host: buildHost,
  pool: buildPool,
  class: buildClass,
  subclass: buildSubclass,
  key: buildKey,
  zone: buildZone,
  'failover-peer': buildPeer,
  'peer-reference': buildPeerReference,
  ...networkHandlers,
  ...poolHandlers,
  ...hostHandlers,
  ...classHandlers,
  authority: (build, node, context) => {
    build.facts.authority.push({ node, kind: context.kind });
    if (context.kind !== 'pool' && context.kind !== 'class') context.isAuthoritative = node.isAuthoritative;
  },
  'lease-id-format': (build, { word }) => {
    if (word === 'octal' || word === 'hex') build.leaseIdFormat = word;
  },
  'db-time-format': (build, { word }) => {
    if (word === 'default' || word === 'local') build.dbTimeFormat = word;
  },
  skipped: noteRefusedKey,
  include: (build, { body }, context) => walk(build, body, context),
};

const executableKinds: ReadonlySet<Kind> = new Set<ast.ExecutableStatement['kind']>([
  'option-statement',
  'flag-statement',
  'if',
  'switch',
  'on',
  'set',
  'unset',
  'define-function',
  'define-value',
  'eval',
  'log',
  'execute',
  'return',
  'break',
  'add',
  'parse-vendor-option',
]);
const isExecutable = (node: ast.Item): node is ast.ExecutableStatement => executableKinds.has(node.kind);

function walk(build: Build, body: ast.Body, context: Context): void {
  for (const node of body) {
    if (isExecutable(node)) {
      addStatement(build, node, context);
      continue;
    }
    const handler = handlers[node.kind] as
      | ((build: Build, node: ast.Item, context: Context, walk: Walk) => void)
      | undefined;
    handler?.(build, node, context, walk);
  }
}

function addStatement(build: Build, node: ast.ExecutableStatement, context: Context): void {
  checkAdds(build, node, context);
  if (context.host !== undefined && takeClientIdentifier(build, node, context.host)) return;
  context.scope.statements.push(...lowerStatement(node));
}

/** Everything the tree declares. The global scope is returned; the rest is in `build`. */
export function buildFile(build: Build, tree: ast.FileTree): Scope {
  const scope = build.openScope('global', 'file level', tree.span);
  walk(build, tree.body, {
    kind: 'global',
    chain: [],
    scope,
    isAuthoritative: false,
    network: undefined,
    networkPeer: { peer: -1 },
    subnet: undefined,
    pool: undefined,
    groups: [],
    host: undefined,
    class: undefined,
    classRules: { condition: undefined, submatch: undefined },
    subclass: undefined,
  });
  return scope;
}
