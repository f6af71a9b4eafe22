// Hosts over the control socket: the same rules and records as over OMAPI, for people who should not need omshell.

import { concatBytes, fromHex, latin1, printable, toHex } from '../std/bytes.ts';
import { formatIpv4, ipv4ToBytes, parseIpv4 } from '../std/ipv4.ts';
import { err, ok, type Result } from '../std/result.ts';
import type { Now } from '../std/time.ts';
import type { Effects, Command } from '../model/step.ts';
import type { ServerConfig } from '../model/server-config.ts';
import { hardwareTypeName } from '../model/hardware.ts';
import { conflictView, hostSink } from '../lease/host-conflicts.ts';
import type { Contact } from '../lease/contact-table.ts';
import type { HostRecord } from '../lease/host-record.ts';
import { exportText } from '../lease/host-text.ts';
import { htypeOf } from '../lease/lease-statements.ts';
import type { LeaseStore } from '../lease/lease-store.ts';
import { answered, refused, type CommandAnswer } from './command-table.ts';
import { listPart, listWanted } from './list-part.ts';
import { emptyHost, withAttributes } from './omapi/host-draft.ts';
import { omapiResult } from './omapi/results.ts';
import { u32 } from './omapi/values.ts';

export interface HostCommandDeps {
  readonly store: LeaseStore;
  readonly config: () => ServerConfig;
}

/** Of one command, which packets wait for; the CLI sends more in several. */
const hostsMax = 50;

/** What a refusal of an attribute means to a person. */
const problems: Readonly<Record<number, string>> = {
  [omapiResult.invalidArgument]: 'a name is letters, digits, dots, hyphens and underscores; a MAC has at most 20 bytes; addresses are dotted',
  [omapiResult.notFound]: 'there is no such group',
  [omapiResult.parseError]: 'its statements cannot be read, or may not come from outside (execute needs `omapi-execute on;`)',
  [omapiResult.ioError]: 'its name cannot be printed',
};

/** A host as a command's argument and as `hosts.list` shows it. */
export interface HostArgument {
  readonly name: string;
  /** `02:00:…`, of `hardwareType` (ethernet when not said). */
  readonly hardware?: string | null;
  readonly hardwareType?: string | null;
  /** Hex with colons. */
  readonly clientId?: string | null;
  readonly addresses?: readonly string[];
  readonly group?: string | null;
  readonly statements?: string | null;
}

export class HostCommands {
  readonly #deps: HostCommandDeps;

  constructor(deps: HostCommandDeps) {
    this.#deps = deps;
  }

  /** Part of them: `next` is where the following begin. */
  list({ arguments: given }: Command): CommandAnswer {
    const { hosts } = this.#deps.store;
    const listed = { rowCount: hosts.numberCount, has: (host: number) => hosts.isNumber(host), view: (host: number) => this.#view(host) };
    const { views, ...part } = listPart(listed, listWanted(given));
    return answered({ ...part, hosts: views });
  }

  #view(host: number): Readonly<Record<string, unknown>> {
    const { hosts } = this.#deps.store;
    const { name, hardware, uid, source } = hosts.declaration(host);
    const record = hosts.record(name);
    return {
      name,
      hardware: hardware === undefined ? null : toHex(hardware.address, ':'),
      hardwareType: hardware === undefined ? null : hardwareTypeName(hardware.htype),
      clientId: uid === undefined ? null : toHex(uid, ':'),
      addresses: hosts.fixedAddresses(host).map(formatIpv4),
      group: record?.group ?? null,
      statements: record === undefined || record.statements.length === 0 ? null : record.statements.join(' '),
      source,
      ...this.#contactOf(host),
    };
  }

  /** When one of its addresses was last given to it, and by which node. */
  #contactOf(host: number): Readonly<Record<string, unknown>> {
    const { hosts, contacts } = this.#deps.store;
    let last: Contact | undefined;
    for (const ip of hosts.fixedAddresses(host)) {
      const contact = contacts.get(ip);
      if (contact?.host === hosts.declaration(host).name && (last === undefined || contact.at > last.at)) last = contact;
    }
    if (last === undefined) return { lastContact: null, lastContactWith: null, bootStage: null, vendorClass: null, userClass: null };
    const { at, stage, vendorClass, userClass } = last;
    return { lastContact: at, lastContactWith: this.#whoAnswered(last), bootStage: stage, vendorClass: printable(vendorClass), userClass: printable(userClass) };
  }
  /** The same on both nodes, so a role and no `here`. */
  #whoAnswered({ isPartners = false }: Contact): string {
    const [peer, second] = this.#deps.config().peers;
    if (peer === undefined || second !== undefined) return isPartners ? 'the partner' : 'this node';
    return (peer.role === 'primary') === isPartners ? 'secondary' : 'primary';
  }

  /** All of them or none: new ones are made, those of the lease file are replaced where `replace` is set. */
  put({ arguments: given }: Command, effects: Effects): CommandAnswer {
    const list = given['hosts'];
    if (!Array.isArray(list) || list.length === 0 || list.length > hostsMax)
      return refused('bad-argument', `hosts must be a list of 1 to ${hostsMax} hosts`);
    const records: HostRecord[] = [];
    for (const item of list as readonly unknown[]) {
      const made = this.#record(item);
      if (!made.ok) return refused('bad-argument', made.error);
      const problem = this.#clash(made.value, records, given['replace'] === true);
      if (problem !== undefined) return refused('refused', problem);
      records.push(made.value);
    }
    const before = records.map(({ name }) => this.#deps.store.hosts.record(name)?.isDeleted ?? true);
    for (const record of records) this.#deps.store.hosts.put(record, effects.journal);
    return answered({ made: before.filter(Boolean).length, replaced: before.filter((isNew) => !isNew).length, after: records.map(({ name }) => name) });
  }

  #record(item: unknown): Result<HostRecord, string> {
    const given = (typeof item === 'object' && item !== null ? item : {}) as Partial<HostArgument>;
    const name = typeof given.name === 'string' ? given.name : '';
    const attributes = new Map([['name', latin1(name)]]);
    if (typeof given.hardware === 'string') {
      attributes.set('hardware-address', fromHex(given.hardware.replace(/[.:-]/g, '')) ?? new Uint8Array(0));
      attributes.set('hardware-type', u32(hardwareTypeOf(given.hardwareType ?? 'ethernet')));
    }
    if (typeof given.clientId === 'string') attributes.set('dhcp-client-identifier', fromHex(given.clientId.replaceAll(':', '')) ?? new Uint8Array(0));
    const addresses = (given.addresses ?? []).map(parseIpv4);
    if (!addresses.every((ip) => ip !== undefined)) return err(`host ${name}: an address is dotted, such as 10.0.0.7`);
    if (addresses.length > 0) attributes.set('ip-address', concatBytes(...addresses.map(ipv4ToBytes)));
    if (typeof given.group === 'string') attributes.set('group', latin1(given.group));
    if (typeof given.statements === 'string' && given.statements !== '') attributes.set('statements', latin1(given.statements));
    const { store, config } = this.#deps;
    const made = withAttributes(emptyHost, attributes, { store, config, allowsExecute: config().leasehold.omapi.allowsExecute });
    if (typeof made === 'number') return err(`host ${name}: ${problems[made] ?? `refused (${made})`}`);
    if (made.hardware === undefined && made.uid === undefined) return err(`host ${name}: it needs a MAC address or a client identifier`);
    return ok(made);
  }

  /** Why the host cannot stand beside those that are there. */
  #clash({ name, hardware }: HostRecord, others: readonly HostRecord[], mayReplace: boolean): string | undefined {
    const { hosts } = this.#deps.store;
    const own = hosts.byName(name);
    if (own >= 0 && hosts.declaration(own).source === 'configuration') return `host ${name} is declared in dhcpd.conf: change it there`;
    if (own >= 0 && !mayReplace) return `host ${name} is there already: say --replace to change it`;
    if (others.some((other) => other.name === name)) return `host ${name} is given twice`;
    if (hardware === undefined) return undefined;
    const holder = hosts.firstByHardware(hardware.htype, hardware.address, 0, hardware.address.length);
    const clash = holder >= 0 && hosts.declaration(holder).name !== name ? hosts.declaration(holder).name : undefined;
    return clash === undefined ? undefined : `${toHex(hardware.address, ':')} of host ${name} is host ${clash} already`;
  }

  remove({ arguments: given }: Command, now: Now, effects: Effects): CommandAnswer {
    const name = String(given['name']);
    const { hosts, replicated } = this.#deps.store;
    if (replicated.isHeld(name)) {
      replicated.remove(name, now, hostSink(effects));
      return answered({ before: { name } });
    }
    const host = hosts.byName(name);
    if (host < 0) return refused('not-found', `there is no host ${name}`);
    if (hosts.declaration(host).source === 'configuration')
      return refused('refused', `host ${name} is declared in dhcpd.conf: remove it there, or it would stay hidden whatever that file says`);
    const before = this.#view(host);
    hosts.remove(name, effects.journal);
    return answered({ before });
  }

  /** By name, so that the same hosts give the same text. */
  export(): CommandAnswer {
    const made = [...this.#deps.store.hosts.records()].filter(({ isDeleted, isStatic }) => !isDeleted && !isStatic);
    const sorted = made.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return answered({ count: sorted.length, text: sorted.map(exportText).join('') });
  }

  conflicts(): CommandAnswer {
    const conflicts = [...this.#deps.store.replicated.conflicts()].map(conflictView);
    return answered({ count: conflicts.length, conflicts });
  }

  settle({ arguments: given }: Command, now: Now, effects: Effects): CommandAnswer {
    const name = String(given['name']);
    const { replicated } = this.#deps.store;
    const before = [...replicated.conflicts()].filter((conflict) => conflict.name === name).map(conflictView);
    if (replicated.settleConflict(name, now, hostSink(effects))) return answered({ before });
    return replicated.isHeld(name)
      ? refused('refused', `host ${name} is not in force, and that is all that is known of it: remove it with leasehold hosts remove ${name}, or let it count with leasehold hosts restore ${name}`)
      : refused('not-found', `nothing about a host ${name} lost a conflict`);
  }

  /** What lost a conflict counts again; or a deletion that hides a host of dhcpd.conf is taken back. */
  restore({ arguments: given }: Command, now: Now, effects: Effects): CommandAnswer {
    const name = String(given['name']);
    const { hosts, replicated } = this.#deps.store;
    const before = [...replicated.conflicts()].filter((conflict) => conflict.name === name).map(conflictView);
    if (replicated.restore(name, now, hostSink(effects))) return answered({ before, after: hosts.byName(name) < 0 ? null : this.#view(hosts.byName(name)) });
    if (hosts.record(name)?.isDeleted !== true) return refused('not-found', `no deletion of a host ${name} is remembered`);
    hosts.restore(name, effects.journal);
    const host = hosts.byName(name);
    return answered({ after: host < 0 ? null : this.#view(host) });
  }
}

/** No hardware type is 256: it is refused. */
const hardwareTypeOf = (name: string): number => htypeOf(name) ?? 256;
