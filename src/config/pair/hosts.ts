// L2510..L2512: hosts of two nodes. A reserved host must be told the same by whichever server answers.

import type { Diagnostic } from '../../model/diagnostic.ts';
import { canonical } from '../../model/agreement/canonical.ts';
import { addressText, identityOf } from '../../model/agreement/matters.ts';
import type { HostDeclaration } from '../../model/server-config.ts';
import type { Span } from '../../model/span.ts';
import { error, warning } from '../../lang/diagnostics/make.ts';
import type { ConfigDraft } from '../load-config.ts';
import type { Pair } from './pair.ts';

const fixedSpan = (draft: ConfigDraft, { index, span }: HostDeclaration): Span =>
  draft.facts.hosts[index]?.fixed?.span ?? span;

/** Hosts told one by one; a whole missing file is one message. */
const missingMax = 10;

/** L2512 of one direction. `here` has them, the other has not. */
function missingHosts(hosts: readonly HostDeclaration[], other: string): Diagnostic[] {
  const shown = hosts.slice(0, missingMax).map((host) =>
    error('L2512', host.span, `host ${host.name} is missing in ${other}: it is a stranger there`, {
      help: 'declare every host in both files; one included file for both is the simplest way',
    }),
  );
  const [, ...rest] = hosts.slice(missingMax - 1);
  const [first] = rest;
  if (first === undefined) return shown;
  return [...shown, error('L2512', first.span, `and ${rest.length} hosts more are missing in ${other}`)];
}

export function compareHosts({ a, b, nameB }: Pair, nameA: string): Diagnostic[] {
  const byIdentity = new Map(b.config.hosts.map((host) => [identityOf(host), host]));
  const byName = new Map(b.config.hosts.map((host) => [host.name, host]));
  const matched = new Set<HostDeclaration>();
  const found: Diagnostic[] = [];
  const onlyHere: HostDeclaration[] = [];
  for (const host of a.config.hosts) {
    const named = byName.get(host.name);
    const twin =
      named !== undefined && identityOf(named) === identityOf(host)
        ? named
        : (byIdentity.get(identityOf(host)) ?? named);
    if (twin === undefined) {
      onlyHere.push(host);
      continue;
    }
    matched.add(twin);
    found.push(...compareHost(host, twin, { a, b, nameB }));
  }
  const onlyThere = b.config.hosts.filter((host) => !matched.has(host));
  return [...found, ...missingHosts(onlyHere, nameB), ...missingHosts(onlyThere, nameA)];
}

function compareHost(host: HostDeclaration, twin: HostDeclaration, { a, b, nameB }: Pair): Diagnostic[] {
  if (identityOf(host) !== identityOf(twin))
    return [
      error(
        'L2511',
        a.facts.hosts[host.index]?.hardware?.span ?? host.span,
        `host ${host.name} is another machine in ${nameB}`,
        {
          notes: [
            {
              span: b.facts.hosts[twin.index]?.hardware?.span ?? twin.span,
              message: 'there it has this hardware address',
            },
          ],
          help: 'correct the one that is wrong',
        },
      ),
    ];
  if (addressText(host) !== addressText(twin))
    return [
      error(
        'L2510',
        fixedSpan(a, host),
        `host ${host.name} has ${addressText(host)} here and ${addressText(twin)} in ${nameB}`,
        {
          notes: [{ span: fixedSpan(b, twin), message: 'in the other file' }],
          help: 'give it one address: it would change with the server that answers',
        },
      ),
    ];
  const own = (declaration: HostDeclaration): string =>
    canonical(declaration.scopes.at(-1)?.statements ?? []);
  if (own(host) === own(twin)) return [];
  return [
    warning('L2513', host.span, `host ${host.name} is given other options in ${nameB}`, {
      notes: [{ span: twin.span, message: 'in the other file' }],
      help: 'use the same options in both files',
    }),
  ];
}
