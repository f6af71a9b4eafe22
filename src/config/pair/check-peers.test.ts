// Two files of a pair: what must agree, each row one disagreement.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Ipv4 } from '../../std/ipv4.ts';
import { expectGolden } from '../caret-testing.ts';
import { check } from '../testing.ts';
import { addressSet, countOf, minus } from '../../model/agreement/address-set.ts';
import { checkPeers } from './check-peers.ts';

const primary =
  'failover peer "f" { primary; address 10.0.0.2; port 647; peer address 10.0.0.3; peer port 847; mclt 60; split 128; load balance max seconds 3; max-response-delay 30; }';
const secondary =
  'failover peer "f" { secondary; address 10.0.0.3; port 847; peer address 10.0.0.2; peer port 647; load balance max seconds 3; max-response-delay 30; }';
const rest = `default-lease-time 600; max-lease-time 7200; authoritative;
key k { algorithm hmac-sha256; secret PtZkNHksJ9HrmfoE/Ls+6N2+xZDni5EQZrUm/qg2sVc=; }
omapi-key k;
class "c" { match if known; }
subnet 10.0.0.0 netmask 255.255.255.0 {
  option routers 10.0.0.1; next-server 10.0.0.9;
  pool { failover peer "f"; range 10.0.0.10 10.0.0.20; deny members of "c"; }
}
host a { hardware ethernet 0:1:2:3:4:5; fixed-address 10.0.0.5; option host-name "a"; }
host b { hardware ethernet 0:1:2:3:4:6; }
`;

interface Row {
  readonly id: string;
  readonly codes: readonly string[];
  /** Replacement in the second file. */
  readonly from: string | RegExp;
  readonly to: string;
}
const rows: readonly Row[] = [
  { id: 'nothing', codes: [], from: '10.0.0.9', to: '10.0.0.8' },
  { id: 'the name of the relationship', codes: ['L2501'], from: /"f"/g, to: '"F"' },
  {
    id: 'the role',
    codes: ['L2502'],
    from: 'secondary; address',
    to: 'primary; mclt 60; split 128; address',
  },
  { id: 'an address', codes: ['L2503'], from: 'address 10.0.0.3;', to: 'address 10.0.0.4;' },
  { id: 'a port', codes: ['L2504'], from: 'port 847', to: 'port 848' },
  { id: 'a range', codes: ['L2505'], from: '10.0.0.20', to: '10.0.0.21' },
  { id: 'load balancing', codes: ['L2506'], from: 'max seconds 3', to: 'max seconds 9' },
  { id: 'permits', codes: ['L2507'], from: 'deny members of "c";', to: '' },
  {
    id: 'a pool without peer',
    codes: ['L2508'],
    from: /subnet (.|\n)*\}\n\}/,
    to: 'subnet 10.0.0.0 netmask 255.255.255.0 { option routers 10.0.0.1; range 10.0.0.10 10.0.0.20; }\nsubnet 10.9.0.0 netmask 255.255.255.0 { pool { failover peer "f"; range 10.9.0.9; } }',
  },
  {
    id: 'the address of a host',
    codes: ['L2510'],
    from: 'fixed-address 10.0.0.5',
    to: 'fixed-address 10.0.0.6',
  },
  { id: 'the MAC of a host', codes: ['L2511'], from: '0:1:2:3:4:5', to: '0:1:2:3:4:9' },
  { id: 'a host', codes: ['L2512'], from: /host b.*\n/, to: '' },
  { id: 'options of a host', codes: ['L2513'], from: 'host-name "a"', to: 'host-name "x"' },
  { id: 'a subnet', codes: ['L2514'], from: /$/, to: 'subnet 10.1.0.0 netmask 255.255.0.0 { }\n' },
  { id: 'authority', codes: ['L2514'], from: 'authoritative;', to: '' },
  { id: 'lease times', codes: ['L2515'], from: 'default-lease-time 600', to: 'default-lease-time 700' },
  { id: 'options of a subnet', codes: ['L2516'], from: 'routers 10.0.0.1', to: 'routers 10.0.0.2' },
  { id: 'a class', codes: ['L2517'], from: 'match if known', to: 'match if not known' },
  { id: 'a key', codes: ['L2518'], from: 'PtZk', to: 'AtZk' },
];

for (const { id, codes, from, to } of rows)
  test(`pair differs in ${id}`, () => {
    const other = `${secondary}\n${rest}`.replace(from, to);
    const report = checkPeers(check(`${primary}\n${rest}`).draft, check(other).draft);
    const found = new Set(report.map(({ code }) => code));
    const all = report.map(({ code, message }) => `${code} ${message}`).join('\n');
    for (const code of codes) assert.ok(found.has(code), `${code} in:\n${all}`);
    if (codes.length === 0) assert.equal(all, '');
    // One cause, one message, but for what follows from it.
    if (!['L2508', 'L2501'].includes(codes[0] ?? '')) assert.deepEqual([...found], codes, all);
  });

test('each difference points at its words, as the golden file shows', () => {
  const blocks = rows
    .filter(({ codes }) => codes.length > 0)
    .map(({ id, from, to }) => ({ title: id, said: checkPeers(check(`${primary}\n${rest}`).draft, check(`${secondary}\n${rest}`.replace(from, to)).draft) }));
  expectGolden('test/golden/conf/pair.txt', 'What two nodes of a pair must agree about: the texts are in src/config/pair/check-peers.test.ts.', blocks);
});

test('the order of words does not matter', () => {
  const swapped = rest.replace(
    'option routers 10.0.0.1; next-server 10.0.0.9;',
    'next-server 10.0.0.9; option routers 10.0.0.1;',
  );
  assert.deepEqual(
    checkPeers(check(`${primary}\n${rest}`).draft, check(`${secondary}\n${swapped}`).draft),
    [],
  );
});

test('sets of addresses subtract like sets of numbers', () => {
  const stretch = fc
    .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 9 }))
    .map(([low, size]) => ({ low: low as Ipv4, high: (low + size) as Ipv4 }));
  const members = (set: readonly { low: number; high: number }[]): Set<number> =>
    new Set(
      set.flatMap(({ low, high }) => Array.from({ length: high - low + 1 }, (_, index) => low + index)),
    );
  fc.assert(
    fc.property(fc.array(stretch), fc.array(stretch), (a, b) => {
      const expected = [...members(a)]
        .filter((address) => !members(b).has(address))
        .toSorted((x, y) => x - y);
      const found = minus(addressSet(a), addressSet(b));
      assert.deepEqual(
        [...members(found)].toSorted((x, y) => x - y),
        expected,
      );
      assert.equal(countOf(found), expected.length);
    }),
  );
});
