// Two running nodes must find what `check --peer` finds: both read model/agreement.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClaimWriter, compareClaims, type Difference } from '../../model/agreement/compare.ts';
import { factsOf, sectionNames, sections, type SectionName } from '../../model/agreement/facts.ts';
import type { ServerConfig } from '../../model/server-config.ts';
import { shortDigest } from '../../wire/drift-parcel.ts';
import { check } from '../testing.ts';
import { pairRows, pairText, primaryText, secondaryText } from './testing.ts';

const configFrom = (text: string): ServerConfig => {
  const { config } = check(text);
  assert.ok(config !== undefined);
  return config;
};
function differences(a: ServerConfig, b: ServerConfig): Difference[] {
  const [mine, theirs] = [a, b].map((config) => {
    const [peer] = config.peers;
    assert.ok(peer !== undefined);
    return factsOf({ config, peer, addressesOf: () => undefined, software: 'x' });
  });
  const writer = new ClaimWriter(shortDigest);
  return sectionNames.flatMap((section) =>
    compareClaims(section, (mine?.[section] ?? []).map((fact) => writer.claim(fact)), (theirs?.[section] ?? []).map((fact) => writer.claim(fact))),
  );
}

/** Where a difference that `check --peer` finds under a code is found by two running nodes. */
const sectionsOf: Readonly<Record<string, SectionName>> = {
  L2502: 'relationship', L2503: 'relationship', L2504: 'relationship', L2505: 'pools', L2506: 'timers', L2507: 'pools', L2508: 'pools', L2510: 'hosts',
  L2511: 'hosts', L2512: 'hosts', L2513: 'hosts', L2514: 'networks', L2515: 'timers', L2516: 'options', L2517: 'classes', L2518: 'keys',
};
for (const { id, codes, from, to } of pairRows) {
  // Two nodes with two names of the relationship never talk.
  if (codes[0] === 'L2501') continue;
  test(`two running nodes differ in ${id} as the files do`, () => {
    const found = differences(configFrom(`${primaryText}\n${pairText}`), configFrom(`${secondaryText}\n${pairText}`.replace(from, to)));
    const text = found.map(({ section, key }) => `${section} ${key}`).join('\n');
    const wanted = codes.map((code) => sectionsOf[code]);
    if (id === 'a pool without peer') assert.ok(found.some(({ section }) => section === 'pools'), text);
    else assert.deepEqual([...new Set(found.map(({ section }) => section))], wanted, text);
    for (const { here, there, section } of found)
      if (section !== 'keys') for (const side of [here, there]) assert.match(side?.place ?? 'test.conf:1', /^test\.conf:\d+$/);
  });
}

test('the order and the cut of ranges, and where options stand in their scope, mean nothing', () => {
  const swapped = pairText
    .replace('option routers 10.0.0.1; next-server 10.0.0.9;', 'next-server 10.0.0.8; option routers 10.0.0.1;')
    .replace('range 10.0.0.10 10.0.0.20;', 'range 10.0.0.16 10.0.0.20; range 10.0.0.10 10.0.0.15;');
  assert.deepEqual(differences(configFrom(`${primaryText}\n${pairText}`), configFrom(`${secondaryText}\n${swapped}`)), []);
});

test('no secret is in what a node tells, though it stands in the words of a fact', () => {
  const config = configFrom(`${primaryText}\n${pairText}`);
  const [peer] = config.peers;
  assert.ok(peer !== undefined);
  const facts = factsOf({ config, peer, addressesOf: () => undefined, software: 'x' });
  const writer = new ClaimWriter(shortDigest);
  const told = JSON.stringify(sectionNames.flatMap((section) => facts[section].map((fact) => writer.claim(fact))));
  assert.equal(told.includes('PtZk'), false);
  assert.ok(told.includes('range 10.0.0.10 10.0.0.20') || told.includes('10.0.0.10 10.0.0.20'), 'words are told');
  assert.ok(sections.keys.mayBeMissing);
});
