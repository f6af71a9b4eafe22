// A packet that outlives its step: slots are filled again, so what waits is a copy.

import type { PacketIn } from '../model/step.ts';
import { DhcpView } from '../wire/dhcp-view.ts';

export function keptPacket({ view, ifindex, source, sourcePort, destination }: PacketIn): PacketIn {
  const slot = view.slot.slice(view.start, view.start + view.size);
  const copy = new DhcpView(slot);
  copy.check(slot.length);
  return { view: copy, ifindex, source, sourcePort, destination };
}
