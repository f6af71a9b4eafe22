// Real omshell beside a real dhcpd.

import { execFileSync } from 'node:child_process';

/** `set local-state = N` of a failover peer at the dhcpd that runs in a namespace. */
export function setLocalState(space: string, peer: string, state: number): void {
  const input = `server 127.0.0.1\nport 7911\nconnect\nnew failover-state\nset name = "${peer}"\nopen\nset local-state = ${state}\nupdate\n`;
  execFileSync('ip', ['netns', 'exec', space, 'omshell'], { input, stdio: ['pipe', 'ignore', 'ignore'] });
}
