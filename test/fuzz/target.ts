// What a room gives the fuzzer: a file test/fuzz/targets/ROOM.ts that exports `targets`. Nothing else needs a change.

export interface FuzzTarget {
  /** Lower case with dashes; also the folder of its corpus. */
  readonly name: string;
  /** Well formed inputs to start from; those of the corpus folder join them. */
  readonly seeds: () => readonly Uint8Array[];
  /** Bytes of the longest input worth trying. */
  readonly sizeMax: number;
  /**
   * Must return for every input, without an exception and in milliseconds. The result names what happened (a closed
   * code, a shape): inputs with a new one are kept as parents of further inputs.
   */
  readonly run: (input: Uint8Array) => string;
}

/** States what must hold of a result; a failure is a finding like an exception. */
export function must(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`does not hold: ${what}`);
}
