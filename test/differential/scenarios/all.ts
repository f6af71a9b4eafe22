// Every scenario, by subject.

import type { Scenario } from '../exchanges/messages.ts';
import { addressing } from './addressing.ts';
import { options } from './options.ts';

export const scenarios: readonly Scenario[] = [...addressing, ...options];
