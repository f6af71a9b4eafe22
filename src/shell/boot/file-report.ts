// What the file servers tell the server about one request: the line of the log, and one entry of a machine's boot timeline.

/** `sent`: acknowledged to its end. `stopped`: the client had enough; a firmware that only wanted the size does that. */
export type FileOutcome = 'sent' | 'stopped' | 'silent' | 'missing' | 'refused' | 'failed';

export interface FileReport {
  readonly kind: 'file';
  readonly protocol: 'tftp' | 'http';
  /** Dotted. */
  readonly client: string;
  /** As the client wrote it. */
  readonly name: string;
  /** What was served where its name differs from the one asked for; else empty. */
  readonly found: string;
  /** Of a file that was made for a machine; else empty. */
  readonly profile: string;
  readonly outcome: FileOutcome;
  /** Why, for people; empty when it went well. */
  readonly detail: string;
  /** Bytes that arrived, as far as the server knows. */
  readonly bytes: number;
  readonly size: number;
  readonly repeats: number;
  readonly millis: number;
}
