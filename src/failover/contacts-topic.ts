// What both nodes know of a client besides its binding: reserved hosts' last contact and what asked for it, host names, option 82 and
// the variables of leases (the vendor class is one of them). Told in batches a fifth of a second after it changed. No promise hangs on it: what a link lost is told again at the next.

import { ByteWriter, bytesEqual, emptyBytes, fromLatin1, latin1 } from '../std/bytes.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import { addMillis, never, type MonoMillis, type Now, type UnixSeconds } from '../std/time.ts';
import { bindingCode } from '../model/binding-state.ts';
import type { LeaseExtras, VariableValue } from '../model/lease.ts';
import type { Effects } from '../model/step.ts';
import { contactStages } from '../lease/contact-table.ts';
import type { LeaseStore } from '../lease/lease-store.ts';
import { decodeContactParcel, writeWireContact, writeWireDetails, type WireContact, type WireDetails, type WireVariable } from '../wire/contact-parcel.ts';
import type { Endpoint } from './endpoint.ts';
import { hostsParcelRefused } from './log-events.ts';
import type { Topic } from './parcels.ts';

/** From a change to its telling, and between two parcels of a crowd. */
const batchMillis = 200;
const crowdMillis = 20;
const parcelBytes = 8 * 1024;
/** Rows looked at for one parcel: those whose binding the partner has not confirmed wait. */
const rowsPerParcel = 256;
/** What may have been on the way when a link was lost. */
const doubtSeconds = 60;

type Variables = LeaseExtras['variables'];

export class ContactsTopic implements Topic {
  readonly name = 'contacts';
  /** Option 82 and variables are what later answers may depend on. */
  readonly needsSecurity = true;
  deadline: MonoMillis = never;
  readonly #endpoint: Endpoint;
  readonly #store: LeaseStore;
  readonly #rows = new Set<number>();
  readonly #addresses = new Set<number>();
  readonly #out = new ByteWriter(parcelBytes);
  #isUp = false;
  /** The partner was told of everything before this; 0: of nothing. */
  #toldUntil = 0;

  constructor(endpoint: Endpoint, store: LeaseStore) {
    this.#endpoint = endpoint;
    this.#store = store;
  }

  linkUp(now: Now): void {
    const { contacts, table } = this.#store;
    const since = this.#toldUntil - doubtSeconds;
    for (const { ip, at, isPartners } of contacts.values()) if (at >= since && isPartners !== true) this.#addresses.add(ip);
    this.#endpoint.eachRow((row) => {
      if (table.state(row) === bindingCode.active && table.hasExtras(row) && table.cltt(row) >= since) this.#rows.add(row);
    });
    contacts.watchers.set(this.#endpoint.name, this.#addresses);
    this.#isUp = true;
    this.deadline = addMillis(now.mono, batchMillis);
  }
  linkLost(): void {
    this.#store.contacts.watchers.delete(this.#endpoint.name);
    this.#addresses.clear();
    this.#rows.clear();
    this.#isUp = false;
    this.deadline = never;
  }

  /** PERF: on the path of every lease; a mark, and a timer when there was none. */
  leaseChanged(row: number, now: Now): void {
    if (!this.#isUp || this.#store.table.state(row) !== bindingCode.active) return;
    this.#rows.add(row);
    if (this.deadline === never) this.deadline = addMillis(now.mono, batchMillis);
  }
  afterStep(now: Now): void {
    if (this.deadline === never && this.#isUp && this.#addresses.size > 0) this.deadline = addMillis(now.mono, batchMillis);
  }
  tick(now: Now, effects: Effects): void {
    if (now.mono < this.deadline) return;
    this.#out.reset();
    this.#tellContacts();
    const isStuck = !this.#tellLeases() || this.#out.size === 0;
    if (this.#out.size > 0) this.#endpoint.parcels.send(this, this.#out.copy(), now, effects);
    const isDone = this.#rows.size + this.#addresses.size === 0;
    if (isDone) this.#toldUntil = now.wall;
    this.deadline = isDone ? never : addMillis(now.mono, isStuck ? batchMillis : crowdMillis);
  }

  #tellContacts(): void {
    for (const ip of this.#addresses) {
      if (this.#out.size >= parcelBytes) return;
      this.#addresses.delete(ip);
      const contact = this.#store.contacts.get(ip);
      if (contact === undefined) continue;
      const { at, ends, hardware, host, stage, vendorClass, userClass } = contact;
      writeWireContact(this.#out, {
        kind: 'contact', address: ip, at, ends, htype: hardware.htype, mac: hardware.address, host,
        stage: contactStages.indexOf(stage), vendorClass: latin1(vendorClass), userClass: latin1(userClass),
      });
    }
  }
  /** A lease whose binding the partner does not have yet stays on the list. False: nothing but such was found. */
  #tellLeases(): boolean {
    const { bindings, queue } = this.#endpoint;
    const { table } = this.#store;
    let looked = 0;
    let told = 0;
    for (const row of this.#rows) {
      if (this.#out.size >= parcelBytes || looked++ >= rowsPerParcel) break;
      this.#rows.delete(row);
      if (table.state(row) !== bindingCode.active) continue; // It ended meanwhile.
      if (bindings.isBehind(row) || queue.unacked.has(row)) this.#waiting.push(row);
      else {
        writeWireDetails(this.#out, this.#detailsOf(row));
        told++;
      }
    }
    for (const row of this.#waiting) this.#rows.add(row);
    this.#waiting.length = 0;
    return told > 0 || this.#rows.size === 0;
  }
  readonly #waiting: number[] = [];

  #detailsOf(row: number): WireDetails {
    const { ip, cltt, hardware, extras } = this.#store.table.lease(row);
    return {
      kind: 'details', address: ip, at: cltt, htype: hardware?.htype ?? 0, mac: hardware?.address ?? emptyBytes,
      hostname: latin1(extras?.clientHostname ?? '').subarray(0, 255),
      agentOptions: extras?.agentOptions ?? emptyBytes,
      variables: (extras?.variables ?? []).map(({ name, value }) => ({ name, ...wireValue(value) })),
    };
  }

  received(parcel: Uint8Array, _now: Now, effects: Effects): void {
    const items = decodeContactParcel(parcel);
    if (items === undefined) effects.log.event(hostsParcelRefused, { name: this.#endpoint.name, what: 'a parcel of contacts' });
    for (const item of items ?? [])
      if (item.kind === 'contact') this.#takeContact(item, effects);
      else this.#takeDetails(item, effects);
  }
  #takeContact({ address, at, ends, htype, mac, host, stage, vendorClass, userClass }: WireContact, effects: Effects): void {
    const { contacts } = this.#store;
    const ours = contacts.get(address);
    const isTheirs = ours === undefined || at > ours.at || (at === ours.at && this.#endpoint.peer.role === 'secondary' && ours.isPartners !== true);
    if (!isTheirs) return;
    const said = { stage: contactStages[stage] ?? 'system', vendorClass: fromLatin1(vendorClass), userClass: fromLatin1(userClass) };
    contacts.take(
      { ip: address as Ipv4, at: at as UnixSeconds, ends: ends as UnixSeconds, hardware: { htype, address: mac }, host, ...said, isPartners: true }, effects.journal);
  }
  /** Only of the binding that this node has too. */
  #takeDetails(told: WireDetails, effects: Effects): void {
    const { table } = this.#store;
    const row = table.rowOf(told.address);
    if (row < 0 || table.peer(row) !== this.#endpoint.peer.index || table.state(row) !== bindingCode.active || table.cltt(row) > told.at) return;
    const variables = told.variables.map(variableFrom).filter((variable) => variable !== undefined);
    const { hardware, extras } = table.lease(row);
    const isSameClient = (hardware?.htype ?? 0) === told.htype && bytesEqual(hardware?.address ?? emptyBytes, told.mac);
    if (!isSameClient || isKnown(extras, told, variables)) return;
    const change = table.begin(row);
    if (told.hostname.length > 0) change.setHostname(told.hostname, 0, told.hostname.length);
    else change.clearHostname();
    if (told.agentOptions.length > 0) change.setAgentOptions(told.agentOptions, 0, told.agentOptions.length);
    else change.clearAgentOptions();
    change.setVariables(variables);
    table.apply(row, change, 'details', effects.journal);
  }
}

function isKnown(extras: LeaseExtras | undefined, told: WireDetails, variables: Variables): boolean {
  const ours = extras?.variables ?? [];
  return (
    (extras?.clientHostname ?? '') === fromLatin1(told.hostname) &&
    bytesEqual(extras?.agentOptions ?? emptyBytes, told.agentOptions) &&
    ours.length === variables.length &&
    ours.every(({ name, value }, index) => {
      const theirs = variables[index];
      return theirs?.name === name && theirs.value.kind === value.kind && bytesEqual(wireValue(theirs.value).value, wireValue(value).value);
    })
  );
}

const typeOf = { data: 0, number: 1, boolean: 2 } as const;
function wireValue(value: VariableValue): Pick<WireVariable, 'type' | 'value'> {
  if (value.kind === 'data') return { type: typeOf.data, value: value.bytes };
  if (value.kind === 'boolean') return { type: typeOf.boolean, value: Uint8Array.of(value.value ? 1 : 0) };
  return { type: typeOf.number, value: Uint8Array.of(value.value >> 24, value.value >> 16, value.value >> 8, value.value) };
}
/** A name is what the lease file can hold: `[\w-]`; others are left out. */
function variableFrom({ name, type, value }: WireVariable): Variables[number] | undefined {
  if (!/^[A-Za-z][\w-]{0,62}$/.test(name)) return undefined;
  if (type === typeOf.data) return { name, value: { kind: 'data', bytes: value } };
  if (type === typeOf.boolean && value.length === 1) return { name, value: { kind: 'boolean', value: value[0] === 1 } };
  if (type !== typeOf.number || value.length !== 4) return undefined;
  return { name, value: { kind: 'number', value: new DataView(value.buffer, value.byteOffset, 4).getInt32(0) } };
}
