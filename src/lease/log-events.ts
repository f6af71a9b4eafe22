// What the two nodes of a pair disagree about.

import { logEvent } from '../model/log-event.ts';

interface Fields {
  readonly name: string;
  readonly kind: string;
  readonly won: string;
  readonly lost: string;
  readonly rival: string;
}
const conflictText: Readonly<Record<string, (fields: Fields) => string>> = {
  name: ({ name, won, lost }) => `host ${name} was changed on both nodes; the later counts: ${won}; lost: ${lost}`,
  clash: ({ name, won, lost, rival }) => `hosts ${rival} and ${name}, made on two nodes, want one hardware, identifier or address; the later counts: ${won}; not in force: ${lost}`,
  configured: ({ name, lost }) => `host ${name} of the partner is not in force here: this node's dhcpd.conf declares a host of that name; not in force: ${lost}`,
  execute: ({ name, lost }) => `host ${name} of the partner is not in force here: it would run a program, and omapi-execute is off; not in force: ${lost}`,
};

export const hostConflict = logEvent<Fields>({
  id: 'HOST_CONFLICT',
  level: 'error',
  text: (fields) => conflictText[fields.kind]?.(fields) ?? fields.name,
  help: 'The two nodes of the pair were told different things. Both hold both: see them with `leasehold hosts conflicts`, let the other one count with `leasehold hosts restore NAME`, or forget it with `leasehold hosts settle NAME`.',
});
