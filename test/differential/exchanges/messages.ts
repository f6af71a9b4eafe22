// What a scenario is made of: messages of clients and relays as data. `$yiaddr` and `$server` stand for what the server in
// question gave this client last, so that a client of either server goes its own way.

import { dhcpPacket, hex, type TestOption, type TestPacket } from '../../../src/wire/testing.ts';
import { dhcpAt } from '../../../src/wire/dhcp-view.ts';
import { formatIpv4, parseIpv4, type Ipv4 } from '../../../src/std/ipv4.ts';
import type { Reply } from './replies.ts';

/** Options as code to hex, ascending by code; as pairs where the order or a repetition matters. */
export type MessageOptions = Readonly<Record<number, string>> | readonly (readonly [code: number, hex: string])[];

export interface Message extends Omit<TestPacket, 'options' | 'ciaddr' | 'giaddr' | 'xid'> {
  /** Last byte of the hardware address 02:00:00:00:00:NN; `chaddr` overrides it. */
  readonly client?: number;
  /** Option 53, in front of the others; absent for BOOTP and for messages that bring their own. */
  readonly type?: number;
  readonly ciaddr?: string;
  readonly giaddr?: string;
  readonly options?: MessageOptions;
  /** IP source and destination; by default those of a client without an address, or of a relay. */
  readonly from?: string;
  readonly to?: string;
  readonly sourcePort?: number;
  /** Bytes of the payload that are sent, of the packet made. */
  readonly cut?: number;
  /** Our log lines are not dhcpd's here. */
  readonly hasOwnLines?: boolean;
  /** Row of the table of intended differences that this exchange shows, and what either server answers. */
  readonly differs?: Shown;
}

/** What an intended difference looks like here: the fields that differ, or no reply at all. */
export interface Shown {
  readonly id: string;
  readonly dhcpd: 'silence' | Partial<Reply>;
  readonly leasehold: 'silence' | Partial<Reply>;
}

export interface Scenario {
  readonly id: string;
  readonly config: string;
  readonly messages: readonly Message[];
  /** T1 or T2 are configured: then neither server computes them. */
  readonly hasTimes?: boolean;
  /** `echo-client-id` is configured. */
  readonly hasIdentifiers?: boolean;
}

export const serverAddress = '192.168.50.80';
export const relayAddress = '192.168.50.250';

export const text = (value: string): string => Buffer.from(value, 'latin1').toString('hex');
export const quad = (address: string): string => (parseIpv4(address) ?? 0).toString(16).padStart(8, '0');
export const u32 = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');

/** What most clients ask for, and whatever a scenario wants to see besides. */
export const usual = '0103060c0f1c2a';

type Fields = Omit<Message, 'type' | 'client'>;
const message = (type: number, client: number, own: MessageOptions, { options, ...fields }: Fields): Message => ({
  type, client, ...fields, options: merged(own, options ?? {}),
});
type OptionPairs = readonly (readonly [code: number, hex: string])[];
const isPairs = (options: MessageOptions): options is OptionPairs => Array.isArray(options);
const pairs = (options: MessageOptions): OptionPairs =>
  isPairs(options) ? options : Object.entries(options).map(([code, value]) => [Number(code), value]);
export const optionsOf = ({ options = {} }: Message): OptionPairs => pairs(options);
/** `over` replaces; an option that is '-' is left out. */
function merged(own: MessageOptions, over: MessageOptions): MessageOptions {
  const kept = pairs(own).filter(([code]) => !pairs(over).some(([other]) => other === code));
  const all = [...kept, ...pairs(over)].filter(([, value]) => value !== '-');
  return isPairs(over) ? all : all.toSorted(([a], [b]) => a - b);
}

export const discover = (client: number, options: MessageOptions = {}, fields: Fields = {}): Message =>
  message(1, client, { 55: usual }, { ...fields, options });
/** A REQUEST that takes up the offer. */
export const select = (client: number, options: MessageOptions = {}, fields: Fields = {}): Message =>
  message(3, client, { 50: '$yiaddr', 54: '$server', 55: usual }, { ...fields, options });
export const lease = (client: number, options: MessageOptions = {}, fields: Fields = {}): Message[] => [
  discover(client, options, fields), select(client, options, fields),
];
export const reboot = (client: number, address: string, options: MessageOptions = {}, fields: Fields = {}): Message =>
  message(3, client, { 50: address.startsWith('$') ? address : quad(address), 55: usual }, { ...fields, options });
/** Unicast, from the client's own address. */
export const renew = (client: number, address = '$yiaddr', options: MessageOptions = {}, fields: Fields = {}): Message =>
  message(3, client, { 55: usual }, { ciaddr: address, from: address, to: serverAddress, ...fields, options });
export const rebind = (client: number, address = '$yiaddr', options: MessageOptions = {}, fields: Fields = {}): Message =>
  message(3, client, { 55: usual }, { ciaddr: address, from: address, ...fields, options });
export const decline = (client: number, address = '$yiaddr', options: MessageOptions = {}, fields: Fields = {}): Message =>
  message(4, client, { 50: address.startsWith('$') ? address : quad(address), 54: '$server' }, { ...fields, options });
export const release = (client: number, address = '$yiaddr', options: MessageOptions = {}, fields: Fields = {}): Message =>
  message(7, client, { 54: '$server' }, { ciaddr: address, from: address, to: serverAddress, ...fields, options });
export const inform = (client: number, address: string, options: MessageOptions = {}, fields: Fields = {}): Message =>
  message(8, client, { 55: usual }, { ciaddr: address, from: address, to: serverAddress, ...fields, options });
export const leasequery = (fields: Fields, options: MessageOptions = {}): Message =>
  message(10, 0xee, {}, { giaddr: relayAddress, chaddr: '', hlen: 0, htype: 0, ...fields, options });
export const bootp = (client: number, options: MessageOptions = {}, fields: Fields = {}): Message => ({ client, ...fields, options });
/** The same message through a relay, with its option 82 when it has one. */
export const via = (giaddr: string, original: Message, agent = ''): Message => ({
  hops: 1, ...original, giaddr, from: giaddr, to: serverAddress,
  options: agent === '' ? optionsOf(original) : [...optionsOf(original), [82, agent]],
});
export const viaEach = (giaddr: string, originals: readonly Message[], agent = ''): Message[] => originals.map((original) => via(giaddr, original, agent));

/** The message, with the intended difference that its replies show. */
export const differing = (original: Message, id: string, dhcpd: Shown['dhcpd'], leasehold: Shown['leasehold']): Message => ({
  ...original, differs: { id, dhcpd, leasehold },
});
/** Leasehold answers option 81, dhcpd without DNS updates does not. */
export const answeringFqdn = (original: Message, answer: string): Message =>
  differing(original, 'fqdn', { options: [] }, { options: [`81:${answer}`] });
/** A NAK for a wrong network, and the text of an earlier packet in dhcpd's. */
export const wrongNetwork = (original: Message, stale = 'requested address not available'): Message =>
  differing(original, 'nak-text', { options: [`56:${text(stale)}`] }, { options: [`56:${text('requested address on bad subnet')}`] });

/** Who sends: both servers know a client by this. */
export const clientKey = ({ chaddr, client = 0, giaddr = '' }: Message): string => `${chaddr ?? client} ${giaddr}`;
export const hardwareOf = ({ chaddr, client = 0 }: Message): string => chaddr ?? `0200000000${client.toString(16).padStart(2, '0')}`;

/** What a placeholder stands for: the last reply that gave this client an address. */
export interface Given {
  readonly yiaddr: string;
  readonly server: string;
}
const resolved = (value: string, given: Given | undefined): string =>
  value.startsWith('$') ? (value === '$yiaddr' ? quad(given?.yiaddr ?? '0.0.0.0') : (given?.server ?? '00000000')) : value;
const addressOf = (value: string | undefined, given: Given | undefined): Ipv4 =>
  parseIpv4(value === '$yiaddr' ? (given?.yiaddr ?? '0.0.0.0') : (value ?? '0.0.0.0')) ?? (0 as Ipv4);

/** An address with its port. */
export interface End {
  readonly address: Ipv4;
  readonly port: number;
}
export interface Packet {
  readonly payload: Uint8Array;
  readonly source: End;
  readonly destination: Ipv4;
}

/** The packet that one server gets. */
export function packetOf(message: Message, xid: number, given: Given | undefined): Packet {
  const { type, client: _client, options, ciaddr, giaddr, from, to, sourcePort, cut, differs: _differs, hasOwnLines: _hasOwnLines, ...rest } = message;
  const list = pairs(options ?? {}).map(([code, value]): TestOption => [code, hex(resolved(value, given))]);
  const payload = dhcpPacket({
    ...rest, chaddr: hardwareOf(message), xid,
    ciaddr: addressOf(ciaddr, given), giaddr: addressOf(giaddr, given),
    options: type === undefined ? list : [[53, [type]], ...list],
  });
  if (message.hlen !== undefined) payload[dhcpAt.hlen] = message.hlen;
  const relayed = giaddr !== undefined;
  return {
    payload: cut === undefined ? payload : payload.slice(0, cut),
    source: { address: addressOf(from ?? giaddr, given), port: sourcePort ?? (relayed ? 67 : 68) },
    destination: addressOf(to ?? (relayed ? serverAddress : formatIpv4(0xffffffff as Ipv4)), given),
  };
}
