// What tells two hosts that they are one machine, or want one address: hardware, client identifier, fixed addresses.

import { toHex } from '../std/bytes.ts';
import type { HostRecord } from './host-record.ts';

const noNames: readonly string[] = [];

/** Keys of a host, none for one that is deleted or unknown. */
export function hostKeys(host: HostRecord | undefined): readonly string[] {
  if (host === undefined || host.isDeleted) return noNames;
  const keys = host.fixedAddresses.map((item) => (item.kind === 'name' ? `name ${item.name}` : `address ${item.address}`));
  if (host.hardware !== undefined) keys.push(`hardware ${host.hardware.htype} ${toHex(host.hardware.address, '')}`);
  if (host.uid !== undefined) keys.push(`uid ${toHex(host.uid, '')}`);
  return keys;
}

/** Names by key. PERF: nearly every key has one name, which then is no set. */
export class SharedKeys {
  readonly #names = new Map<string, string | Set<string>>();

  add(name: string, keys: readonly string[]): void {
    for (const key of keys) {
      const known = this.#names.get(key);
      if (known === undefined || known === name) this.#names.set(key, name);
      else if (typeof known === 'string') this.#names.set(key, new Set([known, name]));
      else known.add(name);
    }
  }
  remove(name: string, keys: readonly string[]): void {
    for (const key of keys) {
      const known = this.#names.get(key);
      if (known === name) this.#names.delete(key);
      else if (typeof known === 'object' && known.delete(name) && known.size === 0) this.#names.delete(key);
    }
  }
  /** Everybody else with one of the keys, once. */
  others(name: string, keys: readonly string[]): readonly string[] {
    let found: Set<string> | undefined;
    for (const key of keys) {
      const known = this.#names.get(key);
      if (known === undefined || known === name) continue;
      found ??= new Set();
      if (typeof known === 'string') found.add(known);
      else for (const other of known) if (other !== name) found.add(other);
    }
    return found === undefined ? noNames : [...found];
  }
}
