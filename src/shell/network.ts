// The sockets of all served interfaces as one PacketPort, kept in step with the kernel's interface list.

import { toHex } from '../std/bytes.ts';
import type { ServerConfig } from '../model/server-config.ts';
import type { Interface, PacketIn } from '../model/step.ts';
import type { PacketPort } from './drain.ts';
import { dropAllFilter, udpPortFilter } from '../wire/bpf.ts';
import type { Addressing } from './addressing.ts';
import { chooseInterfaces, missingLine, missingNames, refusalLines, type Choice } from './interface-choice.ts';
import { libc } from './libc.ts';
import { InterfaceWatch, listInterfaces, type KernelInterface } from './netlink.ts';
import { openFrameSender, openPacketSocket, openRoutedSocket } from './packet-socket.ts';
import { Receiver, type DropReason, type Source } from './receiver.ts';
import type { Lane } from './send-lanes.ts';
import { Transmitter } from './transmitter.ts';

export interface NetworkOptions {
  /** Interfaces named by the operator; empty: those with a subnet. */
  readonly names: readonly string[];
  readonly addressing: Addressing;
  readonly onReadable: () => void;
  readonly onInterfaces: (interfaces: readonly Interface[]) => void;
  readonly say: (line: string) => void;
  readonly complain: (line: string) => void;
  readonly onSendFailure: (detail: string, interfaceName: string, bytes: number) => void;
}

interface Served {
  readonly source: Source | undefined;
  /** What the socket was opened for; a changed MAC or network is announced anew. */
  readonly title: string;
}

export class Network implements PacketPort {
  readonly #options: NetworkOptions;
  readonly #receiver: Receiver;
  readonly #frameFd: number;
  readonly #routedFd: number;
  readonly #served = new Map<number, Served>();
  readonly #refused = new Map<number, string>();
  /** Names that were given and are not there, as was said. */
  #missing: readonly string[] = [];
  readonly #transmitters = new Map<Lane, Transmitter>();
  readonly #watch: InterfaceWatch;
  #names = new Map<number, string>();
  #macs = new Map<number, Uint8Array>();
  #config: ServerConfig;

  /** Names of the interfaces that are served, in the kernel's order. */
  get servedNames(): string[] {
    return [...this.#served.keys()].sort((a, b) => a - b).map((index) => this.#names.get(index) ?? String(index));
  }

  /** Opens what is common to all interfaces; throws SystemError when port 67 cannot be had. */
  constructor(config: ServerConfig, options: NetworkOptions) {
    this.#config = config;
    this.#options = options;
    this.#frameFd = tryOpen(openFrameSender);
    const isRaw = this.#frameFd >= 0;
    this.#routedFd = openRoutedSocket(options.addressing.localAddress, options.addressing.serverPort, isRaw ? dropAllFilter : undefined);
    this.#receiver = new Receiver(isRaw ? 'frames' : 'udp', options.onReadable);
    if (!isRaw) this.#receiver.add(this.#routedFd, 0);
    this.#watch = new InterfaceWatch(() => this.refresh());
  }

  /** Frames are heard before the firewall; otherwise it must let UDP port 67 in. */
  get isRaw(): boolean {
    return this.#frameFd >= 0;
  }
  get drops(): ReadonlyMap<DropReason, number> {
    return this.#receiver.drops;
  }
  get packets(): readonly PacketIn[] {
    return this.#receiver.packets;
  }
  get hasReadable(): boolean {
    return this.#receiver.hasReadable;
  }
  fill(): number {
    return this.#receiver.fill();
  }
  countDrop(reason: 'quarantined'): void {
    this.#receiver.countDrop(reason);
  }

  send(lane: Lane): void {
    let transmitter = this.#transmitters.get(lane);
    if (transmitter === undefined) {
      transmitter = new Transmitter(lane, {
        frameFd: this.#frameFd,
        routedFd: this.#routedFd,
        addressing: this.#options.addressing,
        onFailure: (detail, ifindex, size) =>
          this.#options.onSendFailure(detail, this.#names.get(ifindex) ?? 'fallback', size),
      });
      transmitter.macs = this.#macs;
      this.#transmitters.set(lane, transmitter);
    }
    transmitter.send();
  }

  /** After a reload: subnets decide which interfaces are served. */
  reconfigure(config: ServerConfig): void {
    this.#config = config;
    this.refresh();
  }

  /** Brings sockets in line with the kernel's list and tells the core the whole list. */
  refresh(): void {
    const all = listInterfaces();
    this.#names = new Map(all.map(({ index, name }) => [index, name]));
    this.#macs = new Map(all.map(({ index, mac }) => [index, mac]));
    for (const transmitter of this.#transmitters.values()) transmitter.macs = this.#macs;
    const choices = chooseInterfaces(all, this.#options.names, this.#config);
    const wanted = new Set(choices.filter(({ isServed }) => isServed).map((choice) => choice.interface.index));
    for (const index of this.#served.keys()) if (!wanted.has(index)) this.#stopServing(index);
    this.#sayMissing(missingNames(all, this.#options.names));
    for (const choice of choices) this.#serve(choice);
    this.#options.onInterfaces(all);
  }

  #sayMissing(names: readonly string[]): void {
    for (const name of names) if (!this.#missing.includes(name)) this.#options.complain(missingLine(name));
    this.#missing = names;
  }

  #serve(choice: Choice): void {
    const { index, name } = choice.interface;
    if (!choice.isServed) {
      const lines = refusalLines(choice);
      if (this.#refused.get(index) === lines[0]) return;
      this.#refused.set(index, lines[0] ?? '');
      for (const line of lines) this.#options.complain(line);
      return;
    }
    this.#refused.delete(index);
    const title = this.#titleOf(choice.interface, choice.network?.name ?? 'unattached');
    const served = this.#served.get(index);
    if (served?.title === title) return;
    let source = served?.source;
    if (served === undefined && this.isRaw) {
      try {
        source = this.#receiver.add(openPacketSocket(index, udpPortFilter(this.#options.addressing.serverPort)), index);
      } catch (error) {
        this.#options.complain(`Can't listen on ${name}: ${(error as Error).message}`);
        return;
      }
    }
    this.#served.set(index, { source, title });
    this.#options.say(`Listening on ${title}`);
    this.#options.say(`Sending on   ${title}`);
  }

  #titleOf({ name, mac }: KernelInterface, network: string): string {
    return this.isRaw ? `LPF/${name}/${toHex(mac, ':')}/${network}` : `Socket/${name}/${network}`;
  }

  #stopServing(index: number): void {
    const served = this.#served.get(index);
    if (served === undefined) return;
    this.#served.delete(index);
    if (served.source !== undefined) this.#receiver.remove(served.source);
    this.#options.say(`No longer listening on ${served.title}`);
  }

  /** dhcpd's last line about sockets. */
  sayFallback(): void {
    this.#options.say('Sending on   Socket/fallback/fallback-net');
    if (!this.isRaw)
      this.#options.complain(
        `Raw packets are not permitted (CAP_NET_RAW is missing): receiving by UDP, so the firewall must let port ${this.#options.addressing.serverPort}/udp in, and clients without an address are answered by broadcast.`,
      );
  }

  close(): void {
    this.#watch.close();
    this.#receiver.close();
    if (this.#frameFd >= 0) libc.close(this.#frameFd);
    if (this.isRaw) libc.close(this.#routedFd);
  }
}

/** -1 where the socket is not permitted; any other failure is a failure. */
function tryOpen(open: () => number): number {
  try {
    return open();
  } catch (error) {
    if (['EPERM', 'EACCES', 'EAFNOSUPPORT'].includes((error as { code?: string }).code ?? '')) return -1;
    throw error;
  }
}
