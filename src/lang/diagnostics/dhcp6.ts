// DHCPv6 and LDAP statements: recognised, not served (dhcpd-conf reference §5, §19).

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Span } from '../../model/span.ts';
import { error, warning } from './make.ts';

/** C0801: dhcpd refuses it too when it serves IPv4. */
export const refusedByDhcpd = (word: Span, keyword: string, dhcpd: string): Diagnostic =>
  error('C0801', word, `${keyword}: DHCPv6 is not served`, {
    dhcpd,
    help: 'move it into the configuration of a DHCPv6 server',
  });

/** C0802: dhcpd reads it and makes nothing of it. */
export const withoutEffect = (word: Span, keyword: string): Diagnostic =>
  warning('C0802', word, `${keyword}: DHCPv6 is not served`, { help: 'this statement has no effect on DHCPv4 clients' });

/** C0803: Interop: a dhcpd that was built with LDAP reads the rest of its configuration from there. */
export const ldapNotServed = (word: Span, keyword: string): Diagnostic =>
  warning('C0803', word, `${keyword}: LDAP is not served, this has no effect`, {
    dhcpd: `${keyword}: LDAP is not served`,
    help: 'networks, hosts and classes that the directory holds are unknown here: write them into this file',
  });

/** C0802 of a dhcpd that was built with EUI-64. */
export const eui64NotServed = (word: Span, keyword: string): Diagnostic => ({ ...withoutEffect(word, keyword), dhcpdText: [`${keyword}: DHCPv6 is not served`] });
