// Every scenario, by subject.

import type { Scenario } from '../exchanges/messages.ts';
import { addressing } from './addressing.ts';
import { classes } from './classes.ts';
import { expressions } from './expressions.ts';
import { hosts } from './hosts.ts';
import { options } from './options.ts';
import { permits } from './pools.ts';
import { statements } from './statements.ts';
import { times } from './times.ts';

export const scenarios: readonly Scenario[] = [
  ...addressing, ...permits, ...classes, ...hosts, ...times, ...options, ...expressions, ...statements,
];
