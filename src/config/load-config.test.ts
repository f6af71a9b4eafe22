// What a configuration means: scopes and chains, pools and their merging, positional rules, start settings, names.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromLatin1 } from '../std/bytes.ts';
import { formatIpv4 } from '../std/ipv4.ts';
import type { Scope } from '../model/server-config.ts';
import { rangeText } from './diagnostics/networks.ts';
import { leaseholdDefaults } from './leasehold-settings.ts';
import { ownSettingRows } from './load-config.ts';
import { check, configOf } from './testing.ts';

const titles = (scopes: readonly Scope[] | undefined): string[] => (scopes ?? []).map(({ title }) => title);

test('scopes nest as they are written; hosts and classes drag theirs along (reference §11)', () => {
  const config = configOf(`
option domain-name "file";
group outer {
  shared-network wire {
    group { subnet 10.0.0.0 netmask 255.255.255.0 {
      pool { range 10.0.0.10; option domain-name "pool"; }
      host inside { hardware ethernet 0:1:2:3:4:5; }
      class "c" { match hardware; }
    } }
  }
  subnet 10.1.0.0 netmask 255.255.0.0 { }
}
group named { option domain-name "named"; }
host joined { group "named"; option domain-name "own"; }
subclass "c" 1:2 { option domain-name "sub"; }`);
  const [wire, implicit] = config.sharedNetworks;
  assert.deepEqual(titles(wire?.scopes), ['group outer', 'shared-network wire']);
  assert.deepEqual(titles(config.subnets[0]?.scopes), ['group', 'subnet 10.0.0.0/24']);
  assert.equal(implicit?.name, '10.1.0.0/16');
  assert.equal(implicit?.isImplicit, true);
  assert.deepEqual(titles(implicit?.scopes), ['group outer']);
  assert.deepEqual(titles(config.subnets[1]?.scopes), ['subnet 10.1.0.0/16']);
  assert.deepEqual(titles(config.pools[0]?.scopes), ['pool of wire']);
  const around = ['group outer', 'shared-network wire', 'group', 'subnet 10.0.0.0/24'];
  assert.deepEqual(titles(config.hosts[0]?.scopes), [...around, 'host inside']);
  assert.deepEqual(titles(config.classes[0]?.scopes), [...around, 'class "c"']);
  assert.deepEqual(titles(config.hosts[1]?.scopes), ['group named', 'host joined']);
  assert.deepEqual(titles(config.classes[0]?.subclasses[0]?.scopes), ['subclass "c"']);
  assert.equal(config.global.statements.length, 1);
});

test('authoritative counts for what stands below it (reference §11.1)', () => {
  const config = configOf(`
subnet 10.0.0.0 netmask 255.255.255.0 { }
authoritative;
subnet 10.0.1.0 netmask 255.255.255.0 { }
subnet 10.0.2.0 netmask 255.255.255.0 { not authoritative; }
group { not authoritative; subnet 10.0.3.0 netmask 255.255.255.0 { } }
shared-network x { subnet 10.0.4.0 netmask 255.255.255.0 { } not authoritative; subnet 10.0.5.0 netmask 255.255.255.0 { } }`);
  assert.deepEqual(
    config.subnets.map(({ isAuthoritative }) => isAuthoritative),
    [false, true, false, false, true, false],
  );
});

test('bare ranges share automatic pools, equal pools are merged, dynamic-bootp keeps its meaning (reference §4.2)', () => {
  const { draft } = check(`
subnet 10.0.0.0 netmask 255.255.255.0 {
  range 10.0.0.20 10.0.0.10;
  range dynamic-bootp 10.0.0.30;
  range 10.0.0.40;
  pool { range 10.0.0.50; allow known-clients; deny all clients; }
  pool { deny all clients; range 10.0.0.60; allow known-clients; }
  pool { range 10.0.0.70; allow known-clients; deny all clients; option domain-name "x"; }
}`);
  const pools = draft.config.pools.map(({ ranges, allow, deny }) => [
    ranges.map(rangeText).join(' '),
    allow.map(({ kind }) => kind).join(' '),
    deny.map(({ kind }) => kind).join(' '),
  ]);
  assert.deepEqual(pools, [
    ['10.0.0.10–10.0.0.20 10.0.0.40', '', 'dynamic-bootp-clients'],
    ['10.0.0.30', 'all-clients', ''],
    ['10.0.0.50 10.0.0.60', 'known-clients', 'all-clients'],
    ['10.0.0.70', 'known-clients', 'all-clients'],
  ]);
  assert.deepEqual(draft.config.sharedNetworks[0]?.pools, [0, 1, 2, 3]);
});

test('a failover peer: defaults, buckets, the peer of a shared network', () => {
  const config = configOf(`
failover peer f { primary; address a.example; peer address 10.0.0.3; mclt 60; split 9; port 519; peer port 520; }
shared-network x {
  failover peer "f";
  subnet 10.0.0.0 netmask 255.255.255.0 {
    range 10.0.0.10;
    pool { failover peer "f"; range 10.0.0.11; deny unknown-clients; }
    pool { range 10.0.0.13; deny known-clients; }
    pool { no failover peer range 10.0.0.12; }
  }
}`);
  const [peer] = config.peers;
  assert.deepEqual(Array.from(peer?.hashBuckets?.slice(0, 3) ?? []), [0xff, 1, 0]);
  assert.deepEqual(
    [peer?.port, peer?.partnerPort, peer?.maxResponseDelay, peer?.maxUnackedUpdates, peer?.mclt],
    [519, 520, 20, 100, 60],
  );
  assert.deepEqual(
    config.pools.map((pool) => pool.peer),
    [-1, 0, 0, -1],
  );
  assert.deepEqual(config.hostNames, ['a.example']);
});

test('hosts: identities, several addresses, identifiers that are not sent', () => {
  const config = configOf(`
host a { hardware ethernet 52:54:0:7d:2d:b1; fixed-address 10.0.0.5, B.Example; option dhcp-client-identifier "id"; option host-name "a"; }
host b { uid 1:2:3; }
host c { host-identifier option agent.circuit-id "port7"; }
host d { dynamic; deleted; }`);
  const [a, b, c] = config.hosts;
  assert.equal(config.hosts.length, 3);
  assert.deepEqual([...(a?.hardware?.address ?? [])], [0x52, 0x54, 0, 0x7d, 0x2d, 0xb1]);
  assert.equal(fromLatin1(a?.uid ?? new Uint8Array()), 'id');
  assert.equal(a?.scopes.at(-1)?.statements.length, 1);
  assert.deepEqual(
    a?.fixedAddresses.map((item) => (item.kind === 'name' ? item.name : formatIpv4(item.address))),
    ['10.0.0.5', 'B.Example'],
  );
  assert.deepEqual([...(b?.uid ?? [])], [1, 2, 3]);
  assert.equal(c?.identifier?.option.name, 'circuit-id');
  assert.deepEqual(config.hostNames, ['b.example']);
});

test('settings are read from file level', () => {
  const { settings, keys } = configOf(`
omapi-port 7911; omapi-key "K.";
key k. { algorithm HMAC-MD5.SIG-ALG.REG.INT.; secret "seKFiO/m7j82Du1eg6ueJA=="; }
log-facility local7; abandon-lease-time 60; lease-file-name "/x/leases"; local-address 10.0.0.1;
subnet 10.0.0.0 netmask 255.255.255.0 { lease-id-format hex; db-time-format local; omapi-port 1; }`);
  assert.deepEqual(
    [
      settings.omapiPort,
      settings.omapiKey,
      settings.logFacility,
      settings.abandonLeaseTime,
      settings.leaseFileName,
      settings.leaseIdFormat,
      settings.dbTimeFormat,
    ],
    [7911, 'K.', 'local7', 60, '/x/leases', 'hex', 'local'],
  );
  assert.equal(keys[0]?.algorithm, 'hmac-md5');
  assert.equal(keys[0]?.secret.length, 16);
});

test('values become wire bytes, in the order of the format', () => {
  const { global } = configOf(
    'option routers 10.0.0.1, 10.0.0.2; default-lease-time -1; deny unknown-clients; option domain-search "a.b", "c.a.b";',
  );
  const bytes = global.statements.map((statement) =>
    statement.kind === 'option' && statement.value.kind === 'constant' ? [...statement.value.bytes] : [],
  );
  assert.deepEqual(bytes, [
    [10, 0, 0, 1, 10, 0, 0, 2],
    [255, 255, 255, 255],
    [0],
    [1, 97, 1, 98, 0, 1, 99, 0xc0, 0],
  ]);
});

test('included files are part of the place where they are included; a loop is an error', () => {
  const config = configOf('subnet 10.0.0.0 netmask 255.255.255.0 { include "a"; }', {
    a: 'range 10.0.0.5; include "b";',
    b: 'option routers 10.0.0.1;',
  });
  assert.equal(config.pools.length, 1);
  assert.equal(config.subnets[0]?.scopes[0]?.statements.length, 1);
  assert.deepEqual(
    config.files.map(({ name }) => name),
    ['test.conf', 'a', 'b'],
  );
  assert.equal(check('include "a";', { a: 'include "a";' }).config, undefined);
  assert.equal(
    check('include "nowhere";').diagnostics[0]?.dhcpdText?.[0],
    "Can't open nowhere: No such file or directory",
  );
});

test('a setting of leasehold.conf has a name and a code of its own', () => {
  for (const key of ['name', 'code'] as const) {
    const values = ownSettingRows.map(({ definition }) => definition[key]);
    assert.deepEqual(values.filter((value, index) => values.indexOf(value) !== index), []);
  }
});

test('leasehold.conf has the same grammar and its own settings', () => {
  assert.deepEqual(configOf('').leasehold, leaseholdDefaults);
  const text = 'trusted-interface "br0"; trusted-interface br1; relay-rate-max 7; clock-step-max infinite;';
  const { leasehold } = configOf('', { 'leasehold.conf': text });
  assert.deepEqual(leasehold, {
    ...leaseholdDefaults,
    trustedInterfaces: ['br0', 'br1'],
    relayRateMax: 7,
    clockStepMax: 0xffffffff,
  });
  const refused = check('', {
    'leasehold.conf': 'default-lease-time 60; offers-max 0; subnet 10.0.0.0 netmask 255.255.255.0 { }',
  });
  assert.deepEqual(
    refused.diagnostics.map(({ code }) => code),
    ['C1401', 'C1402', 'C1401'],
  );
  // dhcpd.conf stays one that dhcpd reads.
  assert.equal(check('relay-rate-max 7;').config, undefined);
});
