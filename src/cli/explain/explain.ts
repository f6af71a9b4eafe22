// `leasehold explain`: who the client is, on which network, and what the engine says of it. Pure but for what `ExplainCli` does.

import { fromHex, toHex } from '../../std/bytes.ts';
import { broadcastOf, formatIpv4, isInside, parseIpv4, type Ipv4 } from '../../std/ipv4.ts';
import { err, ok, type Result } from '../../std/result.ts';
import type { Now } from '../../std/time.ts';
import type { ServerConfig, Subnet } from '../../model/server-config.ts';
import { loadConfig, type ReadText } from '../../config/load-config.ts';
import type { ExplainNote, Explanation } from '../../engine/explain.ts';
import { LeaseStore } from '../../lease/lease-store.ts';
import { replayBytes } from '../../lease/replay.ts';
import { predefinedSpaces } from '../../wire/option-table.ts';
import type { ExitStatus } from '../cli-context.ts';
import { placeOf } from '../render-diagnostic.ts';
import { discoverOf, type ClientDescription } from './client-packet.ts';
import { outcomeOf, pairStates, rehearse } from './rehearsal.ts';
import { replyLines } from './render-reply.ts';

export interface ExplainArgs {
  /** MAC address, `id:` and the hex of a client identifier, or an IP address that a host or a lease holds. */
  readonly who: string;
  readonly config: string;
  readonly leaseholdConf: string;
  /** undefined: as if no lease had ever been given. */
  readonly leases?: string;
  readonly client: Omit<ClientDescription, 'hardware' | 'clientId' | 'giaddr'>;
  readonly relay?: Ipv4;
  /** Any address of the subnet on which the client is attached. */
  readonly on?: Ipv4;
  readonly json: boolean;
  readonly hex: boolean;
}

export interface ExplainCli {
  out(text: string): void;
  err(text: string): void;
  readonly readText: ReadText;
  /** The lease file, or the system's sentence. */
  readBytes(path: string): Result<Uint8Array, string>;
  readonly now: Now;
}

type Identity = Pick<ClientDescription, 'hardware' | 'clientId'>;

/** 0: it would be answered. 1: it would not. 2: could not run. */
export function runExplain(args: ExplainArgs, cli: ExplainCli): ExitStatus {
  const prepared = prepare(args, cli);
  if (!prepared.ok) {
    cli.err(prepared.error);
    return 2;
  }
  const { config, store, client, subnet, own } = prepared.value;
  const rehearsal = { config, store, packet: discoverOf(client), subnet, own, now: cli.now };
  const explanation = rehearse(rehearsal);
  const states = config.peers.length === 0 ? [] : pairStates.map((state) => ({ state: state.title, outcome: outcomeOf(rehearse(rehearsal, state)) }));
  const space = config.optionSpaces.get('dhcp') ?? predefinedSpaces.get('dhcp');
  const reply = explanation.reply === undefined || space === undefined ? [] : replyLines(explanation.reply, space);
  if (args.json) cli.out(JSON.stringify(jsonOf(client, subnet, explanation, reply, states), undefined, 2));
  else for (const line of textOf(client, subnet, explanation, reply, states)) cli.out(line);
  if (args.hex && !args.json && explanation.reply !== undefined) cli.out(toHex(explanation.reply));
  return explanation.reply === undefined ? 1 : 0;
}

/** A client and where it is, on the configuration as it would be served. */
export interface Prepared {
  readonly config: ServerConfig;
  readonly store: LeaseStore;
  readonly client: ClientDescription;
  readonly subnet: Subnet;
  readonly own: Ipv4;
}

export function prepare(args: ExplainArgs, cli: ExplainCli): Result<Prepared, string> {
  const loaded = loadConfig({ path: args.config, read: cli.readText, leaseholdConf: args.leaseholdConf });
  if (!loaded.ok) return err(`cannot read ${args.config}: ${loaded.error.problem}`);
  const { config } = loaded.value;
  if (config === undefined) return err(`${args.config} has errors and would not be served; run: leasehold check ${args.config}`);
  const store = new LeaseStore(config, 1);
  if (args.leases === undefined) store.settle();
  else {
    const bytes = cli.readBytes(args.leases);
    if (!bytes.ok) return err(`cannot read ${args.leases}: ${bytes.error}`);
    replayBytes(bytes.value, store, cli.now.wall);
  }
  const found = identityOf(args.who, store);
  if (!found.ok) return found;
  const subnet = subnetFor(args, found.value, config, store);
  if (!subnet.ok) return subnet;
  const client: ClientDescription = { ...args.client, ...found.value, giaddr: args.relay ?? (0 as Ipv4) };
  return ok({ config, store, client, subnet: subnet.value, own: ownAddress(subnet.value, args.on, config) });
}

/** What we call ourselves on the subnet: the address that was given if it can be a host's, else this side of a failover peer, else the last one. */
function ownAddress({ network, mask }: Subnet, on: Ipv4 | undefined, { peers }: ServerConfig): Ipv4 {
  if (on !== undefined && on !== network) return on;
  const ours = peers.flatMap(({ address }) => (address.kind === 'address' && isInside(address.address, network, mask) ? [address.address] : []));
  return ours[0] ?? (((broadcastOf(network, mask) - 1) >>> 0) as Ipv4);
}

/** Ethernet address, client identifier, or whoever has the IP address by declaration or by lease. */
function identityOf(who: string, store: LeaseStore): Result<Identity, string> {
  const none = new Uint8Array(6);
  if (/^id:/i.test(who)) {
    const clientId = fromHex(who.slice(3).replaceAll(':', ''));
    return clientId === undefined ? err(`${who}: behind id: stand hex digits, such as id:01:52:54:00:00:00:01`) : ok({ hardware: none, clientId });
  }
  const ip = parseIpv4(who);
  if (ip !== undefined) return holderOf(ip, store);
  const hardware = fromHex(who.replaceAll(/[:.-]/g, ''));
  return hardware === undefined || hardware.length === 0 || hardware.length > 16
    ? err(`${who} is no MAC address, no id:HEX and no IP address`)
    : ok({ hardware });
}

function holderOf(ip: Ipv4, { hosts, table }: LeaseStore): Result<Identity, string> {
  for (let host = 0; host < hosts.count; host++) {
    const { hardware, uid } = hosts.declaration(host);
    if (!hosts.fixedAddresses(host).includes(ip) || (hardware === undefined && uid === undefined)) continue;
    return ok({ hardware: hardware?.address ?? new Uint8Array(6), ...(uid === undefined ? {} : { clientId: uid }) });
  }
  const row = table.rowOf(ip);
  const lease = row < 0 ? undefined : table.lease(row);
  if (lease?.hardware !== undefined)
    return ok({ hardware: lease.hardware.address, ...(lease.uid === undefined ? {} : { clientId: lease.uid }) });
  return err(`nobody holds ${formatIpv4(ip)}: no host declaration names it${row < 0 ? ' and it is in no range' : ', and no lease is known (--leases FILE)'}`);
}

/** Where the client is: behind the relay, where it was told, where its fixed address lies, or on the only network. */
function subnetFor({ relay, on }: ExplainArgs, identity: Identity, config: ServerConfig, store: LeaseStore): Result<Subnet, string> {
  const containing = (ip: Ipv4): Subnet | undefined => config.subnets.find(({ network, mask }) => isInside(ip, network, mask));
  const named = on ?? relay;
  if (named !== undefined) {
    const subnet = containing(named);
    return subnet === undefined ? err(`${formatIpv4(named)} is in no subnet of the configuration`) : ok(subnet);
  }
  for (let host = 0; host < store.hosts.count; host++) {
    const { hardware } = store.hosts.declaration(host);
    if (hardware === undefined || toHex(hardware.address) !== toHex(identity.hardware)) continue;
    const [fixed] = store.hosts.fixedAddresses(host);
    const subnet = fixed === undefined ? undefined : containing(fixed);
    if (subnet !== undefined) return ok(subnet);
  }
  const [only, ...others] = config.subnets;
  if (only === undefined) return err('the configuration declares no subnet');
  return others.length === 0 ? ok(only) : err(`on which of ${config.subnets.length} subnets is the client? Say --on ADDRESS (any address of it), or --relay GIADDR`);
}

const subnetText = ({ network, mask }: Subnet): string => `${formatIpv4(network)} netmask ${formatIpv4(mask)}`;
const whoText = ({ hardware, clientId, giaddr }: ClientDescription): string =>
  `${toHex(hardware, ':')}${clientId === undefined ? '' : `, client identifier ${toHex(clientId, ':')}`}${giaddr === 0 ? '' : `, through relay ${formatIpv4(giaddr)}`}`;
const noteText = ({ topic, text, span }: ExplainNote): string =>
  `  ${topic.padEnd(9)} ${text}${span === undefined || span.file.name === '' ? '' : `  (${span.file.name}:${placeOf(span).line})`}`;

function textOf(client: ClientDescription, subnet: Subnet, explanation: Explanation, reply: readonly string[], states: readonly { state: string; outcome: string }[]): string[] {
  return [
    `A DHCPDISCOVER of ${whoText(client)}, on subnet ${subnetText(subnet)}`,
    '',
    ...explanation.notes.map(noteText),
    '',
    outcomeOf(explanation),
    ...reply.map((line) => `  ${line}`),
    ...(states.length === 0 ? [] : ['', 'In each state of this node of the pair:', ...states.map(({ state, outcome }) => `  ${state.padEnd(28)} ${outcome}`)]),
  ];
}

const jsonOf = (client: ClientDescription, subnet: Subnet, explanation: Explanation, reply: readonly string[], states: readonly object[]): object => ({
  client: { hardware: toHex(client.hardware, ':'), clientId: client.clientId === undefined ? null : toHex(client.clientId, ':') },
  subnet: subnetText(subnet),
  outcome: outcomeOf(explanation),
  notes: explanation.notes.map(({ topic, text, span }) => ({
    topic, text, ...(span === undefined || span.file.name === '' ? {} : { file: span.file.name, line: placeOf(span).line }),
  })),
  reply: explanation.reply === undefined ? null : { lines: reply, hex: toHex(explanation.reply) },
  states,
});
