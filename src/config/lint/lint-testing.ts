// Every lint: once where it belongs, and once where it has nothing to say. Tests, and the examples of docs/lints.md.

/** `fires`: with marks below what is complained about. */
export interface LintCase {
  readonly id: string;
  readonly codes: readonly string[];
  readonly fires: string;
  readonly silent?: string;
}

export const net = 'subnet 10.0.0.0 netmask 255.255.255.0';
const peer = (lines = ''): string => `failover peer "f" {
  primary; address 10.0.0.2; peer address 10.0.0.3; max-response-delay 30; max-unacked-updates 10;
  load balance max seconds 3;
  ${lines === '' ? 'mclt 60; split 128;' : lines}
}`;

export const lintCases: readonly LintCase[] = [
  {
    id: 'a pool that nobody can use, because unknown clients are denied and known ones have addresses',
    codes: ['L2001'],
    fires: `deny unknown-clients;
host a { hardware ethernet 0:1:2:3:4:5; fixed-address 10.0.0.9; }
${net} {
  pool { range 10.0.0.10 10.0.0.20; }
# ^^^^ L2001
}`,
    silent: `deny unknown-clients;
host a { hardware ethernet 0:1:2:3:4:5; fixed-address 10.0.0.9; }
host b { hardware ethernet 0:1:2:3:4:6; }
${net} { pool { range 10.0.0.10 10.0.0.20; } }`,
  },
  {
    id: 'a pool closed by its own permits',
    codes: ['L2001'],
    fires: `${net} {
  pool { deny all clients; range 10.0.0.10 10.0.0.20; }
# ^^^^ L2001
  pool { allow known-clients; range 10.0.0.30; }
# ^^^^ L2001
  pool { allow unknown-clients; range 10.0.0.40; }
}
host a { hardware ethernet 0:1:2:3:4:5; fixed-address 10.0.0.9; }`,
    silent: `${net} { pool { allow known-clients; range 10.0.0.30; } }
subnet 10.0.1.0 netmask 255.255.255.0 { }
host a { hardware ethernet 0:1:2:3:4:5; fixed-address 10.0.1.9; }`,
  },
  {
    id: 'a flag inside a condition or a pool that opens itself',
    codes: ['L2001'],
    fires: '',
    silent: `deny unknown-clients;
${net} {
  pool { boot-unknown-clients true; range 10.0.0.10; }
  pool { if known { allow unknown-clients; } range 10.0.0.11; }
}`,
  },
  {
    id: 'fixed addresses inside a range',
    codes: ['L2002'],
    fires: `host a { hardware ethernet 0:1:2:3:4:5; fixed-address 10.0.0.12; }
${net} {
  range 10.0.0.10 10.0.0.20;
# ^^^^^^^^^^^^^^^^^^^^^^^^^^ L2002
  range 10.0.0.30 10.0.0.40;
}`,
  },
  {
    id: "a server's own address inside a range",
    codes: ['L2003'],
    fires: `${peer()}
${net} {
  pool { failover peer "f"; range 10.0.0.1 10.0.0.2; }
#                           ^^^^^^^^^^^^^^^^^^^^^^^^ L2003
}`,
    silent: `${peer()}
${net} { pool { failover peer "f"; range 10.0.0.10 10.0.0.20; } }`,
  },
  {
    id: 'a router or resolver inside a range',
    codes: ['L2004'],
    fires: `${net} {
  option routers 10.0.0.10;
  option domain-name-servers 10.0.1.10, 10.0.0.12;
  range 10.0.0.10 10.0.0.20;
# ^^^^^^^^^^^^^^^^^^^^^^^^^^ L2004
# ^^^^^^^^^^^^^^^^^^^^^^^^^^ L2004
}`,
    silent: `${net} { option routers 10.0.0.1; range 10.0.0.10 10.0.0.20; }`,
  },
  {
    id: 'hosts inside subnets',
    codes: ['L2005'],
    fires: `${net} {
  host a { hardware ethernet 0:1:2:3:4:5; }
# ^^^^^^ L2005
  host b { hardware ethernet 0:1:2:3:4:6; }
}`,
    silent: `group { host a { hardware ethernet 0:1:2:3:4:5; } }`,
  },
  {
    id: 'mclt on the secondary',
    codes: ['L2006'],
    fires: `failover peer "f" {
  secondary; address 10.0.0.2; peer address 10.0.0.3;
  mclt 3600;
# ^^^^^^^^^^ L2006
}
${net} { pool { failover peer "f"; range 10.0.0.10; } }`,
  },
  {
    id: 'split taken for a division of addresses',
    codes: ['L2007'],
    fires: `${peer('mclt 60;\n  split 255;\n# ^^^^^^^^^^ L2007')}
${net} { pool { failover peer "f"; range 10.0.0.10; } }`,
    silent: `${peer()}
${net} { pool { failover peer "f"; range 10.0.0.10; } }`,
  },
  {
    id: 'an option that depends on the resolver',
    codes: ['L2009'],
    fires: `${net} {
  option ntp-servers time.example.org;
# ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ L2009
  option domain-name-servers 10.0.0.1, ns.example.org;
# ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ L2009
  option routers 10.0.0.1;
}`,
  },
  {
    id: 'endless leases that clients can shorten',
    codes: ['L2010'],
    fires: `  default-lease-time -1;
# ^^^^^^^^^^^^^^^^^^^^^^ L2010
max-lease-time infinite;
${net} { }
subnet 10.0.1.0 netmask 255.255.255.0 { }`,
    silent: `default-lease-time -1; max-lease-time -1; min-lease-time -1;
${net} { }`,
  },
  {
    id: 'network boot and resolver on one third machine',
    codes: ['L2011', 'L2012'],
    fires: `${peer()}
${net} {
  next-server 10.0.0.30;
# ^^^^^^^^^^^^^^^^^^^^^^ L2011
  option domain-name-servers 10.0.0.30;
# ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ L2012
  pool { failover peer "f"; range 10.0.0.40; }
}`,
    silent: `${net} { next-server 10.0.0.30; option domain-name-servers 10.0.0.30; }`,
  },
  {
    id: 'placeholder, readable and short secrets',
    codes: ['L2013'],
    fires: `key a { algorithm hmac-sha256; secret c2VjcmV0c2VjcmV0c2VjcmV0; }
#                                     ^^^^^^^^^^^^^^^^^^^^^^^^ L2013
key b { algorithm hmac-sha256; secret changemechangeme; }
#                                     ^^^^^^^^^^^^^^^^ L2013
key c { algorithm hmac-sha256; secret q83vEjRW; }
#                                     ^^^^^^^^ L2013`,
    silent: `key a { algorithm hmac-sha256; secret PtZkNHksJ9HrmfoE/Ls+6N2+xZDni5EQZrUm/qg2sVc=; }`,
  },
  {
    id: 'padding that only dhcpd forgives',
    codes: ['L2043'],
    fires: `key a { algorithm hmac-md5; secret 1289hsdfoinaf0913n12==; }
#                                  ^^^^^^^^^^^^^^^^^^^^^^ L2043`,
    silent: `key a { algorithm hmac-md5; secret seKFiO/m7j82Du1eg6ueJA==; }`,
  },
  {
    id: 'endless leases for strangers',
    codes: ['L2014'],
    fires: `default-lease-time -1; max-lease-time -1;
${net} {
  pool { range 10.0.0.10; }
# ^^^^ L2014
  pool { allow known-clients; range 10.0.0.11; }
}`,
  },
  {
    id: "endless leases that begin with MCLT, and a key that is not failover's",
    codes: ['L2015', 'L2016'],
    fires: `${peer()}
max-lease-time -1;
key k { algorithm hmac-md5; secret seKFiO/m7j82Du1eg6ueJA==; }
  omapi-key k;
# ^^^^^^^^^^^^ L2016
${net} {
  pool { failover peer "f"; range 10.0.0.10; }
# ^^^^ L2015
}`,
  },
  {
    id: 'OMAPI without a key, a key without OMAPI, hmac-md5',
    codes: ['L2017', 'L2045', 'L2044'],
    fires: `  omapi-port 7911;
# ^^^^^^^^^^^^^^^^ L2017`,
    silent: `omapi-port 7911; omapi-key k; key k { algorithm hmac-sha256; secret seKFiO/m7j82Du1eg6ueJA==; }`,
  },
  {
    id: 'OMAPI with a key on every address',
    codes: ['L2046'],
    fires: `  omapi-port 7911;
# ^^^^^^^^^^^^^^^^ L2046
omapi-key k; key k { algorithm hmac-sha256; secret seKFiO/m7j82Du1eg6ueJA==; }`,
    silent: 'omapi-port 7911;',
  },
  {
    id: 'a key that nobody can use, and of the old algorithm',
    codes: ['L2017', 'L2045', 'L2044'],
    fires: `  omapi-key k;
# ^^^^^^^^^^^^ L2045
key k { algorithm hmac-md5; secret seKFiO/m7j82Du1eg6ueJA==; }
#                 ^^^^^^^^ L2044`,
  },
  {
    id: 'a pool without failover beside one with it',
    codes: ['L2018'],
    fires: `${peer()}
${net} {
  pool { failover peer "f"; range 10.0.0.10; }
  pool { range 10.0.0.20 10.0.0.30; }
# ^^^^ L2018
}
subnet 10.0.1.0 netmask 255.255.255.0 { range 10.0.1.9; }`,
  },
  {
    id: 'one MAC in two hosts',
    codes: ['L2021'],
    fires: `host a { hardware ethernet 0:1:2:3:4:5; fixed-address 10.0.0.5; }
host b { hardware ethernet 0:1:2:3:4:5; fixed-address 10.0.0.6; }
#        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ L2021
${net} { }`,
    silent: `host a { hardware ethernet 0:1:2:3:4:5; fixed-address 10.0.0.5; }
host b { hardware ethernet 0:1:2:3:4:5; fixed-address 10.0.1.6; }
${net} { }
subnet 10.0.1.0 netmask 255.255.255.0 { }`,
  },
  {
    id: 'several hosts with one address',
    codes: ['L2022'],
    fires: `host a { hardware ethernet 0:1:2:3:4:5; fixed-address 10.0.0.5; }
host b { hardware ethernet 0:1:2:3:4:6; fixed-address 10.0.0.5; }
#                                                     ^^^^^^^^ L2022
${net} { }`,
  },
  {
    id: 'a fixed-address in no subnet, and in another one than its host',
    codes: ['L2023'],
    fires: `host a { hardware ethernet 0:1:2:3:4:5; fixed-address 10.9.0.5; }
#                                                     ^^^^^^^^ L2023
${net} {
  host b { hardware ethernet 0:1:2:3:4:6; fixed-address 10.0.1.5; }
#                                                       ^^^^^^^^ L2023
}
subnet 10.0.1.0 netmask 255.255.255.0 { }`,
  },
  {
    id: 'permits that contradict each other',
    codes: ['L2024'],
    fires: `${net} {
  pool {
    allow known-clients;
#   ^^^^^^^^^^^^^^^^^^^^ L2024
    deny known-clients;
    range 10.0.0.10;
  }
  pool {
    allow all clients;
    allow known-clients;
#   ^^^^^^^^^^^^^^^^^^^^ L2024
    range 10.0.0.11;
  }
}`,
  },
  {
    id: 'lease times that cut each other',
    codes: ['L2025'],
    fires: `  default-lease-time 90000;
# ^^^^^^^^^^^^^^^^^^^^^^^^^ L2025
${net} {
  default-lease-time 100;
# ^^^^^^^^^^^^^^^^^^^^^^^ L2025
}
subnet 10.0.1.0 netmask 255.255.255.0 { }`,
    silent: `default-lease-time 600; max-lease-time 7200; ${net} { }`,
  },
  {
    id: 'times beyond 2038',
    codes: ['L2026'],
    fires: `default-lease-time 600;
  max-lease-time 999999999;
# ^^^^^^^^^^^^^^^^^^^^^^^^^ L2026
${net} { }`,
    silent: `max-lease-time -1; ${net} { }`,
  },
  {
    id: 'classes, groups and keys without effect',
    codes: ['L2027'],
    fires: `  class "c" { match if known; }
# ^^^^^^^^^ L2027
  group g { option domain-name "x"; }
# ^^^^^^^ L2027
  key k { algorithm hmac-sha256; secret seKFiO/m7j82Du1eg6ueJA==; }
#     ^ L2027`,
    silent: `class "c" { match if known; }
group g { option domain-name "x"; }
host a { group "g"; }
${net} { pool { allow members of "c"; range 10.0.0.9; } }`,
  },
  {
    id: 'a statement replaced in its own block',
    codes: ['L2028'],
    fires: `${net} {
  option routers 10.0.0.1;
# ^^^^^^^^^^^^^^^^^^^^^^^^ L2028
  option routers 10.0.0.2;
}`,
    silent: `option domain-name "a"; ${net} { option domain-name "b"; }`,
  },
  {
    id: 'not authoritative',
    codes: ['L2029', 'L2030'],
    fires: `  subnet 10.0.0.0 netmask 255.255.255.0 {
# ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ L2029
  range 10.0.0.9; }`,
    silent: `authoritative; ${net} { range 10.0.0.9; }`,
  },
  {
    id: 'authoritative below its subnets',
    codes: ['L2029', 'L2030'],
    fires: `${net} { range 10.0.0.9; }
  authoritative;
# ^^^^^^^^^^^^^^ L2030`,
  },
  {
    id: 'options that do not fit the subnet',
    codes: ['L2031', 'L2032', 'L2033'],
    fires: `${net} {
  option broadcast-address 10.0.0.127;
# ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ L2031
  option subnet-mask 255.255.0.0;
# ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ L2032
  option routers 10.0.1.1;
# ^^^^^^^^^^^^^^^^^^^^^^^^ L2033
}`,
    silent: `${net} { option broadcast-address 10.0.0.255; option subnet-mask 255.255.255.0; option routers 10.0.0.1; }`,
  },
  {
    id: 'network and broadcast address inside a range',
    codes: ['L2034'],
    fires: `${net} {
  range 10.0.0.200 10.0.0.255;
# ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ L2034
}`,
  },
  {
    id: 'hardware addresses that no machine has',
    codes: ['L2035'],
    fires: `host a { hardware ethernet 0:1:2:3:4; }
#        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ L2035
host b { hardware ethernet 0:0:0:0:0:0; }
#        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ L2035
host c { hardware ethernet 1:0:0:0:0:1; }
#        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ L2035`,
    silent: 'host a { hardware ethernet 52:54:00:7d:2d:b1; }',
  },
  {
    id: 'several domains in one string',
    codes: ['L2037'],
    fires: `  option domain-search "a.example, b.example";
# ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ L2037`,
    silent: 'option domain-search "a.example", "b.example";',
  },
  {
    id: 'failover values that harm',
    codes: ['L2040', 'L2041', 'L2042', 'L2019'],
    fires: `failover peer "f" {
  primary; address 10.0.0.2; mclt 60; split 128; load balance max seconds 3;
  peer address 10.0.0.2;
# ^^^^^^^^^^^^^^^^^^^^^^ L2042
  max-response-delay 1;
# ^^^^^^^^^^^^^^^^^^^^^ L2041
  auto-partner-down 60;
# ^^^^^^^^^^^^^^^^^^^^^ L2040
}
${net} { pool {
  failover peer "f"; range 10.0.0.10;
  allow dynamic bootp clients;
# ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ L2019
} }`,
  },
  {
    id: 'statements that are read, not served',
    codes: [
      'L2901',
      'L2902',
      'L2903',
      'L2904',
      'L2907',
      'L2908',
      'L2911',
    ],
    fires: `  ddns-update-style interim;
# ^^^^^^^^^^^^^^^^^^^^^^^^^^ L2901
  dont-use-fsync true;
# ^^^^^^^^^^^^^^^^^^^^ L2902
  delayed-ack 10;
# ^^^^^^^^^^^^^^^ L2903
  limit-addrs-per-ia 3;
# ^^^^^^^^^^^^^^^^^^^^^ L2904
  server-id-check true;
# ^^^^^^^^^^^^^^^^^^^^^ L2911
  option server.authoritative true;
# ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ L2907
zone example.org. { primary 10.0.0.1; }
#    ^^^^^^^^^^^^ L2908`,
    silent: 'ddns-update-style none; get-lease-hostnames true; log-threshold-high 80; site-option-space "dhcp"; parse-vendor-option; remote-port 68;',
  },
  {
    id: 'one client identifier in two hosts',
    codes: ['L2021'],
    fires: `host a { option dhcp-client-identifier "id"; }
host b { uid 69:64; }
#        ^^^^^^^^^^ L2021`,
    silent: `host a { option dhcp-client-identifier "id"; fixed-address 10.0.0.5; }
host b { option dhcp-client-identifier "id"; fixed-address 10.0.1.5; }
${net} { } subnet 10.0.1.0 netmask 255.255.255.0 { }`,
  },
  {
    id: 'hosts that name no machine',
    codes: ['L2036'],
    fires: `  host printer { fixed-address 10.0.0.9; }
# ^^^^^^^^^^^^ L2036
${net} { range 10.0.0.10; }`,
    silent: `host a { hardware ethernet 0:1:2:3:4:5; }
host b { uid "b"; }
host c { host-identifier option agent.circuit-id "port 7"; }
host d { option dhcp-client-identifier 1:2; }
host d { deleted; }`,
  },
  {
    id: 'hosts and partners by name',
    codes: ['L2009'],
    fires: `failover peer "f" {
  primary; address dhcp1.example.org; peer address 10.0.0.3; mclt 60; split 128; load balance max seconds 3;
#                  ^^^^^^^^^^^^^^^^^ L2009
}
host a { hardware ethernet 0:1:2:3:4:5; fixed-address 10.0.0.9, a.example.org; }
#                                                               ^^^^^^^^^^^^^ L2009
${net} { pool { failover peer "f"; range 10.0.0.10; } }`,
  },
  {
    id: 'permits that a flag or an earlier one makes idle',
    codes: ['L2024'],
    fires: `deny unknown-clients;
host a { hardware ethernet 0:1:2:3:4:5; }
${net} {
  pool { allow known-clients; allow unknown-clients; range 10.0.0.10; }
#                             ^^^^^^^^^^^^^^^^^^^^^^ L2024
  pool { deny authenticated clients; range 10.0.0.11; }
#        ^^^^^^^^^^^^^^^^^^^^^^^^^^^ L2024
  pool { allow known-clients; allow known-clients; range 10.0.0.12; }
#                             ^^^^^^^^^^^^^^^^^^^^ L2024
}`,
    silent: `class "a" { match if known; } class "b" { match if known; }
${net} {
  pool { allow known-clients; allow unknown-clients; range 10.0.0.10; }
  pool { allow members of "a"; allow members of "b"; range 10.0.0.11; }
  pool { deny unknown-clients; boot-unknown-clients true; range 10.0.0.12; }
}`,
  },
  {
    id: 'classes without a way into them',
    codes: ['L2027'],
    fires: `  class "never" { option domain-name "x"; }
# ^^^^^^^^^^^^^ L2027
  class "no list" { match hardware; option domain-name "x"; }
# ^^^^^^^^^^^^^^^ L2027`,
    silent: `class "added" { option domain-name "x"; }
class "listed" { match hardware; option domain-name "x"; } subclass "listed" 1:0:1:2:3:4:5;
class "spawned" { spawn with hardware; lease limit 4; }
class "asked" { match if known; option domain-name "x"; }
${net} { if exists host-name { add "added"; } }`,
  },
  {
    id: 'a statement replaced in the block of a condition',
    codes: ['L2028'],
    fires: `if known {
  option domain-name "a";
# ^^^^^^^^^^^^^^^^^^^^^^^ L2028
  option domain-name "b";
}`,
    silent: 'if known { option domain-name "a"; } else { option domain-name "b"; }',
  },
  {
    id: 'option spaces that do not exist, or that no option carries',
    codes: ['L2047', 'L2918'],
    fires: `option space acme;
option acme.mode code 1 = text;
class "a" { match if known; vendor-option-space acne; option acme.mode "x"; option acme.mode "y"; }
#                                                     ^^^^^^^^^^^^^^^^^^^^^ L2918
#                           ^^^^^^^^^^^^^^^^^^^^^^^^^ L2047
  site-option-space "locl";
# ^^^^^^^^^^^^^^^^^^^^^^^^^ L2047`,
    silent: `option space acme; option acme.mode code 1 = text; option acme.mode "x";
option space ipxe; option ipxe.priority code 1 = signed integer 8; option ipxe-encap code 175 = encapsulate ipxe; option ipxe.priority 7;
option space local; option local.a code 160 = text; option local.a "a"; site-option-space "local";
option isc.media "m"; option fqdn.rcode1 3; vendor-option-space ACME;`,
  },
  {
    id: 'options of a site space that the main space hides',
    codes: ['L2918'],
    fires: `option space local; option local.a code 12 = text; option local.b code 130 = text;
  site-option-space "local"; option local.a "a";
#                            ^^^^^^^^^^^^^^^^^^^ L2918
option local.b "b";`,
    silent: 'option space local; option local.a code 12 = text; option local.a "a"; site-option-space "local"; vendor-option-space local;',
  },
  {
    id: 'eval of what does nothing',
    codes: ['L2920'],
    fires: `  eval concat("a", option host-name);
# ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ L2920`,
    silent: 'define say (x) { log(x); } eval say("a"); eval concat("a", say("b"));',
  },
  {
    id: 'parse-vendor-option without a space',
    codes: ['L2921'],
    fires: `option space acme;
  if known { parse-vendor-option; }
#            ^^^^^^^^^^^^^^^^^^^^ L2921`,
    silent: 'option space acme; class "a" { match if known; vendor-option-space acme; } parse-vendor-option;',
  },
  {
    id: 'log thresholds that cross',
    codes: ['L2922'],
    fires: `log-threshold-high 50;
${net} {
  pool { log-threshold-low 50; range 10.0.0.9; }
#        ^^^^^^^^^^^^^^^^^^^^^ L2922
}`,
    silent: `log-threshold-high 50; log-threshold-low 60; ${net} { log-threshold-high 80; }`,
  },
  {
    id: 'names longer than their fields',
    codes: ['L2923'],
    fires: `  server-name "${'s'.repeat(65)}";
# ^^^^^^^^^^^^^^${'^'.repeat(65)}^ L2923`,
    silent: `server-name "${'s'.repeat(64)}"; filename "${'f'.repeat(128)}"; option bootfile-name "${'f'.repeat(129)}";`,
  },
  {
    id: 'values of another type than the option',
    codes: ['L2038'],
    fires: `option classless code 121 = text;
option gateway code 3 = text;
  option domain-name-servers = "10.0.0.1";
# ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ L2038
  option interface-mtu = 05:dc:00;
# ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ L2038
  option gateway "gw";
# ^^^^^^^^^^^^^^^^^^^^ L2038
option tftp code 150 = text;
  option tftp "10.0.0.1";
# ^^^^^^^^^^^^^^^^^^^^^^^ L2038
  option classless "0.0.0.0/0 10.0.0.1";
# ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ L2038`,
    silent: `option arch code 93 = unsigned integer 16; option menu code 150 = text; option menu "(nd)/menu"; option classless code 121 = array of unsigned integer 8;
option domain-name-servers = 0a:00:00:01; option interface-mtu 1500; option arch 7; option classless 24, 10, 1, 0, 10, 0, 0, 1, 0, 10, 0, 0, 254;
option routers = concat(0a:00:00, 01); option time-offset = extract-int(hardware, 8); option host-name = "10.0.0.1";`,
  },
  {
    id: 'variables that option values do not see',
    codes: ['L2919'],
    fires: `${net} {
  set seen = option host-name;
  option root-path = concat("x-", seen);
#                                 ^^^^ L2919
}`,
    silent: `define site = "north"; set also = "south";
${net} {
  set seen = option host-name;
  if defined(seen) { option root-path "x"; }
  option domain-name = concat(site, also);
  default-lease-time = seen;
}`,
  },
  {
    id: 'parameters of the start at other places',
    codes: ['L2912'],
    fires: `${net} {
  omapi-port 7911;
# ^^^^^^^^^^^^^^^^ L2912
}
if gethostname() = "dhcp1" {
  log-facility local7;
# ^^^^^^^^^^^^^^^^^^^^ L2912
}
group {
  abandon-lease-time 100;
# ^^^^^^^^^^^^^^^^^^^^^^^ L2912
}`,
    silent: `omapi-port 7911; local-port 67; abandon-lease-time 100; ${net} { default-lease-time 600; }`,
  },
  {
    id: 'options that no server sends because they are configured',
    codes: ['L2913'],
    fires: `  option dhcp-lease-time 600;
# ^^^^^^^^^^^^^^^^^^^^^^^^^^^ L2913
  option dhcp-client-identifier "x";
# ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ L2913
  option agent.circuit-id "x";
# ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ L2913
  option nwip.autoretries 3;
# ^^^^^^^^^^^^^^^^^^^^^^^^^^ L2913`,
    silent: 'host a { option dhcp-client-identifier "x"; } if option agent.circuit-id = "x" { option dhcp-renewal-time 60; } option dhcp-message "m"; option dhcp-server-identifier 10.0.0.1;',
  },
  {
    id: 'handlers that never run, options without a reply',
    codes: ['L2915'],
    fires: `  on transmission { log("sent"); }
# ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ L2915
on expiry { option host-name "x"; }
#           ^^^^^^^^^^^^^^^^^^^^^ L2915`,
    silent: 'on commit { option host-name "x"; } on commit or expiry { log("x"); } on release { if known { execute("x"); } }',
  },
  {
    id: 'authoritative in pools and classes',
    codes: ['L2916'],
    fires: `class "c" { match if known; authoritative; }
#                           ^^^^^^^^^^^^^^ L2916
${net} {
  pool { not authoritative; range 10.0.0.9; }
#        ^^^^^^^^^^^^^^^^^^ L2916
}`,
    silent: `authoritative; ${net} { not authoritative; }`,
  },
  {
    id: 'parameters of something that is off',
    codes: ['L2917'],
    fires: `ping-check off;
  deny duplicates;
# ^^^^^^^^^^^^^^^^ L2917
  log-threshold-low 5;
# ^^^^^^^^^^^^^^^^^^^^ L2917
  ping-timeout 2;
# ^^^^^^^^^^^^^^^ L2917`,
    silent: `allow duplicates; log-threshold-high 90; log-threshold-low 5; ping-timeout 2; ${net} { ping-check off; }
group { one-lease-per-client on; deny duplicates; }`,
  },
  {
    id: 'parameters of DNS updates that are off',
    codes: ['L2914'],
    fires: `  ddns-hostname "x";
# ^^^^^^^^^^^^^^^^^^ L2914
  update-static-leases on;
# ^^^^^^^^^^^^^^^^^^^^^^^^ L2914`,
    silent: 'ddns-updates off; ignore client-updates; do-forward-updates off; ddns-update-style none;',
  },
  {
    id: 'parameters of DNS updates that are asked for: L2901 tells it',
    codes: ['L2914'],
    fires: '',
    silent: 'ddns-update-style interim; ddns-hostname "x"; ddns-ttl 60;',
  },
  {
    id: 'names that do not resolve, where a resolver is asked',
    codes: ['L2039'],
    fires: `option ntp-servers 10.0.0.1, time.invalid;
#                            ^^^^^^^^^^^^ L2039
host a { hardware ethernet 0:1:2:3:4:5; fixed-address a.invalid; }
#                                                     ^^^^^^^^^ L2039
if gethostbyname("b.invalid") = hardware { option host-name "x"; }
#  ^^^^^^^^^^^^^^^^^^^^^^^^^^ L2039`,
    silent: 'option ntp-servers time.example.org;',
  },
];
