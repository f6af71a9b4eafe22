// The packets of a simulated node: what clients sent waits in a queue, what it answers goes to whoever delivers it.

import type { Ipv4 } from '../../src/std/ipv4.ts';
import type { PacketIn } from '../../src/model/step.ts';
import type { PacketPort } from '../../src/shell/drain.ts';
import type { Lane } from '../../src/shell/send-lanes.ts';
import { DhcpView } from '../../src/wire/dhcp-view.ts';

/** Of its one interface. */
export const ifindex = 2;
const slotSize = 2048;

/** One packet a round: every step is committed by itself, which is the harder case for the order of lanes. */
export class SimPort implements PacketPort {
  readonly packets: PacketIn[];
  readonly #queue: { payload: Uint8Array; source: Ipv4 }[] = [];
  readonly #slots: Uint8Array[];
  readonly #send: (lane: Lane) => void;

  constructor(send: (lane: Lane) => void) {
    this.#send = send;
    this.#slots = Array.from({ length: 8 }, () => new Uint8Array(slotSize));
    this.packets = this.#slots.map((slot) => ({
      view: new DhcpView(slot),
      ifindex,
      source: 0 as Ipv4,
      sourcePort: 68,
      destination: 0xffffffff as Ipv4,
    }));
  }
  receive(payload: Uint8Array, source: Ipv4): void {
    this.#queue.push({ payload, source });
  }
  get hasReadable(): boolean {
    return this.#queue.length > 0;
  }
  fill(): number {
    let count = 0;
    while (count < this.packets.length) {
      const next = this.#queue.shift();
      if (next === undefined) break;
      const packet = this.packets[count] as PacketIn;
      (this.#slots[count] as Uint8Array).set(next.payload);
      const check = packet.view.check(next.payload.length);
      if (check !== 'ok' && check !== 'bootp') continue;
      packet.source = next.source;
      count++;
    }
    return count;
  }
  send(lane: Lane): void {
    this.#send(lane);
  }
  countDrop(): void {}
}
