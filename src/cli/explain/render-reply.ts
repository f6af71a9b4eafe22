// A reply as lines for people: the addresses of its header, then its options by name, in the order in which they are sent.

import { fromLatin1 } from '../../std/bytes.ts';
import { formatIpv4 } from '../../std/ipv4.ts';
import { printValue } from '../../wire/option-literals.ts';
import { optionOfCode, type OptionSpace } from '../../wire/option-table.ts';
import { DhcpView, dhcpAt, dhcpSize } from '../../wire/dhcp-view.ts';

const textUpToNul = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(0);
  return fromLatin1(end < 0 ? bytes : bytes.subarray(0, end));
};

/** `name value` each; an option that came in parts is joined (RFC 3396). */
function optionsOf(reply: Uint8Array): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (let at: number = dhcpAt.options; at < reply.length && reply[at] !== 255; ) {
    const code = reply[at] ?? 0;
    if (code === 0) {
      at++;
      continue;
    }
    const size = reply[at + 1] ?? 0;
    found.set(code, [...(found.get(code) ?? []), ...reply.subarray(at + 2, at + 2 + size)]);
    at += 2 + size;
  }
  return found;
}

/** `space` is the configuration's own dhcp space, so that options it defines have their names. */
export function replyLines(reply: Uint8Array, space: OptionSpace): string[] {
  const view = new DhcpView(reply);
  view.check(reply.length);
  const file = textUpToNul(reply.subarray(dhcpAt.file, dhcpAt.file + dhcpSize.file));
  const isOverloaded = optionsOf(reply).has(52);
  const header = [
    `yiaddr ${formatIpv4(view.yiaddr)}`,
    ...(view.siaddr === 0 ? [] : [`siaddr (next-server) ${formatIpv4(view.siaddr)}`]),
    ...(file === '' || isOverloaded ? [] : [`file "${file}"`]),
  ];
  const options = [...optionsOf(reply)].map(([code, value]) => {
    const { name, format } = optionOfCode(space, code);
    return `option ${code} ${name} ${printValue(format, Uint8Array.from(value))}`;
  });
  return [...header, ...options];
}
