// What leasehold.conf says of the evidence by which a silent partner may be declared down without a person.

/** A command that ends with 0 after the partner's machine is powered off. */
export interface FenceSettings {
  /** Absolute path; no shell sees it. */
  readonly command: string;
  readonly arguments: readonly string[];
  /** After this it is killed, and has said nothing. */
  readonly timeoutMillis: number;
}

/** What a node proves itself with to a witness, and knows it by; absolute paths. */
export interface WitnessAccess {
  /** Empty: nobody in particular. */
  readonly user: string;
  readonly files: {
    /** Of the user; a line feed at its end does not belong to it. */
    readonly password?: string;
    /** Who must have signed the certificate of an https address; absent: one of those that Node.js knows. */
    readonly authority?: string;
    readonly certificate?: string;
    readonly privateKey?: string;
  };
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
  readonly access: WitnessAccess;
}

export interface EvidenceSettings {
  readonly fence: FenceSettings | undefined;
  readonly witness: WitnessSettings | undefined;
  /** From the lost connection to the first question. */
  readonly askAfterMillis: number;
}

export const openAccess: WitnessAccess = { user: '', files: {} };

export const noEvidence: EvidenceSettings = { fence: undefined, witness: undefined, askAfterMillis: 5_000 };
