// Which machine has which boot profile: for the engine while it answers, and for the file server before and after.

import { toHex } from '../std/bytes.ts';
import { formatIpv4 } from '../std/ipv4.ts';
import { chosenProfile, noChoices, type BootChoiceView } from '../model/boot-choice.ts';
import type { BootClient, BootDesk, BootMachine } from '../model/boot-desk.ts';
import { groupsOf, profileOf } from '../model/boot-match.ts';
import type { BootProfile, BootSettings } from '../model/boot-settings.ts';
import type { ServerConfig } from '../model/server-config.ts';
import type { Effects } from '../model/step.ts';
import { firstFile } from './first-file.ts';

/** Machines of which is remembered what the file server was told; beyond that they are told once more. */
const toldMax = 65_536;

class ProfileDesk implements BootDesk {
  readonly #settings: BootSettings;
  readonly #choices: BootChoiceView;
  readonly #told = new Map<string, string>();

  constructor(settings: BootSettings, choices: BootChoiceView) {
    this.#settings = settings;
    this.#choices = choices;
  }

  /** One that was chosen for it by name, though none may fit it. */
  #chosen(mac: string): BootProfile | undefined {
    const name = chosenProfile(this.#choices.get(mac));
    return name === '' ? undefined : this.#settings.profiles.find((profile) => profile.name === name);
  }

  /** Also of a machine that is to boot from its disk: its loader is what tells it so. */
  firstFileOf(client: BootClient): string | undefined {
    const mac = toHex(client.mac);
    if ((this.#chosen(mac) ?? profileOf(this.#settings.profiles, client)) === undefined) return undefined;
    return firstFile(this.#settings, client.booter, mac, client.server);
  }

  acknowledged(client: BootClient, effects: Effects): void {
    const mac = toHex(client.mac);
    const profile = profileOf(this.#settings.profiles, client);
    if (profile === undefined && this.#chosen(mac) === undefined) return;
    const machine = { mac, hostName: client.hostName, ip: formatIpv4(client.ip), profile: profile?.name ?? '' };
    const news = `${machine.ip} ${machine.profile} ${machine.hostName}`;
    if (this.#told.get(machine.mac) === news) return;
    if (this.#told.size >= toldMax) this.#told.clear();
    this.#told.set(machine.mac, news);
    effects.requests.push({ kind: 'boot-machine', machine });
  }
}

/** undefined where no machine has a profile: then nothing is asked. */
export const bootDeskFor = ({ leasehold: { boot } }: ServerConfig, choices: BootChoiceView = noChoices): BootDesk | undefined =>
  boot === undefined || boot.profiles.length === 0 ? undefined : new ProfileDesk(boot, choices);

const ethernet = 1;
const macSize = 6;

/**
 * Every declared machine with a profile, so that each node has its files before it has answered it. Of several declarations with one
 * MAC address the first counts until the machine asks. Classes are known only then.
 */
export function declaredMachines({ hosts, leasehold: { boot } }: ServerConfig): BootMachine[] {
  const machines = new Map<string, BootMachine>();
  for (const host of hosts) {
    const { hardware, name, fixedAddresses } = host;
    if (boot === undefined || hardware?.htype !== ethernet || hardware.address.length !== macSize) continue;
    const mac = toHex(hardware.address);
    const profile = profileOf(boot.profiles, { mac: hardware.address, hostName: name, groups: groupsOf(host), classes: [] });
    const [first] = fixedAddresses;
    if (profile !== undefined && !machines.has(mac))
      machines.set(mac, { mac, hostName: name, ip: first?.kind === 'address' ? formatIpv4(first.address) : '', profile: profile.name });
  }
  return [...machines.values()];
}
