// Host names as log lines show them (server reference §18).

import type { LeaseTable } from '../lease/lease-table.ts';
import { isPrintable } from '../lease/text-bytes.ts';
import { optionCode } from '../wire/option-codes.ts';
import type { Exchange } from './exchange.ts';
import { TextCache } from './text-cache.ts';

/** Longer names are not printed. */
const hostnameSizeMax = 64;

export class LeaseHostnames {
  readonly #table: LeaseTable;
  readonly #texts = new TextCache();

  constructor(table: LeaseTable) {
    this.#table = table;
  }

  /** The name the lease has; empty for none. PERF: it is the packet's nearly always, and then no string is made. */
  ofRow(x: Exchange, row: number): string {
    if (!this.#table.hasExtras(row)) return '';
    const { view } = x;
    const length = view.hostNameLength;
    const at = view.optionAt(optionCode.hostName);
    if (length > 0 && this.#table.hostnameIs(row, view.joined, at, length)) return this.#texts.get(view.joined, at, length);
    return this.#table.extras(row)?.clientHostname ?? '';
  }

  /** As in dhcpd, the offer's line already has the name that the client sends. */
  offered(x: Exchange, row: number): string {
    const { view } = x;
    const length = view.hostNameLength;
    if (length <= 0) return this.ofRow(x, row);
    const at = view.optionAt(optionCode.hostName);
    let isSuitable = length <= hostnameSizeMax;
    for (let i = 0; i < length && isSuitable; i++) isSuitable = isPrintable(view.joined[at + i] ?? 0);
    return isSuitable ? this.#texts.get(view.joined, at, length) : 'Hostname Unsuitable for Printing';
  }
}
