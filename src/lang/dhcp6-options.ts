// DHCPv6 option spaces: not served, but files may set these options and must still be read (dhcpd-conf reference §19).

import type { OptionDefinition, OptionSpace } from '../wire/option-table.ts';

/** Code, name, format. */
const dhcp6 = `
1 client-id X
2 server-id X
3 ia-na X
4 ia-ta X
5 ia-addr X
6 oro SA
7 preference B
8 elapsed-time S
9 relay-msg X
12 unicast 6
13 status-code Nstatus-codes.to
14 rapid-commit Z
15 user-class X
16 vendor-class X
17 vendor-opts Evsio.
18 interface-id X
19 reconf-msg Ndhcpv6-messages.
20 reconf-accept Z
21 sip-servers-names D
22 sip-servers-addresses 6A
23 name-servers 6A
24 domain-search D
25 ia-pd X
26 ia-prefix X
27 nis-servers 6A
28 nisp-servers 6A
29 nis-domain-name D
30 nisp-domain-name D
31 sntp-servers 6A
32 info-refresh-time T
33 bcms-server-d D
34 bcms-server-a 6A
36 geoconf-civic X
37 remote-id X
38 subscriber-id X
39 fqdn Efqdn.
40 pana-agent 6A
41 new-posix-timezone t
42 new-tzdb-timezone t
43 ero SA
44 lq-query X
45 client-data X
46 clt-time L
47 lq-relay-data 6X
48 lq-client-link 6A
51 v6-lost d
52 capwap-ac-v6 6a
53 relay-id X
57 v6-access-domain d
58 sip-ua-cs-list D
59 bootfile-url t
60 bootfile-param X
61 client-arch-type SA
62 nii BBB
64 aftr-name d
65 erp-local-domain-name d
74 rdnss-selection 6BD
79 client-linklayer-addr X
80 link-address 6
82 solmax-rt L
83 inf-max-rt L
87 dhcpv4-msg X
88 dhcp4-o-dhcp6-server 6A
103 v6-captive-portal t
135 relay-source-port S
143 ipv6-address-andsf 6A
`;
const vsio = '2495 isc Eisc6.';
const isc6 = `
1 media t
2 update-assist X
60000 4o6-interface t
60001 4o6-source-address 6
`;

function parseRows(space: string, rows: string): readonly OptionDefinition[] {
  return rows
    .trim()
    .split('\n')
    .map((row) => {
      const [code = '', name = '', format = ''] = row.split(' ');
      return { space, code: Number(code), name, format };
    });
}

function spaceOf(name: string, codeWidth: 2 | 4, rows: string): OptionSpace {
  const definitions = parseRows(name, rows);
  return {
    name,
    codeWidth,
    lengthWidth: 2,
    byName: new Map(definitions.map((definition) => [definition.name.toLowerCase(), definition])),
    byCode: new Map(definitions.map((definition) => [definition.code, definition])),
  };
}

export const dhcp6Spaces: ReadonlyMap<string, OptionSpace> = new Map([
  ['dhcp6', spaceOf('dhcp6', 2, dhcp6)],
  ['vsio', spaceOf('vsio', 4, vsio)],
  ['isc6', spaceOf('isc6', 2, isc6)],
]);

/** True for options that only a DHCPv6 server would send. */
export const isDhcp6 = (definition: OptionDefinition): boolean => dhcp6Spaces.has(definition.space);

/** Words of the `N…` formats above. */
export const dhcp6Enumerations: ReadonlyMap<string, readonly (readonly [word: string, value: number])[]> = new Map(
  Object.entries({
    'status-codes':
      'success UnspecFail NoAddrsAvail NoBinding NotOnLink UseMulticast NoPrefixAvail UnknownQueryType MalformedQuery NotConfigured NotAllowed QueryTerminated',
    'dhcpv6-messages':
      '- SOLICIT ADVERTISE REQUEST CONFIRM RENEW REBIND REPLY RELEASE DECLINE RECONFIGURE INFORMATION-REQUEST RELAY-FORW RELAY-REPL LEASEQUERY LEASEQUERY-REPLY LEASEQUERY-DONE LEASEQUERY-DATA RECONFIGURE-REQUEST RECONFIGURE-REPLY DHCPV4-QUERY DHCPV4-RESPONSE',
  }).map(([name, words]) => [name, words.split(' ').map((word, value) => [word, value] as const)]),
);
