// Does a machine answer at a TCP port? A refusal is an answer of the machine too.

import { connect } from 'node:net';
import { formatIpv4 } from '../../std/ipv4.ts';
import type { Answer, Request } from '../../model/step.ts';

export function probe({ local, remote, port, timeoutMillis }: Extract<Request, { kind: 'probe' }>): Promise<Answer> {
  return new Promise((resolve) => {
    const socket = connect({ host: formatIpv4(remote), port, localAddress: formatIpv4(local) });
    const end = (isAlive: boolean, detail: string): void => {
      socket.destroy();
      resolve({ kind: 'probe', isAlive, detail });
    };
    socket.setTimeout(timeoutMillis, () => end(false, 'no answer'));
    socket.on('connect', () => end(true, 'connected'));
    socket.on('error', ({ code = '' }: NodeJS.ErrnoException) => end(code === 'ECONNREFUSED' || code === 'ECONNRESET', code));
  });
}
