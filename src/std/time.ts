// The three kinds of time. Only this file adds or subtracts them; every operation saturates at `forever`.

/** Absolute wall time in whole seconds since 1970 UTC, 0..0xffffffff. */
export type UnixSeconds = number & { readonly unit: 'unix-seconds' };
/** A duration in whole seconds, 0..0xffffffff. */
export type Seconds = number & { readonly unit: 'seconds' };
/** Monotonic time of this process in milliseconds (fractions allowed). Infinity: nothing waits. */
export type MonoMillis = number & { readonly unit: 'mono-millis' };

/** The statement is absent. */
export const unset = 0 as UnixSeconds;
/** `never` in the lease file. */
export const forever = 0xffffffff as UnixSeconds;
/** Infinity on the wire (RFC 2131 §3.3). */
export const infinite = 0xffffffff as Seconds;
/** What an ISC partner stores as `never`; everything from here up is read as `forever`. */
export const iscForever = 0x7fffffff;
export const never = Infinity as MonoMillis;

/** The two clocks, read together once per event. */
export interface Now {
  readonly mono: MonoMillis;
  readonly wall: UnixSeconds;
}

export const seconds = (value: number): Seconds => Math.min(Math.max(value, 0), infinite) as Seconds;

/** `forever` when either side is endless or the sum leaves 32 bits. */
export const addSeconds = (time: UnixSeconds, duration: Seconds): UnixSeconds =>
  (duration === infinite ? forever : Math.min(time + duration, forever)) as UnixSeconds;

/** From `from` until `to`; 0 when `to` has passed, `infinite` when `to` never comes. */
export const secondsBetween = (from: UnixSeconds, to: UnixSeconds): Seconds =>
  (to === forever ? infinite : Math.max(to - from, 0)) as Seconds;

/** Moves a stored time by a step of the wall clock; `unset` and `forever` stay what they are. */
export const shiftTime = (time: UnixSeconds, deltaSeconds: number): UnixSeconds =>
  (time === unset || time === forever
    ? time
    : Math.min(Math.max(time + deltaSeconds, 1), forever - 1)) as UnixSeconds;

export const latest = (a: UnixSeconds, b: UnixSeconds): UnixSeconds => (a > b ? a : b);
export const earliest = (a: UnixSeconds, b: UnixSeconds): UnixSeconds => (a < b ? a : b);
export const addMillis = (time: MonoMillis, millis: number): MonoMillis =>
  (time + millis) as MonoMillis;
/** When `wall` comes, on the monotonic clock. */
export const monoAt = (wall: UnixSeconds, now: Now): MonoMillis =>
  (wall === forever ? Infinity : now.mono + Math.max(wall - now.wall, 0) * 1000) as MonoMillis;

/** A time as ISC dhcpd puts it on the failover wire (P4). */
export const toIscWire = (time: UnixSeconds): number => (time >= iscForever ? iscForever : time);
export const fromIscWire = (time: number): UnixSeconds =>
  (time >= iscForever ? forever : time) as UnixSeconds;
