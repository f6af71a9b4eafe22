// L2005, L2027..L2030, L2037: statements that do not reach what they were written for.

import { keyName } from '../../model/key-name.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { OptionStatement, Statement } from '../../model/expression.ts';
import type { Scope } from '../../model/server-config.ts';
import { bytesEqual, fromLatin1 } from '../../std/bytes.ts';
import { optionCode } from '../../wire/option-table.ts';
import { decodeNames } from '../../wire/domain-name.ts';
import { info, warning } from '../../lang/diagnostics/make.ts';
import { cidr } from '../diagnostics/networks.ts';
import { blocksOf, placedStatements } from '../placed-statements.ts';
import { plural, type View } from './view.ts';

/** L2005: dhcpd says so once; here with what it means for these hosts. */
export function hostsInsideSubnets(view: View): Diagnostic[] {
  const first = view.draft.facts.hosts.findIndex(({ place }) => place.network >= 0);
  const fact = view.draft.facts.hosts[first];
  if (fact === undefined) return [];
  const count = view.draft.facts.hosts.filter(({ place }) => place.network >= 0).length;
  const subnet = view.config.subnets[fact.place.subnet];
  const where = subnet === undefined ? 'a shared network' : `subnet ${cidr(subnet)}`;
  return [
    warning(
      'L2005',
      fact.node.head,
      `hosts are global wherever they stand: the ${count === 1 ? 'host' : plural(count, 'host')} written inside ${count === 1 ? where : 'networks'} ${count === 1 ? 'is' : 'are'} known everywhere`,
      {
        notes:
          subnet === undefined
            ? []
            : [
                {
                  span: subnet.span,
                  message:
                    'options of this subnet (routers and the like) follow its hosts to any other network, and outrank pools and classes there',
                },
              ],
        help: 'move hosts to file level, or into a `group` with the options they shall have',
      },
    ),
  ];
}

/** L2027 */
export function unusedDeclarations(view: View): Diagnostic[] {
  const { facts, config } = view.draft;
  const classes = config.classes
    .filter(
      ({ index, scopes, subclasses, leaseLimit }) =>
        !facts.classUses.has(index) &&
        isSilent(scopes) &&
        subclasses.every((made) => isSilent(made.scopes)) &&
        leaseLimit === undefined,
    )
    .map(({ span, name }) =>
      info('L2027', span, `class "${name}" has no statements and no pool names it: it does nothing`, {
        help: 'remove it, or use it in a permit',
      }),
    );
  const groups = facts.groups
    .filter(({ node, isJoined }) => !isJoined && !node.body.some(({ kind }) => declares.has(kind)))
    .map(({ node }) =>
      info(
        'L2027',
        node.head,
        node.name === undefined
          ? 'this group holds no declaration: its statements reach nobody'
          : `no host joins group ${node.name.text}, and it holds no declaration`,
        { help: 'remove it, or put hosts or subnets into it' },
      ),
    );
  const memberless = membersMissing(view);
  const { omapi, relationships } = config.leasehold;
  const securing = new Set([...relationships.values()].map(({ key }) => keyName(key?.name ?? '')));
  const isKeyUsed = (name: string): boolean => facts.keyUses.has(name) || omapi.roles.has(name) || securing.has(name);
  const keys = facts.keys
    .filter(({ name }) => !isKeyUsed(keyName(name.text)))
    .map(({ name }) =>
      info('L2027', name.span, `key ${name.text} is not used`, {
        help: 'remove it, or name it in `omapi-key` or a zone',
      }),
    );
  return [...classes, ...memberless, ...groups, ...keys];
}
/** Classes that would do something, if there were a way into them. Over OMAPI subclasses may come while the server runs. */
function membersMissing({ draft: { facts, config } }: View): Diagnostic[] {
  const added = new Set([...placedStatements(facts.scopes)].flatMap(({ statement }) => (statement.kind === 'add' ? [statement.className] : [])));
  return config.classes.flatMap(({ index, name, span, matchIf, submatch, spawns, subclasses, scopes }) => {
    const isEmpty = isSilent(scopes) && !facts.classUses.has(index);
    if (isEmpty || added.has(name) || spawns || subclasses.length > 0) return [];
    if (submatch === undefined && matchIf !== undefined) return [];
    if (submatch !== undefined && config.settings.omapiPort !== undefined) return [];
    return [
      warning('L2027', span, `no client is ever a member of class "${name}": it has ${submatch === undefined ? 'no `match if`' : '`match` and no subclass'}`, {
        help: submatch === undefined ? 'add `match if …;`, or `add` clients to it' : `add \`subclass "${name}" …;\` for each value, or write \`match if\``,
      }),
    ];
  });
}
const isSilent = (scopes: readonly Scope[]): boolean => scopes.at(-1)?.statements.length === 0;
const declares = new Set<string>([
  'host',
  'subnet',
  'shared-network',
  'group',
  'class',
  'subclass',
  'include',
  'pool',
]);

/** The statements of each scope, and of each block inside. */
const blocks = ({ draft: { facts } }: View): readonly { readonly statements: readonly Statement[]; readonly title: string }[] => [
  ...facts.scopes,
  ...[...placedStatements(facts.scopes)].flatMap(({ statement }) => blocksOf(statement).map((statements) => ({ statements, title: 'this block' }))),
];

/** L2028: the same thing said twice in one block: the last one counts. */
export function shadowedStatements(view: View): Diagnostic[] {
  return blocks(view).flatMap(({ statements, title }) => {
    const seen = new Map<string, OptionStatement>();
    return statements.flatMap((statement) => {
      if (statement.kind !== 'option' || statement.operator !== 'supersede') return [];
      const key = `${statement.option.space}.${statement.option.code}`;
      const earlier = seen.get(key);
      seen.set(key, statement);
      if (earlier === undefined || statement.option.name === 'trusted-interface') return [];
      const isEqual =
        earlier.value.kind === 'constant' &&
        statement.value.kind === 'constant' &&
        bytesEqual(earlier.value.bytes, statement.value.bytes);
      const notes = [
        {
          span: statement.span,
          message: isEqual ? 'said again here' : 'replaced here: the last one in a block counts',
        },
      ];
      return [
        isEqual
          ? info('L2028', earlier.span, `${statement.option.name} is said twice in ${title}`, {
              notes,
              help: 'remove one of the two',
            })
          : warning('L2028', earlier.span, `this ${statement.option.name} has no effect`, {
              notes,
              help: 'remove the one you do not want',
            }),
      ];
    });
  });
}

/** L2029, L2030: `authoritative` counts for what stands below it. */
export function authority(view: View): Diagnostic[] {
  const { subnets, pools } = view.config;
  const { facts } = view.draft;
  const withPools = new Set(pools.map(({ sharedNetwork }) => sharedNetwork));
  const served = subnets.filter(({ sharedNetwork }) => withPools.has(sharedNetwork));
  const missed = served.filter(({ isAuthoritative }) => !isAuthoritative);
  const statement = facts.authority.find(({ node, kind }) => node.isAuthoritative && kind === 'global')?.node;
  const isDenied = facts.authority.some(({ node }) => !node.isAuthoritative);
  const above = missed.filter(
    ({ span }) =>
      statement !== undefined && span.file === statement.span.file && span.start < statement.span.start,
  );
  if (statement !== undefined && above.length > 0)
    return [
      warning('L2030', statement.span, `this comes too late for ${plural(above.length, 'subnet')} above it`, {
        notes: above
          .slice(0, 3)
          .map((subnet) => ({ span: subnet.span, message: `${cidr(subnet)} is not authoritative` })),
        help: 'move `authoritative;` to the top of the file',
      }),
    ];
  if (statement !== undefined || isDenied || missed.length === 0 || missed.length < served.length) return [];
  const [first] = missed;
  return first === undefined
    ? []
    : [
        info(
          'L2029',
          first.span,
          'this server is not authoritative: a machine that comes with an address of another network is not told so, and waits',
          {
            help: 'add `authoritative;` at the top of the file, unless another DHCP server is responsible here',
          },
        ),
      ];
}

/** L2037: several domains in one string are one impossible domain. */
export function joinedDomains(view: View): Diagnostic[] {
  return view.draft.facts.scopes.flatMap(({ statements }) =>
    statements.flatMap((statement) => {
      if (
        statement.kind !== 'option' ||
        statement.option.space !== 'dhcp' ||
        statement.option.code !== optionCode.domainSearch
      )
        return [];
      const names = statement.value.kind === 'constant' ? decodeNames(statement.value.bytes) : undefined;
      const joined = names?.map((labels) => labels.map(fromLatin1).join('.')).find((name) => /[\s,]/.test(name));
      return joined === undefined
        ? []
        : [
            warning('L2037', statement.span, `\`${joined}\` is one name with blanks or commas in it`, {
              help: 'put each domain between quotes of its own, with commas between them',
            }),
          ];
    }),
  );
}
