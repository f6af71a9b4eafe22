// Plain data as flat tables, for another thread: what is shared stays shared, and the receiver puts it together a bit at a time.
// Why not structured clone: it hands over a large value in one go, and the receiver's thread stands still meanwhile.

import { assert } from './assert.ts';

/** Nodes come behind the nodes they hold; the last one is the value itself. A node is a head slot and one slot per value in it. */
export interface PackedGraph {
  readonly kinds: Uint8Array;
  /** Of a slot: the number itself, which string, or which node. Of a head: which shape, or how many values or bytes. */
  readonly numbers: Float64Array;
  readonly strings: readonly string[];
  /** Keys of objects, in their order. */
  readonly shapes: readonly (readonly string[])[];
  /** What byte arrays hold, one behind the other. */
  readonly bytes: Uint8Array;
}

const slot = { number: 0, string: 1, node: 2, undefined: 3, null: 4, false: 5, true: 6 } as const;
const head = { object: 16, array: 17, map: 18, set: 19, bytes: 20 } as const;
/** Of a node that is not finished: to meet it again is a cycle. */
const unfinished = -1;

/**
 * Objects without a class, arrays, maps, sets, byte arrays and primitives, without cycles; anything else is a broken invariant.
 * Getters are read.
 */
export function packGraph(value: object): PackedGraph {
  const packer = new Packer();
  packer.node(value);
  return packer.packed;
}

class Packer {
  #kinds = new Uint8Array(1 << 16);
  #numbers = new Float64Array(1 << 16);
  #size = 0;
  readonly #nodes = new Map<object, number>();
  #nodeCount = 0;
  readonly #strings = new Map<string, number>();
  readonly #shapes = new Map<string, number>();
  readonly #shapeKeys: (readonly string[])[] = [];
  readonly #arrays: Uint8Array[] = [];
  #byteCount = 0;

  /** Its number. */
  node(value: object): number {
    const known = this.#nodes.get(value);
    assert(known !== unfinished, 'plain data has no cycles');
    if (known !== undefined) return known;
    this.#nodes.set(value, unfinished);
    if (value instanceof Uint8Array) this.#bytes(value);
    else if (Array.isArray(value)) this.#put(head.array, value.length, value);
    else if (value instanceof Map) this.#put(head.map, value.size, [...value].flat(1));
    else if (value instanceof Set) this.#put(head.set, value.size, [...value]);
    else this.#object(value);
    this.#nodes.set(value, this.#nodeCount);
    return this.#nodeCount++;
  }

  #object(value: object): void {
    assert(Object.getPrototypeOf(value) === Object.prototype, 'plain data has no classes');
    const keys = Object.keys(value);
    const shape = indexOf(this.#shapes, keys.join('\n'));
    this.#shapeKeys[shape] ??= keys;
    this.#put(head.object, shape, Object.values(value));
  }
  #bytes(value: Uint8Array): void {
    this.#arrays.push(value);
    this.#byteCount += value.length;
    this.#slot(head.bytes, value.length);
  }

  #put(kind: number, number: number, values: readonly unknown[]): void {
    for (const value of values) if (typeof value === 'object' && value !== null) this.node(value);
    this.#slot(kind, number);
    for (const value of values) this.#value(value);
  }
  #value(value: unknown): void {
    switch (typeof value) {
      case 'number': return this.#slot(slot.number, value);
      case 'string': return this.#slot(slot.string, indexOf(this.#strings, value));
      case 'boolean': return this.#slot(value ? slot.true : slot.false, 0);
      case 'undefined': return this.#slot(slot.undefined, 0);
      case 'object': return value === null ? this.#slot(slot.null, 0) : this.#slot(slot.node, this.node(value));
      default: assert(false, `plain data has no ${typeof value}`);
    }
  }
  #slot(kind: number, number: number): void {
    if (this.#size === this.#kinds.length) this.#grow();
    this.#kinds[this.#size] = kind;
    this.#numbers[this.#size++] = number;
  }
  #grow(): void {
    const [kinds, numbers] = [this.#kinds, this.#numbers];
    this.#kinds = new Uint8Array(kinds.length * 2);
    this.#kinds.set(kinds);
    this.#numbers = new Float64Array(numbers.length * 2);
    this.#numbers.set(numbers);
  }

  get packed(): PackedGraph {
    const bytes = new Uint8Array(this.#byteCount);
    let at = 0;
    for (const array of this.#arrays) {
      bytes.set(array, at);
      at += array.length;
    }
    return {
      kinds: this.#kinds.slice(0, this.#size), numbers: this.#numbers.slice(0, this.#size),
      strings: [...this.#strings.keys()], shapes: this.#shapeKeys, bytes,
    };
  }
}

/** A new key gets the next number. */
function indexOf(indexes: Map<string, number>, key: string): number {
  let index = indexes.get(key);
  if (index === undefined) indexes.set(key, (index = indexes.size));
  return index;
}

/** Buffers that may be handed to another thread instead of being copied: the packed value is of no use here afterwards. */
export const buffersOf = ({ kinds, numbers, bytes }: PackedGraph): ArrayBuffer[] =>
  [kinds, numbers, bytes].map(({ buffer }) => buffer as ArrayBuffer);

/** Nodes made between two yields: a fraction of a millisecond, unless one node holds thousands of values itself. */
const nodesPerStep = 500;

/** Yields now and then; returns the value. */
export function* unpackGraph({ kinds, numbers, strings, shapes, bytes }: PackedGraph): Generator<undefined, unknown> {
  const nodes: unknown[] = [];
  let at = 0;
  let byteAt = 0;

  const next = (): unknown => {
    // Why: a whole number read from an array of doubles stays a double in every object that it gets into, and code that has met
    // the same field with small integers is compiled again.
    const number = numbers[at] ?? 0;
    const whole = number | 0;
    switch (kinds[at++]) {
      case slot.number: return Object.is(whole, number) ? whole : number;
      case slot.string: return strings[whole];
      case slot.node: return nodes[whole];
      case slot.null: return null;
      case slot.true: return true;
      case slot.false: return false;
      default: return undefined;
    }
  };
  const list = (count: number): unknown[] => Array.from({ length: count }, next);
  const node = (kind: number, number: number): unknown => {
    switch (kind) {
      case head.object: {
        const object: Record<string, unknown> = {};
        for (const key of shapes[number] ?? []) object[key] = next();
        return object;
      }
      case head.array: return list(number);
      case head.map: {
        const map = new Map<unknown, unknown>();
        for (let i = 0; i < number; i++) map.set(next(), next());
        return map;
      }
      case head.set: return new Set(list(number));
      default: {
        byteAt += number;
        return bytes.slice(byteAt - number, byteAt);
      }
    }
  };

  while (at < kinds.length) {
    nodes.push(node(kinds[at] ?? 0, numbers[at++] ?? 0));
    if (nodes.length % nodesPerStep === 0) yield undefined;
  }
  return nodes.at(-1);
}
