// The one mutable description of what a row shall become. The packet path fills it and hands it to LeaseTable.apply.

import { emptyBytes, latin1 } from '../std/bytes.ts';
import { unset, type UnixSeconds } from '../std/time.ts';
import { bindingCode } from '../model/binding-state.ts';
import type { Lease, LeaseExtras } from '../model/lease.ts';

/** Bytes that belong to somebody else, valid until the call they are made for returned. */
export class ByteSlice {
  bytes: Uint8Array = emptyBytes;
  offset = 0;
  length = 0;

  set(bytes: Uint8Array, offset: number, length: number): void {
    this.bytes = bytes;
    this.offset = offset;
    this.length = length;
  }
}

/** In bytes: one option's worth. Longer ones are joined from several (RFC 3396). */
const userClassMax = 255;

/** What happens to a part of a row that is stored apart from its columns. */
export type PartAction = 'keep' | 'clear' | 'set';

/**
 * PERF: one scratch object per table, reused for every change, no allocation (cold extras excepted).
 * `LeaseTable.begin(row)` loads a row's present values; the caller then overwrites what changes. Slices are copied by
 * `apply`, so they may point into a receive slot.
 */
export class LeaseChange {
  /** Binding state code, 1..7. */
  state = 1;
  /**
   * Most conservative state the partner may believe (code). Left alone it keeps its value, which is right for every local
   * change: the partner still believes the old state. `partner-update` sets it to the accepted state, `announce` to the state being
   * sent, and so does a grant whose update follows at once. Without a peer the table keeps it itself.
   */
  rewindState = 1;
  starts: UnixSeconds = unset;
  ends: UnixSeconds = unset;
  tstp: UnixSeconds = unset;
  tsfp: UnixSeconds = unset;
  atsfp: UnixSeconds = unset;
  cltt: UnixSeconds = unset;
  isReserved = false;
  isBootp = false;

  hardwareAction: PartAction = 'keep';
  htype = 0;
  readonly hardware = new ByteSlice();
  uidAction: PartAction = 'keep';
  readonly uid = new ByteSlice();
  hostnameAction: PartAction = 'keep';
  readonly hostname = new ByteSlice();
  agentOptionsAction: PartAction = 'keep';
  readonly agentOptions = new ByteSlice();
  billingAction: PartAction = 'keep';
  billing: LeaseExtras['billing'] = undefined;
  variablesAction: PartAction = 'keep';
  variables: LeaseExtras['variables'] = [];
  vendorClassAction: PartAction = 'keep';
  readonly vendorClass = new ByteSlice();
  userClassAction: PartAction = 'keep';
  readonly userClass = new ByteSlice();
  handlersAction: PartAction = 'keep';
  handlers: string | undefined = undefined;

  /** 0..20 bytes; htype 0 with no bytes is a client without hardware. */
  setHardware(htype: number, bytes: Uint8Array, offset: number, length: number): void {
    this.hardwareAction = 'set';
    this.htype = htype;
    this.hardware.set(bytes, offset, length);
  }
  clearHardware(): void {
    this.hardwareAction = 'clear';
  }
  /** Option 61 as received, 1..255 bytes. */
  setUid(bytes: Uint8Array, offset: number, length: number): void {
    this.uidAction = 'set';
    this.uid.set(bytes, offset, length);
  }
  clearUid(): void {
    this.uidAction = 'clear';
  }
  /** Option 12. One that is not entirely printable, or holds a quote or backslash, is dropped as dhcpd drops it. */
  setHostname(bytes: Uint8Array, offset: number, length: number): void {
    this.hostnameAction = 'set';
    this.hostname.set(bytes, offset, length);
  }
  clearHostname(): void {
    this.hostnameAction = 'clear';
  }
  /** Payload of option 82 as received. */
  setAgentOptions(bytes: Uint8Array, offset: number, length: number): void {
    this.agentOptionsAction = 'set';
    this.agentOptions.set(bytes, offset, length);
  }
  clearAgentOptions(): void {
    this.agentOptionsAction = 'clear';
  }
  /** `undefined` clears. */
  setBilling(billing: LeaseExtras['billing']): void {
    this.billingAction = billing === undefined ? 'clear' : 'set';
    this.billing = billing;
  }
  /** Newest first; an empty list clears. */
  setVariables(variables: LeaseExtras['variables']): void {
    this.variablesAction = variables.length === 0 ? 'clear' : 'set';
    this.variables = variables;
  }
  /**
   * Option 60 of the request: the variable `vendor-class-identifier`, which dhcpd keeps with every lease whose client sent one.
   * It comes after the variables of `setVariables`, and replaces one of the same name.
   */
  setVendorClass(bytes: Uint8Array, offset: number, length: number): void {
    this.vendorClassAction = 'set';
    this.vendorClass.set(bytes, offset, length);
  }
  /** Option 77 of the request, kept in the same way as `user-class-identifier` and cut at 255 bytes: what fills more is no class. */
  setUserClass(bytes: Uint8Array, offset: number, length: number): void {
    this.userClassAction = 'set';
    this.userClass.set(bytes, offset, Math.min(length, userClassMax));
  }
  /** The client said none this time: an operating system is not what the iPXE before it was. */
  clearUserClass(): void {
    this.userClassAction = 'clear';
  }
  /** Text of `on …` statements as the lease file holds it; `undefined` clears. */
  setHandlers(text: string | undefined): void {
    this.handlersAction = text === undefined ? 'clear' : 'set';
    this.handlers = text;
  }
  /** Drops host name, agent options, billing, variables and handlers: what dhcpd does on release. */
  clearExtras(): void {
    this.hostnameAction = 'clear';
    this.agentOptionsAction = 'clear';
    this.billingAction = 'clear';
    this.variablesAction = 'clear';
    this.vendorClassAction = 'keep';
    this.userClassAction = 'keep';
    this.handlersAction = 'clear';
  }
  /** Whether any extra is to be set or cleared, and whether any is to be set. */
  get changesExtras(): boolean {
    return (
      this.hostnameAction !== 'keep' || this.agentOptionsAction !== 'keep' || this.billingAction !== 'keep' ||
      this.variablesAction !== 'keep' || this.handlersAction !== 'keep' || this.vendorClassAction !== 'keep' ||
      this.userClassAction !== 'keep'
    );
  }
  get setsExtras(): boolean {
    return (
      this.hostnameAction === 'set' || this.agentOptionsAction === 'set' || this.billingAction === 'set' ||
      this.variablesAction === 'set' || this.handlersAction === 'set' || this.vendorClassAction === 'set' ||
      this.userClassAction === 'set'
    );
  }
  /** Cold: everything as in this lease, nothing kept. */
  load(lease: Lease): void {
    this.state = bindingCode[lease.state];
    this.rewindState = bindingCode[lease.rewindState ?? lease.state];
    this.starts = lease.starts;
    this.ends = lease.ends;
    this.tstp = lease.tstp;
    this.tsfp = lease.tsfp;
    this.atsfp = lease.atsfp;
    this.cltt = lease.cltt;
    this.isReserved = lease.isReserved;
    this.isBootp = lease.isBootp;
    this.clearParts();
    const { hardware, uid, extras } = lease;
    if (hardware !== undefined) this.setHardware(hardware.htype, hardware.address, 0, hardware.address.length);
    if (uid !== undefined) this.setUid(uid, 0, uid.length);
    if (extras !== undefined) this.#loadExtras(extras);
  }
  #loadExtras(extras: LeaseExtras): void {
    this.setVariables(extras.variables);
    this.setBilling(extras.billing);
    this.setHandlers(extras.handlers);
    if (extras.agentOptions !== undefined) this.setAgentOptions(extras.agentOptions, 0, extras.agentOptions.length);
    if (extras.clientHostname === undefined) return;
    const hostname = latin1(extras.clientHostname);
    this.setHostname(hostname, 0, hostname.length);
  }
  /** Nothing of the row stays: times unset, flags off, parts cleared, state free. */
  reset(): void {
    this.state = 1;
    this.rewindState = 0;
    this.starts = unset;
    this.ends = unset;
    this.tstp = unset;
    this.tsfp = unset;
    this.atsfp = unset;
    this.cltt = unset;
    this.isReserved = false;
    this.isBootp = false;
    this.clearParts();
  }
  /** Neither client nor extras. */
  clearParts(): void {
    this.clearHardware();
    this.clearUid();
    this.clearExtras();
  }
  /** Every part back to `keep`. */
  keepParts(): void {
    this.hardwareAction = 'keep';
    this.uidAction = 'keep';
    this.hostnameAction = 'keep';
    this.agentOptionsAction = 'keep';
    this.billingAction = 'keep';
    this.variablesAction = 'keep';
    this.vendorClassAction = 'keep';
    this.userClassAction = 'keep';
    this.handlersAction = 'keep';
  }
}
