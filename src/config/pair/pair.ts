// Two configurations that shall serve one network, as the comparison sees them.

import type { ConfigDraft } from '../load-config.ts';

export interface Pair {
  readonly a: ConfigDraft;
  readonly b: ConfigDraft;
  /** What messages call the other file. */
  readonly nameB: string;
}
