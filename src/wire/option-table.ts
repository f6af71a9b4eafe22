// DHCP options as data: one row per predefined option, in dhcpd's names and formats (dhcpd-conf reference §10).

/**
 * dhcpd's format letters: I address, 6 IPv6, B/b S/s L/l integers of 8/16/32 bits unsigned/signed, f flag, t text,
 * X string or hex, d domain name, D domain list (Dc compressed), T lease time, N enumeration, U space name, k key name,
 * E<space>. encapsulated space, Z zero length, A array of all before it, a array of the last element, o optional.
 */
export type OptionFormat = string;

export interface OptionDefinition {
  /** Lower case: `dhcp`, `server`, `agent`, `fqdn`, or a user's space. */
  readonly space: string;
  readonly code: number;
  /** As declared; compared without case. */
  readonly name: string;
  readonly format: OptionFormat;
}

export interface OptionSpace {
  readonly name: string;
  readonly codeWidth: 1 | 2 | 4;
  readonly lengthWidth: 0 | 1 | 2;
  readonly byName: ReadonlyMap<string, OptionDefinition>;
  readonly byCode: ReadonlyMap<number, OptionDefinition>;
}
