// No text makes the checker throw, and what it says always lies inside the files it read.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { renderDiagnostic } from '../cli/render-diagnostic.ts';
import { testConfig } from '../cli/dhcpd-test.ts';
import { check, readFrom } from './testing.ts';
import { checkPeers } from './pair/check-peers.ts';

/** Whole statements, so that much of the soup is a configuration, and crumbs, so that much of it is not. */
const pieces = [
  'subnet 10.0.0.0 netmask 255.255.255.0 {',
  'subnet 10.1.0.0 netmask 255.255.0.0 {',
  'shared-network x {',
  'group {',
  'group g {',
  'pool {',
  '}',
  '}',
  '}',
  'host a {',
  'host b {',
  'hardware ethernet 0:1:2:3:4:5;',
  'fixed-address 10.0.0.9, a.example;',
  'uid "x";',
  'group "g";',
  'range 10.0.0.10 10.0.0.20;',
  'range 10.0.0.15;',
  'range dynamic-bootp 10.0.0.30;',
  'range 10.1.0.1 10.1.255.255;',
  'failover peer "f" { primary; address 10.0.0.2; peer address 10.0.0.3; mclt 60; split 255; }',
  'failover peer "f" { secondary; mclt 5;',
  'failover peer "f";',
  'class "c" { match if known;',
  'class "c" { match hardware; }',
  'subclass "c" 1:2;',
  'subclass "d" "x" {',
  'allow members of "c";',
  'deny unknown-clients;',
  'allow all clients;',
  'key k { algorithm hmac-md5; secret abcd; };',
  'key k { secret ',
  'omapi-key k;',
  'zone a. { primary 10.0.0.1; key k; }',
  'ddns-update-style interim;',
  'default-lease-time -1;',
  'max-lease-time 5;',
  'authoritative;',
  'autoritative;',
  'option routers 10.0.0.1;',
  'option ntp-servers t.example;',
  'next-server 10.0.0.30;',
  'if known {',
  'else {',
  'on commit { set a = "b"; }',
  'include "part";',
  'include "none";',
  'interface eth0;',
  '# leasehold: allow L2001, L2009',
  '\n',
  '"',
  ';',
  '{',
  '%',
];

test('soup of statements is checked, rendered and compared without an exception', () => {
  const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((parts) => parts.join(' '));
  fc.assert(
    fc.property(soup, soup, (text, part) => {
      const files = { part, 'leasehold.conf': part };
      const checked = check(text, files);
      for (const diagnostic of checked.report) {
        const { start, end, file } = diagnostic.span;
        assert.ok(
          0 <= start && start <= end && end <= file.text.length,
          `${diagnostic.code} lies in its file`,
        );
        assert.ok(renderDiagnostic(diagnostic).length > 0);
      }
      assert.equal(
        checked.config === undefined,
        checked.diagnostics.some(({ severity }) => severity === 'error'),
      );
      checkPeers(checked.draft, check(part, files).draft);
      testConfig(
        { configPath: 'test.conf', leasePath: '', pidPath: '' },
        readFrom({ 'test.conf': text, part }),
      );
    }),
    { numRuns: 500 },
  );
});
