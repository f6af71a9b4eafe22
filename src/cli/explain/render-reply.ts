// A reply as lines for people: the addresses of its header, then its options by name, in the order in which they are sent.

import { fromLatin1 } from '../../std/bytes.ts';
import { formatIpv4 } from '../../std/ipv4.ts';
import { printValue } from '../../wire/option-literals.ts';
import type { ExplainNote } from '../../engine/explain.ts';
import { optionCode } from '../../wire/option-codes.ts';
import { optionOfCode, serverOptionCode, type OptionSpace } from '../../wire/option-table.ts';
import { DhcpView, dhcpAt, dhcpSize } from '../../wire/dhcp-view.ts';

const textUpToNul = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(0);
  return fromLatin1(end < 0 ? bytes : bytes.subarray(0, end));
};

/** What the server itself puts there, whatever the configuration says of the option. */
const neverConfigured: ReadonlySet<number> = new Set([
  optionCode.overload, optionCode.messageType, optionCode.leaseTime, optionCode.clientIdentifier, optionCode.relayAgentInformation,
  optionCode.fqdn,
]);

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

export interface ReplyLine {
  /** `option 3 routers 10.0.0.254` */
  readonly text: string;
  /** What set it last; undefined for what no statement of the configuration says. */
  readonly by: ExplainNote | undefined;
}

/** The note of the statement whose value stands, by space and code. */
function originsOf(notes: readonly ExplainNote[]): (space: string, code: number) => ExplainNote | undefined {
  const origins = new Map<string, ExplainNote>();
  for (const note of notes)
    if (note.option !== undefined && note.option.effect !== 'gives-way') origins.set(`${note.option.space} ${note.option.code}`, note);
  return (space, code) => origins.get(`${space} ${code}`);
}

/** `space` is the configuration's own dhcp space, so that options it defines have their names. */
export function replyLines(reply: Uint8Array, notes: readonly ExplainNote[], space: OptionSpace): ReplyLine[] {
  const originOf = originsOf(notes);
  const parameter = (name: 'nextServer' | 'filename'): ExplainNote | undefined => originOf('server', serverOptionCode[name]);
  const view = new DhcpView(reply);
  view.check(reply.length);
  const file = textUpToNul(reply.subarray(dhcpAt.file, dhcpAt.file + dhcpSize.file));
  const isOverloaded = optionsOf(reply).has(52);
  const header = [
    { text: `yiaddr ${formatIpv4(view.yiaddr)}`, by: undefined },
    ...(view.siaddr === 0 ? [] : [{ text: `siaddr (next-server) ${formatIpv4(view.siaddr)}`, by: parameter('nextServer') }]),
    ...(file === '' || isOverloaded ? [] : [{ text: `file "${file}"`, by: parameter('filename') }]),
  ];
  const options = [...optionsOf(reply)].map(([code, value]) => {
    const { name, format } = optionOfCode(space, code);
    const by = neverConfigured.has(code) ? undefined : originOf('dhcp', code);
    return { text: `option ${code} ${name} ${printValue(format, Uint8Array.from(value))}`, by };
  });
  return [...header, ...options];
}
