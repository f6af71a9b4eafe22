// Files that exist for machines with a profile only while they are asked for: made anew from profile and machine each time.

import { formatIpv4, type Ipv4 } from '../std/ipv4.ts';
import { latin1 } from '../std/bytes.ts';
import type { BootMachine } from '../model/boot-desk.ts';
import { macNameOf } from './mac-name.ts';
import { renderProfile, type RenderedProfile } from './render-profile.ts';

export interface MachineFile {
  readonly profile: string;
  readonly bytes: Uint8Array;
}

export const colonsOf = (digits: string): string => digits.match(/../g)?.join(':') ?? '';

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

  /** In place of all before; machines are told behind them. */
  setProfiles(profiles: readonly RenderedProfile[]): void {
    this.#profiles.clear();
    this.#machines.clear();
    for (const profile of profiles) this.#profiles.set(profile.name, profile);
  }
  put(machine: BootMachine): void {
    this.#machines.set(machine.mac, machine);
  }

  /** The file of a path as `bootPath` makes it, for who asks the address `node`; undefined when it is no machine's. */
  fileOf(path: string, node: Ipv4): MachineFile | undefined {
    if (this.#profiles.size === 0) return undefined;
    if (path === 'grub.cfg' || path.endsWith('/grub.cfg')) return { profile: '', bytes: grubEverybody };
    const wanted = macNameOf(path);
    const machine = wanted?.digits.startsWith(ethernet) === true ? this.#machines.get(wanted.digits.slice(2)) : undefined;
    const profile = machine && this.#profiles.get(machine.profile);
    if (wanted === undefined || machine === undefined || profile === undefined) return undefined;
    const values = { hostname: machine.hostName, ip: machine.ip, mac: colonsOf(machine.mac), node: formatIpv4(node) };
    return { profile: profile.name, bytes: latin1(renderProfile(wanted.form, profile, values)) };
  }
}
