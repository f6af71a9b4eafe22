// Parcels about what was set for machines that boot from the network (topic `boot`): JSON, a row a machine.

import { jsonBytes, readJson } from './json-bytes.ts';

/** MAC address (12 hex digits), target, profile, second since 1970 in which it was set, state. */
export type BootChoiceRow = readonly [mac: string, target: string, profile: string, setAt: number, state: string];

export const encodeBootChoices = (rows: readonly BootChoiceRow[]): Uint8Array => jsonBytes(rows);

/** Rows as they were sent; what is no row of ours is left out, and whatever is no list is empty. */
export function readBootChoices(bytes: Uint8Array): BootChoiceRow[] {
  const value = readJson(bytes);
  return Array.isArray(value) ? value.filter(isRow) : [];
}

const setAtMax = 0xffff_fffe;
function isRow(value: unknown): value is BootChoiceRow {
  if (!Array.isArray(value) || value.length !== 5) return false;
  const [mac, target, profile, setAt, state] = value as readonly unknown[];
  const isTimed = typeof setAt === 'number' && Number.isInteger(setAt) && setAt > 0 && setAt <= setAtMax;
  return isTimed && typeof mac === 'string' && /^[0-9a-f]{12}$/.test(mac) && typeof target === 'string' && typeof state === 'string' && typeof profile === 'string' && profile.length <= 255;
}
