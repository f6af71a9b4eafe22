// Every scenario, by subject.

import type { Scenario } from '../exchanges/messages.ts';
import { addressing } from './addressing.ts';
import { classes } from './classes.ts';
import { expressions } from './expressions.ts';
import { options } from './options.ts';
import { statements } from './statements.ts';

export const scenarios: readonly Scenario[] = [...addressing, ...options, ...expressions, ...statements, ...classes];
