// The boot files of a node as its partner sees them.

/** One regular file below the root. */
export interface BootTreeFile {
  /** Below the root, parts joined by `/`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of its content, 64 hex digits in lower case. */
  readonly digest: string;
}

/** More files than this are not compared. */
export const bootTreeFilesMax = 20_000;
/** Of a file that is copied, at once. */
export const bootPieceSizeMax = 256 * 1024;
