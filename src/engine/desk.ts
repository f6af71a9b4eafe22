// What the handlers of one message work with: the configuration, the tables, and the parts of the engine.

import type { ServerConfig } from '../model/server-config.ts';
import type { StorageView } from '../model/service-view.ts';
import type { HostTable } from '../lease/host-table.ts';
import type { LeaseTable } from '../lease/lease-table.ts';
import type { Classes } from './classes.ts';
import type { Granting } from './granting.ts';
import type { HeldRequests } from './held-requests.ts';
import type { LeftToPartner } from './left-to-partner.ts';
import type { Lookup } from './lookup.ts';
import type { Networks } from './networks.ts';
import type { Offers } from './offers.ts';
import type { Pings } from './pings.ts';
import type { Policies } from './policies.ts';
import type { RateLimits } from './rate-limits.ts';
import type { Replies } from './reply.ts';

/** Remade by a reload. */
export interface Desk {
  readonly config: ServerConfig;
  readonly table: LeaseTable;
  readonly hosts: HostTable;
  readonly storage: StorageView;
  readonly networks: Networks;
  readonly classes: Classes;
  readonly lookup: Lookup;
  readonly offers: Offers;
  readonly policies: Policies;
  readonly replies: Replies;
  readonly granting: Granting;
  readonly pings: Pings;
  readonly held: HeldRequests;
  readonly limits: RateLimits;
  readonly leftToPartner: LeftToPartner;
}
