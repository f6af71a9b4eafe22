// The UDP payload of a captured frame. More forgiving than the packet path: a capture has VLAN tags, the headers of other link
// types, and checksums that the card would have filled in.

import { auxStatus, ethernetSize, ethertype, ipv4Size, parseUdpDatagram, type FrameCheck, type UdpFrame } from './frames.ts';

/** Where the IPv4 header begins, by link type (registry of tcpdump.org): behind a header with a protocol field, or at once. */
const linkHeaders: Readonly<Record<number, { readonly size: number; readonly protocolAt: number | undefined }>> = {
  1: { size: ethernetSize, protocolAt: 12 },
  101: { size: 0, protocolAt: undefined },
  /** Linux cooked, as `tcpdump -i any` writes it, and its second version. */
  113: { size: 16, protocolAt: 14 },
  228: { size: 0, protocolAt: undefined },
  276: { size: 20, protocolAt: 0 },
};
export const linkType = { ethernet: 1, raw: 101, cooked: 113, cookedV2: 276 } as const;

const vlanTags: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100]);
const vlanTagsMax = 2;

/** `ok` and `out` is filled; or why the frame holds no UDP datagram. */
export function parseCaptured(view: DataView, link: number, start: number, size: number, out: UdpFrame): FrameCheck | 'link-type' {
  const header = linkHeaders[link];
  if (header === undefined) return 'link-type';
  let ip = start + header.size;
  if (size < header.size + ipv4Size || start + size > view.byteLength) return 'frame-short';
  if (header.protocolAt !== undefined) {
    let protocol = view.getUint16(start + header.protocolAt);
    for (let tags = 0; vlanTags.has(protocol) && tags < vlanTagsMax && ip + 4 <= start + size; tags++) {
      protocol = view.getUint16(ip + 2);
      ip += 4;
    }
    if (protocol !== ethertype.ipv4) return 'not-ipv4';
  }
  return parseUdpDatagram(view, ip, start + size - ip, auxStatus.checksumNotReady, out);
}
