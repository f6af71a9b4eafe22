// What two Leasehold nodes talk about, beyond what dhcpd's protocol knows.

import type { BootTrees } from './boot-trees.ts';
import type { Topic } from './parcels.ts';

/** A relationship's topics, in the order in which they speak when a link comes up. */
export const topicsOf = ({ bootTrees }: { readonly bootTrees: BootTrees }): readonly Topic[] => [bootTrees];
