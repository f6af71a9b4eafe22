// What a message says of firmware that boots from the network (RFC 4578, pxe-boot reference §1.1), put before the boot desk.
// PERF: where no boot files are served nothing of this runs; elsewhere an ordinary client costs a few lookups.

import { fromLatin1 } from '../std/bytes.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import type { BootAnswer, BootClient, BootDesk, BootReply, NetworkBooter } from '../model/boot-desk.ts';
import { groupsOf } from '../model/boot-match.ts';
import type { HostTable } from '../lease/host-table.ts';
import type { DhcpView } from '../wire/dhcp-view.ts';
import { optionCode } from '../wire/option-codes.ts';
import type { Exchange } from './exchange.ts';

/** iPXE's own options, encapsulated: whoever sends them is iPXE. */
const ipxeOptions = 175;
/** Interop: iPXE sends bare text, others its length first as RFC 3004 wants it. */
const ipxeNames = new Set(['iPXE', '\u0004iPXE']);
const ethernet = 1;
const macSize = 6;

export const textOf = (view: DhcpView, code: number): string => {
  const value = view.option(code);
  return value === undefined ? '' : fromLatin1(value);
};

/** Codes of option 93, else the one in `PXEClient:Arch:00007:…`, else BIOS, which once was all there was. */
function architecturesOf(view: DhcpView, vendorClass: string): number[] {
  const list = view.option(optionCode.pxeSystemType) ?? new Uint8Array(0);
  if (list.length >= 2 && list.length % 2 === 0)
    return Array.from({ length: list.length / 2 }, (_, index) => (list[2 * index] ?? 0) * 256 + (list[2 * index + 1] ?? 0));
  const named = /^\w+:Arch:(\d{5})/.exec(vendorClass)?.[1];
  return [named === undefined ? 0 : Number(named)];
}

/** undefined for a client that does not boot from the network. */
export function networkBooterOf(view: DhcpView): NetworkBooter | undefined {
  const isIpxe = view.hasOption(ipxeOptions) || ipxeNames.has(textOf(view, optionCode.userClass));
  const vendorClass = textOf(view, optionCode.vendorClassIdentifier);
  const isHttp = vendorClass.startsWith('HTTPClient');
  if (!isIpxe && !isHttp && !vendorClass.startsWith('PXEClient')) return undefined;
  return { architectures: architecturesOf(view, vendorClass), isHttp, isIpxe };
}

interface Told {
  readonly client: BootClient;
  readonly answer: BootAnswer;
  readonly siaddr: Ipv4;
  readonly file: Uint8Array | undefined;
}

export class NetworkBoot {
  readonly desk: BootDesk;
  readonly #hosts: HostTable;

  constructor(desk: BootDesk, hosts: HostTable) {
    this.desk = desk;
    this.#hosts = hosts;
  }

  /** undefined for whoever does not boot from the network, and for hardware that loaders have no file names for. */
  clientOf(x: Exchange, ip: Ipv4, server: Ipv4): BootClient | undefined {
    const { view } = x;
    const booter = view.htype === ethernet && view.hlen === macSize ? networkBooterOf(view) : undefined;
    if (booter === undefined) return undefined;
    const host = x.host < 0 ? undefined : this.#hosts.declaration(x.host);
    return {
      mac: view.chaddr.slice(), booter, ip, server,
      hostName: host?.name ?? '',
      groups: host === undefined ? [] : groupsOf(host),
      classes: x.classes.members.map(({ declaration }) => declaration.name),
    };
  }

  /** An address was offered or granted. `booting`: to a client that boots from the network, with the file that it was told. */
  told(x: Exchange, kind: BootReply['kind'], yiaddr: Ipv4, booting: Told | undefined): void {
    if (booting !== undefined) {
      const { client, answer, siaddr: server, file } = booting;
      const reply = { kind, file: file === undefined ? '' : fromLatin1(file), server, answer };
      this.desk.replied(client, reply, x.effects);
    } else if (kind === 'ack' && this.desk.isAwaiting && x.view.hlen === macSize) this.desk.systemUp(x.view.chaddr, yiaddr, x.effects);
  }
}
