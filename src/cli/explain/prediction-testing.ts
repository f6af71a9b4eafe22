// Test support: configurations whose answers depend on more than the client's hardware address. 10.0.0.1 is the server.

export interface PredictionConfig {
  readonly id: string;
  readonly text: string;
}

const lan = 'subnet 10.0.0.0 netmask 255.255.255.0 { range 10.0.0.100 10.0.0.120; option routers 10.0.0.254; }';
const host = 'host fixed { hardware ethernet 02:00:00:00:00:01; fixed-address 10.0.0.9; option domain-name "fixed.test"; }';

export const predictionConfigs: readonly PredictionConfig[] = [
  { id: 'ranges, a host, options by scope', text: `authoritative; option domain-name "a.test"; option domain-name-servers 10.0.0.53, 10.0.0.54;\n${lan}\n${host}` },
  {
    id: 'permits of pools, known and unknown clients, declines ignored, not authoritative',
    text: `ignore declines; option ntp-servers 10.0.0.3;
subnet 10.0.0.0 netmask 255.255.255.0 {
  pool { deny unknown-clients; range 10.0.0.100 10.0.0.105; max-lease-time 300; }
  pool { allow unknown-clients; range 10.0.0.110 10.0.0.112; min-lease-time 200; default-lease-time 250; }
}
${host}
host known { hardware ethernet 02:00:00:00:00:02; deny booting; }
host twin { option dhcp-client-identifier 01:02:03; fixed-address 10.0.0.30, 10.1.0.30; }`,
  },
  {
    id: 'classes, subclasses, spawned ones with a limit',
    text: `authoritative;
class "pxe" { match if substring(option vendor-class-identifier, 0, 9) = "PXEClient"; next-server 10.0.0.8; filename "pxelinux.0"; }
class "phones" { match option vendor-class-identifier; }
subclass "phones" "phone" { option domain-name "phones.test"; default-lease-time 120; }
class "ports" { spawn with option agent.circuit-id; lease limit 1; }
subnet 10.0.0.0 netmask 255.255.255.0 {
  pool { allow members of "pxe"; range 10.0.0.100 10.0.0.104; }
  pool { allow members of "ports"; range 10.0.0.105 10.0.0.109; }
  pool { deny members of "pxe"; deny members of "ports"; range 10.0.0.110 10.0.0.120; }
}
subnet 10.1.0.0 netmask 255.255.255.0 { pool { allow members of "ports"; range 10.1.0.100 10.1.0.104; } }`,
  },
  {
    id: 'conditions, switch, vendor and encapsulated options, definitions',
    text: `authoritative;
option arch code 93 = unsigned integer 16;
option space PXE; option PXE.discovery-control code 6 = unsigned integer 8; option PXE.menu code 9 = text;
option space own code width 1 length width 1; option own.a code 1 = text; option own-in code 224 = encapsulate own;
option wpad code 252 = text; option wpad "http://wpad/";
option own.a = concat("for ", binary-to-ascii(16, 8, ":", suffix(hardware, 3)));
if option arch = 00:07 { filename "x64.efi"; } elsif option arch = 00:0b { filename "arm64.efi"; } else { filename "bios"; }
if exists user-class and option user-class = "iPXE" { filename "boot.ipxe"; vendor-option-space PXE; option PXE.menu "menu"; option PXE.discovery-control 3; }
switch (option vendor-class-identifier) { case "phone": option tftp-server-name "tftp.test"; break; case "MSFT 5.0": option domain-name "ms.test"; default: option log-servers 10.0.0.5; }
option host-name = pick-first-value(option host-name, concat("h", binary-to-ascii(10, 8, "-", leased-address)), "none");
${lan}
${host}`,
  },
  {
    id: 'a shared network, relays, option 82 and its stash, link selection',
    text: `authoritative; stash-agent-options true;
class "ring" { match if option agent.circuit-id = "ring"; option domain-name "ring.test"; }
shared-network wire {
  option domain-name "wire.test";
  subnet 10.0.0.0 netmask 255.255.255.0 { range 10.0.0.100 10.0.0.102; option routers 10.0.0.254; }
  subnet 10.1.0.0 netmask 255.255.255.0 { range 10.1.0.100 10.1.0.104; option routers 10.1.0.254; }
}
subnet 10.2.0.0 netmask 255.255.255.0 { not authoritative; pool { allow members of "ring"; range 10.2.0.100 10.2.0.101; } }
${host}`,
  },
  {
    id: 'on commit, release and expiry: variables, logs, later leases that read them',
    text: `authoritative; default-lease-time 300;
subnet 10.0.0.0 netmask 255.255.255.0 {
  range 10.0.0.100 10.0.0.104;
  on commit { set maker = option vendor-class-identifier; set count = "x"; log(info, concat("commit ", binary-to-ascii(10, 8, ".", leased-address))); }
  on release or expiry { log(info, "over"); unset count; }
  if exists host-name { option domain-name = concat(option host-name, ".test"); }
}`,
  },
  {
    id: 'leasequery allowed, one lease per client, no duplicates',
    text: `authoritative; allow leasequery; one-lease-per-client true; deny duplicates; ping-check true;\n${lan}\nsubnet 10.1.0.0 netmask 255.255.255.0 { range 10.1.0.100 10.1.0.120; }\n${host}`,
  },
  {
    id: 'BOOTP, minimal seconds, refusals of every kind',
    text: `authoritative; min-secs 5; always-reply-rfc1048 true; dynamic-bootp-lease-length 400;
class "ms" { match if substring(option vendor-class-identifier, 0, 4) = "MSFT"; ignore booting; }
class "modem" { match if substring(option vendor-class-identifier, 0, 6) = "docsis"; deny booting; }
subnet 10.0.0.0 netmask 255.255.255.0 { range dynamic-bootp 10.0.0.100 10.0.0.103; range 10.0.0.104 10.0.0.106; }
subnet 10.1.0.0 netmask 255.255.255.0 { deny bootp; range dynamic-bootp 10.1.0.100 10.1.0.103; }
${host}`,
  },
  {
    id: 'lease times: unlimited, kept short by fullness, reused, own renewal times',
    text: `authoritative; default-lease-time infinite; max-lease-time infinite; infinite-is-reserved true;
subnet 10.0.0.0 netmask 255.255.255.0 { adaptive-lease-time-threshold 40; min-lease-time 60; range 10.0.0.100 10.0.0.104; option dhcp-renewal-time 40; }
subnet 10.1.0.0 netmask 255.255.255.0 { default-lease-time 600; max-lease-time 600; dhcp-cache-threshold 50; range 10.1.0.100 10.1.0.120; option dhcp-rebinding-time 500; }`,
  },
  {
    id: 'names and addresses from declarations, broadcast, no echo, own identifier',
    text: `authoritative; use-host-decl-names on; use-lease-addr-for-default-route on; always-broadcast on; server-identifier 10.0.0.66; echo-client-id off; update-static-leases on;
subnet 10.0.0.0 netmask 255.255.255.0 { range 10.0.0.100 10.0.0.120; }
${host}\ngroup { use-host-decl-names off; host other { hardware ethernet 02:00:00:00:00:03; } }`,
  },
  {
    id: 'more options than fit: overload, split values, small clients',
    text: `authoritative; option domain-name "${'d'.repeat(120)}.test"; option root-path "${'r'.repeat(200)}"; option log-servers 10.0.0.3;
option big code 224 = text; option big "${'b'.repeat(300)}"; option domain-search "a.test", "b.a.test"; option dhcp-max-message-size 576;
option rfc3442 code 121 = array of unsigned integer 8; option rfc3442 24, 10, 7, 0, 10, 0, 0, 254; filename "pxelinux.0"; server-name "boot.test";
option dhcp-parameter-request-list 1, 3, 6, 15, 17, 224, 119, 121;\n${lan}\n${host}`,
  },
  ...(['primary', 'secondary'] as const).map((role) => ({
    id: `a pair, ${role}`,
    text: `authoritative; ignore-client-uids true;
failover peer "ha" { ${role}; address 10.0.0.1; peer address 10.0.0.2; max-response-delay 60; max-unacked-updates 10; ${role === 'primary' ? 'mclt 300; split 128; ' : ''}load balance max seconds 3; }
subnet 10.0.0.0 netmask 255.255.255.0 { pool { failover peer "ha"; range 10.0.0.100 10.0.0.110; } pool { allow known-clients; range 10.0.0.111 10.0.0.115; } }
${host}`,
  })),
];
