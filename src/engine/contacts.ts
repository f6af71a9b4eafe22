// Contacts of reserved hosts: written behind the answer, which waits for nothing (P3).

import { addSeconds, type Seconds } from '../std/time.ts';
import type { Hardware } from '../model/hardware.ts';
import type { ContactTable } from '../lease/contact-table.ts';
import type { DhcpView } from '../wire/dhcp-view.ts';
import type { Exchange } from './exchange.ts';

/** A host's contact is written down again after this. */
const contactEverySeconds = 60;
function isSameHardware({ htype, address }: Hardware, view: DhcpView): boolean {
  if (htype !== view.htype || address.length !== view.hlen) return false;
  const at = view.chaddrAt;
  for (let i = 0; i < address.length; i++) if (address[i] !== view.slot[at + i]) return false;
  return true;
}

/** The host of this exchange got its address for `seconds`. PERF: one that asks again and again in a storm costs a line a minute. */
export function noteContact(x: Exchange, contacts: ContactTable, host: string, seconds: Seconds): void {
  const { view, now } = x;
  const last = contacts.get(x.fixedAddress);
  const isRecent = last?.host === host && now.wall >= last.at && now.wall - last.at < contactEverySeconds;
  if (isRecent && isSameHardware(last.hardware, view)) return;
  const hardware = { htype: view.htype, address: view.chaddr.slice() };
  contacts.put({ ip: x.fixedAddress, host, hardware, at: now.wall, ends: addSeconds(now.wall, seconds) }, x.effects.journal);
}
