// Where a socket that took any free port listens.

import { libc, must } from './libc.ts';
import { NativeBlock } from './native.ts';

export function portOf(fd: number): number {
  const name = new NativeBlock(16);
  const size = new NativeBlock(8);
  size.view.setUint32(0, 16, true);
  must(libc.getsockname(fd, name.address, size.address), 'getsockname');
  return name.view.getUint16(2);
}
