// Every name of a configuration that needs the resolver.

import type { AddressItem, AnyExpr, Statement } from '../model/expression.ts';
import type { Span } from '../model/span.ts';
import type { Scope, ServerConfig, StartSettings } from '../model/server-config.ts';
import { expressionsIn } from './expressions-in.ts';

export interface NamePlace {
  /** Lower case. */
  readonly name: string;
  readonly span: Span;
}

class HostNames {
  readonly places: NamePlace[] = [];

  item(item: AddressItem | undefined): void {
    if (item?.kind === 'name') this.places.push({ name: item.name.toLowerCase(), span: item.span });
  }
  expression(expr: AnyExpr | undefined): void {
    if (expr === undefined) return;
    for (const inner of expressionsIn(expr))
      if (inner.kind === 'gethostbyname') this.places.push({ name: inner.name.toLowerCase(), span: inner.span });
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
}

/** Where they stand. Zones are left out while DNS updates are not served. */
export function namePlaces(drafts: Pick<ServerConfig, 'hosts' | 'classes' | 'peers'>, scopes: readonly Scope[], settings: StartSettings): readonly NamePlace[] {
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
  return names.places;
}

/** Lower case, sorted, once. */
export const hostNamesOf = (...parts: Parameters<typeof namePlaces>): readonly string[] => [...new Set(namePlaces(...parts).map(({ name }) => name))].toSorted();
