// L2006..: what people get wrong about failover, found in one file.

import type { Diagnostic, DiagnosticNote } from '../../model/diagnostic.ts';
import type { FailoverPeer } from '../../model/server-config.ts';
import { serverOptionCode as code } from '../../wire/option-table.ts';
import { formatIpv4 } from '../../std/ipv4.ts';
import type * as ast from '../../lang/ast.ts';
import { info, warning } from '../../lang/diagnostics/make.ts';
import { leaseTime } from '../../model/effective.ts';
import { listed, plural, sizeOf, type View } from './view.ts';

type NumberMember = Extract<ast.FailoverMember, { kind: 'failover-number' | 'peer-number' }>;

const membersOf = (view: View, { index }: FailoverPeer): readonly ast.FailoverMember[] =>
  view.draft.facts.peers[index]?.members ?? [];
const numberMember = (view: View, peer: FailoverPeer, word: NumberMember['word']): NumberMember | undefined =>
  membersOf(view, peer).findLast(
    (member): member is NumberMember =>
      (member.kind === 'failover-number' || member.kind === 'peer-number') && member.word === word,
  );

/** L2006 */
export function mcltOnSecondary(view: View): Diagnostic[] {
  return view.config.peers.flatMap((peer) => {
    const member = numberMember(view, peer, 'mclt');
    if (peer.role !== 'secondary' || member === undefined) return [];
    return [
      warning('L2006', member.span, 'the secondary takes mclt from the primary: this value has no effect', {
        help: 'remove it here, so that nobody changes it in the wrong place',
        fix: { span: member.span, replacement: '' },
      }),
    ];
  });
}

/** Shares that nobody chooses who means a share: nearly all, or nearly none. */
const extremeBelow = 16;

/** L2007: split divides clients; addresses are always shared out in halves. */
export function splitMisread(view: View): Diagnostic[] {
  return view.config.peers.flatMap((peer) => {
    const member = numberMember(view, peer, 'split');
    if (member === undefined || peer.role !== 'primary') return [];
    const split = member.value.value;
    if (split >= extremeBelow && split <= 256 - extremeBelow) return [];
    const who =
      split > 128
        ? split === 256
          ? 'all clients'
          : `${split} of 256 shares of the clients`
        : `only ${split} of 256 shares of the clients`;
    return [
      warning('L2007', member.span, `split divides clients, not addresses: here ${who} are the primary's`, {
        notes: [
          {
            message:
              'the free addresses of a pool are always shared out in halves between the two servers, whatever split says',
          },
          ...(peer.loadBalanceMaxSecs === 0
            ? [{ message: 'and without `load balance max seconds` split has no effect at all' }]
            : []),
        ],
        help: 'write `split 128;`, which gives each server half of the clients',
      }),
    ];
  });
}

/** L2015: the first lease of a client is short, whatever the file says. */
export function endlessDelayedByMclt(view: View): Diagnostic[] {
  return view.config.pools.flatMap((pool) => {
    const peer = view.config.peers[pool.peer];
    if (peer === undefined) return [];
    const max = leaseTime(view.scopesOfPool(pool), code.maxLeaseTime, 86_400);
    if (max.seconds !== 0xffffffff) return [];
    const lead = peer.mclt === undefined ? "the primary's mclt" : `mclt, ${peer.mclt} s`;
    return [
      info(
        'L2015',
        pool.span,
        `endless leases of this pool begin short: a client's first lease lasts ${lead}`,
        {
          notes: [
            ...(max.span === undefined ? [] : [{ span: max.span, message: 'leases are endless here' }]),
            {
              message:
                'it becomes endless at the first renewal after the partner has acknowledged it; hosts with fixed-address get theirs at once',
            },
          ],
        },
      ),
    ];
  });
}

/** L2018: addresses of the same network that only one server knows. */
export function poolsWithoutPeer(view: View): Diagnostic[] {
  return view.config.sharedNetworks.flatMap(({ name, pools: indexes }) => {
    const pools = indexes.flatMap((index) => view.config.pools[index] ?? []);
    const paired = pools.find(({ peer }) => peer >= 0);
    if (paired === undefined) return [];
    const peerName = view.config.peers[paired.peer]?.name ?? '';
    return pools
      .filter(({ peer }) => peer < 0)
      .map((pool) =>
        warning(
          'L2018',
          pool.span,
          `these ${plural(sizeOf(pool), 'address', 'addresses')} of ${name} are in no failover: both servers would lease them independently`,
          {
            notes: [
              {
                span: paired.span,
                message: `this pool of the same network is shared by failover peer "${peerName}"`,
              },
            ],
            help: `add \`failover peer "${peerName}";\` to the pool, or serve the pool on one server only`,
          },
        ),
      );
  });
}

/** L2019: a client that never renews cannot take part. */
export function bootpInFailoverPool(view: View): Diagnostic[] {
  return view.config.pools.flatMap(({ peer, allow }) => {
    const permit = allow.find(({ kind }) => kind === 'dynamic-bootp-clients');
    if (peer < 0 || permit === undefined) return [];
    return [
      warning('L2019', permit.span, 'BOOTP clients get nothing of a pool with a failover peer', {
        help: 'give BOOTP clients a pool without peer, or fixed addresses',
      }),
    ];
  });
}

/** L2040: a silent partner may be alive. */
export function autoPartnerDown(view: View): Diagnostic[] {
  return view.config.peers.flatMap((peer) => {
    const member = numberMember(view, peer, 'auto-partner-down');
    if (member === undefined || peer.autoPartnerDown === 0) return [];
    return [
      warning(
        'L2040',
        member.span,
        `after ${peer.autoPartnerDown} s of silence this server takes the partner's addresses, although the partner may be alive behind a cut link`,
        {
          notes: [{ message: 'then both may lease one address' }],
          help: 'leave the decision to a person (`leasehold failover partner-down`), who can see whether the machine is off, or to evidence: a fence or a witness in leasehold.conf (docs/evidence.md)',
        },
      ),
    ];
  });
}

/** L2041: values that make a pair restless or blind. */
export function failoverTimers(view: View): Diagnostic[] {
  return view.config.peers.flatMap((peer) => {
    const delay = numberMember(view, peer, 'max-response-delay');
    const mclt = numberMember(view, peer, 'mclt');
    return [
      ...(delay !== undefined && peer.maxResponseDelay < 3
        ? [
            warning(
              'L2041',
              delay.span,
              'a partner that pauses for a moment is taken for lost: the link would flap',
              { help: 'use at least 3 seconds; 30 is usual' },
            ),
          ]
        : []),
      ...(delay !== undefined && peer.maxResponseDelay > 300
        ? [
            warning(
              'L2041',
              delay.span,
              `a partner that vanishes without a word is missed after ${peer.maxResponseDelay} s only`,
              { help: 'use 30 to 60 seconds' },
            ),
          ]
        : []),
      ...(mclt !== undefined && peer.role === 'primary' && peer.mclt !== undefined && peer.mclt > 86_400
        ? [
            warning(
              'L2041',
              mclt.span,
              `after a takeover or a lost lease file, ${peer.mclt} s must pass before all addresses may be used`,
              { help: 'use 1800 to 3600 seconds' },
            ),
          ]
        : []),
    ];
  });
}

/** L2042: the two ends of a relationship are two machines. */
export function peerIsOurselves(view: View): Diagnostic[] {
  return view.config.peers.flatMap((peer) => {
    const { address, partnerAddress } = peer;
    const isSame =
      address.kind === 'address' && partnerAddress.kind === 'address' && address.address !== 0
        ? address.address === partnerAddress.address
        : address.kind === 'name' &&
          partnerAddress.kind === 'name' &&
          address.name.toLowerCase() === partnerAddress.name.toLowerCase();
    if (!isSame || peer.port !== peer.partnerPort) return [];
    const span =
      membersOf(view, peer).findLast((member) => member.kind === 'peer-address' && member.isPartner)?.span ??
      peer.span;
    const text = partnerAddress.kind === 'address' ? formatIpv4(partnerAddress.address) : partnerAddress.name;
    return [
      warning('L2042', span, `${text} is the address of both servers: this one would talk to itself`, {
        help: 'write the address of the other server here',
      }),
    ];
  });
}

/** L2016: what people expect of the omapi key, and when it is so. */
export function keyIsNotFailovers(view: View): Diagnostic[] {
  const { peers, settings } = view.config;
  const [peer] = peers;
  if (peer === undefined || settings.omapiKey === undefined) return [];
  const notes: DiagnosticNote[] = [
    {
      span: peer.span,
      message: 'dhcpd sends and believes everything on this connection in plain text, without a key',
    },
  ];
  const statement = view.config.global.statements.find(
    (candidate) =>
      candidate.kind === 'option' &&
      candidate.option.space === 'server' &&
      candidate.option.code === code.omapiKey,
  );
  return [
    info(
      'L2016',
      statement?.span ?? peer.span,
      `the omapi key secures the failover connection${peers.length > 1 ? 's' : ''} (${listed(peers.map(({ name }) => name))}) between two Leasehold nodes that both have it; with a dhcpd it is plain`,
      {
        notes,
        help: 'while one node is a dhcpd keep port 647 on a network of its own, or let the firewall admit the partner only; then `relationship { security "require"; }` in leasehold.conf',
      },
    ),
  ];
}
