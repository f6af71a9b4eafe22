// Broken invariants of our own code. Never raised for hostile input or operator mistakes.

/** Thrown when an invariant does not hold; only the packet quarantine of the shell may catch it (P8). */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** States an invariant. Stays on in production. */
export function assert(condition: boolean, invariant: string): asserts condition {
  if (!condition) throw new InvariantError(invariant);
}

/** For the branch that the types say cannot be reached. */
export function unreachable(value: never): never {
  throw new InvariantError(`unreachable value ${String(value)}`);
}
