// Policies by place: subnet, pool, classes and host. Scopes that cannot differ from packet to packet are executed once.

import { fromLatin1 } from '../std/bytes.ts';
import { formatIpv4, type Ipv4 } from '../std/ipv4.ts';
import type { Scope, ServerConfig, Subnet } from '../model/server-config.ts';
import type { VariableValue } from '../model/lease.ts';
import type { HostTable } from '../lease/host-table.ts';
import type { NameTable } from '../lease/name-table.ts';
import { fqdnCode, optionCode, type OptionDefinition } from '../wire/option-table.ts';
import type { DhcpView } from '../wire/dhcp-view.ts';
import type { ClassSet } from './classes.ts';
import type { Environment, Variable } from './evaluate.ts';
import type { Exchange } from './exchange.ts';
import { evaluationProblem, operatorMessage } from './log-events.ts';
import { execute, isFixed, valueIn, type Policy } from './policy.ts';

/** Cached policies of one pool of one subnet, classes aside: one per host. */
const policiesMax = 20_000;
const callsMax = 1_000;

/** What a place adds to the packet: lease data that expressions can see. */
export interface Place {
  readonly subnet: Subnet;
  /** -1 for fixed addresses and INFORM outside pools. */
  readonly pool: number;
  readonly address: Ipv4;
  readonly variables: readonly { readonly name: string; readonly value: VariableValue }[];
}

export class Policies {
  readonly #config: ServerConfig;
  readonly #hosts: HostTable;
  readonly #names: NameTable;
  #cache = new Map<number, Map<number, Policy>>();
  #count = 0;
  #namesGeneration = -1;
  #hostsGeneration = -1;
  readonly #isFixedScope = new Map<Scope, boolean>();
  /** File-level `define`s and `set`s. */
  readonly #globals = new Map<string, Variable>();
  /** Commands of execute() statements, taken by the engine after each packet. */
  readonly commands: { readonly command: string; readonly words: readonly string[] }[] = [];

  constructor(config: ServerConfig, hosts: HostTable, names: NameTable) {
    this.#config = config;
    this.#hosts = hosts;
    this.#names = names;
    for (const statement of config.global.statements)
      if (statement.kind === 'define')
        this.#globals.set(statement.name.toLowerCase(), { kind: 'function', parameters: statement.parameters, body: statement.body });
  }

  /** PERF: two map lookups by number when everything is fixed and there are no classes. */
  of(x: Exchange, { subnet, pool, address, variables }: Place, host: number): Policy {
    this.#checkGenerations();
    const place = (subnet.index * (this.#config.pools.length + 1) + pool + 1) * 65_536 + (x.classes.id & 65_535);
    let policies = this.#cache.get(place);
    if (policies === undefined) this.#cache.set(place, (policies = new Map()));
    const isSmallId = x.classes.id < 65_536;
    const known = isSmallId ? policies.get(host) : undefined;
    if (known !== undefined && x.why === undefined) return known;
    const scopes = this.scopesOf(subnet, pool, x.classes, host);
    const isCacheable = isSmallId && scopes.every((scope) => this.#isFixed(scope));
    const policy = this.#execute(x, scopes, host, address, variables, isCacheable);
    if (isCacheable) {
      if (this.#count++ > policiesMax) this.#forget();
      policies.set(host, policy);
    }
    return policy;
  }

  /** Weakest first (dhcpd-conf reference §11.2). */
  scopesOf(subnet: Subnet, pool: number, classes: ClassSet, host: number): Scope[] {
    const { global, sharedNetworks, pools } = this.#config;
    return [
      global,
      ...(sharedNetworks[subnet.sharedNetwork]?.scopes ?? []),
      ...subnet.scopes,
      ...(pools[pool]?.scopes ?? []),
      ...classes.scopes,
      ...(host < 0 ? [] : this.#hosts.declaration(host).scopes),
    ];
  }

  #isFixed(scope: Scope): boolean {
    let isKnown = this.#isFixedScope.get(scope);
    if (isKnown === undefined) this.#isFixedScope.set(scope, (isKnown = isFixed(scope.statements)));
    return isKnown;
  }
  #checkGenerations(): void {
    if (this.#namesGeneration === this.#names.generation && this.#hostsGeneration === this.#hosts.generation) return;
    this.#namesGeneration = this.#names.generation;
    this.#hostsGeneration = this.#hosts.generation;
    this.#forget();
  }
  #forget(): void {
    this.#cache = new Map();
    this.#count = 0;
  }

  #execute(
    x: Exchange,
    scopes: readonly Scope[],
    host: number,
    address: Ipv4,
    variables: Place['variables'],
    isCacheable: boolean,
  ): Policy {
    let policy: Policy | undefined;
    const environment = isCacheable
      ? undefined
      : { ...this.environment(x, host, address, variables), replyOption: (option: OptionDefinition) => (policy === undefined ? undefined : valueIn(policy.values, option)) };
    policy = execute(
      {
        scopes,
        environment,
        globals: this.#globals,
        addressesOf: (name) => this.#names.addressesOf(name),
        onLog: (text) => x.effects.log.event(operatorMessage, { text }),
        onExecute: (command, words) => void this.commands.push({ command, words }),
        why: x.why,
      },
      isCacheable,
    );
    return policy;
  }

  /** What expressions see of a packet; without a lease before one is chosen. */
  environment(x: Exchange, host: number, address: Ipv4 | undefined, variables: Place['variables']): Environment {
    const { view } = x;
    return {
      view,
      requestOption: (option) => requestOption(view, option),
      replyOption: () => undefined,
      isKnown: x.isKnown,
      isStatic: x.fixedHost >= 0,
      hostName: host < 0 ? undefined : this.#hosts.declaration(host).name,
      leasedAddress: address,
      leaseSeconds: undefined,
      serverName: formatIpv4(x.port.addresses[0]?.address ?? (0 as Ipv4)),
      addressesOf: (name) => this.#names.addressesOf(name),
      variables: new Map([...this.#globals, ...variables.map(({ name, value }) => [name.toLowerCase(), value] as const)]),
      report: (text) => x.effects.log.event(evaluationProblem, { text }),
      callsLeft: callsMax,
    };
  }
}

/** An option of the request; agent, fqdn and encapsulated vendor options are looked up inside theirs. */
function requestOption(view: DhcpView, option: OptionDefinition): Uint8Array | undefined {
  switch (option.space) {
    case 'dhcp': return view.option(option.code);
    case 'agent': {
      const at = view.agentAt(option.code);
      return at < 0 ? undefined : view.joined.slice(at, at + view.agentLength(option.code));
    }
    case 'fqdn': return fqdnPart(view, option.code);
    case 'server': return option.code === 15 ? view.slot.slice(view.start + 108, view.start + 108 + view.fileLength) : undefined;
    default: return subOption(view.option(encapsulatorOf(option.space)), option.code);
  }
}

/** Sub-options of unknown spaces are looked for in option 43, where vendor spaces live; iPXE's in 175. */
const encapsulatorOf = (space: string): number =>
  space === 'ipxe' || space === 'gpxe' ? 175 : optionCode.vendorEncapsulatedOptions;

function subOption(value: Uint8Array | undefined, code: number): Uint8Array | undefined {
  if (value === undefined) return undefined;
  for (let at = 0; at + 2 <= value.length; ) {
    const length = value[at + 1] ?? 0;
    if (value[at] === code) return value.slice(at + 2, at + 2 + length);
    at += 2 + length;
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
    case fqdnCode.noClientUpdate: return Uint8Array.of((flags >> 3) & 1);
    case fqdnCode.serverUpdate: return Uint8Array.of(flags & 1);
    case fqdnCode.encoded: return Uint8Array.of((flags >> 2) & 1);
    case fqdnCode.hostname: return text(first ?? '');
    case fqdnCode.domainname: return text(rest.join('.'));
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
