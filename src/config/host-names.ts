// Every name of a configuration that needs the resolver (DESIGN §4.7).

import type { AddressItem, AnyExpr, Statement } from '../model/expression.ts';
import type { Drafts } from './drafts.ts';
import type { Scope, StartSettings } from '../model/server-config.ts';

type AnyNode = { readonly kind: string };
const isNode = (value: unknown): value is AnyNode =>
  typeof value === 'object' && value !== null && 'kind' in value;

/** Expressions inside a statement, found by shape: their fields are expressions, lists of them, or neither. */
function* expressionsIn(expr: AnyExpr): Generator<AnyExpr> {
  yield expr;
  for (const [field, value] of Object.entries(expr)) {
    if (field === 'span' || field === 'option') continue;
    for (const inner of Array.isArray(value) ? value : [value])
      if (isNode(inner)) yield* expressionsIn(inner as AnyExpr);
  }
}

class HostNames {
  readonly #names = new Set<string>();

  item(item: AddressItem | undefined): void {
    if (item?.kind === 'name') this.#names.add(item.name.toLowerCase());
  }
  expression(expr: AnyExpr | undefined): void {
    if (expr === undefined) return;
    for (const inner of expressionsIn(expr))
      if (inner.kind === 'gethostbyname') this.#names.add(inner.name.toLowerCase());
  }
  statement(statement: Statement): void {
    switch (statement.kind) {
      case 'option':
        if (statement.value.kind === 'addresses') statement.value.items.forEach((item) => this.item(item));
        else if (statement.value.kind === 'computed') this.expression(statement.value.expr);
        return;
      case 'if':
        this.expression(statement.condition);
        [...statement.then, ...statement.else].forEach((inner) => this.statement(inner));
        return;
      case 'switch':
        this.expression(statement.subject);
        statement.cases.forEach(({ value, body }) => {
          this.expression(value);
          body.forEach((inner) => this.statement(inner));
        });
        return;
      case 'on':
      case 'define':
        statement.body.forEach((inner) => this.statement(inner));
        return;
      case 'set':
      case 'eval':
      case 'return':
        this.expression(statement.value);
        return;
      case 'log':
        this.expression(statement.message);
        return;
      case 'execute':
        statement.arguments.forEach((argument) => this.expression(argument));
        return;
      default:
    }
  }
  get sorted(): readonly string[] {
    return [...this.#names].toSorted();
  }
}

/** Lower case, sorted, once. Zones are left out while DNS updates are not served. */
export function hostNamesOf(
  drafts: Drafts,
  scopes: readonly Scope[],
  settings: StartSettings,
): readonly string[] {
  const names = new HostNames();
  for (const scope of scopes) for (const statement of scope.statements) names.statement(statement);
  for (const { fixedAddresses } of drafts.hosts) for (const item of fixedAddresses) names.item(item);
  for (const { matchIf, submatch } of drafts.classes) {
    names.expression(matchIf);
    names.expression(submatch);
  }
  for (const { address, partnerAddress } of drafts.peers) {
    names.item(address);
    names.item(partnerAddress);
  }
  names.item(settings.localAddress);
  names.item(settings.limitedBroadcastAddress);
  return names.sorted;
}
