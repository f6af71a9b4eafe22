// Network namespaces and what connects them. Names carry the process id, so that leftovers of a dead run are found.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Child } from './child.ts';

export function ip(...words: readonly string[]): string {
  return execFileSync('ip', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

let spaces = 0;
const own = `lh${process.pid}`;

/** One network namespace, with a loopback that is up. */
export class Space {
  readonly name: string;
  readonly #children: Child[] = [];

  constructor(label: string) {
    this.name = `${own}-${label}-${spaces++}`;
    ip('netns', 'add', this.name);
    ip('-n', this.name, 'link', 'set', 'lo', 'up');
  }

  /** `ip` inside. */
  ip(...words: readonly string[]): string {
    return ip('-n', this.name, ...words);
  }
  /** Runs a program inside to its end; throws when it fails. */
  run(...words: readonly string[]): string {
    return execFileSync('ip', ['netns', 'exec', this.name, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }
  /** Starts a program inside; it is killed with the namespace. */
  start(words: readonly string[], options: ConstructorParameters<typeof Child>[1] = {}): Child {
    const child = new Child(['ip', 'netns', 'exec', this.name, ...words], options);
    this.#children.push(child);
    return child;
  }
  address(dev: string, cidr: string): this {
    this.ip('addr', 'add', cidr, 'dev', dev);
    return this;
  }
  up(dev: string): this {
    this.ip('link', 'set', dev, 'up');
    return this;
  }

  async close(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.stop('SIGKILL')));
    // Daemons that went into the background belong to the namespace too.
    for (const pid of pidsIn(this.name)) killQuietly(pid);
    if (existsSync(`/run/netns/${this.name}`)) ip('netns', 'del', this.name);
  }
}

const pidsIn = (name: string): number[] => {
  try {
    return ip('netns', 'pids', name).split('\n').filter(Boolean).map(Number);
  } catch {
    return [];
  }
};
function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

/** A cable: `a` has interface `devA`, `b` has `devB`; both are up. */
export function cable(a: Space, devA: string, b: Space, devB: string): void {
  ip('link', 'add', devA, 'netns', a.name, 'type', 'veth', 'peer', 'name', devB, 'netns', b.name);
  a.up(devA);
  b.up(devB);
}

/** Deletes namespaces of earlier runs whose process is gone. */
export function removeLeftovers(): void {
  for (const line of ip('netns', 'list').split('\n')) {
    const name = line.split(' ')[0] ?? '';
    const pid = /^lh(\d+)-/.exec(name)?.[1];
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    for (const left of pidsIn(name)) killQuietly(left);
    ip('netns', 'del', name);
  }
}
