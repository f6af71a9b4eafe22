// Which network is a client on (server reference §4): lookups over the configured subnets and the interfaces as they are now.

import type { Ipv4 } from '../std/ipv4.ts';
import type { Interface, PacketIn } from '../model/step.ts';
import type { ServerConfig, Subnet } from '../model/server-config.ts';
import { absent } from '../wire/dhcp-view.ts';

/** An interface with what replies need to know of it. */
export interface Port {
  readonly name: string;
  readonly index: number;
  /** Shared network of its first configured address, or -1. */
  readonly network: number;
  readonly addresses: Interface['addresses'];
  readonly isTrusted: boolean;
}

export class Networks {
  readonly #config: ServerConfig;
  /** Subnets by mask, longest first, so that the innermost of overlapping ones is found. */
  readonly #byMask: readonly { readonly mask: Ipv4; readonly byNetwork: ReadonlyMap<number, Subnet> }[];
  #ports = new Map<number, Port>();
  #own = new Set<number>();

  constructor(config: ServerConfig) {
    this.#config = config;
    const masks = [...new Set(config.subnets.map(({ mask }) => mask))].toSorted((a, b) => b - a);
    this.#byMask = masks.map((mask) => ({
      mask,
      byNetwork: new Map(
        config.subnets.filter((subnet) => subnet.mask === mask).map((subnet) => [subnet.network as number, subnet]),
      ),
    }));
  }

  setInterfaces(interfaces: readonly Interface[]): void {
    this.#ports = new Map(interfaces.map((made) => [made.index, this.#port(made)]));
    this.#own = new Set(interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address as number)));
  }

  #port({ name, index, addresses }: Interface): Port {
    const declared = this.#config.sharedNetworks.find((network) => network.interface === name);
    const subnet = addresses.map(({ address }) => this.subnetOf(address)).find((found) => found !== undefined);
    return {
      name,
      index,
      network: declared?.index ?? subnet?.sharedNetwork ?? -1,
      addresses,
      isTrusted: this.#config.leasehold.trustedInterfaces.includes(name),
    };
  }

  port(ifindex: number): Port | undefined {
    return this.#ports.get(ifindex);
  }
  isOurs(address: Ipv4): boolean {
    return this.#own.has(address);
  }
  /** The innermost subnet that holds the address. PERF: one map lookup per distinct mask. */
  subnetOf(address: Ipv4): Subnet | undefined {
    for (let i = 0; i < this.#byMask.length; i++) {
      const level = this.#byMask[i];
      if (level === undefined) continue;
      const found = level.byNetwork.get((address & level.mask) >>> 0);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /**
   * Shared network of the client, or -1: link selection, subnet selection, giaddr, interface, in this order. Option 82
   * without a relay counts only on trusted interfaces, because a client could write it itself.
   */
  networkOf({ view }: PacketIn, port: Port): number {
    const giaddr = view.giaddr;
    const link = giaddr !== 0 || port.isTrusted ? view.linkSelection : absent;
    if (link !== absent) return this.#selected(link);
    const selection = view.subnetSelection;
    if (selection !== absent) return this.#selected(selection);
    if (giaddr !== 0) return this.subnetOf(giaddr)?.sharedNetwork ?? -1;
    return port.network;
  }
  #selected(address: number): number {
    return address <= 0 ? -1 : (this.subnetOf(address as Ipv4)?.sharedNetwork ?? -1);
  }

  /**
   * What we call ourselves towards this client (option 54): sub-option 11 of the relay (RFC 5107), else our address of the
   * interface inside the subnet, else its first one.
   */
  identifierFor({ view }: PacketIn, port: Port, subnet: Subnet | undefined): Ipv4 {
    const override = view.giaddr === 0 ? 0 : view.serverIdOverride;
    if (override !== 0) return override as Ipv4;
    const { addresses } = port;
    if (subnet !== undefined)
      for (let i = 0; i < addresses.length; i++) {
        const address = addresses[i]?.address ?? (0 as Ipv4);
        if ((address & subnet.mask) >>> 0 === subnet.network) return address;
      }
    return addresses[0]?.address ?? (0 as Ipv4);
  }
}
