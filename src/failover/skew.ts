// The partner's times in ours. Every message carries its sender's clock, so each update says by how much the clocks differ.

import { shiftTime, type UnixSeconds } from '../std/time.ts';
import type { Bndupd } from './accept-update.ts';

/** Rounding and a message's way account for as much; then the times are taken as they are. */
const unnoticedSeconds = 2;

/**
 * The update with its times by our clock (RFC 2131 §3.3 knows only lengths of time; dhcpd compares the two clocks as they are and
 * ends leases early). A message that was long under way seems to come from a clock that is behind: its lease then ends late, which
 * is safe.
 */
export function inOurTime(update: Bndupd, now: UnixSeconds): Bndupd {
  const ahead = now - update.time;
  if (Math.abs(ahead) <= unnoticedSeconds) return update;
  const shifted = (time: UnixSeconds | undefined): UnixSeconds | undefined => (time === undefined ? undefined : shiftTime(time, ahead));
  return {
    ...update,
    leaseExpiration: shifted(update.leaseExpiration),
    potentialExpiration: shifted(update.potentialExpiration),
    stos: shifted(update.stos),
    cltt: shifted(update.cltt),
  };
}
