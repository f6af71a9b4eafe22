// `lease limit N` of classes and subclasses (server reference §12.4): a lease is billed to the first class of its client that
// has a limit and room; when all are full the client waits. Leases of fixed addresses are not billed.

import { fromLatin1 } from '../std/bytes.ts';
import { bindingCode } from '../model/binding-state.ts';
import type { LeaseExtras } from '../model/lease.ts';
import type { ServerConfig } from '../model/server-config.ts';
import type { LeaseTable } from '../lease/lease-table.ts';
import type { ClassSet, Membership } from './classes.ts';

export type Bill = NonNullable<LeaseExtras['billing']>;

const accountOf = ({ className, subclassKey }: Bill): string =>
  subclassKey === undefined ? className : `${className}\n${fromLatin1(subclassKey)}`;
const billOf = ({ declaration, subclassKey }: Membership): Bill => ({ className: declaration.name, subclassKey });
/** A subclass without a limit of its own has its class's, counted by itself; `lease limit 0` is none, as in dhcpd. */
function limitOf({ declaration, subclass }: Membership): number | undefined {
  const limit = subclass?.leaseLimit ?? declaration.leaseLimit;
  return limit === 0 ? undefined : limit;
}

export class Billing {
  readonly #table: LeaseTable;
  /** False: no class has a limit, and nothing here costs anything. */
  readonly isUsed: boolean;
  /** Rows billed to each account; rows that are no longer are found out when somebody asks. */
  readonly #accounts = new Map<string, Set<number>>();

  constructor(config: ServerConfig, table: LeaseTable) {
    this.#table = table;
    this.isUsed = config.classes.some(
      ({ leaseLimit, subclasses }) => leaseLimit !== undefined || subclasses.some((subclass) => subclass.leaseLimit !== undefined),
    );
    if (!this.isUsed) return;
    for (let row = 0; row < table.rowCount; row++) {
      const bill = this.#billOfRow(row);
      if (bill !== undefined) this.#account(bill).add(row);
    }
  }

  /**
   * The account for this client's lease of `row` (-1: none yet): the present one while the client stays in that class, else the
   * first with room; `none` when no class has a limit; `full` with the last class when all are full.
   */
  choose(classes: ClassSet, row: number): { readonly kind: 'none' } | { readonly kind: 'bill'; readonly bill: Bill } | { readonly kind: 'full'; readonly className: string } {
    if (!this.isUsed) return { kind: 'none' };
    const present = row < 0 ? undefined : this.#billOfRow(row);
    let full: string | undefined;
    let room: Bill | undefined;
    for (const member of classes.members) {
      const limit = limitOf(member);
      if (limit === undefined) continue;
      const bill = billOf(member);
      if (present !== undefined && accountOf(present) === accountOf(bill)) return { kind: 'bill', bill };
      if (room === undefined && this.#count(bill) < limit) room = bill;
      full = member.declaration.name;
    }
    if (room !== undefined) return { kind: 'bill', bill: room };
    return full === undefined ? { kind: 'none' } : { kind: 'full', className: full };
  }

  /** The lease would be billed as it is now. PERF: one test where no class has a limit. */
  isUnchanged(classes: ClassSet, row: number): boolean {
    if (!this.isUsed) return true;
    const present = this.#billOfRow(row);
    const next = this.choose(classes, row);
    if (next.kind !== 'bill') return present === undefined;
    return present !== undefined && accountOf(present) === accountOf(next.bill);
  }

  /** The row was granted with this bill. */
  enter(row: number, bill: Bill): void {
    this.#account(bill).add(row);
  }

  #account(bill: Bill): Set<number> {
    const name = accountOf(bill);
    let account = this.#accounts.get(name);
    if (account === undefined) this.#accounts.set(name, (account = new Set()));
    return account;
  }
  /** Leases end in many ways and places, so that an account is checked when it is counted; it is no longer than its limit. */
  #count(bill: Bill): number {
    const name = accountOf(bill);
    const account = this.#accounts.get(name);
    if (account === undefined) return 0;
    for (const row of account) {
      const now = this.#billOfRow(row);
      if (now === undefined || accountOf(now) !== name) account.delete(row);
    }
    if (account.size === 0) this.#accounts.delete(name);
    return account.size;
  }
  #billOfRow(row: number): Bill | undefined {
    if (this.#table.state(row) !== bindingCode.active || !this.#table.hasExtras(row)) return undefined;
    return this.#table.extras(row)?.billing;
  }
}
