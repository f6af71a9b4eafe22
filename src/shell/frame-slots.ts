// Layout of a slot, the same for receiving and sending, so that the DHCP payload always begins at one place:
//   0 Ethernet (14) · 14 IPv4 (20, without options) · 34 UDP (8) · 42 DHCP payload

export const frameAt = { ethernet: 0, ipv4: 14, udp: 34, payload: 42 } as const;
/** Largest payload: an IPv4 datagram of 1500 bytes. */
export const payloadSizeMax = 1472;
