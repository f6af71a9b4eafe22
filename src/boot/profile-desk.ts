// Which machine has which boot profile: for the engine while it answers, and for the file server before and after. What each machine
// that boots from the network was told goes into its timeline.

import { toHex } from '../std/bytes.ts';
import { formatIpv4, type Ipv4 } from '../std/ipv4.ts';
import { chosenProfile, noChoices, type BootChoiceView } from '../model/boot-choice.ts';
import type { BootAnswer, BootClient, BootDesk, BootMachine, BootReply, BootStep, NetworkBooter } from '../model/boot-desk.ts';
import { groupsOf, profileOf } from '../model/boot-match.ts';
import type { BootProfile, BootSettings } from '../model/boot-settings.ts';
import type { ServerConfig } from '../model/server-config.ts';
import type { Effects } from '../model/step.ts';
import { firmwareOf, firmwareRows } from '../model/firmware.ts';
import { architectureOf, firstFile } from './first-file.ts';
import { misfit } from '../model/loader-fit.ts';
import { machineCannotBoot } from './log-events.ts';

/** Machines of which is remembered what the file server was told; beyond that they are told once more. */
const toldMax = 65_536;
/** Machines that booted from the network and have not come back as a system; the one that began longest ago is forgotten. */
const awaitedMax = 4_096;

/** Why firmware cannot run its file; empty when it may. iPXE can run more than the firmware below it. */
function misfitOf(booter: NetworkBooter, file: string, advice?: string): string {
  const firmware = firmwareOf(architectureOf(booter));
  const wrong = booter.isIpxe || firmware === undefined ? undefined : misfit(file, firmwareRows[firmware].family, advice);
  return wrong === undefined ? '' : `is told a file that it cannot run: ${wrong}`;
}

class ProfileDesk implements BootDesk {
  readonly #settings: BootSettings;
  readonly #choices: BootChoiceView;
  readonly #told = new Map<string, string>();
  /** By MAC address, with what is known of each from its boot. */
  readonly #awaited = new Map<string, Pick<BootStep, 'host' | 'profile'>>();

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
  answerFor(client: BootClient, named: string | undefined): BootAnswer {
    const mac = toHex(client.mac);
    const found = this.#chosen(mac) ?? profileOf(this.#settings.profiles, client);
    if (found === undefined) return { profile: '', file: '', problem: misfitOf(client.booter, named ?? '') };
    const profile = found.name;
    const first = firstFile(this.#settings, client.booter, mac, client.server);
    if (!first.ok) return { profile, file: '', problem: named === undefined ? `is told no file although it has profile ${profile}: ${first.error}` : misfitOf(client.booter, named) };
    const problem = named === undefined ? misfitOf(client.booter, first.value) : misfitOf(client.booter, named, `without the filename of dhcpd.conf its profile ${profile} gives it ${first.value}`);
    return { profile, file: first.value, problem };
  }

  replied(client: BootClient, { kind, file, server, answer }: BootReply, effects: Effects): void {
    const mac = toHex(client.mac);
    const { hostName: host, booter } = client;
    const { profile, problem } = answer;
    if (problem !== '') effects.log.event(machineCannotBoot, { mac, host, problem });
    const asker = booter.isIpxe ? 'ipxe' : 'firmware';
    const step = { mac, host, profile, ip: formatIpv4(client.ip), asker, architecture: architectureOf(booter), kind, file, server: server === 0 ? '' : formatIpv4(server), problem } as const;
    effects.requests.push({ kind: 'boot-step', step });
    if (kind !== 'ack') return;
    this.#expect(mac, { host, profile });
    this.#acknowledged(client, effects);
  }

  #expect(mac: string, known: Pick<BootStep, 'host' | 'profile'>): void {
    this.#awaited.delete(mac);
    this.#awaited.set(mac, known);
    for (const oldest of this.#awaited.keys())
      if (this.#awaited.size > awaitedMax) this.#awaited.delete(oldest);
      else break;
  }
  get isAwaiting(): boolean {
    return this.#awaited.size > 0;
  }
  systemUp(address: Uint8Array, ip: Ipv4, effects: Effects): void {
    const mac = toHex(address);
    const known = this.#awaited.get(mac);
    if (known === undefined) return;
    this.#awaited.delete(mac);
    effects.requests.push({ kind: 'boot-step', step: { mac, ...known, ip: formatIpv4(ip), asker: 'system', architecture: 0, kind: 'ack', file: '', server: '', problem: '' } });
  }

  #acknowledged(client: BootClient, effects: Effects): void {
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

/** undefined where this server serves no files: then nothing is asked. */
export const bootDeskFor = ({ leasehold: { boot } }: ServerConfig, choices: BootChoiceView = noChoices): BootDesk | undefined =>
  boot === undefined ? undefined : new ProfileDesk(boot, choices);

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
