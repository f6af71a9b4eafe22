// L2501..L2507: what the two sides of a failover relationship say about each other.

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { AddressItem } from '../../model/expression.ts';
import { isAnyItem, itemText, pairNumbers, type PairNumber } from '../../model/agreement/matters.ts';
import type { FailoverPeer } from '../../model/server-config.ts';
import type { Span } from '../../model/span.ts';
import type * as ast from '../../lang/ast.ts';
import { error, info, warning } from '../../lang/diagnostics/make.ts';
import type { ConfigDraft } from '../load-config.ts';
import { poolDifferences } from './pools.ts';
import type { Pair } from './pair.ts';

const textOf = (item: AddressItem): string => (item.kind === 'name' ? item.name : itemText(item));
const isSame = (a: AddressItem, b: AddressItem): boolean => itemText(a) === itemText(b);

type Fits = (member: ast.FailoverMember) => boolean;
const memberSpan = (draft: ConfigDraft, { index, span }: FailoverPeer, fits: Fits): Span =>
  draft.facts.peers[index]?.members.findLast(fits)?.span ?? span;

/** Every relationship of A, with its twin of B; then what only B has. */
export function comparePeers(pair: Pair): Diagnostic[] {
  const { a, b } = pair;
  const found = a.config.peers.flatMap((mine) => {
    const theirs = b.config.peers.find(({ name }) => name === mine.name);
    return theirs === undefined ? [missing(mine, pair)] : compare(mine, theirs, pair);
  });
  const onlyThere = b.config.peers.filter(({ name }) => !a.config.peers.some((peer) => peer.name === name));
  return [...found, ...(a.config.peers.length === 0 ? onlyThere.map((peer) => missingHere(peer)) : [])];
}

/** L2501 */
function missing(mine: FailoverPeer, { b, nameB }: Pair): Diagnostic {
  const [other] = b.config.peers;
  return error(
    'L2501',
    mine.span,
    `${nameB} has no failover peer "${mine.name}": the two servers would never connect`,
    {
      notes:
        other === undefined
          ? []
          : [
              {
                span: other.span,
                message: `it has "${other.name}"; the name must be the same, letter for letter`,
              },
            ],
      help: `use one name on both servers`,
    },
  );
}
const missingHere = (theirs: FailoverPeer): Diagnostic =>
  error(
    'L2501',
    theirs.span,
    `only this file has failover peer "${theirs.name}": the two servers would never connect`,
    {
      help: 'declare the other side of it in the other file',
    },
  );

function compare(mine: FailoverPeer, theirs: FailoverPeer, pair: Pair): Diagnostic[] {
  return [
    ...compareRoles(mine, theirs, pair),
    ...compareAddresses(mine, theirs, pair),
    ...comparePorts(mine, theirs, pair),
    ...poolDifferences(mine, theirs, pair),
    ...compareNumbers(mine, theirs, pair),
  ];
}

/** L2502 */
function compareRoles(mine: FailoverPeer, theirs: FailoverPeer, { a, b }: Pair): Diagnostic[] {
  if (mine.role !== theirs.role) return [];
  const isRole: Fits = ({ kind }) => kind === 'role';
  return [
    error('L2502', memberSpan(a, mine, isRole), `both servers are ${mine.role}`, {
      notes: [{ span: memberSpan(b, theirs, isRole), message: `${mine.role} here too` }],
      help: `write \`${mine.role === 'primary' ? 'secondary' : 'primary'};\` on one of them`,
    }),
  ];
}

/** L2503: an address of one side is the peer address of the other. */
function compareAddresses(mine: FailoverPeer, theirs: FailoverPeer, { a, b, nameB }: Pair): Diagnostic[] {
  const span = (draft: ConfigDraft, peer: FailoverPeer, isPartner: boolean): Span =>
    memberSpan(draft, peer, (member) => member.kind === 'peer-address' && member.isPartner === isPartner);
  const sides = [
    { isPartner: true, here: mine.partnerAddress, there: theirs.address, what: `${nameB} calls itself` },
    {
      isPartner: false,
      here: mine.address,
      there: theirs.partnerAddress,
      what: `${nameB} looks for this server at`,
    },
  ];
  return sides
    .filter(({ here, there }) => !isSame(here, there) && !isAnyItem(here) && !isAnyItem(there))
    .map(({ isPartner, here, there, what }) =>
      error('L2503', span(a, mine, isPartner), `${textOf(here)} here, but ${what} ${textOf(there)}`, {
        notes: [{ span: span(b, theirs, !isPartner), message: 'in the other file' }],
        help: '`address` of one server must be `peer address` of the other',
      }),
    );
}

/** L2504 */
function comparePorts(mine: FailoverPeer, theirs: FailoverPeer, { a, b, nameB }: Pair): Diagnostic[] {
  const span = (draft: ConfigDraft, peer: FailoverPeer, isPartner: boolean): Span =>
    memberSpan(
      draft,
      peer,
      (member) => member.kind === 'peer-number' && member.word === 'port' && member.isPartner === isPartner,
    );
  const sides = [
    { isPartner: true, here: mine.partnerPort, there: theirs.port, what: `${nameB} listens on` },
    { isPartner: false, here: mine.port, there: theirs.partnerPort, what: `${nameB} connects to` },
  ];
  return sides
    .filter(({ here, there }) => here !== there)
    .map(({ isPartner, here, there, what }) =>
      error('L2504', span(a, mine, isPartner), `port ${here} here, but ${what} port ${there}`, {
        notes: [{ span: span(b, theirs, !isPartner), message: 'in the other file' }],
        help: '`port` of one server must be `peer port` of the other',
      }),
    );
}

/** What an operator sees of a pair whose sides differ. */
const whyNumber: Readonly<Record<PairNumber, string>> = {
  'load balance max seconds': 'one server would share clients out by other rules than the other',
  'max-response-delay': 'each tells the other its own; the link is lost at different times',
  'max-unacked-updates': 'one side sends faster than the other',
  'auto-partner-down': 'only one side takes over by itself',
  'max-lease-misbalance': 'the two disagree about when a pool is out of balance',
  'max-lease-ownership': 'the two disagree about when a pool is out of balance',
};

/** L2506 */
function compareNumbers(mine: FailoverPeer, theirs: FailoverPeer, { a, b, nameB }: Pair): Diagnostic[] {
  return (Object.keys(pairNumbers) as PairNumber[])
    .filter((word) => pairNumbers[word](mine) !== pairNumbers[word](theirs))
    .map((word) => {
      const value = pairNumbers[word];
      const isNumber: Fits = (member) =>
        (member.kind === 'failover-number' || member.kind === 'peer-number') && member.word === word;
      const make = word === 'load balance max seconds' || word === 'auto-partner-down' ? warning : info;
      return make(
        'L2506',
        memberSpan(a, mine, isNumber),
        `${word} is ${value(mine)} here and ${value(theirs)} in ${nameB}`,
        {
          notes: [{ span: memberSpan(b, theirs, isNumber), message: whyNumber[word] }],
          help: 'use one value on both servers',
        },
      );
    });
}
