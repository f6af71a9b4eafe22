// What must agree between the two nodes of a pair and does not. Order: what breaks the pair, what harms clients, what surprises.

import type { Diagnostic } from '../../model/diagnostic.ts';
import { withoutAllowed } from '../lint/allow-comments.ts';
import { withSeverities } from '../lint/severity-comments.ts';
import type { ConfigDraft } from '../load-config.ts';
import { compareHosts } from './hosts.ts';
import type { Pair } from './pair.ts';
import { comparePeers } from './peers.ts';
import { compareUnpaired } from './pools.ts';
import { compareClasses, compareKeys, compareLeaseTimes, compareOptions, compareSubnets } from './scopes.ts';

/** Spans lie in either file; the first configuration is the one that messages call "here". */
export function checkPeers(a: ConfigDraft, b: ConfigDraft): readonly Diagnostic[] {
  const nameA = a.tree.source.name;
  const pair: Pair = { a, b, nameB: b.tree.source.name };
  const found = [
    ...comparePeers(pair),
    ...compareUnpaired(pair, nameA),
    ...compareSubnets(pair, nameA),
    ...compareHosts(pair, nameA),
    ...compareLeaseTimes(pair),
    ...compareOptions(pair),
    ...compareClasses(pair),
    ...compareKeys(pair),
  ];
  const seen = new Set<string>();
  const distinct = found.filter(({ code, span, message }) => {
    const key = `${code} ${span.file.name} ${span.start} ${message}`;
    return !seen.has(key) && seen.add(key);
  });
  return withSeverities(withoutAllowed(distinct));
}
