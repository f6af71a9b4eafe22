// DHCP options as data: the predefined spaces, in dhcpd's names and formats (dhcpd-conf reference §10).

import { assert } from '../std/assert.ts';
import {
  agentOptionRows,
  dhcpOptionRows,
  fqdnOptionRows,
  iscOptionRows,
  nwipOptionRows,
  vendorClassOptionRows,
  vendorOptionRows,
} from './option-rows.ts';
import { serverOptionRows } from './server-option-rows.ts';

export { fqdnCode, optionCode, serverOptionCode } from './option-codes.ts';
export { enumerations } from './server-option-rows.ts';

/**
 * dhcpd's format letters: I address, 6 IPv6, B/b S/s L/l integers of 8/16/32 bits unsigned/signed, f flag, t text,
 * X string or hex, d domain name, D domain list (Dc compressed), T lease time, N<name>. enumeration, U space name,
 * k key name, E<space>. encapsulated space, Z zero length, A array of all before it, a array of the last element,
 * o optional.
 */
export type OptionFormat = string;
export type OptionRow = readonly [code: number, name: string, format: OptionFormat];

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
  /** Keys in lower case. */
  readonly byName: ReadonlyMap<string, OptionDefinition>;
  readonly byCode: ReadonlyMap<number, OptionDefinition>;
}

function space(
  name: string,
  rows: readonly OptionRow[],
  codeWidth: OptionSpace['codeWidth'] = 1,
  lengthWidth: OptionSpace['lengthWidth'] = 1,
): OptionSpace {
  const options = rows.map(([code, option, format]) => ({ space: name, code, name: option, format }));
  return {
    name,
    codeWidth,
    lengthWidth,
    byName: new Map(options.map((option) => [option.name.toLowerCase(), option])),
    byCode: new Map(options.map((option) => [option.code, option])),
  };
}

/** What exists before the first line of a configuration is read. */
export const predefinedSpaces: ReadonlyMap<string, OptionSpace> = new Map(
  [
    space('dhcp', dhcpOptionRows),
    space('server', serverOptionRows),
    space('agent', agentOptionRows),
    space('fqdn', fqdnOptionRows),
    space('nwip', nwipOptionRows),
    space('vendor-class', vendorClassOptionRows, 4, 1),
    space('vendor', vendorOptionRows, 4, 1),
    space('isc', iscOptionRows, 2, 2),
  ].map((made) => [made.name, made]),
);

/** Codes that cannot be sent in the space; every other code has a predefined name. */
const isSendable = (space: OptionSpace, code: number): boolean =>
  code > 0 && code < 256 ** space.codeWidth - (space.codeWidth === 1 ? 1 : 0);

/**
 * The option of that name in a space, case ignored. `unknown-N` means the option with code N, and is string or hex
 * when nothing defines it (dhcpd-conf reference §9.2).
 */
export function optionIn(space: OptionSpace, name: string): OptionDefinition | undefined {
  const known = space.byName.get(name.toLowerCase());
  if (known !== undefined) return known;
  const match = /^unknown-(\d{1,10})$/i.exec(name);
  if (match === null) return undefined;
  const code = Number(match[1]);
  if (!isSendable(space, code)) return undefined;
  return space.byCode.get(code) ?? { space: space.name, code, name, format: 'X' };
}

/** The option with that code, named `unknown-N` when nothing defines it. */
export const optionOfCode = (space: OptionSpace, code: number): OptionDefinition =>
  space.byCode.get(code) ?? { space: space.name, code, name: `unknown-${code}`, format: 'X' };

const dhcp = predefinedSpaces.get('dhcp');
const server = predefinedSpaces.get('server');

/** The predefined option of that code, for code that names options of its own. */
export const dhcpOption = (code: number): OptionDefinition => predefined(dhcp, code);
export const serverOption = (code: number): OptionDefinition => predefined(server, code);

function predefined(space: OptionSpace | undefined, code: number): OptionDefinition {
  const option = space?.byCode.get(code);
  assert(option !== undefined, 'an option that code names is in the table');
  return option;
}
