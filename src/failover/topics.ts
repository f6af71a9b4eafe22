// What two Leasehold nodes talk about, beyond what dhcpd's protocol knows.

import type { Endpoint } from './endpoint.ts';
import type { Topic } from './parcels.ts';

/** A relationship's topics, in the order in which they speak when a link comes up. */
export const topicsOf = ({ drift, hosts, contacts, bootChoices, bootTrees }: Endpoint): readonly Topic[] => [drift, hosts, contacts, bootChoices, bootTrees];
