// Real omshell in a server's namespace: scripts in, what it printed out.

import { execFileSync, spawnSync } from 'node:child_process';

/** A key as omshell names it. */
export interface OmshellKey {
  readonly name: string;
  readonly secret: string;
  readonly algorithm?: string;
}

/** Lines that connect, with a key or without. */
export const connectLines = (key: OmshellKey | undefined, port = 7911): readonly string[] => [
  ...(key?.algorithm === undefined ? [] : [`key-algorithm ${key.algorithm}`]),
  ...(key === undefined ? [] : [`key ${key.name} "${key.secret}"`]),
  'server 127.0.0.1',
  `port ${port}`,
  'connect',
];

/** What omshell printed, both streams; `> ` stands in front of each command's answer. */
export function omshell(space: string, lines: readonly string[]): string {
  const { stdout, stderr } = spawnSync('ip', ['netns', 'exec', space, 'omshell'], {
    input: lines.map((line) => `${line}\n`).join(''), encoding: 'utf8', timeout: 20_000,
  });
  return stdout + stderr;
}

/** `set local-state = N` of a failover peer at the dhcpd that runs in a namespace. */
export function setLocalState(space: string, peer: string, state: number): void {
  const input = `server 127.0.0.1\nport 7911\nconnect\nnew failover-state\nset name = "${peer}"\nopen\nset local-state = ${state}\nupdate\n`;
  execFileSync('ip', ['netns', 'exec', space, 'omshell'], { input, stdio: ['pipe', 'ignore', 'ignore'] });
}
