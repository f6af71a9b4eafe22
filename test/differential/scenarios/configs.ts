// The configuration texts that scenarios share: one network where both servers stand, and what a scenario adds to it.

/** File level, and inside the subnet of the servers' interface; addresses .100 to .119 are given out. */
export const site = (inner: string, outer = ''): string => `
authoritative;
ping-check off;
default-lease-time 1000;
max-lease-time 7200;
${outer}
subnet 192.168.50.0 netmask 255.255.255.0 {
  ${/\brange\b/.test(inner) ? '' : 'range 192.168.50.100 192.168.50.119;'}
  ${inner}
}
`;

/** The same with a second network that only relays reach: .60. */
export const twoNetworks = (inner: string, outer = ''): string => `${site(inner, outer)}
subnet 192.168.60.0 netmask 255.255.255.0 { option routers 192.168.60.1; range 192.168.60.100 192.168.60.119; }
`;
