// A record of the lease file as a declaration, beside those of the configuration.

import type { AddressItem } from '../model/expression.ts';
import type { Hardware } from '../model/hardware.ts';
import type { HostDeclaration, Scope } from '../model/server-config.ts';
import type { Span } from '../model/span.ts';
import type { HostRecord } from './host-record.ts';
import type { HostScopes } from './host-scopes.ts';

const leaseFile: Span = { file: { name: 'lease file', text: '' }, start: 0, end: 0 };

/** Its scopes are made when a packet first asks: thousands may come in a row. */
export class DynamicHost implements HostDeclaration {
  readonly index = -1;
  readonly name: string;
  readonly hardware: Hardware | undefined;
  readonly uid: Uint8Array | undefined;
  readonly identifier = undefined;
  readonly fixedAddresses: readonly AddressItem[];
  readonly source = 'lease-file';
  readonly span = leaseFile;
  readonly #record: HostRecord;
  readonly #around: readonly Scope[];
  readonly #scopesOf: HostScopes;
  #scopes: readonly Scope[] | undefined = undefined;

  constructor(record: HostRecord, around: readonly Scope[], scopesOf: HostScopes) {
    this.name = record.name;
    this.hardware = record.hardware;
    this.uid = record.uid;
    this.fixedAddresses = record.fixedAddresses;
    this.#record = record;
    this.#around = around;
    this.#scopesOf = scopesOf;
  }
  get scopes(): readonly Scope[] {
    return (this.#scopes ??= [...this.#around, ...this.#scopesOf(this.#record)]);
  }
}
