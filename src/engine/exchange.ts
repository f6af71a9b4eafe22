// One packet being answered: everything the message handlers share. PERF: one object per engine, refilled.

import type { Ipv4 } from '../std/ipv4.ts';
import type { Now } from '../std/time.ts';
import type { PacketLine, Via } from '../model/log-lane.ts';
import type { Effects, PacketIn } from '../model/step.ts';
import type { Recorder } from '../model/why.ts';
import type { DhcpView } from '../wire/dhcp-view.ts';
import { emptyBytes } from '../std/bytes.ts';
import { optionCode } from '../wire/option-codes.ts';
import type { ClassSet } from './classes.ts';
import type { Port } from './networks.ts';

export class Exchange {
  packet!: PacketIn;
  view!: DhcpView;
  now!: Now;
  effects!: Effects;
  port!: Port;
  classes!: ClassSet;
  why: Recorder | undefined;
  /** A DISCOVER on paper (`explain`): nothing outside this exchange may change. */
  isRehearsal = false;
  /** The lease was granted a moment ago, and the wait for the partner is over (held-requests.ts). */
  isSettled = false;
  readonly via: { giaddr: number; interfaceName: string } & Via = { giaddr: 0, interfaceName: '' };
  /** Shared network, or -1. */
  network = -1;
  /** Some host declaration names this client, wherever its address is. */
  isKnown = false;
  /** Host whose fixed address lies on this network, and the address; -1 and 0 without. */
  fixedHost = -1;
  fixedAddress = 0 as Ipv4;
  /** Host without fixed address, for options and `deny unknown-clients`; -1 without. */
  optionsHost = -1;
  /** Hash of the client's identity: uid if it sent one, else hardware. */
  client = 0;
  /** Offset and length of option 61 in `view.joined`; length -1 when absent. */
  uidAt = 0;
  uidLength = -1;
  /**
   * Payload of option 82 that counts: the packet's own when it came through a relay or a trusted interface, else what a
   * relay said when this lease was granted (the stash), else none (length -1).
   */
  agentBytes: Uint8Array = emptyBytes;
  agentAt = -1;
  agentLength = -1;

  readonly #salt: number;

  /** `salt` keeps strangers from choosing an identity that hashes like another client's. */
  constructor(salt = 0) {
    this.#salt = salt | 0;
  }

  get hasUid(): boolean {
    return this.uidLength > 0;
  }
  /** Host whose options the client gets; -1 without. */
  get host(): number {
    return this.fixedHost >= 0 ? this.fixedHost : this.optionsHost;
  }

  begin(packet: PacketIn, port: Port, now: Now, effects: Effects, why: Recorder | undefined): void {
    const { view } = packet;
    this.packet = packet;
    this.view = view;
    this.port = port;
    this.now = now;
    this.effects = effects;
    this.why = why;
    this.isRehearsal = false;
    this.isSettled = false;
    this.via.giaddr = view.giaddr;
    this.via.interfaceName = port.name;
    this.network = -1;
    this.isKnown = false;
    this.fixedHost = -1;
    this.fixedAddress = 0 as Ipv4;
    this.optionsHost = -1;
    this.uidAt = view.optionAt(optionCode.clientIdentifier);
    this.uidLength = view.optionLength(optionCode.clientIdentifier);
    const isAgentTrusted = view.giaddr !== 0 || port.isTrusted;
    this.agentBytes = view.joined;
    this.agentAt = isAgentTrusted ? view.optionAt(optionCode.relayAgentInformation) : -1;
    this.agentLength = isAgentTrusted ? view.optionLength(optionCode.relayAgentInformation) : -1;
    this.client = this.hasUid
      ? fnv(view.joined, this.uidAt, this.uidLength, this.#salt ^ 0x1000)
      : fnv(view.slot, view.chaddrAt, view.hlen, this.#salt ^ view.htype);
  }
}

/** dhcpd's line for a packet and what became of it. */
export const logPacket = (x: Exchange, line: PacketLine, ip: Ipv4, hostname: string, reason: string): void =>
  x.effects.log.packet(line, ip, x.view, x.via, hostname, reason);

/** Where sub-option `sub` of the option 82 that counts begins in `agentBytes`, -1 when absent; its size is the byte before. */
export function agentOptionAt(x: Exchange, sub: number): number {
  const bytes = x.agentBytes;
  let at = x.agentAt;
  const end = at + x.agentLength;
  while (at >= 0 && at + 2 <= end) {
    const next = at + 2 + (bytes[at + 1] ?? 0);
    // A malformed tail, and code 0 as in dhcpd, end the list.
    if (next > end || bytes[at] === 0) return -1;
    if (bytes[at] === sub) return at + 2;
    at = next;
  }
  return -1;
}

/** FNV-1a, 32 bits: keys of in-memory tables only. */
function fnv(bytes: Uint8Array, offset: number, length: number, salt: number): number {
  let hash = Math.imul(0x811c9dc5 ^ salt, 0x01000193);
  for (let at = offset; at < offset + length; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193) ^ (hash >>> 15);
  return hash >>> 0;
}
