// The exchanges of simulated clients: what each waits for, and what an answer makes of it (RFC 2131 §3.1, §3.2).
// PERF: one row of typed arrays per open exchange; the xid names the row, so no reply needs a search.

import { optionCode } from '../../wire/option-codes.ts';
import { dhcpAt, magicCookie, messageType } from '../../wire/dhcp-view.ts';
import { AddressBook } from './address-book.ts';
import { ClientMessages, type MessageFields, type MessageKind } from './client-messages.ts';
import type { LoadPort } from './load-port.ts';
import type { Tally } from './tally.ts';

export type LoadMode = 'dora' | 'renew' | 'reboot';

/** What a row waits for. */
const idle = 0;
const awaitsOffer = 1;
const awaitsAck = 2;

/** Rows are the low 16 bits of an xid. */
export const rowsMax = 65_536;

export interface ExchangeSettings {
  readonly rows: number;
  readonly clients: number;
  /** Low 32 bits of the first client's MAC. */
  readonly firstClient: number;
  readonly retryMillis: number;
  readonly retriesMax: number;
}

const clientKind: Readonly<Record<LoadMode, MessageKind>> = { dora: 'discover', renew: 'renewing', reboot: 'rebooting' };

export class Exchanges {
  mode: LoadMode = 'dora';
  /** Acknowledged exchanges since the start, never reset. */
  acksInAll = 0;
  open = 0;
  readonly book: AddressBook;
  readonly #settings: ExchangeSettings;
  readonly #port: LoadPort;
  readonly #messages: ClientMessages;
  readonly #tally: Tally;
  readonly #phases: Uint8Array;
  readonly #xids: Uint32Array;
  readonly #clients: Uint32Array;
  readonly #offered: Uint32Array;
  readonly #servers: Uint32Array;
  readonly #startedAt: Float64Array;
  readonly #sentAt: Float64Array;
  readonly #tries: Uint8Array;
  readonly #free: Int32Array;
  readonly #isBusy: Uint8Array;
  readonly #serverOf: Uint32Array;
  readonly #fields: MessageFields = { xid: 0, client: 0, secs: 0, address: 0, serverIdentifier: 0 };
  #generation = (Math.random() * 0x10000) >>> 0;
  #nextClient = 0;

  constructor(settings: ExchangeSettings, port: LoadPort, messages: ClientMessages, tally: Tally) {
    const { rows, clients } = settings;
    this.#settings = settings;
    this.#port = port;
    this.#messages = messages;
    this.#tally = tally;
    this.book = new AddressBook(clients);
    this.#phases = new Uint8Array(rows);
    this.#xids = new Uint32Array(rows);
    this.#clients = new Uint32Array(rows);
    this.#offered = new Uint32Array(rows);
    this.#servers = new Uint32Array(rows);
    this.#startedAt = new Float64Array(rows);
    this.#sentAt = new Float64Array(rows);
    this.#tries = new Uint8Array(rows);
    this.#free = Int32Array.from({ length: rows }, (_, row) => rows - 1 - row);
    this.#isBusy = new Uint8Array(clients);
    this.#serverOf = new Uint32Array(clients);
  }

  get hasRoom(): boolean {
    return this.open < this.#settings.rows;
  }

  /** Opens the next client's exchange; `startedAt` is when it should have begun. */
  begin(startedAt: number, now: number): void {
    const row = this.#free[this.#settings.rows - 1 - this.open] ?? 0;
    const client = this.#pickClient();
    this.open++;
    this.#generation = (this.#generation + 1) & 0xffff;
    this.#isBusy[client] = 1;
    this.#xids[row] = ((this.#generation << 16) | row) >>> 0;
    this.#clients[row] = client;
    this.#startedAt[row] = startedAt;
    this.#tries[row] = 0;
    this.#phases[row] = this.#isKnown(client) ? awaitsAck : awaitsOffer;
    this.#offered[row] = this.book.addresses[client] ?? 0;
    this.#servers[row] = this.#serverOf[client] ?? 0;
    this.#send(row, now);
  }

  /** In the modes of known clients one without an address first gets one. */
  #isKnown(client: number): boolean {
    return this.mode !== 'dora' && (this.book.addresses[client] ?? 0) !== 0;
  }

  #pickClient(): number {
    const { clients } = this.#settings;
    let client = this.#nextClient;
    for (let steps = 0; this.#isBusy[client] === 1 && steps < clients; steps++) client = client + 1 === clients ? 0 : client + 1;
    this.#nextClient = client + 1 === clients ? 0 : client + 1;
    return client;
  }

  #send(row: number, now: number): void {
    const isDiscover = this.#phases[row] === awaitsOffer;
    const kind = isDiscover ? 'discover' : this.#kindOfRequest(row);
    const fields = this.#fields;
    fields.xid = this.#xids[row] ?? 0;
    fields.client = this.#settings.firstClient + (this.#clients[row] ?? 0);
    fields.secs = Math.floor((now - (this.#startedAt[row] ?? 0)) / 1000) & 0xffff;
    fields.address = this.#offered[row] ?? 0;
    fields.serverIdentifier = this.#servers[row] ?? 0;
    this.#messages.write(kind, fields, this.#port.slot, this.#port.slotView);
    this.#port.queue();
    this.#sentAt[row] = now;
    if (isDiscover) this.#tally.discovers++;
    else this.#tally.requests++;
  }

  /** A REQUEST that answers an OFFER of this exchange carries it; others come from the client's mode. */
  #kindOfRequest(row: number): MessageKind {
    return this.mode === 'dora' || this.book.addresses[this.#clients[row] ?? 0] !== this.#offered[row] ? 'selecting' : clientKind[this.mode];
  }

  /** Takes one received message: `size` bytes at `start` of `bytes`. */
  accept(bytes: Uint8Array, view: DataView, start: number, size: number, now: number): void {
    if (size < dhcpAt.options || bytes[start] !== 2 || view.getUint32(start + dhcpAt.cookie) !== magicCookie) {
      this.#tally.malformed++;
      return;
    }
    const xid = view.getUint32(start + dhcpAt.xid);
    const row = xid & 0xffff;
    const client = this.#settings.firstClient + (this.#clients[row] ?? 0);
    if (row >= this.#settings.rows || this.#phases[row] === idle || this.#xids[row] !== xid || view.getUint32(start + dhcpAt.chaddr + 2) !== client) {
      this.#tally.unexpected++;
      return;
    }
    this.#readOptions(bytes, view, start + dhcpAt.options, start + size);
    this.#answer(row, view.getUint32(start + dhcpAt.yiaddr), now);
  }

  /** Of the message accepted last; 0 for absent. */
  #type = 0;
  #leaseTime = 0;
  #serverIdentifier = 0;

  #readOptions(bytes: Uint8Array, view: DataView, from: number, to: number): void {
    this.#type = this.#leaseTime = this.#serverIdentifier = 0;
    for (let at = from; at + 1 < to; ) {
      const code = bytes[at] ?? 255;
      if (code === 0) {
        at++;
        continue;
      }
      if (code === 255) return;
      const length = bytes[at + 1] ?? 0;
      if (at + 2 + length > to) return;
      if (code === optionCode.messageType) this.#type = bytes[at + 2] ?? 0;
      else if (code === optionCode.leaseTime && length === 4) this.#leaseTime = view.getUint32(at + 2);
      else if (code === optionCode.serverIdentifier && length === 4) this.#serverIdentifier = view.getUint32(at + 2);
      at += 2 + length;
    }
  }

  #answer(row: number, yiaddr: number, now: number): void {
    const phase = this.#phases[row];
    if (this.#type === messageType.nak && phase === awaitsAck) this.#refused(row);
    else if (this.#type === messageType.offer && phase === awaitsOffer) this.#offer(row, yiaddr, now);
    else if (this.#type === messageType.ack && phase === awaitsAck) this.#acknowledged(row, yiaddr, now);
    else this.#tally.unexpected++;
  }

  #offer(row: number, yiaddr: number, now: number): void {
    if (yiaddr === 0 || this.#leaseTime === 0 || this.#serverIdentifier === 0) {
      this.#tally.malformed++;
      return;
    }
    this.#tally.offers++;
    this.#tally.offer.add(now - (this.#startedAt[row] ?? 0));
    this.#offered[row] = yiaddr;
    this.#servers[row] = this.#serverIdentifier;
    // The book's address is what a renewal would confirm, and this is none.
    if (this.mode !== 'dora') this.book.forget(this.#clients[row] ?? 0);
    this.#phases[row] = awaitsAck;
    this.#tries[row] = 0;
    this.#send(row, now);
  }

  #acknowledged(row: number, yiaddr: number, now: number): void {
    const client = this.#clients[row] ?? 0;
    if (yiaddr !== this.#offered[row] || this.#leaseTime === 0 || this.#serverIdentifier === 0) this.#tally.malformed++;
    else if (!this.book.take(client, yiaddr)) this.#tally.duplicates++;
    this.#serverOf[client] = this.#serverIdentifier;
    this.#tally.acks++;
    this.acksInAll++;
    this.#tally.exchange.add(now - (this.#startedAt[row] ?? 0));
    this.#close(row);
  }

  #refused(row: number): void {
    this.#tally.naks++;
    this.book.forget(this.#clients[row] ?? 0);
    this.#close(row);
  }

  #close(row: number): void {
    this.#phases[row] = idle;
    this.#isBusy[this.#clients[row] ?? 0] = 0;
    this.open--;
    this.#free[this.#settings.rows - 1 - this.open] = row;
  }

  /** Repeats what has waited too long, and gives up what was repeated often enough. Call every few milliseconds. */
  sweep(now: number): void {
    const { rows, retryMillis, retriesMax } = this.#settings;
    for (let row = 0; row < rows; row++) {
      if (this.#phases[row] === idle || now - (this.#sentAt[row] ?? 0) < retryMillis) continue;
      const tries = (this.#tries[row] ?? 0) + 1;
      this.#tries[row] = tries;
      if (tries > retriesMax) {
        this.#tally.failed++;
        this.#close(row);
      } else {
        this.#tally.retries++;
        this.#send(row, now);
      }
    }
  }
}
