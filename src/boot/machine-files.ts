// Files that exist for machines with a profile only while they are asked for: made anew from profile and machine each time.

import { formatIpv4, type Ipv4 } from '../std/ipv4.ts';
import { latin1 } from '../std/bytes.ts';
import { chosenProfile, colonsOf, isDiskBoot, type BootChoice, type BootFetched } from '../model/boot-choice.ts';
import type { BootMachine } from '../model/boot-desk.ts';
import { unset } from '../std/time.ts';
import { bootPath } from './boot-path.ts';
import { macNameOf } from './mac-name.ts';
import { renderDiskBoot, renderProfile, type RenderedProfile } from './render-profile.ts';

export interface MachineFile {
  /** Empty for a file that belongs to none, such as one that says to boot from disk. */
  readonly profile: string;
  readonly bytes: Uint8Array;
}

/** ARP hardware type of Ethernet, in front of the address in every loader's name for it. */
const ethernet = '01';

/**
 * Distributions' signed GRUB asks for this name and no other (pxe-boot reference §3.2); GRUB writes the address with colons, which
 * file names of machines may have.
 */
const grubEverybody = latin1('source $prefix/grub.cfg-01-$net_default_mac\n');

export class MachineFiles {
  readonly #profiles = new Map<string, RenderedProfile>();
  readonly #machines = new Map<string, BootMachine>();
  readonly #choices = new Map<string, BootChoice>();

  /** In place of all before; machines are told behind them. Choices stay. */
  setProfiles(profiles: readonly RenderedProfile[]): void {
    this.#profiles.clear();
    this.#machines.clear();
    for (const profile of profiles) this.#profiles.set(profile.name, profile);
  }
  put(machine: BootMachine): void {
    this.#machines.set(machine.mac, machine);
  }

  /** What was set for a machine, in place of what was set before. */
  choose(choice: BootChoice): void {
    this.#choices.set(choice.mac, choice);
  }

  /** The profile that a machine boots now; undefined when it has none, or boots from its disk. */
  #profileOf(mac: string): RenderedProfile | undefined {
    const choice = this.#choices.get(mac);
    if (isDiskBoot(choice)) return undefined;
    return this.#profiles.get(chosenProfile(choice) || (this.#machines.get(mac)?.profile ?? ''));
  }

  /**
   * What a machine has to fetch before it has booted as it was set to, as paths below the root; undefined for one that boots its
   * profile every time.
   */
  onceOf(mac: string): { readonly fetched: BootFetched; readonly paths: readonly string[] } | undefined {
    const choice = this.#choices.get(mac);
    const profile = this.#profileOf(mac);
    if (profile === undefined || (choice?.target !== 'install' && !profile.isOnce)) return undefined;
    const paths = [profile.kernel, ...profile.initrds].map(bootPath).flatMap((path) => (path.ok ? [path.value] : []));
    return { fetched: { mac, setAt: choice?.setAt ?? unset }, paths };
  }

  /** The file of a path as `bootPath` makes it, for who asks the address `node`; undefined when it is no machine's. */
  fileOf(path: string, node: Ipv4): MachineFile | undefined {
    if (this.#profiles.size + this.#choices.size === 0) return undefined;
    if (path === 'grub.cfg' || path.endsWith('/grub.cfg')) return { profile: '', bytes: grubEverybody };
    const wanted = macNameOf(path);
    if (wanted?.digits.startsWith(ethernet) !== true) return undefined;
    const mac = wanted.digits.slice(2);
    const machine = this.#machines.get(mac);
    const values = { hostname: machine?.hostName ?? '', ip: machine?.ip ?? '', mac: colonsOf(mac), node: formatIpv4(node) };
    if (isDiskBoot(this.#choices.get(mac))) return { profile: '', bytes: latin1(renderDiskBoot(wanted.form, values)) };
    const profile = this.#profileOf(mac);
    return profile && { profile: profile.name, bytes: latin1(renderProfile(wanted.form, profile, values)) };
  }
}
