// Last contacts of reserved hosts (P3). They are granted without waiting for the disk; what is written down about them is a
// comment, since a `lease` record would become a dynamic lease for dhcpd.

import type { ByteWriter } from '../std/bytes.ts';
import type { Ipv4 } from '../std/ipv4.ts';
import type { UnixSeconds } from '../std/time.ts';
import type { Hardware } from '../model/hardware.ts';
import { writeComment } from './comment-records.ts';

/** What asked for the address: firmware of the machine, iPXE, or neither, which is an operating system or its installer. */
export const contactStages = ['system', 'firmware', 'http-firmware', 'ipxe'] as const;
export type ContactStage = (typeof contactStages)[number];

export interface Contact {
  readonly ip: Ipv4;
  /** Name of the host declaration. */
  readonly host: string;
  readonly hardware: Hardware;
  /** When the host last got its ACK. */
  readonly at: UnixSeconds;
  readonly stage: ContactStage;
  /** Options 60 and 77 as the client sent them, a character a byte; empty: none. */
  readonly vendorClass: string;
  readonly userClass: string;
  /** It was the partner that it got it from. */
  readonly isPartners?: boolean;
  /** When what was granted ends; `forever` for an unlimited one. */
  readonly ends: UnixSeconds;
}

/** By address: hosts that share a fixed-address are one holder, and the latest of them is remembered. */
export class ContactTable {
  /** By relationship: addresses whose contact changed on this node and that its partner was not told. PERF: all that a packet pays. */
  readonly watchers = new Map<string, Set<number>>();
  readonly #contacts = new Map<number, Contact>();

  get(ip: number): Contact | undefined {
    return this.#contacts.get(ip);
  }
  /** This node answered the host. */
  put(contact: Contact, journal: ByteWriter | undefined): void {
    for (const changes of this.watchers.values()) changes.add(contact.ip);
    this.take(contact, journal);
  }
  /** As read, or as the partner told it. */
  take(contact: Contact, journal: ByteWriter | undefined): void {
    this.#contacts.set(contact.ip, contact);
    if (journal !== undefined) writeComment(journal, { kind: 'contact', contact });
  }
  values(): IterableIterator<Contact> {
    return this.#contacts.values();
  }
  snapshot(out: ByteWriter): void {
    for (const contact of this.#contacts.values()) writeComment(out, { kind: 'contact', contact });
  }
}
