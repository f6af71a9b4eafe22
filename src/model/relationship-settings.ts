// What leasehold.conf says about a failover relationship; the relationship itself stands in dhcpd.conf.

import type { Span } from './span.ts';

/** `prefer`: secured where both nodes can, with an alarm where they could and do not; `require`: secured or not at all. */
export const securityPolicies = ['prefer', 'require', 'off'] as const;
export type SecurityPolicy = (typeof securityPolicies)[number];

export interface RelationshipSettings {
  readonly policy: SecurityPolicy;
  /** A key of dhcpd.conf; undefined: the omapi-key. */
  readonly key: { readonly name: string; readonly span: Span } | undefined;
  readonly span: Span;
}
