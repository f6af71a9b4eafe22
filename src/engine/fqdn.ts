// Answering option 81 (RFC 4702 §4, server reference §17.1). No DNS update is made by this version, so the answer says so.

import { optionCode } from '../wire/option-codes.ts';
import type { DhcpView } from '../wire/dhcp-view.ts';

const flag = { serverUpdates: 1, overridden: 2, encoded: 4, noUpdates: 8 } as const;
/** Flags, two result codes, and at least nothing of a name. */
const sizeMin = 3;
const resultDone = 255;

/** The option to send back, or undefined when the client's cannot be read. */
export function fqdnReply(view: DhcpView): Uint8Array | undefined {
  const value = view.option(optionCode.fqdn);
  if (value === undefined || value.length < sizeMin || value.length > 255) return undefined;
  const asked = value[0] ?? 0;
  if ((asked & flag.encoded) !== 0 && !isName(value)) return undefined;
  const answer = value.slice();
  // N: no update is made here, so S is clear; O says that this overrides the client's wish (RFC 4702 §3.1, §4).
  answer[0] = (asked & flag.encoded) | flag.noUpdates | ((asked & flag.serverUpdates) === 0 ? 0 : flag.overridden);
  answer[1] = resultDone;
  answer[2] = resultDone;
  return answer;
}

/** Labels of at most 63 bytes that end inside the option; a partial name has no closing zero (RFC 4702 §2.3.1). */
function isName(value: Uint8Array): boolean {
  let at = sizeMin;
  while (at < value.length) {
    const length = value[at] ?? 0;
    if (length > 63) return false;
    if (length === 0) return at === value.length - 1;
    at += 1 + length;
  }
  return at === value.length;
}
