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

const replyNames: Readonly<Record<number, string>> = {
  0: 'BOOTREPLY', [messageType.offer]: 'DHCPOFFER', [messageType.ack]: 'DHCPACK', [messageType.nak]: 'DHCPNAK',
  [messageType.leaseunassigned]: 'DHCPLEASEUNASSIGNED', [messageType.leaseunknown]: 'DHCPLEASEUNKNOWN',
  [messageType.leaseactive]: 'DHCPLEASEACTIVE',
};

/** The last thing said about it: the reason of a refusal, else what was logged. */
const lastWord = (notes: readonly ExplainNote[], topic: string): string | undefined =>
  notes.findLast((note) => note.topic === topic)?.text;

/** `packetType`: option 53 of the message that was explained. */
export function outcomeOf({ notes, reply }: Explanation, packetType: number): Outcome {
  if (reply !== undefined) return replied(reply);
  const done = lastWord(notes, 'done');
  if (done !== undefined) return { text: `no answer, as to any ${packetType === messageType.release ? 'DHCPRELEASE' : 'DHCPDECLINE'}: ${done}`, isGood: true };
  const reason = lastWord(notes, 'refused') ?? lastWord(notes, 'log');
  return { text: `no answer: ${reason ?? 'the configuration ignores this client'}`, isGood: false };
}

function replied(reply: Uint8Array): Outcome {
  // A reply is read as a request would be: `check` refuses its op alone.
  const view = new DhcpView(Uint8Array.of(1, ...reply.subarray(1)));
  view.check(reply.length);
  const name = replyNames[view.messageType] ?? `message type ${view.messageType}`;
  if (view.messageType === messageType.nak) return { text: `DHCPNAK: ${fromLatin1(view.option(optionCode.message) ?? new Uint8Array(0))}`, isGood: false };
  if (view.messageType >= messageType.leasequery) return { text: view.ciaddr === 0 ? name : `${name} ${formatIpv4(view.ciaddr)}`, isGood: true };
  if (view.yiaddr === 0) return { text: `${name}: options for ${formatIpv4(view.ciaddr)}, no lease`, isGood: true };
  return { text: `${name} of ${formatIpv4(view.yiaddr)}`, isGood: true };
}
