// What each machine was told by DHCP and fetched lately, in memory, bounded. Where a boot stands still: boot-standing.ts.

import { bootPath } from './boot-path.ts';
import { colonsOf } from '../model/boot-choice.ts';
import type { BootStep } from '../model/boot-desk.ts';
import { macNameOf } from './mac-name.ts';
import { standing } from './boot-standing.ts';

export interface TimelineFile {
  readonly kind: 'file';
  /** Unix time in seconds. */
  readonly at: number;
  readonly name: string;
  readonly protocol: string;
  readonly outcome: string;
  readonly detail: string;
  readonly bytes: number;
  readonly size: number;
  readonly repeats: number;
  /** Made from this profile; else empty. */
  readonly profile: string;
}
/** Firmware, loader or system was answered by DHCP. */
export interface TimelineDhcp extends Pick<BootStep, 'ip' | 'asker' | 'architecture' | 'file' | 'server' | 'problem'> {
  readonly kind: BootStep['kind'];
  readonly at: number;
  /** So often the same once more, up to now. */
  readonly repeats: number;
}
export type TimelineStep = TimelineFile | TimelineDhcp;

/** A machine as status tells it. */
export interface TimelineRow {
  readonly address: string;
  /** With colons; empty as long as it was not seen asking by DHCP, nor for a file of its own. */
  readonly mac: string;
  readonly host: string;
  readonly profile: string;
  /** A sentence about its last step. */
  readonly stands: string;
  /** Older ones that are no longer here. */
  readonly forgotten: number;
  readonly steps: readonly TimelineStep[];
}

export const machinesMax = 1_000;
/** A boot has a dozen misses, a handful of files and a handful of answers. */
export const stepsMax = 60;

interface Client {
  mac: string;
  host: string;
  profile: string;
  forgotten: number;
  readonly steps: TimelineStep[];
}

const ethernet = '01';

export class BootTimeline {
  /** By address, the one heard of longest ago first. */
  readonly #clients = new Map<string, Client>();
  /** The address of each machine whose MAC address is known. */
  readonly #addresses = new Map<string, string>();

  /** A machine takes its timeline along to another address, and a machine that gets somebody's address begins a new one. */
  dhcp({ mac, host, profile, kind, ip, asker, architecture, file, server, problem }: BootStep, at: number): void {
    const before = this.#addresses.get(mac);
    if (before !== undefined && before !== ip) this.#move(before, ip);
    const client = this.#client(ip);
    if (client.mac !== '' && client.mac !== mac) this.#restart(client);
    this.#name(ip, client, mac);
    Object.assign(client, { host, profile });
    const step: TimelineDhcp = { kind, at, ip, asker, architecture, file, server, problem, repeats: 0 };
    const last = client.steps.at(-1);
    if (last !== undefined && last.kind !== 'file' && isSame(last, step)) client.steps[client.steps.length - 1] = { ...last, repeats: last.repeats + 1 };
    else this.#add(client, step);
  }

  file(address: string, file: Omit<TimelineFile, 'kind'>): void {
    const client = this.#client(address);
    const path = bootPath(file.name);
    const digits = path.ok ? macNameOf(path.value)?.digits : undefined;
    if (digits?.startsWith(ethernet) === true) this.#name(address, client, digits.slice(2));
    this.#add(client, { ...file, kind: 'file' });
  }

  #add(client: Client, step: TimelineStep): void {
    client.steps.push(step);
    if (client.steps.length <= stepsMax) return;
    client.steps.shift();
    client.forgotten++;
  }

  #name(address: string, client: Client, mac: string): void {
    if (this.#addresses.get(client.mac) === address) this.#addresses.delete(client.mac);
    client.mac = mac;
    this.#addresses.set(mac, address);
  }
  #restart(client: Client): void {
    client.steps.length = 0;
    client.forgotten = 0;
  }
  #move(from: string, to: string): void {
    const client = this.#clients.get(from);
    if (client === undefined) return;
    this.#forget(from);
    this.#forget(to);
    this.#clients.set(to, client);
    this.#addresses.set(client.mac, to);
  }
  #forget(address: string): void {
    const mac = this.#clients.get(address)?.mac ?? '';
    if (this.#addresses.get(mac) === address) this.#addresses.delete(mac);
    this.#clients.delete(address);
  }

  #client(address: string): Client {
    const known = this.#clients.get(address) ?? { mac: '', host: '', profile: '', forgotten: 0, steps: [] };
    this.#clients.delete(address);
    this.#clients.set(address, known);
    for (const oldest of this.#clients.keys())
      if (this.#clients.size > machinesMax) this.#forget(oldest);
      else break;
    return known;
  }

  /** The machines, latest first; with `who`, an address, MAC address in any spelling or host name, that one. */
  rows(who?: string): TimelineRow[] {
    const digits = who?.replace(/[:.-]/g, '').toLowerCase();
    return [...this.#clients]
      .filter(([address, { mac, host }]) => who === undefined || address === who || host === who || mac === digits)
      .map(([address, client]) => ({ address, ...client, mac: colonsOf(client.mac), stands: standing(client.steps), steps: [...client.steps] }))
      .toReversed();
  }
}

const isSame = (a: TimelineDhcp, b: TimelineDhcp): boolean =>
  a.kind === b.kind && a.ip === b.ip && a.asker === b.asker && a.architecture === b.architecture && a.file === b.file && a.server === b.server && a.problem === b.problem;
