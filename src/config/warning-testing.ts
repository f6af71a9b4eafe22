// Every warning and remark that is no lint: a text that gets it. Tests, and the examples of docs/lints.md.

export interface WarningCase {
  readonly code: string;
  readonly about: string;
  readonly text: string;
}

const net = 'subnet 10.0.0.0 netmask 255.255.255.0';
const host = 'host a { hardware ethernet 0:1:2:3:4:5;';

export const warningCases: readonly WarningCase[] = [
  { code: 'C0206', about: 'An option under its number, though it has a name.', text: 'option unknown-3 10.0.0.1;' },
  { code: 'C0217', about: 'An option without a value.', text: 'option domain-name; ;' },
  { code: 'C0219', about: 'Options of DHCPv6.', text: 'option dhcp6.preference 1;' },
  { code: 'C0220', about: 'A host name inside a record.', text: 'option option-6rd 14 32 2001:db8:: relay.example.org;' },
  { code: 'C0221', about: 'The hash size of an option space.', text: 'option space acme hash size 17;' },
  { code: 'C0321', about: 'A single word that is no statement, which dhcpd swallows.', text: 'autoritative;' },
  { code: 'C0322', about: 'A comparison where an assignment was meant.', text: 'hostname_of_us = "example";' },
  { code: 'C0323', about: 'A log statement without a message.', text: 'log(info, );' },
  { code: 'C0328', about: 'A statement at which dhcpd crashes.', text: `${net} { if known { db-time-format local; } }` },
  { code: 'C0504', about: 'A secret of no bytes.', text: 'key k { algorithm hmac-sha256; secret ""; }' },
  { code: 'C0802', about: 'Statements of DHCPv6.', text: 'server-duid LL;' },
  { code: 'C0803', about: 'Parameters of a dhcpd with LDAP.', text: 'ldap-server "ldap.example.org";' },
  { code: 'C1102', about: 'Subnets that overlap.', text: `${net} { }\nsubnet 10.0.0.128 netmask 255.255.255.128 { }` },
  { code: 'C1111', about: 'BOOTP addresses behind plain ones.', text: `${net} {\n  range 10.0.0.10;\n  range dynamic-bootp 10.0.0.20;\n}` },
  { code: 'C1205', about: 'Two client identifiers of one host.', text: 'host a { uid "a"; option dhcp-client-identifier "b"; }' },
  { code: 'C1206', about: 'A computed client identifier.', text: `${host} option dhcp-client-identifier = option host-name; }` },
  { code: 'C1207', about: 'A client identifier inside a condition.', text: `${host} if known { option dhcp-client-identifier "a"; } }` },
  { code: 'C1208', about: 'A subclass of a class without a list.', text: 'class "a" { match if known; }\nsubclass "a" 1:0:1:2:3:4:5;' },
  { code: 'C1112', about: 'Two networks on one interface.', text: `shared-network a { interface "eth0"; ${net} { } }\nshared-network b { interface "eth0"; subnet 10.0.1.0 netmask 255.255.255.0 { } }` },
  { code: 'C1314', about: 'A key of an unknown algorithm.', text: 'key k { algorithm hmac-none; secret q83vEjRWeJCrze8SNFZ4kA==; }' },
  {
    code: 'C1310', about: 'A failover peer without an address of its own.',
    text: `failover peer "f" { primary; peer address 10.0.0.3; mclt 60; split 128; load balance max seconds 3; }\n${net} { pool { failover peer "f"; range 10.0.0.9; } }`,
  },
  {
    code: 'C1317', about: 'Failover without load balancing.',
    text: `failover peer "f" { primary; address 10.0.0.2; peer address 10.0.0.3; mclt 60; split 128; }\n${net} { pool { failover peer "f"; range 10.0.0.9; } }`,
  },
];
