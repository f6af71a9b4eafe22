// Parcels about contacts (topic `contacts`): when a reserved host last got its address, and what a lease's client said besides its
// binding. The latest of each counts, so a parcel that is lost or comes twice does no harm.
//
//   contact  kind 1  address:u32  at:u32  ends:u32  htype:u8  mac:u8 bytes  host:str  stage:u8  vendor:u8 bytes  user:u8 bytes
//   details  kind 2  address:u32  at:u32  htype:u8  mac:u8 bytes  hostname:u8 bytes  agent:u16 bytes  count:u8 { name:str type:u8 size:u16 value }…

import type { ByteWriter } from '../std/bytes.ts';
import { ParcelReader, writeParcelString } from './parcel-reader.ts';

export interface WireContact {
  readonly kind: 'contact';
  readonly address: number;
  readonly at: number;
  readonly ends: number;
  readonly htype: number;
  readonly mac: Uint8Array;
  readonly host: string;
  /** What asked: an index that both nodes read alike. */
  readonly stage: number;
  readonly vendorClass: Uint8Array;
  readonly userClass: Uint8Array;
}
export interface WireVariable {
  readonly name: string;
  /** 0 data, 1 number (4 bytes), 2 boolean (1 byte). */
  readonly type: number;
  readonly value: Uint8Array;
}
export interface WireDetails {
  readonly kind: 'details';
  readonly address: number;
  /** Last contact with the client: what is older than the receiver's own says nothing. */
  readonly at: number;
  readonly htype: number;
  readonly mac: Uint8Array;
  /** Empty: none. */
  readonly hostname: Uint8Array;
  readonly agentOptions: Uint8Array;
  readonly variables: readonly WireVariable[];
}

const code = { contact: 1, details: 2 } as const;
const macMax = 20;
const variablesMax = 64;

export function writeWireContact(out: ByteWriter, { address, at, ends, htype, mac, host, stage, vendorClass, userClass }: WireContact): void {
  out.u8(code.contact);
  out.u32(address);
  out.u32(at);
  out.u32(ends);
  out.u8(htype);
  out.u8(mac.length);
  out.raw(mac);
  writeParcelString(out, host);
  out.u8(stage);
  for (const text of [vendorClass.subarray(0, 255), userClass.subarray(0, 255)]) {
    out.u8(text.length);
    out.raw(text);
  }
}

/** Variables beyond the 64th stay untold. */
export function writeWireDetails(out: ByteWriter, { address, at, htype, mac, hostname, agentOptions, variables }: WireDetails): void {
  out.u8(code.details);
  out.u32(address);
  out.u32(at);
  out.u8(htype);
  out.u8(mac.length);
  out.raw(mac);
  out.u8(hostname.length);
  out.raw(hostname);
  out.u16(agentOptions.length);
  out.raw(agentOptions);
  const told = variables.slice(0, variablesMax);
  out.u8(told.length);
  for (const { name, type, value } of told) {
    writeParcelString(out, name);
    out.u8(type);
    out.u16(value.length);
    out.raw(value);
  }
}

/** Undefined: not what Leasehold writes; then nothing of it is believed. */
export function decodeContactParcel(bytes: Uint8Array): readonly (WireContact | WireDetails)[] | undefined {
  const reader = new ParcelReader(bytes);
  const items: (WireContact | WireDetails)[] = [];
  while (reader.isGood && !reader.isAtEnd) {
    const kind = reader.u8();
    if (kind === code.details) items.push(readDetails(reader));
    else if (kind === code.contact) items.push(readContact(reader));
    else return undefined;
  }
  return reader.isGood ? items : undefined;
}

function readContact(reader: ParcelReader): WireContact {
  const [address, at, ends, htype] = [reader.u32(), reader.u32(), reader.u32(), reader.u8()];
  return {
    kind: 'contact', address, at, ends, htype, mac: readMac(reader), host: reader.string(),
    stage: reader.u8(),
    vendorClass: reader.bytes(reader.u8()),
    userClass: reader.bytes(reader.u8()),
  };
}
function readDetails(reader: ParcelReader): WireDetails {
  const [address, at, htype] = [reader.u32(), reader.u32(), reader.u8()];
  return {
    kind: 'details', address, at, htype, mac: readMac(reader),
    hostname: reader.bytes(reader.u8()),
    agentOptions: reader.bytes(reader.u16()),
    variables: reader.list(reader.u8(), variablesMax, () => ({ name: reader.string(), type: reader.u8(), value: reader.bytes(reader.u16()) })),
  };
}
function readMac(reader: ParcelReader): Uint8Array {
  const length = reader.u8();
  if (length > macMax) reader.isGood = false;
  return reader.bytes(length);
}
