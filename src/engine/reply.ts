// Assembling a reply: message type, identifier and times first, then the policy's block, then what only this client has
// (server reference §1.4). PERF: with a kept block it is one header, a few words and one copy.

import { formatIpv4, type Ipv4 } from '../std/ipv4.ts';
import { emptyBytes, fromLatin1, latin1, toHex } from '../std/bytes.ts';
import type { Seconds } from '../std/time.ts';
import type { OptionSpace } from '../wire/option-table.ts';
import { DhcpWriter, paddedSize, payloadLimit } from '../wire/dhcp-writer.ts';
import { broadcastFlag, dhcpAt, messageType, type DhcpView } from '../wire/dhcp-view.ts';
import { optionCode } from '../wire/option-codes.ts';
import type { BootAnswer, BootClient } from '../model/boot-desk.ts';
import type { SendLane } from '../model/step.ts';
import { address, type ReplyKind } from './addressing.ts';
import type { Exchange } from './exchange.ts';
import { fqdnReply } from './fqdn.ts';
import { rebindingTime, renewalTime } from './lease-time.ts';
import { agentInformationOmitted, nameTruncated, optionsOmitted, unknownSpace } from './log-events.ts';
import type { NetworkBoot } from './network-boot.ts';
import type { Parameters } from './parameters.ts';
import type { Policy } from './policy.ts';
import type { ReverseNames } from './reverse-names.ts';
import { blockFor, type BlockKey, type ReplyBlock } from './reply-block.ts';

export interface ReplyPlan {
  kind: ReplyKind;
  /** Option 53. */
  type: number;
  yiaddr: Ipv4;
  serverId: Ipv4;
  /** Option 51; undefined for INFORM and BOOTP. */
  leaseSeconds: Seconds | undefined;
  policy: Policy;
  mask: Ipv4;
  hostName: string;
  isOnLink: boolean;
  lane: SendLane;
}

/** What a reply says to a client that boots from the network. */
interface Booting {
  readonly client: BootClient;
  readonly answer: BootAnswer;
  readonly siaddr: Ipv4;
  /** Of its profile; undefined where dhcpd.conf names its file, or there is none. */
  readonly file: Uint8Array | undefined;
  /** Interop: UEFI HTTP boot drops an offer that does not say its word back. */
  readonly isHttp: boolean;
}
const httpClient = latin1('HTTPClient');
/**
 * What RFC 4578 §2.1 to §2.3 wants in a boot server's answers as it is in the client's messages, each with the sizes it may have:
 * architectures, UNDI version, type 0 and a UUID. Interop: GRUB asks for `grub.cfg-UUID` only when the ACK has the UUID.
 */
const echoed: readonly (readonly [code: number, isWellFormed: (size: number) => boolean])[] = [
  [optionCode.pxeSystemType, (size) => size >= 2 && size % 2 === 0],
  [optionCode.pxeInterfaceId, (size) => size === 3],
  [optionCode.pxeClientId, (size) => size === 17],
];

/** A plan to be filled. */
export const emptyPlan = (policy: Policy, lane: SendLane): ReplyPlan => ({
  kind: 'lease', type: 0, yiaddr: 0 as Ipv4, serverId: 0 as Ipv4, leaseSeconds: undefined, policy, mask: 0 as Ipv4, hostName: '',
  isOnLink: true, lane,
});

/** PERF: the scratch key of blockFor; a kept block copies it. */
const scratchKey: { -readonly [K in keyof BlockKey]: BlockKey[K] } = {
  listBytes: emptyBytes,
  listAt: 0,
  listLength: 0,
  isWhole: false,
  isMaskForced: true,
  mask: 0 as Ipv4,
  endsTextWithNul: false,
  hostName: emptyBytes,
  router: 0 as Ipv4,
  bootServer: 0 as Ipv4,
};

export class Replies {
  readonly #writer = new DhcpWriter();
  readonly #spaces: ReadonlyMap<string, OptionSpace>;
  readonly #bootsFromUs: boolean;
  readonly #boot: NetworkBoot | undefined;
  readonly #reverse: ReverseNames;

  /**
   * `bootsFromUs`: the node that answers is the boot server, whatever the configuration names (leasehold.conf, next-server self).
   * `boot`: where machines have boot profiles.
   */
  constructor(spaces: ReadonlyMap<string, OptionSpace>, bootsFromUs: boolean, boot: NetworkBoot | undefined, reverse: ReverseNames) {
    this.#spaces = spaces;
    this.#reverse = reverse;
    this.#bootsFromUs = bootsFromUs;
    this.#boot = boot;
  }

  /** False when nothing was sent: the lane was full, or the configuration names a space that does not exist. */
  send(x: Exchange, plan: ReplyPlan): boolean {
    if (!this.#hasSite(x, plan.policy.parameters)) return false;
    const frame = plan.lane.frame();
    if (frame === undefined) return false;
    const { view } = x;
    const { policy } = plan;
    const { parameters } = policy;
    const isBootpHost = plan.type === 0 && x.fixedHost >= 0;
    const block = this.#block(x, plan);
    const writer = this.#writer;
    writer.begin(frame.bytes, frame.view, view, payloadLimit(view, parameters.maxMessageSize), isBootpHost ? 'never' : 'allowed');
    writer.setCiaddr(plan.type === messageType.offer ? (0 as Ipv4) : view.ciaddr);
    writer.setYiaddr(plan.yiaddr);
    const booting = this.#bootFields(x, plan);
    const isRelayedInform = plan.kind === 'inform' && view.ciaddr === 0 && view.giaddr !== 0;
    if ((parameters.alwaysBroadcast && plan.kind !== 'inform') || isRelayedInform) writer.setFlags(view.flags | broadcastFlag);
    if (plan.type !== 0) {
      writer.putU8(optionCode.messageType, plan.type);
      writer.putU32(optionCode.serverIdentifier, plan.serverId);
    }
    if (plan.leaseSeconds !== undefined) this.#times(plan.leaseSeconds, policy);
    if (isBootpHost && !view.hasCookie && !parameters.alwaysReplyRfc1048) {
      frame.size = echoVendorArea(frame.bytes, view);
    } else {
      for (const { code, value } of block.lead) writer.putBytes(code, value);
      this.#clientOptions(x, plan);
      if (booting !== undefined) this.#bootOptions(view, booting, policy);
      this.#options(x, block, policy);
      frame.size = writer.finish();
    }
    frame.source = plan.serverId;
    address(frame, x, plan.kind, plan.yiaddr, { isOnLink: plan.isOnLink, alwaysBroadcast: parameters.alwaysBroadcast });
    if (writer.omittedCount > 0 || writer.isAgentOmitted) this.#sayOmitted(x);
    if (this.#boot !== undefined && plan.leaseSeconds !== undefined)
      this.#boot.told(x, plan.kind === 'ack' ? 'ack' : 'offer', plan.yiaddr, booting && { ...booting, file: booting.file ?? parameters.filename });
    return true;
  }

  /** What a boot server says, to machines with a profile; what is configured comes before it. */
  #bootOptions(view: DhcpView, { answer, isHttp }: Booting, { values }: Policy): void {
    const configured = values.get('dhcp');
    if (isHttp && configured?.has(optionCode.vendorClassIdentifier) !== true) this.#writer.putBytes(optionCode.vendorClassIdentifier, httpClient);
    if (answer.profile === '') return;
    for (const [code, isWellFormed] of echoed) {
      const value = view.option(code);
      if (value !== undefined && isWellFormed(value.length) && configured?.has(code) !== true) this.#writer.putBytes(code, value);
    }
  }

  /** siaddr, file and sname: before any option. */
  #bootFields(x: Exchange, plan: ReplyPlan): Booting | undefined {
    const { view } = x;
    const { parameters } = plan.policy;
    const writer = this.#writer;
    // A BOOTP client of a host declaration boots from us unless it is told otherwise (RFC 951 §7.3).
    const isBootpHost = plan.type === 0 && x.fixedHost >= 0;
    const siaddr = this.#bootsFromUs || (parameters.nextServer === 0 && isBootpHost) ? plan.serverId : parameters.nextServer;
    const booting = this.#boot === undefined || plan.type === 0 ? undefined : this.#bootingOf(this.#boot, x, plan, siaddr);
    writer.setSiaddr(booting?.siaddr ?? siaddr);
    if (this.#bootsFromUs) x.why?.step('boot', `server ${formatIpv4(plan.serverId)}: next-server self, of leasehold.conf, comes before dhcpd.conf`);
    const file = parameters.filename ?? booting?.file;
    if (file !== undefined) this.#field(x, 'file', file);
    else if (plan.type === 0) writer.setFile(view.slot.subarray(view.start + dhcpAt.file, view.start + dhcpAt.file + view.fileLength));
    if (parameters.serverName !== undefined)
      this.#field(x, 'sname', this.#bootsFromUs ? latin1(formatIpv4(plan.serverId)) : parameters.serverName);
    return booting;
  }

  /** For a client that boots from the network. A profile's first file comes from us, unless the configuration names a server. */
  #bootingOf(boot: NetworkBoot, x: Exchange, plan: ReplyPlan, named: Ipv4): Booting | undefined {
    const server = named === 0 ? plan.serverId : named;
    const client = boot.clientOf(x, plan.yiaddr, server);
    if (client === undefined) return undefined;
    const { filename } = plan.policy.parameters;
    const answer = boot.desk.answerFor(client, filename && fromLatin1(filename));
    const isOurs = filename === undefined && answer.file !== '';
    if (isOurs) x.why?.step('boot', `first file ${answer.file}: by its boot profile, dhcpd.conf gives none`);
    if (answer.problem !== '') x.why?.step('boot', `it ${answer.problem}`);
    return {
      client, answer, siaddr: isOurs ? server : named, file: isOurs ? latin1(answer.file) : undefined,
      isHttp: isOurs && client.booter.isHttp && !client.booter.isIpxe,
    };
  }

  /** Longer names are cut to their field, as dhcpd does. */
  #field(x: Exchange, field: 'file' | 'sname', name: Uint8Array): void {
    const isWhole = field === 'file' ? this.#writer.setFile(name) : this.#writer.setSname(name);
    if (!isWhole) x.effects.log.event(nameTruncated, { field, size: name.length, name: fromLatin1(name) });
  }

  /** DHCPNAK: 53, 54, 56, and the echoes (reference §1.4). */
  nak(x: Exchange, serverId: Ipv4, message: string, echoesClientId: boolean): boolean {
    const frame = x.effects.now.frame();
    if (frame === undefined) return false;
    const { view } = x;
    const writer = this.#writer;
    writer.begin(frame.bytes, frame.view, view, payloadLimit(view, 0), 'allowed');
    writer.setCiaddr(0 as Ipv4);
    writer.setFlags(view.flags | broadcastFlag);
    writer.putU8(optionCode.messageType, messageType.nak);
    writer.putU32(optionCode.serverIdentifier, serverId);
    writer.putBytes(optionCode.message, latin1(message));
    if (echoesClientId && x.hasUid) writer.put(optionCode.clientIdentifier, view.joined, x.uidAt, x.uidLength);
    frame.size = writer.finish();
    frame.source = serverId;
    address(frame, x, 'nak', 0 as Ipv4, { isOnLink: true, alwaysBroadcast: false });
    return true;
  }

  #block(x: Exchange, plan: ReplyPlan): ReplyBlock {
    const { view } = x;
    const { parameters } = plan.policy;
    // The BOOTP client of a host declaration gets all there is room for, whatever it asks for.
    const isBootpHost = plan.type === 0 && x.fixedHost >= 0;
    const at = isBootpHost ? -1 : view.optionAt(optionCode.parameterRequestList);
    const key = scratchKey;
    key.isWhole = isBootpHost;
    key.listBytes = view.joined;
    key.listAt = at;
    key.listLength = at < 0 ? 0 : view.optionLength(optionCode.parameterRequestList);
    key.isMaskForced = plan.kind !== 'inform';
    key.mask = plan.mask;
    key.endsTextWithNul = view.isHostNameNulTerminated;
    key.hostName = this.#hostNameFor(x, plan);
    key.router = parameters.useLeaseAddrForDefaultRoute ? plan.yiaddr : (0 as Ipv4);
    key.bootServer = this.#bootsFromUs ? plan.serverId : (0 as Ipv4);
    return blockFor(plan.policy, key, this.#spaces);
  }

  /** Where none is configured: the declaration's, or the one that the resolver knows for the address. */
  #hostNameFor(x: Exchange, { policy: { parameters, values }, hostName, yiaddr }: ReplyPlan): Uint8Array {
    if (parameters.useHostDeclNames && hostName !== '') return latin1(hostName);
    if (!parameters.getLeaseHostnames || yiaddr === 0 || values.get('dhcp')?.has(optionCode.hostName) === true) return emptyBytes;
    return latin1(this.#reverse.nameOf(yiaddr, x.now, x.effects));
  }

  /** Without the space that site-local codes shall come from dhcpd sends nothing at all (dhcpd-conf reference §9). */
  #hasSite(x: Exchange, { siteOptionSpace: name }: Parameters): boolean {
    if (name === undefined || this.#spaces.has(name)) return true;
    x.effects.log.event(unknownSpace, { name });
    return false;
  }

  /** T1 and T2 as configured when they fit, else computed; none for an infinite lease. */
  #times(lease: Seconds, policy: Policy): void {
    const writer = this.#writer;
    writer.putU32(optionCode.leaseTime, lease);
    const { parameters } = policy;
    const t1 = parameters.renewalTime === 0 ? renewalTime(lease) : parameters.renewalTime;
    const t2 = parameters.rebindingTime === 0 ? rebindingTime(lease) : parameters.rebindingTime;
    const isT2Good = t2 > 0 && t2 < lease;
    if (t1 > 0 && t1 < (isT2Good ? t2 : lease)) writer.putU32(optionCode.renewalTime, t1);
    if (isT2Good) writer.putU32(optionCode.rebindingTime, t2);
  }

  #clientOptions(x: Exchange, plan: ReplyPlan): void {
    const { view } = x;
    const writer = this.#writer;
    const selection = view.optionAt(optionCode.subnetSelection);
    if (selection >= 0) writer.put(optionCode.subnetSelection, view.joined, selection, view.optionLength(optionCode.subnetSelection));
    // RFC 6842: the identifier is returned, so that clients behind one relay can tell their answers apart.
    if (plan.type !== 0 && x.hasUid && plan.policy.parameters.echoClientId)
      writer.put(optionCode.clientIdentifier, view.joined, x.uidAt, x.uidLength);
  }

  #options(x: Exchange, block: ReplyBlock, policy: Policy): void {
    const writer = this.#writer;
    const fqdn = x.view.hasOption(optionCode.fqdn) ? fqdnFor(x.view, block, policy) : undefined;
    if (fqdn === undefined) {
      // What is explained takes the general path, one option at a time; a property test holds both to the same bytes.
      if (x.why === undefined && writer.copyBlock(block.bytes) >= 0) return;
      for (const { code, value } of block.entries) writer.putBytes(code, value);
      return;
    }
    const at = block.fqdnAt;
    block.entries.forEach(({ code, value }, index) => {
      if (index === at) writer.putBytes(optionCode.fqdn, fqdn);
      writer.putBytes(code, value);
    });
    if (at >= block.entries.length) writer.putBytes(optionCode.fqdn, fqdn);
  }

  #sayOmitted(x: Exchange): void {
    const writer = this.#writer;
    const client = toHex(x.view.chaddr, ':');
    if (writer.isAgentOmitted) x.effects.log.event(agentInformationOmitted, { client });
    if (writer.omittedCount > 0)
      x.effects.log.event(optionsOmitted, { client, codes: writer.omitted.subarray(0, writer.omittedCount).join(', ') });
  }
}

/** The answer to a client that sent its full name; none where the block has it in its place. What is configured comes before the server's own. */
function fqdnFor(view: DhcpView, { entries, fqdn }: ReplyBlock, { parameters }: Policy): Uint8Array | undefined {
  if (fqdn !== undefined) return entries.some(({ code }) => code === optionCode.fqdn) ? undefined : fqdn;
  return parameters.fqdnReply ? fqdnReply(view) : undefined;
}

/** A BOOTP client without the cookie gets its own vendor area back (RFC 1542 §2.1: not ours to interpret). */
function echoVendorArea(bytes: Uint8Array, view: DhcpView): number {
  const size = Math.min(view.size, paddedSize);
  bytes.fill(0, dhcpAt.cookie, paddedSize);
  for (let at = dhcpAt.cookie; at < size; at++) bytes[at] = view.slot[view.start + at] ?? 0;
  return paddedSize;
}

export const describeClient = (x: Exchange): string => toHex(x.view.chaddr, ':');
export { formatIpv4 };
