// Mistakes in failover peer declarations and their states (dhcpd-conf reference §16).

import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Span } from '../../model/span.ts';
import { error, shown } from './make.ts';

/** C0601 */
export const notAMember = (found: Span, suggestion: string | undefined): Diagnostic =>
  error('C0601', found, `${shown(found)} is not a statement of a failover peer`, {
    dhcpd: 'invalid statement in peer declaration',
    help: suggestion === undefined ? 'options and parameters do not belong here' : `did you mean \`${suggestion}\`?`,
    ...(suggestion === undefined ? {} : { fix: { span: found, replacement: suggestion } }),
  });

/** C0602: the secondary learns the split from the primary. */
export const balanceOnSecondary = (member: Span): Diagnostic =>
  error('C0602', member, 'only the primary divides the clients', {
    dhcpd: 'secondary may not define load balance settings.',
    help: 'remove it here: the secondary learns it from the primary',
    fix: { span: member, replacement: '' },
  });

/** C0603 */
export const unknownState = (found: Span): Diagnostic =>
  error('C0603', found, `${shown(found)} is not a failover state`, { dhcpd: 'unknown failover state' });

/** C0604 */
export const notAStateSetting = (found: Span): Diagnostic =>
  error('C0604', found, `expected \`my state\`, \`partner state\` or \`mclt\`, found ${shown(found)}`, {
    dhcpd: 'expecting state setting.',
  });
