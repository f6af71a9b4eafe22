// Two configurations that shall serve one network, as the comparison sees them.

import type { Draft } from '../load-config.ts';

export interface Pair {
  readonly a: Draft;
  readonly b: Draft;
  /** What messages call the other file. */
  readonly nameB: string;
}
