// Places in configuration text.

/** One text that was read: the main file, an include, leasehold.conf or the lease file. */
export interface SourceFile {
  /** As given by the operator or the include statement. */
  readonly name: string;
  readonly text: string;
}

/** Half-open [start, end) in UTF-16 code units of one file. */
export interface Span {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
}
