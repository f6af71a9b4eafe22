// The two well-known sockets of the file server, opened while the process still may, and handed on through execve.

import type { Ipv4 } from '../../std/ipv4.ts';
import { AF, errnoName, libc, SO, SOCK, SOL } from '../libc.ts';
import { NativeBlock } from '../native.ts';
import { openUdp } from './udp-port.ts';

/** A server that is restarted finds connections of the one before in TIME_WAIT. */
function reuseAddress(fd: number): void {
  const one = new NativeBlock(4);
  one.view.setInt32(0, 1, true);
  libc.setsockopt(fd, SOL.socket, SO.reuseaddr, one.address, 4);
}

const backlog = 256;

/** A descriptor, or why there is none. */
export function openTftpSocket(address: Ipv4, port: number): number | string {
  try {
    return openUdp(address, port);
  } catch (error) {
    return (error as Error).message;
  }
}

export function openHttpSocket(address: Ipv4, port: number): number | string {
  const fd = libc.socket(AF.inet, SOCK.stream | SOCK.nonblock | SOCK.cloexec, 0);
  if (fd < 0) return `TCP socket: ${errnoName()}`;
  reuseAddress(fd);
  const name = new NativeBlock(16);
  name.view.setUint16(0, AF.inet, true);
  name.view.setUint16(2, port);
  name.view.setUint32(4, address);
  if (libc.bind(fd, name.address, 16) >= 0 && libc.listen(fd, backlog) >= 0) return fd;
  const problem = `TCP port ${port}: ${errnoName()}`;
  libc.close(fd);
  return problem;
}
