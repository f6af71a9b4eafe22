// What became of a message, in one line, and whether its client got what it came for.

import { fromLatin1 } from '../../std/bytes.ts';
import { formatIpv4 } from '../../std/ipv4.ts';
import type { Explanation, ExplainNote } from '../../engine/explain.ts';
import { DhcpView, messageType } from '../../wire/dhcp-view.ts';
import { optionCode } from '../../wire/option-codes.ts';

export interface Outcome {
  readonly text: string;
  /** An offer, an acknowledgement, an answer to a question, or a message that was believed. */
  readonly isGood: boolean;
}

/** Option 53 as its name: `DHCPOFFER`; a message without it is BOOTP's. */
export function messageName(type: number, byDefault = 'BOOTREQUEST'): string {
  if (type === 0) return byDefault;
  const name = Object.entries(messageType).find(([, code]) => code === type)?.[0];
  return name === undefined ? `DHCP message of type ${type}` : `DHCP${name.toUpperCase()}`;
}

/** Why nothing is answered where the server logs nothing either. */
export const wordless = { ignored: 'the configuration ignores this client', fromServer: 'only servers send this' } as const;
const sentByServers: ReadonlySet<number> = new Set([
  messageType.offer, messageType.ack, messageType.nak, messageType.leaseunassigned, messageType.leaseunknown, messageType.leaseactive,
]);

/** The last thing said about it: the reason of a refusal, else what was logged. */
const lastWord = (notes: readonly ExplainNote[], topic: string): string | undefined =>
  notes.findLast((note) => note.topic === topic)?.text;

/** `packetType`: option 53 of the message that was explained. */
export function outcomeOf({ notes, reply }: Explanation, packetType: number): Outcome {
  if (reply !== undefined) return replied(reply);
  const done = lastWord(notes, 'done');
  if (done !== undefined) return { text: `no answer, as to any ${messageName(packetType)}: ${done}`, isGood: true };
  const reason = lastWord(notes, 'refused') ?? lastWord(notes, 'log') ?? (sentByServers.has(packetType) ? wordless.fromServer : wordless.ignored);
  return { text: `no answer: ${reason}`, isGood: false };
}

function replied(reply: Uint8Array): Outcome {
  // A reply is read as a request would be: `check` refuses its op alone.
  const view = new DhcpView(Uint8Array.of(1, ...reply.subarray(1)));
  view.check(reply.length);
  const name = messageName(view.messageType, 'BOOTREPLY');
  if (view.messageType === messageType.nak) return { text: `DHCPNAK: ${fromLatin1(view.option(optionCode.message) ?? new Uint8Array(0))}`, isGood: false };
  if (view.messageType >= messageType.leasequery) return { text: view.ciaddr === 0 ? name : `${name} ${formatIpv4(view.ciaddr)}`, isGood: true };
  if (view.yiaddr === 0) return { text: `${name}: options for ${formatIpv4(view.ciaddr)}, no lease`, isGood: true };
  return { text: `${name} of ${formatIpv4(view.yiaddr)}`, isGood: true };
}
