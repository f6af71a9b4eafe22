// CRC-32 (IEEE 802.3, reflected) as zlib has it.

import { crc32 as sum } from 'node:zlib';

/**
 * CRC of bytes[from, to), 0..0xffffffff. `before` is the CRC of what came before, so that a long text can be summed piece by
 * piece. PERF: every byte of the journal; machine instructions for it sum a dozen in the time that a loop needs for one.
 */
export const crc32 = (bytes: Uint8Array, from: number, to: number, before = 0): number => sum(bytes.subarray(from, to), before);
