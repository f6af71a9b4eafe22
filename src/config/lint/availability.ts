// L2009, L2011, L2012, L2039: third machines that service depends on although the two servers do not.

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { OptionStatement } from '../../model/expression.ts';
import { formatIpv4, type Ipv4 } from '../../std/ipv4.ts';
import { optionCode, serverOptionCode } from '../../wire/option-table.ts';
import { info, warning } from '../../lang/diagnostics/make.ts';
import { namePlaces } from '../host-names.ts';
import { optionsOf } from './statements.ts';
import { addressesOf, type View } from './view.ts';

const allOptions = (view: View): readonly OptionStatement[] => optionsOf(view).map(({ statement }) => statement);

/** L2009: a list with a name in it is as available as the resolver. */
export function optionsByName(view: View): Diagnostic[] {
  return allOptions(view).flatMap(({ value, option, span }) => {
    if (value.kind !== 'addresses') return [];
    const names = value.items.flatMap((item) => (item.kind === 'name' ? [item.name] : []));
    const [first] = names;
    if (first === undefined) return [];
    const resolver = option.space === 'dhcp' && option.code === optionCode.domainNameServers;
    return [
      warning(
        'L2009',
        span,
        `${option.name} depends on the resolver: ${names.length === 1 ? `${first} is a name` : `${names.join(', ')} are names`}`,
        {
          notes: [
            {
              message:
                'dhcpd asks DNS at every packet and stands still meanwhile; while a name cannot be resolved, the whole option is missing',
            },
            {
              message:
                'Leasehold resolves before it serves and keeps the last good answer, but an endless lease sent without the option stays without it',
            },
          ],
          help: resolver
            ? 'write addresses: a resolver cannot be found through itself'
            : `write the address of ${first} instead`,
        },
      ),
    ];
  });
}

/** L2009: addresses of hosts and of failover peers that are names. */
export function machinesByName(view: View): Diagnostic[] {
  const hosts = view.config.hosts.flatMap(({ index, name, fixedAddresses }) =>
    fixedAddresses.flatMap((item) =>
      item.kind === 'address' ? [] : [
        warning('L2009', view.draft.facts.hosts[index]?.fixed?.addresses.find(({ span }) => span.start === item.span.start)?.span ?? item.span, `the address of host ${name} depends on the resolver: ${item.name} is a name`, {
          notes: [{ message: 'until it is known the host counts as one without a fixed-address: it gets an address of a pool, or none' }],
          help: `write the address of ${item.name} instead`,
        }),
      ],
    ),
  );
  const peers = view.config.peers.flatMap(({ name, address, partnerAddress }) =>
    [address, partnerAddress].flatMap((item) =>
      item.kind === 'address' ? [] : [
        warning('L2009', item.span, `failover peer "${name}" depends on the resolver: ${item.name} is a name`, {
          notes: [{ message: 'a pair that needs a resolver to find itself fails with it' }],
          help: `write the address of ${item.name} instead`,
        }),
      ],
    ),
  );
  return [...hosts, ...peers];
}

/** L2039: only where a resolver was asked. */
export function namesThatDoNotResolve({ draft: { resolves }, config, draft }: View): Diagnostic[] {
  if (resolves === undefined) return [];
  return namePlaces(config, draft.facts.scopes, config.settings).flatMap(({ name, span }) => {
    const problem = resolves(name);
    return problem === undefined ? [] : [
      warning('L2039', span, `${name} does not resolve on this machine: ${problem}`, { help: 'correct the name, or write the address' }),
    ];
  });
}

const isOption = (statement: OptionStatement, space: string, code: number): boolean =>
  statement.option.space === space && statement.option.code === code;

/** L2011: network boot from one machine, in a pair that is there so that no machine is needed. */
export function bootServerAlone(view: View): Diagnostic[] {
  if (view.config.peers.length === 0 || view.config.leasehold.boot?.nextServerIsSelf === true) return [];
  // Each node may name itself: then both serve network boot, as far as one file can tell.
  const addressesWith = (role: string): Set<number> =>
    new Set(view.servers.filter((server) => server.role === role).map(({ address }) => address));
  const own = addressesWith('this server');
  const partners = addressesWith('its partner');
  const resolvers = new Set(
    allOptions(view)
      .filter((s) => isOption(s, 'dhcp', optionCode.domainNameServers))
      .flatMap(({ value }) => addressesOf(value)),
  );
  const seen = new Set<Ipv4>();
  return allOptions(view)
    .filter((statement) => isOption(statement, 'server', serverOptionCode.nextServer))
    .flatMap(({ value, span }) => {
      const [address] = addressesOf(value);
      if (address === undefined || seen.has(address) || own.has(address)) return [];
      seen.add(address);
      const notes = resolvers.has(address)
        ? [{ message: `${formatIpv4(address)} is the resolver of these clients as well` }]
        : [];
      return [
        warning(
          'L2011',
          span,
          partners.has(address)
            ? `network boot is served by the partner only: without ${formatIpv4(address)} no machine boots`
            : `network boot depends on a third machine: without ${formatIpv4(address)} no machine boots, although both DHCP servers live`,
          {
            notes,
            help: 'let each server serve the files and name itself: `boot { next-server self; }` in the leasehold.conf of both, or a TFTP server on both and a different next-server in the two files',
          },
        ),
      ];
    });
}

/** L2012: one resolver is a single point of failure too, but many sites have one. */
export function resolverAlone(view: View): Diagnostic[] {
  if (view.config.peers.length === 0) return [];
  const seen = new Set<Ipv4>();
  return allOptions(view)
    .filter((statement) => isOption(statement, 'dhcp', optionCode.domainNameServers))
    .flatMap(({ value, span }) => {
      const addresses = addressesOf(value);
      const [address] = addresses;
      if (value.kind !== 'constant' || addresses.length !== 1 || address === undefined || seen.has(address))
        return [];
      seen.add(address);
      return [
        info('L2012', span, `these clients have one resolver only, ${formatIpv4(address)}`, {
          help: 'name a second one',
        }),
      ];
    });
}
