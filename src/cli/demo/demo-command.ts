// `leasehold demo`: the brief, played live in network namespaces of this machine.

import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildCommand } from '@stricli/core';
import { installPackages, type DebianPackage } from '../../../tools/debian-packages.ts';
import type { CliContext } from '../cli-context.ts';
import { Play } from './play.ts';
import { Screen } from './screen.ts';
import { Stage, type NodeKind } from './stage.ts';

interface DemoFlags {
  readonly partner: 'leasehold' | 'isc' | 'none';
  readonly verbose: boolean;
}

const needed: readonly DebianPackage[] = [
  { name: 'iproute2', command: 'ip', purpose: 'network namespaces' },
  { name: 'udhcpc', command: 'udhcpc', purpose: 'the DHCP client of the machines' },
];
const iscServer: DebianPackage = { name: 'isc-dhcp-server', command: 'dhcpd', purpose: 'the partner' };

/** The brief's file, its secret replaced by `secret`. */
function briefConfig(file: string, secret: string): string {
  const beside = [join(dirname(process.argv[1] ?? ''), '../examples/brief', file), join(process.cwd(), 'examples/brief', file)];
  const path = beside.find((candidate) => existsSync(candidate));
  if (path === undefined) throw new Error(`examples/brief/${file} is missing beside the program`);
  return readFileSync(path, 'utf8').replace(/(^\s*secret\s+)\S+;/m, `$1${secret};`);
}

/** Rejects on Ctrl-C and its relatives, so that the stage is always taken down. */
function interruption(): { promise: Promise<never>; stop: () => void } {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  let stop = (): void => {};
  const promise = new Promise<never>((_, reject) => {
    const onSignal = (signal: string): void => reject(new Error(`interrupted (${signal})`));
    for (const signal of signals) process.on(signal, onSignal);
    stop = () => signals.forEach((signal) => process.off(signal, onSignal));
  });
  return { promise, stop };
}

/** True when everything happened that should. */
async function perform({ partner, verbose }: DemoFlags, screen: Screen): Promise<boolean> {
  const secret = randomBytes(16).toString('base64');
  const kinds: NodeKind[] = partner === 'none' ? ['leasehold'] : ['leasehold', partner];
  const configs = [briefConfig('dhcp01.conf', secret), briefConfig('dhcp02.conf', secret)] as const;
  const interrupted = interruption();
  const stage = new Stage();
  try {
    const play = new Play(stage, screen, { configs, kinds, isVerbose: verbose });
    const running = play.run();
    // After an interruption its failure interests nobody.
    running.catch(() => undefined);
    await Promise.race([running, interrupted.promise]);
    screen.scene(play.failures.length === 0 ? 'Everything happened as it should.' : `${play.failures.length} things did not happen as they should.`);
    return play.failures.length === 0;
  } finally {
    screen.say('removing namespaces and files');
    await stage.close();
    interrupted.stop();
  }
}

export const demoCommand = buildCommand<DemoFlags, [], CliContext>({
  docs: {
    brief: 'Play the failover pair, seven machines and a stranger in network namespaces (root)',
    fullDescription:
      'Play the failover pair, seven machines and a stranger in network namespaces.\n' +
      "Nothing outside the namespaces is touched, but for Debian packages that are missing: those are installed with apt-get, and it says so.",
  },
  parameters: {
    flags: {
      partner: { kind: 'enum', values: ['leasehold', 'isc', 'none'], brief: 'What the other node is', default: 'leasehold' },
      verbose: { kind: 'boolean', brief: "Show every line of the servers' logs", default: false, withNegated: false },
    },
  },
  async func(flags) {
    const screen = new Screen((text) => this.out(text), process.stdout.isTTY === true);
    if (process.getuid?.() !== 0) {
      this.err('leasehold demo: network namespaces need root: sudo ./leasehold demo');
      this.exit(2);
      return;
    }
    const missing = installPackages(flags.partner === 'isc' ? [...needed, iscServer] : needed, (line) => screen.say(line));
    if (missing.length > 0) {
      this.err(`leasehold demo: missing: ${missing.map(({ name, purpose }) => `${name} (${purpose})`).join(', ')}`);
      this.exit(2);
      return;
    }
    try {
      this.exit((await perform(flags, screen)) ? 0 : 1);
    } catch (error) {
      this.err(`leasehold demo: ${(error as Error).message}`);
      this.exit(2);
    }
  },
});
