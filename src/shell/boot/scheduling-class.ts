// Who comes first for the processor: a file server under a flood runs when nobody else wants to (SCHED_IDLE, sched(7)), so that DHCP
// beside it answers as without one. A lower priority does not do: who wakes up waits for the slice of whoever runs, some milliseconds.

import { readdirSync } from 'node:fs';
import { getPriority } from 'node:os';
import { libc } from '../libc.ts';
import { NativeBlock } from '../native.ts';
import { hasCapability } from '../privileges.ts';

/** linux/sched.h */
const SCHED = { other: 0, idle: 5 } as const;
/** asm-generic/resource.h: 20 less the lowest nice value that a process may have, which also says who may be taken out of the idle class. */
const rlimitNice = 13;

/** To enter the idle class needs no right, to leave it does: CAP_SYS_NICE, or the limit. A child has its parent's limit. */
function mayLeaveIdle(pid: number): boolean {
  if (hasCapability('sysNice')) return true;
  const limit = new NativeBlock(16);
  return libc.getrlimit(rlimitNice, limit.address) === 0 && limit.view.getBigUint64(0, true) >= BigInt(20 - getPriority(pid));
}

/** Of every thread: those that read files from the disk too. */
function setClass(pid: number, policy: number): boolean {
  const parameters = new NativeBlock(4);
  const threads = readdirSync(`/proc/${pid}/task`).map(Number);
  return threads.map((thread) => libc.setScheduler(thread, policy, parameters.address)).every((result) => result === 0);
}

/** A child runs when nobody else wants to, or as before; whether it does. */
export function setIdle(pid: number, isIdle: boolean): boolean {
  try {
    return isIdle ? mayLeaveIdle(pid) && setClass(pid, SCHED.idle) : setClass(pid, SCHED.other);
  } catch {
    // It has just ended.
    return false;
  }
}
