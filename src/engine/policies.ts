// Policies by place: subnet, pool, classes and host. Scopes that cannot differ from packet to packet are executed once.

import { fromLatin1 } from '../std/bytes.ts';
import { formatIpv4, type Ipv4 } from '../std/ipv4.ts';
import type { Scope, ServerConfig, Subnet } from '../model/server-config.ts';
import type { VariableValue } from '../model/lease.ts';
import type { BooleanExpr, Statement } from '../model/expression.ts';
import type { HostTable } from '../lease/host-table.ts';
import type { LeaseTable } from '../lease/lease-table.ts';
import type { NameTable } from '../lease/name-table.ts';
import { fqdnCode, optionCode, type OptionDefinition, type OptionSpace } from '../wire/option-table.ts';
import { bindingCode } from '../model/binding-state.ts';
import { parseFormat } from '../wire/option-format.ts';
import { messageType, type DhcpView } from '../wire/dhcp-view.ts';
import type { ClassSet } from './classes.ts';
import { addPath, decide, isDecidable, pathsMax, type Decision } from './decisions.ts';
import { evaluateBoolean, type Environment, type Variable } from './evaluate.ts';
import { agentOptionAt, type Exchange } from './exchange.ts';
import { remaining } from './lease-time.ts';
import { evaluationProblem, operatorMessage } from './log-events.ts';
import { execute, isFixed, runBody, type Policy } from './policy.ts';

/** Cached policies of one pool of one subnet, classes aside: one per host. */
const policiesMax = 50_000;
const callsMax = 1_000;

/** What a place's scopes come to: one policy, one per path through their conditions, or a new one for every packet. */
interface Entry {
  readonly kind: 'fixed' | 'decidable' | 'dynamic';
  readonly scopes: readonly Scope[];
  readonly fixed: Policy | undefined;
  root: Decision | undefined;
  paths: number;
}

/** What a place adds to the packet: lease data that expressions can see. */
export interface Place {
  readonly variables: readonly { readonly name: string; readonly value: VariableValue }[];
}

export class Policies {
  readonly #config: ServerConfig;
  readonly #hosts: HostTable;
  readonly #names: NameTable;
  readonly #table: LeaseTable;
  #cache = new Map<number, Map<number, Entry>>();
  readonly #plainHosts = new Map<number, boolean>();
  #count = 0;
  #namesGeneration = -1;
  #hostsGeneration = -1;
  readonly #kinds = new Map<Scope, Entry['kind']>();
  readonly #containers: Containers;
  /** File-level `define`s and `set`s. */
  readonly #globals = new Map<string, Variable>();
  /** Commands of execute() statements, taken by the engine after each packet. */
  readonly commands: { readonly command: string; readonly words: readonly string[] }[] = [];

  constructor(config: ServerConfig, hosts: HostTable, names: NameTable, table: LeaseTable) {
    this.#config = config;
    this.#hosts = hosts;
    this.#names = names;
    this.#table = table;
    this.#containers = containersOf(config.optionSpaces);
    for (const statement of config.global.statements)
      if (statement.kind === 'define')
        this.#globals.set(statement.name.toLowerCase(), { kind: 'function', parameters: statement.parameters, body: statement.body });
  }

  /**
   * Policy of a client with this address: `pool` -1 for fixed addresses and INFORM outside pools, `row` its lease, -1 for none.
   * PERF: two map lookups by number when everything is fixed.
   */
  of(x: Exchange, subnet: Subnet, pool: number, address: Ipv4, row: number, forHost: number): Policy {
    this.#checkGenerations();
    const host = forHost >= 0 && this.#isPlain(forHost) ? -1 : forHost;
    const place = (subnet.index * (this.#config.pools.length + 1) + pool + 1) * 65_536 + (x.classes.scopesId & 65_535);
    let policies = this.#cache.get(place);
    if (policies === undefined) this.#cache.set(place, (policies = new Map()));
    let entry = policies.get(host);
    if (entry === undefined || x.why !== undefined) {
      entry = this.#makeEntry(x, subnet, pool, host);
      if (x.classes.scopesId < 65_536) this.#keep(policies, host, entry);
    }
    if (entry.fixed !== undefined) return entry.fixed;
    if (entry.kind === 'dynamic') return this.#execute(x, entry.scopes, forHost, address, this.#variablesOf(row), 'dynamic', undefined, this.#leftOf(row, x));
    const environment = entry.root === undefined ? undefined : this.pureEnvironment(x, forHost);
    const known = environment && decide(entry.root, (condition) => evaluateBoolean(condition, environment) === true);
    return known ?? this.#explore(x, entry, forHost, address);
  }

  #makeEntry(x: Exchange, subnet: Subnet, pool: number, host: number): Entry {
    const scopes = this.scopesOf(subnet, pool, x.classes, host);
    const kinds = scopes.map((scope) => this.#kindOf(scope));
    const kind = kinds.includes('dynamic') ? 'dynamic' : kinds.includes('decidable') ? 'decidable' : 'fixed';
    const fixed = kind === 'fixed' ? this.#execute(x, scopes, host, 0 as Ipv4, [], 'fixed') : undefined;
    return { kind, scopes, fixed, root: undefined, paths: 0 };
  }

  /** Executes a path through the conditions that no packet took before, and remembers where it led. */
  #explore(x: Exchange, entry: Entry, host: number, address: Ipv4): Policy {
    const path: { condition: BooleanExpr; isTrue: boolean }[] = [];
    const policy = this.#execute(x, entry.scopes, host, address, [], 'decidable', (condition, isTrue) => path.push({ condition, isTrue }));
    if (entry.paths >= pathsMax) return { ...policy, isCacheable: false };
    entry.paths++;
    entry.root = addPath(entry.root, path, policy);
    return policy;
  }
  /** Beyond the limit everything is forgotten and made anew as clients come: simple, and rare. */
  #keep(policies: Map<number, Entry>, host: number, entry: Entry): void {
    if (this.#count++ >= policiesMax) this.#forget();
    policies.set(host, entry);
  }
  /** Seconds left of a running lease. */
  #leftOf(row: number, { now }: Exchange): number | undefined {
    const isRunning = row >= 0 && this.#table.state(row) === bindingCode.active && this.#table.ends(row) > now.wall;
    return isRunning ? remaining(this.#table.ends(row), now.wall) : undefined;
  }
  #variablesOf(row: number): Place['variables'] {
    return row < 0 || !this.#table.hasExtras(row) ? [] : (this.#table.extras(row)?.variables ?? []);
  }
  /** A host without statements of its own or around it has the policy of everybody. PERF: one answer per host is kept. */
  #isPlain(host: number): boolean {
    let isPlain = this.#plainHosts.get(host);
    if (isPlain === undefined) {
      isPlain = this.#hosts.declaration(host).scopes.every(({ statements }) => statements.length === 0);
      this.#plainHosts.set(host, isPlain);
    }
    return isPlain;
  }

  /**
   * Weakest first (dhcpd-conf reference §11.2). Classes and hosts drag along the scopes they are written in, with their own
   * rank, except those that enclose the pool (or, without one, the subnet): these do not run again.
   */
  scopesOf(subnet: Subnet, pool: number, classes: ClassSet, host: number): Scope[] {
    const { global, sharedNetworks, pools } = this.#config;
    const network = sharedNetworks[subnet.sharedNetwork];
    const around = [global, ...(network?.scopes ?? [])];
    const isSubnetAround = pool < 0 || network?.isImplicit === true;
    const enclosing = new Set([...around, ...(isSubnetAround ? subnet.scopes : []), ...(pools[pool]?.scopes ?? [])]);
    const dragged = [...classes.scopes, ...(host < 0 ? [] : this.#hosts.declaration(host).scopes)];
    return [
      ...around,
      ...subnet.scopes,
      ...(pools[pool]?.scopes ?? []),
      ...dragged.filter((scope) => !enclosing.has(scope)),
    ];
  }

  /** What a relay's network says without a client: of file level alone where the network is not declared. */
  ofNetwork(x: Exchange, subnet: Subnet | undefined): Policy {
    if (subnet !== undefined) return this.of(x, subnet, -1, 0 as Ipv4, -1, -1);
    return this.#execute(x, [this.#config.global], -1, 0 as Ipv4, [], 'dynamic');
  }

  #kindOf(scope: Scope): Entry['kind'] {
    let kind = this.#kinds.get(scope);
    if (kind === undefined) {
      kind = isFixed(scope.statements) ? 'fixed' : isDecidable(scope.statements) ? 'decidable' : 'dynamic';
      this.#kinds.set(scope, kind);
    }
    return kind;
  }
  #checkGenerations(): void {
    if (this.#namesGeneration === this.#names.generation && this.#hostsGeneration === this.#hosts.generation) return;
    this.#namesGeneration = this.#names.generation;
    this.#hostsGeneration = this.#hosts.generation;
    this.#forget();
  }
  #forget(): void {
    this.#cache = new Map();
    this.#plainHosts.clear();
    this.#count = 0;
  }

  #execute(
    x: Exchange,
    scopes: readonly Scope[],
    host: number,
    address: Ipv4,
    variables: Place['variables'],
    kind: Entry['kind'],
    onCondition?: (condition: BooleanExpr, isTrue: boolean) => void,
    left?: number,
  ): Policy {
    const environment = kind === 'fixed' ? undefined : { ...this.environment(x, host, address, variables), leaseTime: () => left };
    const policy = execute(
      {
        scopes,
        environment,
        globals: this.#globals,
        addressesOf: (name) => this.#names.addressesOf(name),
        onLog: (text) => x.effects.log.event(operatorMessage, { text }),
        onExecute: (command, words) => void this.commands.push({ command, words }),
        why: x.why,
        ...(onCondition === undefined ? {} : { onCondition }),
      },
      kind !== 'dynamic',
    );
    // A decided policy is shared by all packets of its path: nothing of this packet may stay with it.
    return kind === 'decidable' ? { ...policy, environment: undefined, resume: undefined } : policy;
  }

  /** Runs a lease event's handler; what it sets stays in `environment.variables`. */
  runHandler(x: Exchange, body: readonly Statement[], environment: Environment): void {
    runBody(body, {
      scopes: [],
      environment,
      globals: this.#globals,
      addressesOf: (name) => this.#names.addressesOf(name),
      onLog: (text) => x.effects.log.event(operatorMessage, { text }),
      onExecute: (command, words) => void this.commands.push({ command, words }),
      why: x.why,
    });
  }
  /** Variables of the lease, newest first: what `set` made beside the server's own. */
  leaseVariables({ variables }: Environment): Place['variables'] {
    const list: { name: string; value: VariableValue }[] = [];
    for (const [name, value] of variables)
      if (value.kind !== 'function' && this.#globals.get(name) !== value) list.push({ name, value });
    return list.toReversed();
  }

  /** For expressions that neither set nor see variables of a lease: class membership and decidable conditions. */
  pureEnvironment(x: Exchange, host: number): Environment {
    return this.#environmentWith(x, host, undefined, this.#globals);
  }

  /** What expressions see of a packet; without a lease before one is chosen. */
  environment(x: Exchange, host: number, address: Ipv4 | undefined, variables: Place['variables']): Environment {
    const all = new Map([...this.#globals, ...variables.toReversed().map(({ name, value }) => [name.toLowerCase(), value] as const)]);
    return this.#environmentWith(x, host, address, all);
  }
  #environmentWith(x: Exchange, host: number, address: Ipv4 | undefined, variables: Map<string, Variable>): Environment {
    const { view } = x;
    const hasLease = view.messageType !== messageType.inform;
    const vendor: Environment['vendor'] = { space: undefined };
    return {
      vendor,
      view,
      requestOption: (option) => requestOption(x, option, this.#containers) ?? this.#vendorPart(x, option, vendor.space),
      replyOption: () => undefined,
      isKnown: x.isKnown,
      isStatic: x.fixedHost >= 0,
      hostName: host < 0 ? undefined : this.#hosts.declaration(host).name,
      leasedAddress: hasLease ? address : undefined,
      leaseTime: () => undefined,
      serverName: formatIpv4(x.port.addresses[0]?.address ?? (0 as Ipv4)),
      addressesOf: (name) => this.#names.addressesOf(name),
      variables,
      report: (text) => x.effects.log.event(evaluationProblem, { text }),
      callsLeft: callsMax,
    };
  }

  /** From option 43, once `parse-vendor-option` said of which space it is. */
  #vendorPart({ view }: Exchange, option: OptionDefinition, space: string | undefined): Uint8Array | undefined {
    if (space === undefined || option.space.toLowerCase() !== space) return undefined;
    const definitions = this.#config.optionSpaces.get(space);
    const value = view.option(optionCode.vendorEncapsulatedOptions);
    return definitions && value && subOption(value, option.code, definitions);
  }
}

/** An option of the request; agent, fqdn and other encapsulated options are looked up inside the option that carries them. */
function requestOption(x: Exchange, option: OptionDefinition, containers: Containers): Uint8Array | undefined {
  const { view } = x;
  switch (option.space) {
    case 'dhcp': return mainOption(x, option.code);
    case 'agent': {
      const at = agentOptionAt(x, option.code);
      return at < 0 ? undefined : x.agentBytes.slice(at, at + (x.agentBytes[at - 1] ?? 0));
    }
    case 'fqdn': return fqdnPart(view, option.code);
    case 'server': return undefined;
    default: return encapsulated(x, option, containers);
  }
}

function mainOption(x: Exchange, code: number): Uint8Array | undefined {
  const { view } = x;
  if (code === optionCode.relayAgentInformation)
    return x.agentLength < 0 ? undefined : x.agentBytes.slice(x.agentAt, x.agentAt + x.agentLength);
  // A host name's closing NUL is not part of the name (reference §1.3 rule 8).
  if (code === optionCode.hostName) return view.option(code)?.slice(0, view.hostNameLength);
  return view.option(code);
}

/** Which option carries a space, for spaces that an option was declared to encapsulate. */
type Containers = ReadonlyMap<string, { readonly option: OptionDefinition; readonly space: OptionSpace }>;
function containersOf(spaces: ReadonlyMap<string, OptionSpace>): Containers {
  const containers = new Map<string, { readonly option: OptionDefinition; readonly space: OptionSpace }>();
  for (const { byCode } of spaces.values())
    for (const option of byCode.values())
      for (const { letter, name } of parseFormat(option.format).elements) {
        const space = spaces.get(name.toLowerCase());
        if (letter === 'E' && space !== undefined) containers.set(space.name, { option, space });
      }
  return containers;
}

function encapsulated(x: Exchange, option: OptionDefinition, containers: Containers): Uint8Array | undefined {
  const container = containers.get(option.space);
  const value = container && requestOption(x, container.option, containers);
  return value && subOption(value, option.code, container.space);
}
function subOption(value: Uint8Array, code: number, { codeWidth, lengthWidth }: OptionSpace): Uint8Array | undefined {
  const read = (at: number, width: number): number =>
    value.subarray(at, at + width).reduce((sum, byte) => sum * 256 + byte, 0);
  for (let at = 0; at + codeWidth + lengthWidth <= value.length; ) {
    const from = at + codeWidth + lengthWidth;
    const end = lengthWidth === 0 ? value.length : from + read(at + codeWidth, lengthWidth);
    if (end > value.length) return undefined;
    if (read(at, codeWidth) === code) return value.slice(from, end);
    at = end;
  }
  return undefined;
}

function fqdnPart(view: DhcpView, code: number): Uint8Array | undefined {
  const value = view.option(optionCode.fqdn);
  if (value === undefined || value.length < 3) return undefined;
  const flags = value[0] ?? 0;
  const isEncoded = (flags & 4) !== 0;
  const name = isEncoded ? labelsOf(value.slice(3)) : fromLatin1(value.slice(3));
  const [first, ...rest] = name.split('.');
  const text = (part: string): Uint8Array | undefined =>
    part === '' ? undefined : Uint8Array.from(part, (char) => char.charCodeAt(0));
  switch (code) {
    // Interop: dhcpd's name is for the O bit, not for N (RFC 4702 §2.1).
    case fqdnCode.noClientUpdate: return Uint8Array.of((flags >> 1) & 1);
    case fqdnCode.serverUpdate: return Uint8Array.of(flags & 1);
    case fqdnCode.encoded: return Uint8Array.of(isEncoded ? 1 : 0);
    case fqdnCode.hostname: return text(first ?? '');
    // Interop: of a name in DNS form dhcpd's domain begins with the dot.
    case fqdnCode.domainname: return rest.length === 0 ? undefined : text(`${isEncoded ? '.' : ''}${rest.join('.')}`);
    case fqdnCode.fqdn: return text(name);
    default: return undefined;
  }
}
function labelsOf(bytes: Uint8Array): string {
  const labels: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes[at] ?? 0;
    if (length === 0 || length > 63) break;
    labels.push(fromLatin1(bytes.slice(at + 1, at + 1 + length)));
    at += 1 + length;
  }
  return labels.join('.');
}
