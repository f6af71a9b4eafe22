// What leasehold.conf says of the evidence by which a silent partner may be declared down without a person.

/** A command that ends with 0 after the partner's machine is powered off. */
export interface FenceSettings {
  /** Absolute path; no shell sees it. */
  readonly command: string;
  readonly arguments: readonly string[];
  /** After this it is killed, and has said nothing. */
  readonly timeoutMillis: number;
}

/** A third system on which one of the two nodes can hold a claim, never both. */
export interface WitnessSettings {
  /** `etcd`: its JSON gateway; `http`: a document with an entity tag, changed by If-Match (RFC 9110 §13.1). */
  readonly kind: 'etcd' | 'http';
  /** Tried in order; of kind `http` one, the document's own. */
  readonly urls: readonly string[];
  /** etcd's key; empty: leasehold/NAME of the relationship. */
  readonly key: string;
  /** How long a lone node serves pools on without a word from the witness; both nodes must say the same. */
  readonly ttlMillis: number;
}

export interface EvidenceSettings {
  readonly fence: FenceSettings | undefined;
  readonly witness: WitnessSettings | undefined;
  /** From the lost connection to the first question. */
  readonly askAfterMillis: number;
}

export const noEvidence: EvidenceSettings = { fence: undefined, witness: undefined, askAfterMillis: 5_000 };
