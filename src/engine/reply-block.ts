// The options of a reply that do not depend on the client, in the order they are sent (server reference §1.4): computed
// once per policy and request list, then copied. The same list serves the slow path, so both give the same bytes.

import { ByteWriter, bytesEqual, concatBytes, emptyBytes, latin1 } from '../std/bytes.ts';
import { formatIpv4, ipv4ToBytes, type Ipv4 } from '../std/ipv4.ts';
import { optionCode, type OptionSpace } from '../wire/option-table.ts';
import { parseFormat } from '../wire/option-format.ts';
import { wireSize } from '../wire/dhcp-writer.ts';
import { packFqdn } from './fqdn.ts';
import type { OptionValues } from './parameters.ts';
import type { Policy } from './policy.ts';

export interface BlockKey {
  /** Option 55 as sent: listBytes[listAt, listAt + listLength). */
  readonly listBytes: Uint8Array;
  readonly listAt: number;
  readonly listLength: number;
  /** All that is configured, also where the configuration has a list. */
  readonly isWhole: boolean;
  /** DISCOVER and REQUEST get the mask unasked, INFORM only when it asks. */
  readonly isMaskForced: boolean;
  readonly mask: Ipv4;
  /** Interop: the client ended its host name with NUL and wants text options so. */
  readonly endsTextWithNul: boolean;
  /** Host name by use-host-decl-names; empty for none. */
  readonly hostName: Uint8Array;
  /** Option 3 by use-lease-addr-for-default-route; 0 for none. */
  readonly router: Ipv4;
  /** Stands in option 66 in place of what is configured there; 0 for none. */
  readonly bootServer: Ipv4;
}

/** An option with its value. */
export interface BlockEntry {
  readonly code: number;
  readonly value: Uint8Array;
}

export interface ReplyBlock extends BlockKey {
  /** Sent in front of what was asked for, asked for or not: `dhcp-message` and `associated-ip`, where they are configured. */
  readonly lead: readonly BlockEntry[];
  readonly entries: readonly BlockEntry[];
  /** All entries encoded, RFC 3396 splits included. */
  readonly bytes: Uint8Array;
  /** Before which entry option 81 belongs: where the client asked for it, else behind what it asked for and before a forced mask. */
  readonly fqdnAt: number;
  /** Option 81 as the configuration has it: among the entries when it was asked for, else for clients that sent one. */
  readonly fqdn: Uint8Array | undefined;
}

const isSameKey = (a: BlockKey, b: BlockKey): boolean =>
  a.isWhole === b.isWhole &&
  a.isMaskForced === b.isMaskForced &&
  a.mask === b.mask &&
  a.endsTextWithNul === b.endsTextWithNul &&
  a.router === b.router &&
  a.bootServer === b.bootServer &&
  isSameList(a, b) &&
  bytesEqual(a.hostName, b.hostName);

function isSameList(a: BlockKey, b: BlockKey): boolean {
  if (a.listLength !== b.listLength) return false;
  for (let i = 0; i < a.listLength; i++) if (a.listBytes[a.listAt + i] !== b.listBytes[b.listAt + i]) return false;
  return true;
}

/** Kinds of client per policy that are worth keeping: firmware, loader, installer, system and a few more. */
const blocksMax = 16;

/** Sent by the reply itself, or never: a server that sends 50, 52, 57, 61, 82 or 118 by itself misleads the client (RFC 2131 table 3). */
const notFromPolicy = new Set<number>([
  optionCode.leaseTime, optionCode.overload, optionCode.messageType, optionCode.serverIdentifier,
  optionCode.renewalTime, optionCode.rebindingTime, optionCode.clientIdentifier, optionCode.relayAgentInformation,
  optionCode.requestedAddress, optionCode.maxMessageSize, optionCode.subnetSelection,
]);
const leading: readonly number[] = [optionCode.message, optionCode.associatedIp];

/** PERF: the first one is the right one nearly always. The key may be a scratch object; a kept one is copied. */
export function blockFor(policy: Policy, key: BlockKey, spaces: ReadonlyMap<string, OptionSpace>): ReplyBlock {
  const { blocks } = policy;
  for (let i = 0; i < blocks.length; i++) {
    const block = blocks[i] as ReplyBlock;
    if (isSameKey(block, key)) return block;
  }
  const made = makeBlock(policy, key, spaces);
  if (!policy.isCacheable) return made;
  if (blocks.length >= blocksMax) blocks.shift();
  blocks.push(made);
  return made;
}

function makeBlock(policy: Policy, key: BlockKey, spaces: ReadonlyMap<string, OptionSpace>): ReplyBlock {
  const values = replyValues(policy, key, spaces);
  const configured = key.isWhole ? undefined : values.get(optionCode.parameterRequestList);
  const list = key.listBytes.slice(key.listAt, key.listAt + key.listLength);
  const wanted = configured ?? list;
  const { codes, fqdnAt } = orderOf(wanted, values, key.isMaskForced, (code) => {
    if (isOfSite(code, policy, spaces)) return behindMain;
    return policy.values.get('dhcp')?.has(code) === true ? 0 : rankOfSpace(code, spaces);
  });
  const entryOf = (code: number): BlockEntry => ({ code, value: textOf(code, values.get(code) ?? emptyBytes, key, spaces) });
  const lead = leading.filter((code) => values.has(code)).map(entryOf);
  const entries = codes.filter((code) => !leading.includes(code)).map(entryOf);
  const out = new ByteWriter(1024);
  for (const { code, value } of entries) writeOption(out, code, value);
  return { ...key, listBytes: list, listAt: 0, lead, entries, bytes: out.copy(), fqdnAt, fqdn: values.get(optionCode.fqdn) };
}

/** Codes of the site-local range: `site-option-space` begins in it, at its own lowest code (dhcpd-conf reference §9). */
const siteCodes = { first: 128, last: 224 } as const;

/** Without a request list site-local options follow those of the main space. */
const behindMain = 0.5;

/** Where the site-local space begins; undefined without one. */
function siteOf({ parameters }: Policy, spaces: ReadonlyMap<string, OptionSpace>): { readonly space: OptionSpace; readonly from: number } | undefined {
  const space = parameters.siteOptionSpace === undefined ? undefined : spaces.get(parameters.siteOptionSpace);
  if (space === undefined) return undefined;
  return { space, from: Math.max(Math.min(...space.byCode.keys(), siteCodes.last), siteCodes.first) };
}
function isOfSite(code: number, policy: Policy, spaces: ReadonlyMap<string, OptionSpace>): boolean {
  const site = siteOf(policy, spaces);
  return site !== undefined && code >= site.from && policy.values.get(site.space.name)?.has(code) === true;
}

/** Options of the main space, those of the site-local space in their place. */
function withSite(policy: Policy, spaces: ReadonlyMap<string, OptionSpace>): Map<number, Uint8Array> {
  const values = new Map(policy.values.get('dhcp'));
  const site = siteOf(policy, spaces);
  if (site === undefined) return values;
  for (const code of values.keys()) if (code >= site.from) values.delete(code);
  // Backwards: without a request list they are sent in the order in which they were set.
  for (const [code, value] of [...(policy.values.get(site.space.name) ?? [])].toReversed()) if (code >= site.from && code < 255) values.set(code, value);
  return values;
}

/** Everything that may be sent, by code: configured, derived, and encapsulated spaces packed. */
function replyValues(policy: Policy, key: BlockKey, spaces: ReadonlyMap<string, OptionSpace>): Map<number, Uint8Array> {
  const values = withSite(policy, spaces);
  if (!values.has(optionCode.subnetMask)) values.set(optionCode.subnetMask, ipv4ToBytes(key.mask));
  if (!values.has(optionCode.hostName) && key.hostName.length > 0) values.set(optionCode.hostName, key.hostName);
  if (!values.has(optionCode.routers) && key.router !== 0) values.set(optionCode.routers, ipv4ToBytes(key.router));
  if (key.bootServer !== 0 && values.has(optionCode.tftpServerName)) values.set(optionCode.tftpServerName, latin1(formatIpv4(key.bootServer)));
  const { vendorOptionSpace } = policy.parameters;
  if (vendorOptionSpace !== undefined && !values.has(optionCode.vendorEncapsulatedOptions)) {
    const packed = packSpace(vendorOptionSpace, policy.values, spaces);
    if (packed !== undefined) values.set(optionCode.vendorEncapsulatedOptions, packed);
  }
  for (const { code, format } of spaces.get('dhcp')?.byCode.values() ?? []) {
    const space = spaceIn(format, spaces);
    if (space === undefined || values.has(code)) continue;
    const packed = packSpace(space.name, policy.values, spaces);
    if (packed !== undefined) values.set(code, packed);
  }
  for (const code of values.keys())
    if (notFromPolicy.has(code) || values.get(code)?.length === 0) values.delete(code);
  return values;
}

/** Read in requests, or for the server alone; and those of NetWare/IP, which dhcpd 4.4.3 measures wrongly and leaves out. */
const neverSent: ReadonlySet<string> = new Set(['agent', 'nwip', 'server']);

/** How deep spaces within spaces are packed. */
const depthMax = 4;

/**
 * The sub-options of a space that have values, packed with its widths, behind them spaces inside it; undefined when it has none
 * of its own: then dhcpd does not look further.
 */
function packSpace(name: string, values: OptionValues, spaces: ReadonlyMap<string, OptionSpace>, depth = 0): Uint8Array | undefined {
  const space = spaces.get(name);
  if (name === 'fqdn') return packFqdn(values.get(name));
  if (depth > depthMax || neverSent.has(name)) return undefined;
  const own = [...(values.get(name)?.entries() ?? [])].toSorted(([a], [b]) => a - b);
  if (own.length === 0) return undefined;
  const parts = own.map(([code, value]) => subOption(code, value, space));
  for (const { code, format } of space?.byCode.values() ?? []) {
    const inner = values.get(name)?.has(code) === true ? undefined : spaceIn(format, spaces);
    const packed = inner && packSpace(inner.name, values, spaces, depth + 1);
    if (packed !== undefined) parts.push(subOption(code, packed, space));
  }
  return concatBytes(...parts);
}
function subOption(code: number, value: Uint8Array, space: OptionSpace | undefined): Uint8Array {
  const head = new ByteWriter(8);
  writeWidth(head, code, space?.codeWidth ?? 1);
  writeWidth(head, value.length, space?.lengthWidth ?? 1);
  return concatBytes(head.copy(), value);
}
function writeWidth(out: ByteWriter, value: number, width: number): void {
  if (width === 1) out.u8(value);
  else if (width === 2) out.u16(value);
  else if (width === 4) out.u32(value);
}

/** Interop: without a list dhcpd sends options in the order of its hash table, the last set first within a bucket. */
const bucketOf = (code: number): number => ((code & 31) + ((code >> 5) & 31)) % 17;

/** The space that an option carries, by its format; undefined for none. */
function spaceIn(format: string, spaces: ReadonlyMap<string, OptionSpace>): OptionSpace | undefined {
  const [element] = parseFormat(format).elements;
  return element?.letter === 'E' && element.name !== '' ? spaces.get(element.name) : undefined;
}
/** Encapsulated spaces without a list: in the order in which the spaces were declared, from 1. */
function rankOfSpace(code: number, spaces: ReadonlyMap<string, OptionSpace>): number {
  const space = spaceIn(spaces.get('dhcp')?.byCode.get(code)?.format ?? '', spaces);
  return [...spaces.values()].findIndex((other) => other === space) + 1;
}

/** The order of the reference: the client's list without doubles, the mask before the routers; or all that is configured. */
function orderOf(
  wanted: Uint8Array,
  values: ReadonlyMap<number, Uint8Array>,
  isMaskForced: boolean,
  spaceRank: (code: number) => number,
): { codes: number[]; fqdnAt: number } {
  const has = (code: number): boolean => values.has(code);
  let list: number[];
  let fqdnAt: number;
  if (wanted.length > 0) {
    list = [...new Set(wanted)];
    const fqdn = list.includes(optionCode.fqdn) ? list.indexOf(optionCode.fqdn) : list.length;
    if (isMaskForced && !list.includes(optionCode.subnetMask)) list.push(optionCode.subnetMask);
    // RFC 2132 §3.3: the mask before the routers; as dhcpd does it, the two change places.
    const router = list.indexOf(optionCode.routers);
    const mask = list.indexOf(optionCode.subnetMask);
    if (router >= 0 && mask > router) [list[router], list[mask]] = [optionCode.subnetMask, optionCode.routers];
    fqdnAt = list.slice(0, fqdn).filter(has).length;
  } else {
    const first = [optionCode.subnetMask, optionCode.routers, optionCode.domainNameServers, optionCode.hostName, optionCode.fqdn];
    // Encapsulated spaces come behind what was set as options.
    const rankOf = (code: number): number => spaceRank(code) || bucketOf(code) - 1000;
    const rest = [...values.keys()].toReversed().filter((code) => !first.includes(code as never)).toSorted((a, b) => rankOf(a) - rankOf(b));
    const vendor = rest.filter((code) => code === optionCode.vendorEncapsulatedOptions);
    list = [...first, ...rest.filter((code) => code !== optionCode.vendorEncapsulatedOptions), ...vendor];
    if (!isMaskForced) list = list.filter((code) => code !== optionCode.subnetMask || has(code));
    fqdnAt = first.filter(has).length;
  }
  return { codes: list.filter(has), fqdnAt };
}

function textOf(code: number, value: Uint8Array, key: BlockKey, spaces: ReadonlyMap<string, OptionSpace>): Uint8Array {
  const isText = spaces.get('dhcp')?.byCode.get(code)?.format === 't';
  return key.endsTextWithNul && isText ? concatBytes(value, Uint8Array.of(0)) : value;
}

function writeOption(out: ByteWriter, code: number, value: Uint8Array): void {
  out.reserve(wireSize(value.length));
  for (let from = 0; from < value.length; from += 255) {
    const chunk = value.subarray(from, from + 255);
    out.u8(code);
    out.u8(chunk.length);
    out.raw(chunk);
  }
}
