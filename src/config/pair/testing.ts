// Test support: two files of a pair, and what they can differ in, each row one disagreement.

/** The two sides of one relationship. */
export const primaryText =
  'failover peer "f" { primary; address 10.0.0.2; port 647; peer address 10.0.0.3; peer port 847; mclt 60; split 128; load balance max seconds 3; max-response-delay 30; }';
export const secondaryText =
  'failover peer "f" { secondary; address 10.0.0.3; port 847; peer address 10.0.0.2; peer port 647; load balance max seconds 3; max-response-delay 30; }';
/** What both files say. */
export const pairText = `default-lease-time 600; max-lease-time 7200; authoritative;
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

export interface PairRow {
  readonly id: string;
  readonly codes: readonly string[];
  /** Replacement in the second file. */
  readonly from: string | RegExp;
  readonly to: string;
}
export const pairRows: readonly PairRow[] = [
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
