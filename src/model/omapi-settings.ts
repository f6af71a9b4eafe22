// What leasehold.conf says about OMAPI; port and key stand in dhcpd.conf.

import type { Ipv4 } from '../std/ipv4.ts';
import type { Span } from './span.ts';

/** What the owner of a key may do; every role may look. */
export type OmapiRole = 'everything' | 'look' | 'hosts' | 'leases';

export interface OmapiSettings {
  /** Where it listens; 0.0.0.0 as dhcpd does. */
  readonly address: Ipv4;
  /** Networks that may connect; empty: all. */
  readonly clients: readonly { readonly network: Ipv4; readonly mask: Ipv4 }[];
  /** Connections at once. */
  readonly connectionsMax: number;
  readonly allowsMd5: boolean;
  /** Statements of a host may run commands of the server's machine. */
  readonly allowsExecute: boolean;
  /** A control object may stop the server. */
  readonly allowsShutdown: boolean;
  /** Keys besides the omapi-key, by name, lower case. */
  readonly roles: ReadonlyMap<string, { readonly role: OmapiRole; readonly span: Span }>;
}
