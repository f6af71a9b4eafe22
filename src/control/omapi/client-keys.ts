// The keys by which hosts and leases name a client: identifier, and hardware address with its type.

import { err, ok, type Result } from '../../std/result.ts';
import type { Hardware } from '../../model/hardware.ts';
import type { OmapiPairs } from '../../wire/omapi-message.ts';
import { omapiResult as result } from './results.ts';
import { u32Of } from './values.ts';

/** A hardware address without a type is Ethernet; a type alone is no key. */
export function clientKeys(
  keys: OmapiPairs,
): Result<{ readonly uid: Uint8Array | undefined; readonly hardware: Hardware | undefined }, number> {
  const uid = keys.get('dhcp-client-identifier');
  const address = keys.get('hardware-address');
  const type = keys.get('hardware-type');
  const htype = type === undefined ? 1 : u32Of(type);
  if (htype === undefined || htype > 255) return err(result.invalidArgument);
  return ok({ uid, hardware: address === undefined ? undefined : { htype, address } });
}
