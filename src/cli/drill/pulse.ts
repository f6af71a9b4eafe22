// Synthetic clients that want an address again and again, so that a gap in service is seen to a fifth of a second. Their MAC addresses
// begin with 02:00:4c:48, which no vendor has; what they were leased is released at the end.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Ipv4 } from '../../std/ipv4.ts';
import { dhcpAt, messageType } from '../../wire/dhcp-view.ts';
import { optionCode } from '../../wire/option-codes.ts';
import { ethernetSize } from '../../wire/frames.ts';
import { ClientMessages, type MessageKind } from '../bench/client-messages.ts';
import { LoadPort } from '../bench/load-port.ts';
import type { Probe } from './service.ts';

/** The four bytes behind 02:00 of the first client: `LH`, then its number. */
export const firstClient = 0x4c480000;
export const macPrefix = '02:00:4c:48';
const everyMillis = 200;
/** A client that is not answered would ask again by then or later (RFC 2131 §4.1: four seconds). */
const patienceMillis = 1_000;
const turnMillis = 20;

interface Open {
  readonly client: number;
  readonly xid: number;
  readonly startedAt: number;
}
interface Held {
  readonly address: number;
  readonly server: number;
  readonly serverMac: Uint8Array;
}

export class Pulse {
  readonly #port: LoadPort;
  readonly #messages = new ClientMessages(0 as Ipv4);
  readonly #clients: number;
  readonly #open = new Map<number, Open>();
  /** By client and server: each node may have leased it an address. */
  readonly #held = new Map<string, Held & { readonly client: number }>();
  #probes: Probe[] = [];
  #next = 0;
  #nextClient = 0;
  #nextXid = (process.pid & 0xffff) << 16;

  constructor(interfaceName: string, clients: number) {
    this.#port = new LoadPort({ interfaceName, giaddr: 0 as Ipv4, server: 0 as Ipv4, serverPort: 67 });
    this.#clients = clients;
  }

  /** Asks until `isOver`, then waits for the last answers; what was asked since the last call. */
  async run(isOver: () => boolean): Promise<readonly Probe[]> {
    this.#next = performance.now();
    while (!isOver()) await this.#turn(true);
    for (const end = performance.now() + patienceMillis; this.#open.size > 0 && performance.now() < end; ) await this.#turn(false);
    this.#expire(Infinity);
    const probes = this.#probes;
    this.#probes = [];
    return probes;
  }

  async #turn(asks: boolean): Promise<void> {
    const now = performance.now();
    this.#receive(now);
    this.#expire(now);
    if (asks && now >= this.#next) {
      this.#next += everyMillis;
      this.#begin(now);
    }
    this.#port.flush();
    await sleep(turnMillis);
  }

  #begin(now: number): void {
    const client = this.#nextClient;
    this.#nextClient = (client + 1) % this.#clients;
    const xid = this.#nextXid++ >>> 0;
    this.#open.set(xid, { client, xid, startedAt: now });
    this.#send('discover', client, xid, 0, 0);
  }
  #send(kind: MessageKind, client: number, xid: number, address: number, serverIdentifier: number): void {
    this.#messages.write(kind, { xid, client: firstClient + client, secs: 0, address, serverIdentifier }, this.#port.slot, this.#port.slotView);
    this.#port.queue();
  }
  #expire(now: number): void {
    for (const { xid, startedAt } of this.#open.values())
      if (now - startedAt >= patienceMillis) {
        this.#open.delete(xid);
        this.#probes.push({ startedAt, servedAt: undefined, by: 0 });
      }
  }

  #receive(now: number): void {
    for (let count = this.#port.receive(), slot = 0; slot < count; slot++) if (this.#port.locate(slot)) this.#read(now);
  }
  #read(now: number): void {
    const { view } = this.#port.input.data;
    const { start, size } = this.#port.reply;
    if (size < dhcpAt.options) return;
    const open = this.#open.get(view.getUint32(start + dhcpAt.xid));
    if (open === undefined || view.getUint32(start + dhcpAt.chaddr + 2) !== firstClient + open.client) return;
    const { type, server } = optionsOf(view, start + dhcpAt.options, start + size);
    const address = view.getUint32(start + dhcpAt.yiaddr);
    if (type === messageType.offer) this.#send('selecting', open.client, open.xid, address, server);
    else if (type === messageType.ack) {
      this.#open.delete(open.xid);
      this.#probes.push({ startedAt: open.startedAt, servedAt: now, by: server });
      // The Ethernet header stands before the IP and UDP headers of 28 bytes; the server's address is its second half.
      const frame = start - 28 - ethernetSize;
      const serverMac = Uint8Array.from({ length: 6 }, (_, byte) => view.getUint8(frame + 6 + byte));
      this.#held.set(`${open.client} ${address}`, { client: open.client, address, server, serverMac });
    }
  }

  /** Gives back everything, each to the node that leased it last. */
  release(): number {
    for (const { client, address, server, serverMac } of this.#held.values()) {
      this.#messages.serverMac.set(serverMac);
      this.#send('release', client, this.#nextXid++ >>> 0, address, server);
    }
    this.#port.flush();
    const count = this.#held.size;
    this.#held.clear();
    return count;
  }
  close(): void {
    this.#port.close();
  }
}

function optionsOf(view: DataView, from: number, to: number): { readonly type: number; readonly server: number } {
  let [type, server] = [0, 0];
  for (let at = from; at + 1 < to && view.getUint8(at) !== 255; ) {
    const code = view.getUint8(at);
    if (code === 0) {
      at++;
      continue;
    }
    const size = view.getUint8(at + 1);
    if (code === optionCode.messageType && size === 1 && at + 2 < to) type = view.getUint8(at + 2);
    if (code === optionCode.serverIdentifier && size === 4 && at + 6 <= to) server = view.getUint32(at + 2);
    at += 2 + size;
  }
  return { type, server };
}
