// shared-network, subnet, interface (dhcpd-conf reference §4.1).

import type { Scope, SharedNetwork, Subnet } from '../model/server-config.ts';
import { networkOf } from '../std/ipv4.ts';
import type * as ast from '../lang/ast.ts';
import type { Handlers, Walk } from './build.ts';
import * as networks from './diagnostics/networks.ts';
import type { Build, Context, Draft } from './drafts.ts';

interface NetworkStart {
  readonly name: string;
  readonly isImplicit: boolean;
  readonly scopes: Draft<Scope>[];
  readonly span: SharedNetwork['span'];
}

function openNetwork(build: Build, { name, isImplicit, scopes, span }: NetworkStart): Draft<SharedNetwork> {
  const { sharedNetworks } = build.drafts;
  const network: Draft<SharedNetwork> = {
    index: sharedNetworks.length,
    name,
    isImplicit,
    scopes,
    subnets: [],
    pools: [],
    interface: undefined,
    span,
  };
  sharedNetworks.push(network);
  return network;
}

export function buildSharedNetwork(
  build: Build,
  node: ast.SharedNetworkDecl,
  context: Context,
  walk: Walk,
): void {
  const scope = build.openScope('shared-network', `shared-network ${node.name.text}`, node.head);
  const chain = [...context.chain, scope];
  const network = openNetwork(build, {
    name: node.name.text,
    isImplicit: false,
    scopes: chain,
    span: node.head,
  });
  walk(build, node.body, {
    ...context,
    kind: 'shared-network',
    chain,
    scope,
    network,
    networkPeer: { peer: -1 },
    subnet: undefined,
    pool: undefined,
  });
  if (network.subnets.length === 0)
    build.report(networks.emptySharedNetwork(node.head, network.name), node.span);
}

export function buildSubnet(build: Build, node: ast.SubnetDecl, context: Context, walk: Walk): void {
  const {
    network: { address: number },
    netmask: { address: mask },
  } = node;
  const net = { network: number, mask, span: node.head };
  if (networkOf(number, mask) !== number) {
    build.report(networks.badSubnetNumber(net), node.netmask.span);
    return;
  }
  const title = networks.cidr(net);
  const scope = build.openScope('subnet', `subnet ${title}`, node.head);
  const network =
    context.network ??
    openNetwork(build, { name: title, isImplicit: true, scopes: [...context.chain], span: node.head });
  const subnet: Draft<Subnet> = {
    index: build.drafts.subnets.length,
    network: number,
    mask,
    sharedNetwork: network.index,
    isAuthoritative: context.isAuthoritative,
    scopes: [...context.chain.slice(network.scopes.length), scope],
    span: node.head,
  };
  for (const other of build.subnetOverlaps.add(subnet)) build.report(networks.subnetsOverlap(subnet, other));
  build.drafts.subnets.push(subnet);
  build.facts.subnets.push(node);
  network.subnets.push(subnet.index);
  const inner: Context = {
    ...context,
    kind: 'subnet',
    chain: [...context.chain, scope],
    scope,
    network,
    networkPeer: context.network === undefined ? { peer: -1 } : context.networkPeer,
    subnet,
    pool: undefined,
  };
  walk(build, node.body, inner);
  subnet.isAuthoritative = inner.isAuthoritative;
}

/** dhcpd knows an interface by its first network: named again in another one, it ties that one to nothing. */
export const networkHandlers: Handlers = {
  interface: (build, node, { network }) => {
    if (network === undefined) return;
    const tied = build.interfaces.find((row) => row.network === network);
    if (tied !== undefined) {
      build.report(networks.secondInterface(node.name.span, tied.name.span), node.name.span);
      return;
    }
    const taken = build.interfaces.find(({ name }) => name.text === node.name.text);
    if (taken !== undefined) {
      build.report(networks.interfaceTaken(node.name.span, taken.name.span, taken.network.name));
      return;
    }
    network.interface = node.name.text;
    build.interfaces.push({ network, name: node.name });
  },
};

