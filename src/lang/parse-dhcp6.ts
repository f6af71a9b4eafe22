// DHCPv6 statements: recognised, reported, stepped over (dhcpd-conf reference §19). What they contain is not checked.

import type { Item } from './ast.ts';
import * as dhcp6 from './diagnostics/dhcp6.ts';
import type { Place } from './parse-declarations.ts';
import type { Session } from './session.ts';

/** Those that dhcpd refuses when it serves IPv4, and how. pool6 is refused for what it lacks. */
const refusals: Readonly<Record<string, string>> = {
  subnet6: 'subnet6 statement is only supported in DHCPv6 mode.',
  range6: 'range6 statement is only supported in DHCPv6 mode.',
  prefix6: 'prefix6 statement is only supported in DHCPv6 mode.',
};

/** The word was taken. */
export function parseNotServed(session: Session, _place: Place, start: number): Item {
  const { reader } = session;
  const word = reader.span;
  const keyword = reader.word.toLowerCase();
  const refusal = refusals[keyword];
  if (refusal !== undefined) reader.report(dhcp6.refusedByDhcpd(word, keyword, refusal));
  else if (keyword !== 'pool6') reader.reportBare(dhcp6.withoutEffect(word, keyword));
  reader.skip();
  if (keyword === 'pool6') {
    const lines = ['Pool6 declaration with no address range6 or prefix6.', 'Pool6 declarations must always contain at least', 'one range6 or prefix6 statement.'];
    reader.report({ ...dhcp6.refusedByDhcpd(word, keyword, ''), dhcpdText: lines });
  }
  return { kind: 'not-served', span: reader.spanFrom(start), keyword };
}
