// `on commit`, `on release`, `on expiry` (dhcpd-conf reference §7). Commit handlers run with the ACK; the others are kept with
// the lease as text, as dhcpd keeps them, and found again in the configuration when the lease ends.

import type { LeaseEvent, Statement } from '../model/expression.ts';
import type { Scope, ServerConfig } from '../model/server-config.ts';
import type { Policy } from './policy.ts';

interface Handler {
  readonly events: readonly LeaseEvent[];
  readonly body: readonly Statement[];
  readonly text: string;
  /** Without white space outside strings: dhcpd prints handlers in its own layout. */
  readonly normal: string;
}

const normalize = (text: string): string => text.replace(/"(?:\\.|[^"\\])*"|#[^\n]*|\s+/g, (part) => (part.startsWith('"') ? part : ''));

export class Handlers {
  readonly #byBody = new Map<readonly Statement[], Handler>();

  constructor(config: ServerConfig) {
    const { global, sharedNetworks, subnets, pools, classes, hosts } = config;
    const scopes = new Set<Scope>([global]);
    // PERF: a reload comes by every host.
    for (const places of [sharedNetworks, subnets, pools, classes.flatMap((one) => [one, ...one.subclasses]), hosts])
      for (const place of places) for (const scope of place.scopes) scopes.add(scope);
    for (const scope of scopes) this.#collect(scope.statements);
  }

  #collect(statements: readonly Statement[]): void {
    for (const statement of statements) {
      if (statement.kind === 'if') {
        this.#collect(statement.then);
        this.#collect(statement.else);
      } else if (statement.kind === 'switch') for (const { body } of statement.cases) this.#collect(body);
      else if (statement.kind === 'on') {
        const { file, start, end } = statement.span;
        const text = file.text.slice(start, end);
        this.#byBody.set(statement.body, { events: statement.events, body: statement.body, text, normal: normalize(text) });
      }
    }
  }

  /** What the lease file keeps for the end of a lease; undefined for nothing. */
  textFor({ handlers }: Policy): string | undefined {
    if (handlers.size === 0) return undefined;
    const kept = new Set<string>();
    for (const event of ['expiry', 'release'] as const) {
      const body = handlers.get(event);
      const text = body === undefined ? '' : (this.#byBody.get(body)?.text ?? '');
      if (text !== '') kept.add(text);
    }
    return kept.size === 0 ? undefined : [...kept].join('\n  ');
  }

  /** Bodies to run for a lease that ends with this kept text; empty when the configuration no longer has them. */
  bodiesFor(text: string, event: LeaseEvent): readonly (readonly Statement[])[] {
    const normal = normalize(text);
    const found: (readonly Statement[])[] = [];
    for (const handler of this.#byBody.values())
      if (handler.normal !== '' && handler.events.includes(event) && normal.includes(handler.normal)) found.push(handler.body);
    return found.slice(0, 1);
  }
}
