// The one table of places where a reply of Leasehold is meant to differ from dhcpd's. The comparison knows no other difference;
// docs/differences.md is made from it. A row with `applied` holds for every exchange: it makes of dhcpd's reply what ours must be.
// The other rows are shown by exchanges that name them, with what each server answers.

import { optionsOf, u32, type Message, type Scenario } from './messages.ts';
import { optionOf, typeOf, type Reply } from './replies.ts';

export interface IntendedDifference {
  readonly id: string;
  readonly topic: string;
  readonly dhcpd: string;
  readonly leasehold: string;
  /** The rule, RFC or reference that the difference follows. */
  readonly reason: string;
  /** Our reply where dhcpd's is this one; undefined where the row does not apply. */
  readonly applied?: (reply: Reply, message: Message, scenario: Scenario, ours: Reply | undefined) => Reply | undefined;
}

/** What leads a reply, in this order, whatever the client asks for (server reference §1.4). */
const leading = [53, 54, 51, 58, 59, 56, 50, 92, 118];
/** `added` behind those of the leading options that may stand in front of it. */
function behind(options: readonly string[], last: number, ...added: readonly string[]): string[] {
  const before = leading.slice(0, leading.indexOf(last) + 1);
  let at = 0;
  while (before.includes(parseInt(options[at] ?? '', 10))) at++;
  return [...options.slice(0, at), ...added, ...options.slice(at)];
}
/** Options that no server sends of its own (RFC 2131 table 3), and such that speak of what is not there. */
const notConfigurable = [50, 52, 57, 61, 82, 118];

/** T1 and T2 (RFC 2131 §4.4.5) that dhcpd did not send. */
function withTimes(reply: Reply, _message: Message, { hasTimes }: Scenario): Reply | undefined {
  if (hasTimes === true) return undefined;
  const time = parseInt(optionOf(reply, 51) ?? '0', 16);
  if (time === 0 || time === 0xffffffff) return undefined;
  const [t1, t2] = [Math.floor(time / 2), Math.floor((time * 7) / 8)];
  if (t1 === 0) return undefined;
  return { ...reply, options: behind(reply.options, 51, `58:${u32(t1)}`, `59:${u32(t2)}`) };
}

/** The client identifier in front of what the client asked for (RFC 6842 §3). */
function withIdentifier(reply: Reply, message: Message, { hasIdentifiers }: Scenario): Reply | undefined {
  if (hasIdentifiers === true) return undefined;
  const sent = optionsOf(message).filter(([code]) => code === 61).map(([, value]) => value).join('');
  if (sent === '' || typeOf(reply) === 0 || optionOf(reply, 61) !== undefined) return undefined;
  return { ...reply, options: behind(reply.options, 118, `61:${sent}`) };
}

/** Without configured options that no server sends of its own. */
function withoutMisplaced(reply: Reply, message: Message): Reply | undefined {
  const isAllowed = (option: string): boolean => {
    const code = parseInt(option, 10);
    const isEcho = [61, 82, 118].includes(code) && optionsOf(message).some(([sent]) => sent === code);
    const isNeeded = code === 52 && reply.fileOptions.length + reply.snameOptions.length > 0;
    return !notConfigurable.includes(code) || isEcho || isNeeded;
  };
  const options = reply.options.filter(isAllowed);
  return options.length === reply.options.length ? undefined : { ...reply, options, fileOptions: [], snameOptions: [] };
}

/** The last second of signed time is no end: within the seconds that an exchange takes. */
function withoutEnd(reply: Reply): Reply | undefined {
  const time = parseInt(optionOf(reply, 51) ?? '0', 16);
  if (Math.abs(0x7fffffff - Date.now() / 1000 - time) > 60) return undefined;
  return { ...reply, options: reply.options.map((option) => (option.startsWith('51:') ? '51:ffffffff' : option)) };
}

/** The same values split elsewhere, to keep room for END, where dhcpd leaves it out. */
function withEnds(reply: Reply, _message: Message, _scenario: Scenario, ours: Reply | undefined): Reply | undefined {
  if (ours === undefined || !reply.end.includes('no END') || ours.end.includes('no END') || joined(reply) !== joined(ours)) return undefined;
  const { options, fileOptions, snameOptions, end } = ours;
  return { ...reply, options, fileOptions, snameOptions, end };
}
/** Values by code in the order of the areas, pieces put together (RFC 3396), without option 52; the echo of option 82 last. */
function joined({ options, fileOptions, snameOptions }: Reply): string {
  const values = new Map<string, string>();
  for (const option of [...options, ...fileOptions, ...snameOptions]) {
    const [code = '', value = ''] = option.split(':');
    if (code !== '52') values.set(code, (values.get(code) ?? '') + value);
  }
  return JSON.stringify([...values]);
}

export const intendedDifferences: readonly IntendedDifference[] = [
  {
    id: 'unlimited', topic: 'Unlimited lease', dhcpd: 'option 51 says the seconds left until January 2038', leasehold: '4294967295', reason: 'RFC 2131 §3.3', applied: withoutEnd,
  },
  {
    id: 'misplaced', topic: 'Options 50, 52, 57, 61, 82, 118 in the configuration', dhcpd: 'sent to clients; 52 makes them read names as options',
    leasehold: 'not sent: 61, 82 and 118 are echoes only', reason: 'RFC 2131 table 3, RFC 3011 §3, RFC 3046 §2.2', applied: withoutMisplaced,
  },
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
  {
    id: 'wish', topic: 'DISCOVER of a client that has a lease and wishes another address (option 50)', dhcpd: 'the wish', leasehold: 'the lease, the former lease, what was offered, then the wish',
    reason: 'RFC 2131 §4.3.1: current binding, previous binding, requested address',
  },
  {
    id: 'fixed-in-range', topic: '`fixed-address` inside a range', dhcpd: 'the host and a stranger can both be acknowledged on it', leasehold: 'never given to anybody else',
    reason: 'RFC 2131 §2.2; dhcpv4-server reference §11.2',
  },
  {
    id: 'other-server', topic: 'REQUEST that names another server', dhcpd: 'acknowledged when the address is free here', leasehold: 'never; our offer to that client ends at once',
    reason: 'RFC 2131 §3.1 (4), §4.3.2',
  },
  {
    id: 'discover-ciaddr', topic: 'ciaddr in a DISCOVER', dhcpd: 'taken for a wish and echoed in the OFFER', leasehold: 'passed over; the OFFER’s ciaddr is 0', reason: 'RFC 2131 tables 3 and 5',
  },
  {
    id: 'decline', topic: 'DECLINE', dhcpd: 'anybody can abandon any address', leasehold: 'believed from the client that has the address, towards us', reason: 'RFC 2131 §4.3.3; dhcpv4-server reference §8.1',
  },
  {
    id: 'reclaim', topic: 'Abandoned addresses of a full pool', dhcpd: 'offered again at once', leasehold: 'left alone for five minutes first', reason: 'RFC 2131 §4.3.3: not available',
  },
  {
    id: 'agent-untrusted', topic: 'Option 82 without a relay', dhcpd: 'believed', leasehold: 'counts on interfaces that `trusted-interface` names; still echoed',
    reason: 'RFC 3046 §2.1: added by relays; a client could write it itself',
  },
  {
    id: 'malformed', topic: 'op other than 1; option 53 twice or empty', dhcpd: 'answered', leasehold: 'dropped', reason: 'RFC 2131 §2, §3; RFC 2132 §9.6',
  },
  {
    id: 'nobody', topic: 'No hardware address and no identifier; a group address as hardware address', dhcpd: 'all such clients share one lease', leasehold: 'dropped',
    reason: 'RFC 2131 §4.2: a unique identifier',
  },
  {
    id: 'lengths', topic: 'Options 50, 51, 54, 57 of a wrong length', dhcpd: 'bytes of neighbours are read', leasehold: 'treated as absent', reason: 'RFC 2132 §9.1, 9.2, 9.7, 9.10',
  },
  {
    id: 'leasequery', topic: 'LEASEQUERY answers', dhcpd: 'configured options of the relay’s network leak into them', leasehold: 'what the lease holds, and nothing else',
    reason: 'RFC 4388 §6.4.2',
  },
  {
    id: 'free-order', topic: 'Which of the addresses that were never used', dhcpd: 'the next one in its hash table', leasehold: 'the lowest of the pool',
    reason: 'dhcpv4-server reference §11.3: any order; ours is the one that operators expect',
  },
  {
    id: 'bootp-broadcast', topic: 'BOOTREPLY of a host declaration, broadcast', dhcpd: 'IP broadcast in a frame for the client alone', leasehold: 'broadcast on the link too',
    reason: 'RFC 1542 §4.1.2: the client may not take unicast frames yet',
  },
  {
    id: 'former-lease', topic: 'A machine without identifier whose former lease had one', dhcpd: 'gets another address', leasehold: 'gets its former address, when that lease has ended',
    reason: 'RFC 2131 §4.3.1: the previous address; a boot ROM and its system need one address, not two',
  },
  {
    id: 'agent-echo', topic: 'Option 82 in replies', dhcpd: 'a malformed one is changed or left out; none in the BOOTREPLY of a host declaration', leasehold: 'echoed byte for byte, always',
    reason: 'RFC 3046 §2.2',
  },
  {
    id: 'inform-overload', topic: 'INFORM: options beyond the main area', dhcpd: 'left out', leasehold: 'in `file` and `sname`, as in an OFFER', reason: 'RFC 2132 §9.3',
  },
  {
    id: 'end', topic: 'END (option 255)', dhcpd: 'missing where an area is full to its last byte', leasehold: 'in every area, with room kept for it', reason: 'RFC 2131 §4.1: each area is closed by END', applied: withEnds,
  },
  {
    id: 'fqdn', topic: 'Client FQDN (option 81)', dhcpd: 'answered by the DNS update code only', leasehold: 'answered: no update was made (N), a wish for one is overridden (O)',
    reason: 'RFC 4702 §4: the client must not believe that its name is in DNS',
  },
  {
    id: 'lease-time', topic: 'The expression `lease-time`', dhcpd: 'in an OFFER the 120 s that it holds; NULL for a fixed address', leasehold: 'the time that option 51 says',
    reason: 'dhcpd-conf reference §8.5: remaining or granted seconds; equal in the ACK of a pool address',
  },
  {
    id: 'nak-text', topic: 'Text of a NAK (option 56)', dhcpd: 'may be left over from an earlier packet', leasehold: 'says why by itself',
    reason: 'RFC 2131 §4.3.2; dhcpv4-server reference §7.3',
  },
];

export const everywhere = intendedDifferences.flatMap(({ id, applied }) => (applied === undefined ? [] : [{ id, applied }]));
