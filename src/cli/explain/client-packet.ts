// The DHCPDISCOVER that the client described on the command line would send.
//
//   header 236 · cookie · 53 · 61 · 50 · 12 · 60 · 77 · 93 · 55 · 82 (last, as a relay adds it) · end

import { ByteWriter, latin1 } from '../../std/bytes.ts';
import type { Ipv4 } from '../../std/ipv4.ts';
import { dhcpAt, magicCookie, messageType } from '../../wire/dhcp-view.ts';

export interface ClientDescription {
  /** 0 to 16 bytes of Ethernet address. */
  readonly hardware: Uint8Array;
  readonly clientId?: Uint8Array;
  readonly vendorClass?: string;
  readonly userClass?: string;
  /** Option 93 (RFC 4578 §2.1). */
  readonly architecture?: number;
  readonly hostname?: string;
  /** The relay; 0.0.0.0 for a client on the server's own link. */
  readonly giaddr: Ipv4;
  readonly circuitId?: string;
  readonly remoteId?: string;
  readonly requestedAddress?: Ipv4;
}

/** What PXE firmware and common clients ask for: mask, router, DNS, names, times, MTU, NTP, boot server and file, routes. */
const wanted = Uint8Array.of(1, 3, 6, 12, 15, 26, 28, 42, 43, 51, 54, 58, 59, 60, 66, 67, 119, 121);

const option = (out: ByteWriter, code: number, value: Uint8Array | undefined): void => {
  if (value === undefined || value.length === 0 || value.length > 255) return;
  out.u8(code);
  out.u8(value.length);
  out.raw(value);
};
const textOption = (out: ByteWriter, code: number, text: string | undefined): void =>
  option(out, code, text === undefined ? undefined : latin1(text));

/** A sub-option of option 82 (RFC 3046 §2.0); two of them fit. */
function agentPart(code: number, text: string | undefined): readonly number[] {
  const value = latin1(text ?? '').subarray(0, 125);
  return text === undefined ? [] : [code, value.length, ...value];
}

export function discoverOf(client: ClientDescription): Uint8Array {
  const header = new Uint8Array(dhcpAt.cookie);
  const view = new DataView(header.buffer);
  header.set([1, 1, Math.min(client.hardware.length, 16), client.giaddr === 0 ? 0 : 1]);
  view.setUint32(dhcpAt.xid, 0x1ea5e401);
  view.setUint32(dhcpAt.giaddr, client.giaddr);
  header.set(client.hardware.subarray(0, 16), dhcpAt.chaddr);
  const out = new ByteWriter(576);
  out.raw(header);
  out.u32(magicCookie);
  option(out, 53, Uint8Array.of(messageType.discover));
  option(out, 61, client.clientId);
  if (client.requestedAddress !== undefined) {
    out.u8(50);
    out.u8(4);
    out.u32(client.requestedAddress);
  }
  textOption(out, 12, client.hostname);
  textOption(out, 60, client.vendorClass);
  textOption(out, 77, client.userClass);
  if (client.architecture !== undefined) option(out, 93, Uint8Array.of(client.architecture >> 8, client.architecture & 255));
  option(out, 55, wanted);
  option(out, 82, Uint8Array.of(...agentPart(1, client.circuitId), ...agentPart(2, client.remoteId)));
  out.u8(255);
  const bytes = new Uint8Array(Math.max(out.size, 300));
  bytes.set(out.view());
  return bytes;
}
