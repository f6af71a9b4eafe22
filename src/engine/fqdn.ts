// Answering option 81 (RFC 4702 §4, server reference §17.1). No DNS update is made by this version, so the answer says so, unless
// the configuration sets `fqdn.` options itself.

import { concatBytes, emptyBytes, latin1, fromLatin1 } from '../std/bytes.ts';
import { encodeLabels } from '../wire/domain-name.ts';
import { fqdnCode, optionCode } from '../wire/option-codes.ts';
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

/** Option 81 of configured sub-options, as dhcpd puts it together: of the names only `fqdn.fqdn`. undefined without any. */
export function packFqdn(values: ReadonlyMap<number, Uint8Array> | undefined): Uint8Array | undefined {
  if (values === undefined || values.size === 0) return undefined;
  const first = (code: number): number => values.get(code)?.[0] ?? 0;
  const isEncoded = first(fqdnCode.encoded) !== 0;
  const flags =
    (first(fqdnCode.serverUpdate) === 0 ? 0 : flag.serverUpdates) | (first(fqdnCode.noClientUpdate) === 0 ? 0 : flag.overridden) | (isEncoded ? flag.encoded : 0);
  const name = values.get(fqdnCode.fqdn) ?? emptyBytes;
  return concatBytes(Uint8Array.of(flags, first(fqdnCode.rcode1), first(fqdnCode.rcode2)), isEncoded ? encoded(name) : name);
}

/** Closed by the root label, whether the text ends with a dot or not. */
const encoded = (name: Uint8Array): Uint8Array =>
  name.length === 0 ? name : encodeLabels(fromLatin1(name).replace(/\.$/, '').split('.').map(latin1));
