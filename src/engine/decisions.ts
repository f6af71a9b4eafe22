// Scopes whose only dynamic part are `if`s over the request (network boot: architecture, vendor class) decide between few
// outcomes. Each path through their conditions is executed once; afterwards a packet costs the conditions alone.

import type { AnyExpr, BooleanExpr, Statement } from '../model/expression.ts';
import { isDormant, type Policy } from './policy.ts';

/** Conditions in the order they are met, and the policy at the end of each path. */
export type Decision =
  | { readonly kind: 'policy'; readonly policy: Policy }
  | { readonly kind: 'condition'; readonly condition: BooleanExpr; yes: Decision | undefined; no: Decision | undefined };

/** Paths kept per place; beyond it everything is executed each time. */
export const pathsMax = 64;

/** Expressions that depend on the request and the host alone. */
const pureKinds: ReadonlySet<AnyExpr['kind']> = new Set<AnyExpr['kind']>([
  'bytes', 'option', 'hardware', 'packet', 'substring', 'suffix', 'lcase', 'ucase', 'concat', 'reverse', 'binary-to-ascii', 'encode-int',
  'filename', 'server-name', 'host-decl-name', 'gethostname', 'null', 'pick-first-value', 'number', 'extract-int', 'arithmetic',
  'equal', 'not-equal', 'regex', 'and', 'or', 'not', 'exists', 'known', 'static',
]);

function isPure(expr: AnyExpr): boolean {
  if (!pureKinds.has(expr.kind)) return false;
  for (const part of Object.values(expr) as readonly unknown[]) {
    if (Array.isArray(part) && !(part as readonly AnyExpr[]).every(isPure)) return false;
    if (isExpr(part) && !isPure(part)) return false;
  }
  return true;
}
const isExpr = (part: unknown): part is AnyExpr =>
  typeof part === 'object' && part !== null && 'kind' in part && 'span' in part;

/** Whether executing the statements differs from packet to packet by pure conditions alone. */
export const isDecidable = (statements: readonly Statement[]): boolean =>
  statements.every(
    (statement) =>
      isDormant(statement) ||
      (statement.kind === 'option' && statement.value.kind !== 'computed') ||
      (statement.kind === 'if' && isPure(statement.condition) && isDecidable(statement.then) && isDecidable(statement.else)),
  );

/** The policy for the answers `isTrue` gives; undefined when this path was not executed yet. */
export function decide(root: Decision | undefined, isTrue: (condition: BooleanExpr) => boolean): Policy | undefined {
  let at = root;
  while (at?.kind === 'condition') at = isTrue(at.condition) ? at.yes : at.no;
  return at?.policy;
}

export type Path = readonly { readonly condition: BooleanExpr; readonly isTrue: boolean }[];

/** The tree with one more path. */
export function addPath(root: Decision | undefined, path: Path, policy: Policy, from = 0): Decision {
  const step = path[from];
  if (step === undefined) return { kind: 'policy', policy };
  const node = root?.kind === 'condition' ? root : { kind: 'condition' as const, condition: step.condition, yes: undefined, no: undefined };
  if (step.isTrue) node.yes = addPath(node.yes, path, policy, from + 1);
  else node.no = addPath(node.no, path, policy, from + 1);
  return node;
}
