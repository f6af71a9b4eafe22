// How this software calls itself in CONNECT and CONNECTACK; dhcpd does not look at it (reference §11.4).

export const vendorClass = 'leasehold/0.1';
