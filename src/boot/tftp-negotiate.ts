// What server and client agree on before the first block: options of a read request (RFC 2347, 2348, 2349, 7440).

import type { TftpOptionName, TftpOptions } from '../wire/tftp-packet.ts';
import { tftpBlockSizeDefault, tftpOption, tftpOptionRange } from '../wire/tftp-packet.ts';

export interface TransferLimits {
  /** What one packet of the path carries: its MTU less 32 bytes of IP, UDP and TFTP headers. */
  readonly blockSizeMax: number;
  /** Bytes of file that may be on their way unacknowledged; a window is never larger, except that one block always fits. */
  readonly windowBytesMax: number;
}

/** What is read: its size in octets as sent, undefined where an answer to tsize would be a lie (netascii, RFC 2349 §3). */
export interface Asked {
  readonly options: TftpOptions;
  readonly size: number | undefined;
}

export interface Terms {
  readonly blockSize: number;
  readonly windowSize: number;
  /** First wait for an acknowledgement. */
  readonly timeoutMillis: number;
  /** The OACK, options in the order asked; undefined: none was accepted and block 1 goes out at once (RFC 2347 §4). */
  readonly answer: TftpOptions | undefined;
}

const timeoutMillisDefault = 1_000;

/** Value answered to one option, or undefined: the option is left out, which always means "as without it". */
type Answer = (asked: Asked, limits: TransferLimits, blockSize: number) => number | undefined;

/** A number of any size; `tftpOption` alone would drop one above its range, which RFC 2348 lets us answer with less. */
const atLeast = (options: TftpOptions, name: TftpOptionName): number | undefined => {
  const text = options.get(name);
  if (text === undefined || !/^\d{1,15}$/.test(text)) return undefined;
  return Number(text) >= tftpOptionRange[name][0] ? Number(text) : undefined;
};

const answers: Readonly<Record<TftpOptionName, Answer>> = {
  // [RFC2348-2] The server may answer with less than was asked, never with more.
  blksize: ({ options }, { blockSizeMax }) => {
    const asked = atLeast(options, 'blksize');
    return asked === undefined ? undefined : Math.min(asked, blockSizeMax, tftpOptionRange.blksize[1]);
  },
  // [RFC2349-2] The value must be identical, so one outside the range is left out.
  timeout: ({ options }) => tftpOption(options, 'timeout'),
  // [RFC2349-3] Asked with 0, answered with the size.
  tsize: ({ options, size }) => (tftpOption(options, 'tsize') === undefined ? undefined : size),
  // [RFC7440-3] Less or equal to what was asked.
  windowsize: ({ options }, { windowBytesMax }, blockSize) => {
    const asked = atLeast(options, 'windowsize');
    return asked === undefined ? undefined : Math.max(1, Math.min(asked, Math.floor(windowBytesMax / blockSize)));
  },
};
const isKnown = (name: string): name is TftpOptionName => Object.hasOwn(answers, name);

export function negotiate(asked: Asked, limits: TransferLimits): Terms {
  const blockSize = answers.blksize(asked, limits, 0) ?? tftpBlockSizeDefault;
  const answer = new Map<string, string>();
  for (const name of asked.options.keys()) {
    const value = isKnown(name) ? answers[name](asked, limits, blockSize) : undefined;
    if (value !== undefined) answer.set(name, String(value));
  }
  return {
    blockSize,
    windowSize: Number(answer.get('windowsize') ?? 1),
    timeoutMillis: answer.has('timeout') ? Number(answer.get('timeout')) * 1000 : timeoutMillisDefault,
    answer: answer.size === 0 ? undefined : answer,
  };
}
