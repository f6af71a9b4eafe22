// How long a lease is (server reference §13, dhcpd-conf reference §12). Pure arithmetic; infinite stays infinite (P4).

import { infinite, type Seconds, type UnixSeconds } from '../std/time.ts';
import { grantLimit } from '../model/lease.ts';
import type { Parameters } from './policy.ts';

const minByDefault = 300;

/** What the configuration allows this client. `asked` is option 51, -1 when absent. */
export function wantedTime(asked: number, parameters: Parameters): Seconds {
  const { defaultLeaseTime, maxLeaseTime, minLeaseTime } = parameters;
  const min = minLeaseTime ?? Math.min(minByDefault, maxLeaseTime);
  const wish = asked >= 0 ? asked : defaultLeaseTime;
  return Math.max(Math.min(wish, maxLeaseTime), min) as Seconds;
}

/** Remaining time of a lease as seconds for option 51. */
export const remaining = (ends: UnixSeconds, now: UnixSeconds): Seconds =>
  ((ends as number) === infinite ? infinite : Math.max(ends - now, 0)) as Seconds;

/** T1 and T2 for a lease; 0 for an infinite one, which has neither (RFC 2131 §4.4.5). */
export const renewalTime = (lease: Seconds): number => (lease === infinite ? 0 : Math.floor(lease / 2));
export const rebindingTime = (lease: Seconds): number => (lease === infinite ? 0 : Math.floor((lease * 7) / 8));

export { grantLimit };
