// Contacts of reserved hosts: written behind the answer, which waits for nothing (P3).

import { addSeconds, type Seconds } from '../std/time.ts';
import type { Hardware } from '../model/hardware.ts';
import type { Contact, ContactTable } from '../lease/contact-table.ts';
import type { DhcpView } from '../wire/dhcp-view.ts';
import { optionCode } from '../wire/option-codes.ts';
import type { Exchange } from './exchange.ts';
import { networkBooterOf, textOf } from './network-boot.ts';

/** A host's contact is written down again after this. */
const contactEverySeconds = 60;
function isSameHardware({ htype, address }: Hardware, view: DhcpView): boolean {
  if (htype !== view.htype || address.length !== view.hlen) return false;
  const at = view.chaddrAt;
  for (let i = 0; i < address.length; i++) if (address[i] !== view.slot[at + i]) return false;
  return true;
}

/** Most clients are what they were a minute ago. PERF: a few lookups. */
function saidBy(view: DhcpView): Pick<Contact, 'stage' | 'vendorClass' | 'userClass'> {
  const booter = networkBooterOf(view);
  const stage = booter === undefined ? 'system' : booter.isIpxe ? 'ipxe' : booter.isHttp ? 'http-firmware' : 'firmware';
  return { stage, vendorClass: textOf(view, optionCode.vendorClassIdentifier), userClass: textOf(view, optionCode.userClass) };
}
const isSameSaid = (a: Pick<Contact, 'stage' | 'vendorClass' | 'userClass'>, b: typeof a): boolean =>
  a.stage === b.stage && a.vendorClass === b.vendorClass && a.userClass === b.userClass;

/** The host of this exchange got its address for `seconds`. PERF: one that asks again and again in a storm costs a line a minute. */
export function noteContact(x: Exchange, contacts: ContactTable, host: string, seconds: Seconds): void {
  const { view, now } = x;
  const last = contacts.get(x.fixedAddress);
  const isRecent = last?.host === host && now.wall >= last.at && now.wall - last.at < contactEverySeconds;
  const said = saidBy(view);
  if (isRecent && isSameHardware(last.hardware, view) && isSameSaid(last, said)) return;
  const hardware = { htype: view.htype, address: view.chaddr.slice() };
  contacts.put({ ip: x.fixedAddress, host, hardware, at: now.wall, ends: addSeconds(now.wall, seconds), ...said }, x.effects.journal);
}
