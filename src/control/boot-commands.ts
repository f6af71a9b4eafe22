// What machines are to boot from the network, set by operators: boot once, then the disk. Rules are in model/boot-choice.ts.

import { fromHex, toHex } from '../std/bytes.ts';
import { err, ok, type Result } from '../std/result.ts';
import { unset, type Now } from '../std/time.ts';
import { colonsOf, nextSetAt, type BootChoice } from '../model/boot-choice.ts';
import { groupsOf, profileOf } from '../model/boot-match.ts';
import type { BootProfile } from '../model/boot-settings.ts';
import type { HostDeclaration, ServerConfig } from '../model/server-config.ts';
import type { Command, Effects } from '../model/step.ts';
import { applyBootChoice, choicesMax } from '../lease/boot-choices.ts';
import type { LeaseStore } from '../lease/lease-store.ts';
import { answered, refused, type CommandAnswer } from './command-table.ts';

export interface BootCommandDeps {
  readonly store: LeaseStore;
  readonly config: () => ServerConfig;
}

const ethernet = 1;
const macSize = 6;

/** A choice as people and programs read it. */
export interface ChoiceView {
  /** With colons. */
  readonly mac: string;
  readonly host: string | null;
  readonly target: BootChoice['target'];
  readonly profile: string | null;
  readonly state: BootChoice['state'];
  readonly setAt: number;
}

/** `52:54:…` in any spelling, a zero in front of a digit left out or not. */
function macOf(text: string): string | undefined {
  const parts = text.split(/[:-]/);
  const digits = (parts.length === macSize ? parts.map((part) => part.padStart(2, '0')).join('') : text.replaceAll('.', '')).toLowerCase();
  return /^[0-9a-f]{12}$/.test(digits) ? digits : undefined;
}

export class BootCommands {
  readonly #deps: BootCommandDeps;

  constructor(deps: BootCommandDeps) {
    this.#deps = deps;
  }

  /** Without a machine all that is set. */
  list({ arguments: { machine } }: Command): CommandAnswer {
    const { bootChoices } = this.#deps.store;
    if (machine === undefined)
      return answered({ choices: [...bootChoices.values()].filter(({ target }) => target !== 'none').map((choice) => this.#view(choice)) });
    const mac = this.#machine(machine);
    if (!mac.ok) return refused('not-found', mac.error);
    const view = this.#viewOf(mac.value);
    return answered({ choices: view === null ? [] : [view] });
  }

  /** `target`: install, local or the name of a profile. */
  set({ arguments: { machine, target } }: Command, now: Now, effects: Effects): CommandAnswer {
    const mac = this.#machine(machine);
    if (!mac.ok) return refused('not-found', mac.error);
    const word = String(target);
    const problem = word === 'local' ? this.#noBoot() : word === 'install' ? this.#noProfileFor(mac.value) : this.#noProfileNamed(word);
    if (problem !== undefined) return refused('refused', problem);
    return this.#apply(word === 'local'
      ? { mac: mac.value, target: 'local', profile: '', setAt: unset, state: 'done' }
      : { mac: mac.value, target: 'install', profile: word === 'install' ? '' : word, setAt: unset, state: 'pending' }, now, effects);
  }

  clear({ arguments: { machine } }: Command, now: Now, effects: Effects): CommandAnswer {
    const mac = this.#machine(machine);
    if (!mac.ok) return refused('not-found', mac.error);
    if (this.#viewOf(mac.value) === null) return refused('not-found', `nothing is set for ${colonsOf(mac.value)}`);
    return this.#apply({ mac: mac.value, target: 'none', profile: '', setAt: unset, state: 'done' }, now, effects);
  }

  #apply(wanted: BootChoice, now: Now, effects: Effects): CommandAnswer {
    const { bootChoices } = this.#deps.store;
    const before = this.#viewOf(wanted.mac);
    const change = { ...wanted, setAt: nextSetAt(now.wall, bootChoices.get(wanted.mac)) };
    if (!applyBootChoice(bootChoices, change, effects)) return refused('refused', `${choicesMax} machines have a choice already: no more are kept`);
    return answered({ before, after: this.#viewOf(wanted.mac) });
  }

  /** By MAC address, or by the name of its host. */
  #machine(given: unknown): Result<string, string> {
    const text = String(given);
    const mac = macOf(text);
    if (mac !== undefined) return ok(mac);
    const { hosts } = this.#deps.store;
    const host = hosts.byName(text);
    if (host < 0) return err(`${text} is neither a MAC address nor the name of a host`);
    const { hardware } = hosts.declaration(host);
    const isEthernet = hardware?.htype === ethernet && hardware.address.length === macSize;
    return isEthernet ? ok(toHex(hardware.address)) : err(`host ${text} has no Ethernet address, by which boot files are named`);
  }

  #hostOf(mac: string): HostDeclaration | undefined {
    const { hosts } = this.#deps.store;
    const host = hosts.firstByHardware(ethernet, fromHex(mac) ?? new Uint8Array(0), 0, macSize);
    return host < 0 ? undefined : hosts.declaration(host);
  }

  #view({ mac, target, profile, state, setAt }: BootChoice): ChoiceView {
    return { mac: colonsOf(mac), host: this.#hostOf(mac)?.name ?? null, target, profile: profile === '' ? null : profile, state, setAt };
  }
  /** null where nothing is set. */
  #viewOf(mac: string): ChoiceView | null {
    const choice = this.#deps.store.bootChoices.get(mac);
    return choice === undefined || choice.target === 'none' ? null : this.#view(choice);
  }

  get #profiles(): readonly BootProfile[] {
    return this.#deps.config().leasehold.boot?.profiles ?? [];
  }
  #noBoot(): string | undefined {
    return this.#deps.config().leasehold.boot === undefined ? 'this server serves no boot files: leasehold.conf has no boot block' : undefined;
  }
  /** Classes are known only when a machine asks: where profiles are matched by class, none is refused. */
  #noProfileFor(mac: string): string | undefined {
    const host = this.#hostOf(mac);
    const machine = { mac: fromHex(mac) ?? new Uint8Array(0), hostName: host?.name ?? '', groups: host === undefined ? [] : groupsOf(host), classes: [] };
    const mayFit = this.#profiles.some(({ matches }) => matches.some(({ kind }) => kind === 'class'));
    if (mayFit || profileOf(this.#profiles, machine) !== undefined) return this.#noBoot();
    return this.#noBoot() ?? `no boot profile of leasehold.conf fits ${host?.name ?? colonsOf(mac)}: match it there, or name a profile in place of install`;
  }
  #noProfileNamed(name: string): string | undefined {
    if (this.#profiles.some((profile) => profile.name === name)) return undefined;
    const known = this.#profiles.map((profile) => profile.name).join(', ');
    return this.#noBoot() ?? `there is no boot profile ${name}: say install, local${known === '' ? '' : ` or one of ${known}`}`;
  }
}
