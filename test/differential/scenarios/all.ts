// Every scenario, by subject.

import type { Scenario } from '../exchanges/messages.ts';
import { addressing } from './addressing.ts';
import { broadcasts } from './broadcasts.ts';
import { classes } from './classes.ts';
import { differences } from './differences.ts';
import { expressions } from './expressions.ts';
import { hosts } from './hosts.ts';
import { informs } from './informs.ts';
import { layout } from './layout.ts';
import { leasequeries } from './leasequeries.ts';
import { mixed } from './mixed.ts';
import { oddities } from './oddities.ts';
import { options } from './options.ts';
import { permits } from './pools.ts';
import { relays } from './relays.ts';
import { requests } from './requests.ts';
import { spaces } from './spaces.ts';
import { statements } from './statements.ts';
import { times } from './times.ts';

export const scenarios: readonly Scenario[] = [
  ...differences, ...addressing, ...requests, ...relays, ...informs, ...leasequeries, ...oddities, ...permits, ...classes, ...hosts, ...times, ...options, ...spaces, ...layout, ...expressions,
  ...statements, ...broadcasts, ...mixed,
];
