// CRC-32 (IEEE 802.3, reflected) of a part of a buffer.

import { crc32 as zlibCrc32 } from 'node:zlib';

/** CRC of bytes[from, to), 0..0xffffffff. `before` is the CRC of what came before, so that a long text can be summed piece by piece. */
export const crc32 = (bytes: Uint8Array, from: number, to: number, before = 0): number => zlibCrc32(bytes.subarray(from, to), before);
