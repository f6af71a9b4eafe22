// How long a lease is (server reference §13, dhcpd-conf reference §12). Pure arithmetic; infinite stays infinite (P4).

import { infinite, secondsBetween, type Seconds, type UnixSeconds } from '../std/time.ts';
import type { Pool } from '../model/server-config.ts';
import type { Parameters } from './parameters.ts';

const minByDefault = 300;

/** The floor of every lease: min-lease-time, else 300 s unless the ceiling is lower. */
export const minTime = ({ minLeaseTime, maxLeaseTime }: Parameters): Seconds =>
  minLeaseTime ?? (Math.min(minByDefault, maxLeaseTime) as Seconds);

/**
 * What the configuration allows this client. `asked` is option 51, -1 when absent; `crowded` the term of a pool that is
 * nearly full, `left` the time until the pool closes.
 */
export function wantedTime(asked: number, parameters: Parameters, crowded?: Seconds, left?: Seconds): Seconds {
  const wish = asked >= 0 ? asked : parameters.defaultLeaseTime;
  let time = Math.min(wish, parameters.maxLeaseTime);
  if (crowded !== undefined) time = Math.min(time, crowded);
  if (left !== undefined) time = Math.min(time, left);
  return Math.max(time, minTime(parameters)) as Seconds;
}

const secondsText = (time: number): string => (time >= infinite ? 'infinite' : `${time} s`);

/** The arithmetic of `wantedTime` and the lead time of a pair in words; `granted` is what came out. */
export function timeText(asked: number, parameters: Parameters, wanted: Seconds, granted: Seconds): string {
  const { defaultLeaseTime, maxLeaseTime } = parameters;
  const wish = asked >= 0 ? asked : defaultLeaseTime;
  const parts = [`${asked >= 0 ? 'the client asks for' : 'default-lease-time is'} ${secondsText(wish)}`];
  if (wish > maxLeaseTime) parts.push(`max-lease-time allows ${secondsText(maxLeaseTime)}`);
  const capped = Math.min(wish, maxLeaseTime);
  if (wanted > capped) parts.push(`the minimum raises it to ${secondsText(wanted)}`);
  if (wanted < capped) parts.push(`its pool leaves ${secondsText(wanted)}: it is crowded, or closes then`);
  if (granted < wanted) parts.push(`the partner has not acknowledged more: mclt limits it to ${secondsText(granted)}`);
  return `${secondsText(granted)}: ${parts.join('; ')}`;
}

/** Until the pool's `deny after DATE`; undefined without one. */
export function timeLeft({ deny }: Pool, now: UnixSeconds): Seconds | undefined {
  for (const permit of deny) if (permit.kind === 'after') return secondsBetween(now, permit.time);
  return undefined;
}

/** BOOTP clients never renew, so their leases are endless unless the operator says otherwise (RFC 1534). A date outranks a length, as in dhcpd. */
export function bootpTime({ bootpLeaseLength, bootpLeaseCutoff }: Parameters, now: UnixSeconds): Seconds {
  return bootpLeaseCutoff === undefined ? (bootpLeaseLength ?? infinite) : secondsBetween(now, bootpLeaseCutoff as UnixSeconds);
}

/** Remaining time of a lease as seconds for option 51. */
export const remaining = (ends: UnixSeconds, now: UnixSeconds): Seconds => secondsBetween(now, ends);

/** T1 and T2 for a lease; 0 for an infinite one, which has neither (RFC 2131 §4.4.5). */
export const renewalTime = (lease: Seconds): number => (lease === infinite ? 0 : Math.floor(lease / 2));
export const rebindingTime = (lease: Seconds): number => (lease === infinite ? 0 : Math.floor((lease * 7) / 8));
