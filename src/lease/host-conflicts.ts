// Conflicts between what two nodes were told about hosts, as people read them.

import type { Effects } from '../model/step.ts';
import { dotsPerSecond, type Written } from './host-version.ts';
import { hostConflict } from './log-events.ts';
import type { ChangeSink, HostConflict } from './replicated-hosts.ts';

/** Changes of a step go into its journal, and what they bring to light into its log. */
export const hostSink = (effects: Effects): ChangeSink => ({
  journal: effects.journal,
  found({ name, kind, won, lost, rival }) {
    effects.log.event(hostConflict, { name, kind, rival: rival ?? '', won: won === undefined ? '' : oneLine(won), lost: oneLine(lost) });
  },
});

const oneLine = ({ text }: Written): string => (text === '' ? 'as dhcpd.conf says' : text.trim().replace(/\s*\n\s*/g, ' '));
/** Of a host that was there before anybody counted, nobody knows. */
const when = ({ dot: { at } }: Written): number | null => (at < dotsPerSecond ? null : Math.floor(at / dotsPerSecond));
const where = ({ dot: { origin } }: Written): string => (origin.startsWith('p') ? 'primary' : 'secondary');
const side = (written: Written): Readonly<Record<string, unknown>> => ({ text: oneLine(written), written: when(written), on: where(written) });

/** As `hosts.conflicts` answers it. */
export const conflictView = ({ name, kind, won, lost, rival }: HostConflict): Readonly<Record<string, unknown>> => ({
  name, kind, rival: rival ?? null, inForce: won === undefined ? null : side(won), lost: side(lost),
});
