// What dhcpd refuses for what declarations say together: its text, and where it points (checked against dhcpd 4.4.3-P1).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectGolden } from './caret-testing.ts';
import { check } from './testing.ts';

interface Row {
  readonly id: string;
  readonly code: string;
  readonly text: string;
  /** dhcpd's first line; undefined: dhcpd crashes or says nothing. */
  readonly dhcpd: string | undefined;
  /** Line, and the text of it that dhcpd prints; absent where it prints no place. */
  readonly at?: readonly [line: number, text: string];
  readonly isAccepted?: boolean;
}

const net = 'subnet 10.0.0.0 netmask 255.255.255.0';
const members = 'primary; address 10.0.0.2; peer address 10.0.0.3;';
const peer = `failover peer "f" { ${members} mclt 60; split 128; }`;
const paired = `${net} {\n pool { failover peer "f"; range 10.0.0.1; }\n}`;

const rows: readonly Row[] = [
  {
    id: 'host bits in the subnet',
    code: 'C1101',
    text: 'subnet 10.0.0.1 netmask 255.255.255.0 { }',
    dhcpd: 'subnet 10.0.0.1 netmask 255.255.255.0: bad subnet number/mask combination.',
    at: [1, 'subnet 10.0.0.1 netmask 255.255.255.0 '],
  },
  {
    id: 'overlapping subnets',
    code: 'C1102',
    text: `subnet 10.0.0.0 netmask 255.255.0.0 { }\n${net} { }`,
    dhcpd: 'Warning: subnet 10.0.0.0/24 overlaps subnet 10.0.0.0/16',
    isAccepted: true,
  },
  {
    id: 'a shared network without subnet',
    code: 'C1103',
    text: 'shared-network x { }',
    dhcpd: 'empty shared-network decl',
    at: [1, 'shared-network x { }'],
  },
  {
    id: 'two interfaces',
    code: 'C1104',
    text: `shared-network x { interface a; interface b;\n${net} { } }`,
    dhcpd: "A subnet or shared network can't be connected to two interfaces.",
    at: [1, 'shared-network x { interface a; interface b;'],
  },
  {
    id: 'a range outside its subnet',
    code: 'C1105',
    text: `${net} { range 10.0.1.10 10.0.1.20; }`,
    dhcpd: 'bad range, address 10.0.1.10 not in subnet 10.0.0.0 netmask 255.255.255.0',
  },
  {
    id: 'a range that leaves its subnet',
    code: 'C1105',
    text: `${net} { pool { range 10.0.0.1 10.0.1.4; } }`,
    dhcpd: 'bad range, address 10.0.1.4 not in subnet 10.0.0.0 netmask 255.255.255.0',
  },
  {
    id: 'a pool above its subnet',
    code: 'C1106',
    text: `shared-network x { ${net} { }\n pool { range 10.0.1.1; } }`,
    dhcpd: 'address range not on network x',
    at: [2, ' pool { range 10.0.1.1;'],
  },
  {
    id: 'an address in two ranges',
    code: 'C1107',
    text: `${net} {\n range 10.0.0.10 10.0.0.20;\n pool { range 10.0.0.20 10.0.0.30; }\n}`,
    dhcpd: 'lease 10.0.0.20 is declared twice!',
    at: [3, ' pool { range 10.0.0.20 10.0.0.30;'],
  },
  {
    id: 'a pool without range',
    code: 'C1108',
    text: `${net} {\n  pool { allow unknown-clients; }\n}`,
    dhcpd: 'Pool declaration with no address range.',
    at: [2, '  pool { allow unknown-clients; }'],
  },
  {
    id: 'BOOTP in a failover pool',
    code: 'C1109',
    text: `${peer}\n${net} {\n pool { failover peer "f"; range dynamic-bootp 10.0.0.1 10.0.0.3; }\n}`,
    dhcpd: 'dynamic-bootp flag is not permitted for address',
    at: [3, ' pool { failover peer "f"; range dynamic-bootp 10.0.0.1 10.0.0.3;'],
  },
  {
    id: 'two dates',
    code: 'C1110',
    text: `${net} {\n pool { allow after epoch 9; deny after epoch 8; range 10.0.0.1; }\n}`,
    dhcpd: 'duplicate "after" clause.',
    at: [2, ' pool { allow after epoch 9; deny after '],
  },
  {
    id: 'a host twice',
    code: 'C1201',
    text: 'host a { }\nhost a { }',
    dhcpd: 'host a: already exists',
    at: [2, 'host a { }'],
  },
  {
    id: 'an unknown group',
    code: 'C1202',
    text: 'host a { group "g"; }',
    dhcpd: 'unknown group g in host a',
    at: [1, 'host a { group "g"'],
  },
  {
    id: 'a subclass without class',
    code: 'C1203',
    text: 'subclass "a" "x";',
    dhcpd: 'no class named a',
    at: [1, 'subclass "a"'],
  },
  {
    id: 'an old class without class',
    code: 'C1203',
    text: 'vendor-class "a" { }',
    dhcpd: 'no class named a',
    at: [1, 'vendor-class "a"'],
  },
  {
    id: 'a permit of an unknown class',
    code: 'C1204',
    text: `${net} {\n pool { allow members of "q"; range 10.0.0.1; }\n}`,
    dhcpd: 'no such class: q',
    at: [2, ' pool { allow members of "q"'],
  },
  {
    id: 'two uids',
    code: 'C1210',
    text: 'host a { uid "a"; uid "b"; }',
    dhcpd: `Host 'a' already has a uid '"a"'`,
    at: [1, 'host a { uid "a"; uid '],
  },
  {
    id: 'two identifiers',
    code: 'C1210',
    text: 'host a { host-identifier option agent.circuit-id "a"; host-identifier option agent.circuit-id "b"; }',
    dhcpd: 'only one host-identifier allowed per host',
    at: [1, 'host a { host-identifier option agent.circuit-id "a"; host-identifier '],
  },
  {
    id: 'uid and client identifier',
    code: 'C1205',
    text: 'host a { option dhcp-client-identifier "c"; uid "x"; }',
    dhcpd: `Warning, host declaration 'a' already has uid '"x"', ignoring dhcp-client-identifier '"c"'`,
    isAccepted: true,
  },
  {
    id: 'two conditions of a class',
    code: 'C1211',
    text: 'class "a" { match if known; match if known; }',
    dhcpd: "A class may only have one 'match if' clause.",
    at: [1, 'class "a" { match if known; match if '],
  },
  {
    id: 'two expressions of a class',
    code: 'C1212',
    text: 'class "a" { match hardware; match hardware; }',
    dhcpd: "can't override existing submatch/spawn.",
    at: [1, 'class "a" { match hardware; match hardware;'],
  },
  {
    id: 'hosts in a subnet',
    code: 'C1213',
    text: `${net} { host a { } }`,
    dhcpd: 'WARNING: Host declarations are global.  They are not limited to the scope you declared them in.',
    isAccepted: true,
  },
  {
    id: 'a class to add without a packet, where dhcpd crashes',
    code: 'C1214',
    text: 'class "c" { match if known; }\nadd "c";',
    dhcpd: undefined,
  },
  {
    id: 'one interface in two networks',
    code: 'C1112',
    text: `${net} { interface a; }\nsubnet 10.1.0.0 netmask 255.255.255.0 { interface a; interface b; }`,
    dhcpd: undefined,
    isAccepted: true,
  },
  {
    id: 'one interface twice',
    code: 'C1104',
    text: `${net} { interface a; interface a; }`,
    dhcpd: "A subnet or shared network can't be connected to two interfaces.",
  },
  {
    id: 'an unknown class to add',
    code: 'C1209',
    text: 'if known { add "zz"; }',
    dhcpd: 'class zz: not found',
    at: [1, 'if known { add "zz"'],
  },
  {
    id: 'a peer twice',
    code: 'C1301',
    text: `${peer}\n${peer}\n${paired}`,
    dhcpd: 'redeclaration of failover peer f',
    at: [2, 'failover peer "f" {'],
  },
  {
    id: 'no peer address',
    code: 'C1302',
    text: `failover peer "f" { primary; address 10.0.0.2; mclt 60; split 128; }\n${paired}`,
    dhcpd: 'peer address may not be omitted',
    at: [1, 'failover peer "f" { primary; address 10.0.0.2; mclt 60; split 128; }'],
  },
  {
    id: 'no split',
    code: 'C1303',
    text: `failover peer "f" { ${members} mclt 60; }\n${paired}`,
    dhcpd: 'primary failover server must have hba or split.',
  },
  {
    id: 'no mclt',
    code: 'C1304',
    text: `failover peer "f" { ${members} split 128; }\n${paired}`,
    dhcpd: 'primary failover server must have mclt.',
  },
  {
    id: 'split on a secondary',
    code: 'C0602',
    text: `failover peer "f" {\n  secondary;\n  address 10.0.0.2; peer address 10.0.0.3;\n\n  split 255;\n}\n${paired}`,
    dhcpd: 'secondary may not define load balance settings.',
    at: [5, '  split 255;'],
  },
  {
    id: 'split above 256',
    code: 'C1306',
    text: `failover peer "f" { ${members} mclt 60; split 257; }\n${paired}`,
    dhcpd: 'split must be between 0 and 256, inclusive',
  },
  {
    id: 'a pool of an unknown peer',
    code: 'C1307',
    text: `${net} {\n pool { failover peer "q"; range 10.0.0.1; }\n}`,
    dhcpd: 'failover peer q: not found',
    at: [2, ' pool { failover peer "q"'],
  },
  {
    id: 'a network of an unknown peer',
    code: 'C1308',
    text: `shared-network x { failover peer "zz";\n${net} { range 10.0.0.1; } }`,
    dhcpd: 'reference to unknown failover peer zz',
    at: [1, 'shared-network x { failover peer "zz";'],
  },
  {
    id: 'a peer without pool',
    code: 'C1309',
    text: peer,
    dhcpd:
      'ERROR: Failover peer, f, has no referring pools. You must refer to each peer in at least one pool declaration.',
  },
  {
    id: 'an own address that is missing',
    code: 'C1310',
    text: `failover peer "f" { primary; peer address 10.0.0.3; mclt 60; split 128; load balance max seconds 3; }\n${paired}`,
    dhcpd: undefined,
    isAccepted: true,
  },
  {
    id: 'an unknown key of a zone',
    code: 'C1311',
    text: 'zone a.b. { primary 10.0.0.1; key nokey; }',
    dhcpd: 'unknown key nokey',
    at: [1, 'zone a.b. { primary 10.0.0.1; key nokey;'],
  },
  {
    id: 'two keys of a zone',
    code: 'C1312',
    text: 'key k { algorithm hmac-md5; secret abcd; }\nzone q. { key k; key k; }',
    dhcpd: 'Multiple key definitions for zone q..',
  },
  { id: 'a key without algorithm, where dhcpd crashes', code: 'C1313', text: 'key k { }', dhcpd: undefined },
  {
    id: 'an algorithm that does not exist',
    code: 'C1314',
    text: 'key k { algorithm foo; secret abcd; }',
    dhcpd: 'Unable to create tsec structure for k',
    isAccepted: true,
  },
  {
    id: 'an omapi key that does not exist',
    code: 'C1315',
    text: 'omapi-key nope;',
    dhcpd: 'OMAPI key nope: not found',
  },
  {
    id: 'ad-hoc updates',
    code: 'C1316',
    text: 'ddns-update-style ad-hoc;',
    dhcpd: 'ddns-update-style ad_hoc no longer supported',
  },
  {
    id: 'no load balancing',
    code: 'C1317',
    text: `${peer}\n${paired}`,
    dhcpd:
      'WARNING: load balancing will be disabled for failover peer, f, because its load balance max secs is 0',
    isAccepted: true,
  },
  {
    id: 'two peers between two addresses',
    code: 'C1318',
    text: `${peer}\n${peer.replace('"f"', '"g"')}\n${paired}\nsubnet 10.0.1.0 netmask 255.255.255.0 { pool { failover peer "g"; range 10.0.1.1; } }`,
    dhcpd: undefined,
  },
  {
    id: 'a computed identifier of a host',
    code: 'C1206',
    text: 'host a { option dhcp-client-identifier = hardware; }',
    dhcpd: undefined,
    isAccepted: true,
  },
  {
    id: 'an identifier of a host inside a condition',
    code: 'C1207',
    text: 'host a { if known { option dhcp-client-identifier "a"; } }',
    dhcpd: 'dhcp client identifier may not be specified conditionally.',
    isAccepted: true,
  },
  {
    id: 'a subclass of a class without match',
    code: 'C1208',
    text: 'class "c" { match if known; }\nsubclass "c" "x";',
    dhcpd: undefined,
    isAccepted: true,
  },
  {
    id: 'a BOOTP range below a plain one',
    code: 'C1111',
    text: `${net} {\n  range 10.0.0.10 10.0.0.20;\n  range dynamic-bootp 10.0.0.30 10.0.0.40;\n}`,
    dhcpd: undefined,
    isAccepted: true,
  },
];

for (const { id, code, text, dhcpd, at, isAccepted = false } of rows)
  test(`refused: ${id}`, () => {
    const { diagnostics, config } = check(text);
    const found = diagnostics.find(
      (diagnostic) =>
        diagnostic.code === code || (dhcpd !== undefined && diagnostic.dhcpdText?.[0] === dhcpd),
    );
    const all = diagnostics
      .map((diagnostic) => `${diagnostic.code} ${diagnostic.dhcpdText?.[0] ?? diagnostic.message}`)
      .join('\n');
    assert.ok(found !== undefined, all);
    assert.equal(found.dhcpdText?.[0], dhcpd, all);
    if (at !== undefined) assert.deepEqual([found.dhcpdPlace?.line, found.dhcpdPlace?.text], at);
    assert.ok(found.help !== undefined);
    assert.equal(config !== undefined, isAccepted, all);
  });

test('each points at its words, as the golden file shows', () => {
  const blocks = rows.map(({ id, code, text }) => ({ title: id, said: check(text).diagnostics.filter((diagnostic) => diagnostic.code === code) }));
  expectGolden('test/golden/conf/refusals.txt', 'What declarations say together, refused or warned of: the texts are in src/config/refusals.test.ts.', blocks);
});
