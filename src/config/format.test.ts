// Formatting changes blanks only: the same configuration comes out, and a second time changes nothing.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatText } from './format.ts';
import { canonical } from '../model/agreement/canonical.ts';
import { check } from './testing.ts';

const before = `

# head\r
subnet 10.0.0.0 netmask 255.255.255.0
{
option routers 10.0.0.1,
10.0.0.2; # two {
      pool { range 10.0.0.9;
	allow known-clients; }



   host a { hardware ethernet 0:1:2:3:4:5; }
option domain-name "x {
  y"; }
`;
const after = `# head
subnet 10.0.0.0 netmask 255.255.255.0
{
  option routers 10.0.0.1,
    10.0.0.2; # two {
  pool { range 10.0.0.9;
    allow known-clients; }

  host a { hardware ethernet 0:1:2:3:4:5; }
  option domain-name "x {
  y"; }
`;

test('lines are indented by their braces; strings, comments and columns stay', () => {
  assert.equal(formatText(before), after);
  assert.equal(formatText(after), after);
  assert.equal(formatText(''), '');
});

const meaning = (text: string): string => {
  const { sharedNetworks, subnets, pools, hosts, classes, peers, keys, global } = check(text).draft.config;
  return canonical([sharedNetworks, subnets, pools, hosts, classes, peers, keys, global.statements]);
};

for (const name of ['brief/dhcp01', 'brief-live-pool/dhcp02', 'relay-site/dhcpd', 'pxe/dhcpd', 'boot-pair/dhcp01', 'office-lan/dhcpd'])
  test(`example ${name} means the same when formatted`, () => {
    const text = readFileSync(`examples/${name}.conf`, 'utf8');
    const formatted = formatText(text);
    assert.equal(meaning(formatted), meaning(text));
    assert.equal(formatText(formatted), formatted);
  });

test('no code is lost or made, whatever the text', () => {
  const piece = fc.constantFrom('a', '{', '}', ';', '"', '\\', '#', '\n', ' ', '\t');
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 40 }).map((parts) => parts.join('')),
      (text) => {
        const formatted = formatText(text);
        assert.equal(formatted.replace(/\s+/g, ''), text.replace(/\s+/g, ''));
        assert.equal(formatText(formatted), formatted);
      },
    ),
  );
});
