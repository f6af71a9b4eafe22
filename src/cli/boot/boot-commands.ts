// `leasehold boot …` under stricli.

import { buildCommand, buildRouteMap } from '@stricli/core';
import { firmwares } from '../../model/firmware.ts';
import type { Ipv4 } from '../../std/ipv4.ts';
import type { CliContext } from '../cli-context.ts';
import { address, cliOf, said, text } from '../explain/explain-command.ts';
import { leaseholdConfOf } from '../load-for-serving.ts';
import { ask, controlFlags, type ControlFlags } from '../server-answer.ts';
import { importCommand } from '../boot-import/import-command.ts';
import { changeLines, choiceLines } from './choice-lines.ts';
import { statusLines } from './status-lines.ts';
import { findFile } from './find-file.ts';
import { bootFilesStatusCommand, bootSyncCommand } from './sync-command.ts';
import { booterOf, type Booter } from './booter.ts';
import { runPreview } from './preview.ts';
import { probeUrl } from './probe-url.ts';

interface PreviewFlags {
  readonly config: string;
  readonly leases?: string;
  readonly arch?: Booter;
  readonly on?: Ipv4;
  readonly relay?: Ipv4;
  readonly json: boolean;
}
/** Most machines are one of these, and which is often not known. */
const usualKinds = ['bios', 'x64'].flatMap((word) => booterOf(word) ?? []);

function parseBooter(word: string): Booter {
  const booter = booterOf(word);
  if (booter === undefined) throw new Error(`${word} is none of ${firmwares.join(', ')}, nor a code of option 93`);
  return booter;
}

const previewCommand = buildCommand<PreviewFlags, [who: string], CliContext>({
  docs: {
    brief: 'Tell what a machine would be told and given at each stage of booting from the network',
    fullDescription:
      'Tell what a machine would be told and given at each stage of booting from the network: the answer to its firmware, the files that\nits loader asks for, what is in its configuration, whether each file is there and may be read by the file server’s user, and whether\neach URL of another server answers (HEAD). Nothing else is sent, and nothing is changed. Ends with 0 when nothing is missing, 1 when something is.',
  },
  parameters: {
    flags: {
      config: { kind: 'parsed', parse: String, brief: 'Configuration file', default: '/etc/dhcp/dhcpd.conf', placeholder: 'FILE' },
      leases: text('Lease file to start from; without it no lease was ever given', 'FILE'),
      arch: { kind: 'parsed', parse: parseBooter, brief: 'Kind of firmware (bios, x64, ia32, arm64, http-x64, …) or its code of option 93; without it bios and x64', optional: true, placeholder: 'KIND' },
      on: address('The machine is on the subnet of this address, which is the server’s own there'),
      relay: address('The machine is behind the relay with this address (giaddr)'),
      json: { kind: 'boolean', brief: 'For machines', default: false },
    },
    positional: { kind: 'tuple', parameters: [{ parse: String, brief: 'MAC address, or the IP address of a declared machine', placeholder: 'machine' }] },
  },
  async func({ config, leases, arch, on, relay, json }, who) {
    const args = { who, config, leaseholdConf: leaseholdConfOf(config), json, firmware: arch === undefined ? usualKinds : [arch], ...said({ leases, on, relay }) };
    this.exit(await runPreview(args, { ...cliOf(this), find: findFile, probe: probeUrl }));
  },
});

const statusCommand = buildCommand<ControlFlags, [who?: string], CliContext>({
  docs: {
    brief: 'Tell what machines fetched from this node lately, and where a boot stands still',
    fullDescription:
      'Tell what machines fetched from this node since it started, and where a boot stands still. Without a machine one line each, latest\nfirst; with one, by MAC address, IP address or host name, every file that it asked for. Ends with 1 when no such machine was seen.',
  },
  parameters: {
    flags: controlFlags,
    positional: { kind: 'tuple', parameters: [{ parse: String, brief: 'MAC address, IP address or host name', optional: true, placeholder: 'machine' }] },
  },
  async func(flags, who) {
    await ask(this, flags, 'boot.status', who === undefined ? {} : { who }, (answer) => statusLines(answer, who !== undefined));
  },
});

interface SetFlags extends ControlFlags {
  readonly clear: boolean;
}
const setCommand = buildCommand<SetFlags, [machine?: string, target?: string], CliContext>({
  docs: {
    brief: 'Let a machine boot its profile once, or from its own disk; without a machine list what is set',
    fullDescription:
      'install: the machine boots the profile that fits it once; when it has fetched its configuration, the kernel and every initrd whole,\nit is told to boot from its own disk from then on. The name of a profile: the same with that one. local: its own disk at once.\nWithout a target tell what is set for the machine, without a machine for all of them. Kept in the lease file.',
  },
  parameters: {
    flags: { ...controlFlags, clear: { kind: 'boolean', brief: 'Take back what was set: it boots as its profile says', default: false } },
    positional: {
      kind: 'tuple',
      parameters: [
        { parse: String, brief: 'MAC address, or name of a host', optional: true, placeholder: 'machine' },
        { parse: String, brief: 'install, local, or the name of a profile', optional: true, placeholder: 'target' },
      ],
    },
  },
  async func({ clear, ...flags }, machine, target) {
    if (clear && (machine === undefined || target !== undefined)) {
      this.err('leasehold: --clear takes a machine and nothing else');
      return this.exit(2);
    }
    if (clear) await ask(this, flags, 'boot.clear', { machine }, changeLines);
    else if (target === undefined) await ask(this, flags, 'boot.choices', machine === undefined ? {} : { machine }, choiceLines);
    else await ask(this, flags, 'boot.set', { machine, target }, changeLines);
  },
});

export const bootRoutes = buildRouteMap({
  docs: { brief: 'See and set how machines boot from the network, and keep both nodes’ files the same' },
  routes: { preview: previewCommand, status: statusCommand, set: setCommand, import: importCommand, files: bootFilesStatusCommand, sync: bootSyncCommand },
});
