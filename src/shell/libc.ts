// The C library as the shell uses it, bound by koffi. Linux on 64-bit little-endian machines only: struct layouts
// are written by hand (native.ts, message-batch.ts). PERF: about 0.2 µs for a call; pointers are plain numbers.

import koffi from 'koffi';

const library = koffi.load(null);

/** Every call returns -1 on failure; `errnoName` tells why, until the next call. */
type Call = (...args: readonly (number | null)[]) => number;
const bind = (name: string, ...types: readonly string[]): Call =>
  library.func(name, types[0] ?? 'int', types.slice(1)) as unknown as Call;

export const libc = {
  socket: bind('socket', 'int', 'int', 'int', 'int'),
  bind: bind('bind', 'int', 'int', 'uintptr_t', 'uint'),
  listen: bind('listen', 'int', 'int', 'int'),
  connect: bind('connect', 'int', 'int', 'uintptr_t', 'uint'),
  setsockopt: bind('setsockopt', 'int', 'int', 'int', 'int', 'uintptr_t', 'uint'),
  getsockopt: bind('getsockopt', 'int', 'int', 'int', 'int', 'uintptr_t', 'uintptr_t'),
  getsockname: bind('getsockname', 'int', 'int', 'uintptr_t', 'uintptr_t'),
  recvmmsg: bind('recvmmsg', 'int', 'int', 'uintptr_t', 'uint', 'int', 'uintptr_t'),
  sendmmsg: bind('sendmmsg', 'int', 'int', 'uintptr_t', 'uint', 'int'),
  recv: bind('recv', 'intptr_t', 'int', 'uintptr_t', 'size_t', 'int'),
  recvmsg: bind('recvmsg', 'intptr_t', 'int', 'uintptr_t', 'int'),
  send: bind('send', 'intptr_t', 'int', 'uintptr_t', 'size_t', 'int'),
  sendto: bind('sendto', 'intptr_t', 'int', 'uintptr_t', 'size_t', 'int', 'uintptr_t', 'uint'),
  poll: bind('poll', 'int', 'uintptr_t', 'ulong', 'int'),
  schedYield: bind('sched_yield', 'int'),
  epollCreate: bind('epoll_create1', 'int', 'int'),
  epollControl: bind('epoll_ctl', 'int', 'int', 'int', 'int', 'uintptr_t'),
  epollWait: bind('epoll_wait', 'int', 'int', 'uintptr_t', 'int', 'int'),
  preadv2: bind('preadv2', 'intptr_t', 'int', 'uintptr_t', 'int', 'int64_t', 'int'),
  close: bind('close', 'int', 'int'),
  fcntl: bind('fcntl', 'int', 'int', 'int', 'long'),
  open: bind('open', 'int', 'uintptr_t', 'int', 'uint'),
  write: bind('write', 'intptr_t', 'int', 'uintptr_t', 'size_t'),
  flock: bind('flock', 'int', 'int', 'int'),
  dup2: bind('dup2', 'int', 'int', 'int'),
  execve: bind('execve', 'int', 'uintptr_t', 'uintptr_t', 'uintptr_t'),
  chroot: bind('chroot', 'int', 'uintptr_t'),
  setgroups: bind('setgroups', 'int', 'size_t', 'uintptr_t'),
  setresgid: bind('setresgid', 'int', 'uint', 'uint', 'uint'),
  setresuid: bind('setresuid', 'int', 'uint', 'uint', 'uint'),
  capset: bind('capset', 'int', 'uintptr_t', 'uintptr_t'),
  setScheduler: bind('sched_setscheduler', 'int', 'int', 'int', 'uintptr_t'),
  getrlimit: bind('getrlimit', 'int', 'int', 'uintptr_t'),
  adjtimex: bind('adjtimex', 'int', 'uintptr_t'),
  prctl: bind('prctl', 'int', 'int', 'ulong', 'ulong', 'ulong', 'ulong'),
} as const;

const names = new Map<number, string>();
for (const [name, value] of Object.entries(koffi.os.errno)) if (!names.has(value)) names.set(value, name);

/** Of the call that just failed. */
export const errno = (): number => koffi.errno();
export const errnoName = (): string => names.get(koffi.errno()) ?? `errno ${koffi.errno()}`;

/** What a system call could not do, and why: `code` is the errno name, as node:fs has it. */
export class SystemError extends Error {
  readonly code: string;
  constructor(what: string, code: string) {
    super(`${what}: ${code}`);
    this.name = 'SystemError';
    this.code = code;
  }
}

/** The result of a call that is expected to succeed. */
export function must(result: number, what: string): number {
  if (result < 0) throw new SystemError(what, errnoName());
  return result;
}

/** Numbers of <sys/socket.h>, <linux/if_packet.h> and friends; the same on x86_64 and arm64. */
export const AF = { unix: 1, inet: 2, netlink: 16, packet: 17 } as const;
export const SOCK = { stream: 1, dgram: 2, raw: 3, nonblock: 0o4000, cloexec: 0o2000000 } as const;
export const SOL = { socket: 1, ip: 0, packet: 263, netlink: 270 } as const;
export const SO = { reuseaddr: 2, error: 4, broadcast: 6, sndbuf: 7, rcvbuf: 8, peercred: 17, rcvtimeo: 20, bindtodevice: 25, attachFilter: 26, sndbufforce: 32, rcvbufforce: 33 } as const;
export const PACKET = { auxdata: 8, ignoreOutgoing: 23 } as const;
export const MSG = { dontwait: 0x40, nosignal: 0x4000 } as const;
export const EAGAIN = 11;
export const ENOBUFS = 105;
export const ECONNREFUSED = 111;
