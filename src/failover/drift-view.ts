// Drift as operators and programs see it: in `failover status`, and whole for `check --live`.

import type { Claim, Difference } from '../model/agreement/compare.ts';
import { differenceText } from '../model/agreement/compare.ts';
import { sections } from '../model/agreement/facts.ts';
import type { Endpoint } from './endpoint.ts';

/** Differences shown in `failover status`; `check --live` shows what was kept. */
const shownMax = 20;

const sideOf = (claim: Claim | undefined): unknown =>
  claim === undefined ? null : { shown: claim.shown, place: claim.place, line: claim.line };
export const differenceView = (difference: Difference): Readonly<Record<string, unknown>> => ({
  section: difference.section,
  isDangerous: sections[difference.section].isDangerous,
  text: differenceText(difference),
  here: sideOf(difference.here),
  there: sideOf(difference.there),
});

export function driftView({ drift, name }: Endpoint, max = shownMax): Readonly<Record<string, unknown>> {
  const found = drift.differences();
  return {
    name,
    state: drift.state,
    because: drift.unknownBecause,
    count: found.length,
    isDangerous: drift.hasDangerous,
    differences: found.slice(0, max).map(differenceView),
  };
}
