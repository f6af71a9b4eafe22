// What a client's attributes make of a host, one row an attribute (OMAPI reference §4.2). The draft becomes a record only when all
// attributes were taken, so a change is whole or does not happen (§7.1 item 12).

import { bytesEqual } from '../../std/bytes.ts';
import type { AddressItem } from '../../model/expression.ts';
import type { Hardware } from '../../model/hardware.ts';
import type { ServerConfig } from '../../model/server-config.ts';
import type { HostRecord } from '../../lease/host-record.ts';
import type { LeaseStore } from '../../lease/lease-store.ts';
import type { OmapiPairs } from '../../wire/omapi-message.ts';
import { omapiResult as result } from './results.ts';
import { readStatements } from './statements.ts';
import { addressesOf, objectNamePattern, textOf, u32Of } from './values.ts';
import { isGroup } from './groups.ts';

type Draft = { -readonly [K in keyof HostRecord]: HostRecord[K] };
type Setter = (draft: Draft, value: Uint8Array, x: HostWorld) => number;

/** What a draft looks things up in. */
export interface HostWorld {
  readonly store: LeaseStore;
  readonly config: () => ServerConfig;
  readonly allowsExecute: boolean;
}

const hardwareSizeMax = 20;

/** Ethernet, for a client that gave an address without its type. */
const defaultHardwareType = 1;

const setters: Readonly<Record<string, Setter>> = {
  'ip-address'(draft, value) {
    const addresses = value.length === 0 ? [] : addressesOf(value);
    if (addresses === undefined) return result.invalidArgument;
    draft.fixedAddresses = addresses.map((address): AddressItem => ({ kind: 'address', address }));
    return result.success;
  },
  'dhcp-client-identifier': (draft, value) => onlyOnce(draft.uid, value, (uid) => (draft.uid = uid)),
  name: (draft, value) => nameProblem(draft, value),
  'hardware-address'(draft, value) {
    if (value.length > hardwareSizeMax) return result.invalidArgument;
    return onlyOnce(hasAddress(draft.hardware) ? draft.hardware.address : undefined, value, (address) => {
      draft.hardware = { htype: draft.hardware?.htype ?? defaultHardwareType, address };
    });
  },
  'hardware-type'(draft, value) {
    const htype = u32Of(value);
    if (htype === undefined || htype > 255) return result.invalidArgument;
    draft.hardware = { htype, address: draft.hardware?.address ?? new Uint8Array(0) };
    return result.success;
  },
  group(draft, value, x) {
    const name = textOf(value);
    if (value.length === 0) return result.invalidArgument;
    if (!isGroup(name, x)) return result.notFound;
    if (draft.group === name) return result.success;
    draft.group = name;
    draft.statements = [];
    return result.success;
  },
  statements(draft, value, x) {
    const read = readStatements(value, x.config(), x.allowsExecute);
    if (!read.ok) return read.error;
    const { lines, uid } = read.value;
    const isSame = lines.length === draft.statements.length && lines.every((line, index) => line === draft.statements[index]);
    if (draft.statements.length > 0 && !isSame) return result.alreadyExists;
    draft.statements = lines;
    return uid === undefined ? result.success : onlyOnce(draft.uid, uid, (own) => (draft.uid = own));
  },
  known: () => result.success,
};

const hasAddress = (hardware: Hardware | undefined): hardware is Hardware => hardware !== undefined && hardware.address.length > 0;

/** Written once: the same value again changes nothing, another one is refused. */
function onlyOnce(before: Uint8Array | undefined, value: Uint8Array, set: (value: Uint8Array) => void): number {
  if (value.length === 0) return result.invalidArgument;
  if (before !== undefined) return bytesEqual(before, value) ? result.success : result.alreadyExists;
  set(value);
  return result.success;
}

function nameProblem(draft: Draft, value: Uint8Array): number {
  const name = textOf(value);
  if (draft.name !== '') return draft.name === name ? result.success : result.alreadyExists;
  if (/[^\x20-\x7e]/.test(name)) return result.ioError;
  if (!objectNamePattern.test(name)) return result.invalidArgument;
  draft.name = name;
  return result.success;
}

export const emptyHost: HostRecord = {
  name: '', isDeleted: false, isStatic: false, hardware: undefined, uid: undefined, fixedAddresses: [], group: undefined, statements: [],
};

/** The record with the attributes in it, or the number of the first refusal. */
export function withAttributes(host: HostRecord, attributes: OmapiPairs, x: HostWorld): HostRecord | number {
  const draft: Draft = { ...host };
  for (const [name, value] of attributes) {
    const setter = Object.hasOwn(setters, name) ? setters[name] : undefined;
    const code = setter === undefined ? result.unknownAttribute : setter(draft, value, x);
    if (code !== result.success) return code;
  }
  if (!hasAddress(draft.hardware)) draft.hardware = undefined;
  return draft;
}
