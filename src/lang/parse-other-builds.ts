// Parameters that only other builds of dhcpd 4.4.3 know (dhcpd-conf reference §5, *not compiled*): recognised, said (by
// `dhcpd -t` too: no dhcpd beside us would accept them without a word), stepped over.
// Which value they have is not checked, but that they have one, so that a forgotten semicolon swallows nothing.

import type { Item } from './ast.ts';
import * as elsewhere from './diagnostics/dhcp6.ts';
import { parseSemicolon } from './parse-basics.ts';
import type { Session } from './session.ts';

const ldap: ReadonlySet<string> = new Set(
  `ldap-server ldap-port ldap-username ldap-password ldap-base-dn ldap-method ldap-debug-file ldap-dhcp-server-cn ldap-referrals
  ldap-ssl ldap-tls-reqcert ldap-tls-ca-file ldap-tls-ca-dir ldap-tls-cert ldap-tls-key ldap-tls-crlcheck ldap-tls-ciphers
  ldap-tls-randfile ldap-init-retry ldap-gssapi-keytab ldap-gssapi-user`.split(/\s+/),
);
const dhcp6: ReadonlySet<string> = new Set(['use-eui-64', 'persist-eui-64-leases']);

/** undefined: the next word is no such parameter, and nothing was taken. */
export function parseOfOtherBuilds({ reader }: Session, start: number): Item | undefined {
  const keyword = reader.nextWord.toLowerCase();
  const isLdap = ldap.has(keyword);
  if (!isLdap && !dhcp6.has(keyword)) return undefined;
  reader.take();
  reader.report(isLdap ? elsewhere.ldapNotServed(reader.span, keyword) : elsewhere.eui64NotServed(reader.span, keyword));
  if (reader.peek() !== ';') reader.take();
  if (!parseSemicolon(reader)) return { kind: 'skipped', span: reader.spanFrom(start) };
  return { kind: 'not-served', span: reader.spanFrom(start), keyword };
}
