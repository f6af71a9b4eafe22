// Option spaces and definitions as they stand while a file is read: predefined ones, then what the file defines, in its order.

import { predefinedSpaces } from '../wire/option-table.ts';
import type { OptionDefinition, OptionSpace } from '../wire/option-table.ts';
import { dhcp6Spaces } from './dhcp6-options.ts';

interface MutableSpace {
  readonly name: string;
  readonly codeWidth: 1 | 2 | 4;
  readonly lengthWidth: 0 | 1 | 2;
  readonly byName: Map<string, OptionDefinition>;
  readonly byCode: Map<number, OptionDefinition>;
}

/** Spaces that are already the content of an option: a second `encapsulate` of them ends dhcpd (§9.3). */
const encapsulated = (spaces: Iterable<OptionSpace>): Set<string> => {
  const targets = new Set<string>();
  for (const space of spaces)
    for (const { format } of space.byCode.values()) {
      const target = /E([^.]+)\./.exec(format)?.[1];
      if (target !== undefined) targets.add(target.toLowerCase());
    }
  return targets;
};

/** What every file begins with. */
function predefined(): Map<string, MutableSpace> {
  const spaces = new Map<string, MutableSpace>();
  for (const [name, space] of [...predefinedSpaces, ...dhcp6Spaces]) {
    const byName = new Map([...space.byName].map(([key, definition]) => [key.toLowerCase(), definition]));
    spaces.set(name.toLowerCase(), { ...space, byName, byCode: new Map(space.byCode) });
  }
  return spaces;
}
const predefinedTable = predefined();
const predefinedEncapsulated = encapsulated(predefinedTable.values());

export class OptionTable {
  /** Shared with the table this one was made from until something changes here: `#own…` tells what is this one's. */
  #spaces: Map<string, MutableSpace>;
  #encapsulated: Set<string>;
  #ownsMaps = false;
  readonly #ownSpaces = new Set<string>();

  /** As the given one stands now; without one, what every file begins with. PERF: made for every host of an OMAPI client. */
  constructor(from?: OptionTable) {
    this.#spaces = from === undefined ? predefinedTable : from.#spaces;
    this.#encapsulated = from === undefined ? predefinedEncapsulated : from.#encapsulated;
    if (from === undefined) return;
    // The older table must not change under this one either.
    from.#ownsMaps = false;
    from.#ownSpaces.clear();
  }

  #ownMaps(): void {
    if (this.#ownsMaps) return;
    this.#spaces = new Map(this.#spaces);
    this.#encapsulated = new Set(this.#encapsulated);
    this.#ownsMaps = true;
  }
  #writable(name: string): MutableSpace | undefined {
    const key = name.toLowerCase();
    const space = this.#spaces.get(key);
    if (space === undefined || this.#ownSpaces.has(key)) return space;
    const copy = { ...space, byName: new Map(space.byName), byCode: new Map(space.byCode) };
    this.#put(key, copy);
    return copy;
  }

  #put(key: string, space: MutableSpace): void {
    this.#ownMaps();
    this.#spaces.set(key, space);
    this.#ownSpaces.add(key);
  }

  /** Names compare without case. */
  space(name: string): OptionSpace | undefined {
    return this.#spaces.get(name.toLowerCase());
  }
  definition(space: OptionSpace, name: string): OptionDefinition | undefined {
    return space.byName.get(name.toLowerCase());
  }
  /** A parameter of space `server`, user-defined ones included. */
  parameter(name: string): OptionDefinition | undefined {
    return this.#spaces.get('server')?.byName.get(name.toLowerCase());
  }

  /** A second declaration of a name begins an empty space. */
  declareSpace(name: string, widths: { readonly code: 1 | 2 | 4; readonly length: 1 | 2 }): void {
    this.#put(name.toLowerCase(), { name, codeWidth: widths.code, lengthWidth: widths.length, byName: new Map(), byCode: new Map() });
  }

  /** The name loses its old meaning as soon as a definition of it begins, even when that fails. */
  forget(definition: OptionDefinition): void {
    const space = this.#writable(definition.space);
    space?.byName.delete(definition.name.toLowerCase());
    space?.byCode.delete(definition.code);
  }

  /** The last definition of a name or code counts; another name for the same code stays usable. */
  define(definition: OptionDefinition): void {
    const space = this.#writable(definition.space);
    space?.byName.set(definition.name.toLowerCase(), definition);
    space?.byCode.set(definition.code, definition);
  }

  /** False when another option already carries the space. */
  encapsulate(space: string): boolean {
    const key = space.toLowerCase();
    if (this.#encapsulated.has(key)) return false;
    this.#ownMaps();
    this.#encapsulated.add(key);
    return true;
  }

  /** All spaces by lower-case name, for the configuration. */
  get spaces(): ReadonlyMap<string, OptionSpace> {
    return this.#spaces;
  }
}
