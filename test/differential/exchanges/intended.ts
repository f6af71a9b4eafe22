// The one table of places where a reply of Leasehold is meant to differ from dhcpd's. The comparison knows no other difference;
// docs/differences.md is made from it. A row with `applied` holds for every exchange: it makes of dhcpd's reply what ours must be.
// The other rows are shown by exchanges that name them, with what each server answers.

import { optionsOf, u32, type Message } from './messages.ts';
import { optionOf, typeOf, type Reply } from './replies.ts';

export interface IntendedDifference {
  readonly id: string;
  readonly topic: string;
  readonly dhcpd: string;
  readonly leasehold: string;
  /** The rule, RFC or reference that the difference follows. */
  readonly reason: string;
  /** Our reply where dhcpd's is this one; undefined where the row does not apply. */
  readonly applied?: (reply: Reply, message: Message) => Reply | undefined;
}

const after = (options: readonly string[], codes: readonly number[], ...added: readonly string[]): string[] => {
  const at = options.findLastIndex((option) => codes.some((code) => option.startsWith(`${code}:`)));
  return [...options.slice(0, at + 1), ...added, ...options.slice(at + 1)];
};

/** T1 and T2 (RFC 2131 §4.4.5) that dhcpd did not send. */
function withTimes(reply: Reply): Reply | undefined {
  const time = parseInt(optionOf(reply, 51) ?? '0', 16);
  if (time === 0 || time === 0xffffffff) return undefined;
  const added: string[] = [];
  const t2 = optionOf(reply, 59) === undefined ? Math.floor((time * 7) / 8) : parseInt(optionOf(reply, 59) ?? '', 16);
  const t1 = Math.floor(time / 2);
  if (optionOf(reply, 58) === undefined && t1 > 0 && t1 < t2) added.push(`58:${u32(t1)}`);
  const options = after(reply.options, [51], ...added);
  const hasT2 = optionOf(reply, 59) !== undefined || t2 === 0;
  if (hasT2 && added.length === 0) return undefined;
  return { ...reply, options: hasT2 ? options : after(options, [51, 58], `59:${u32(t2)}`) };
}

/** The client identifier in front of what the client asked for (RFC 6842 §3). */
function withIdentifier(reply: Reply, message: Message): Reply | undefined {
  const sent = optionsOf(message).filter(([code]) => code === 61).map(([, value]) => value).join('');
  if (sent === '' || typeOf(reply) === 0 || optionOf(reply, 61) !== undefined) return undefined;
  return { ...reply, options: after(reply.options, [53, 54, 51, 58, 59, 56, 118], `61:${sent}`) };
}

export const intendedDifferences: readonly IntendedDifference[] = [
  {
    id: 'times', topic: 'T1 and T2', dhcpd: 'only when configured', leasehold: '1/2 and 7/8 of the lease unless configured; none for unlimited leases',
    reason: 'RFC 2131 §4.4.5: clients without them guess', applied: withTimes,
  },
  {
    id: 'identifier', topic: 'Client identifier', dhcpd: 'returned with `echo-client-id on`', leasehold: 'returned unless `echo-client-id off`',
    reason: 'RFC 6842 §3 (MUST)', applied: withIdentifier,
  },
  {
    id: 'offer-held', topic: 'An offer', dhcpd: 'holds nothing: another client that names the address is offered it too',
    leasehold: 'is held for its client for two minutes; when addresses run out, the oldest offer whose client was silent for 10 s goes to the next',
    reason: 'RFC 2131 §3.1 (2): SHOULD NOT reuse an offered address',
  },
];

export const everywhere = intendedDifferences.flatMap(({ id, applied }) => (applied === undefined ? [] : [{ id, applied }]));
