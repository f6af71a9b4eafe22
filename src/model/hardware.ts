// Link-layer identity of a client: ARP hardware type and address (RFC 2131 §2: htype, chaddr).

export interface Hardware {
  readonly htype: number;
  /** 0..20 bytes; 16 is the most a DHCP header carries. */
  readonly address: Uint8Array;
}

/** Words of `hardware TYPE …;`; any other type is written `unknown-N`. */
export const hardwareTypeNames: Readonly<Record<number, string>> = {
  1: 'ethernet',
  6: 'token-ring',
  8: 'fddi',
  32: 'infiniband',
};
export const hardwareTypeName = (htype: number): string =>
  hardwareTypeNames[htype] ?? `unknown-${htype}`;
