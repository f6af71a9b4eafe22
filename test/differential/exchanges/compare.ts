// What Leasehold must answer where dhcpd answers this: the same, but for the rows of the table of intended differences.

import assert from 'node:assert/strict';
import { inspect, isDeepStrictEqual } from 'node:util';
import { everywhere, intendedDifferences } from './intended.ts';
import { clientKey, type Message, type Scenario, type Shown } from './messages.ts';
import { optionOf, typeOf, type Reply } from './replies.ts';
import type { Answered } from './twin-lab.ts';

/** Compared as text, so that a difference reads well. */
export interface Verdict {
  readonly expected: unknown;
  readonly actual: unknown;
  /** Rows of the table that the exchange showed. */
  readonly shown: readonly string[];
}

export function judge(scenario: Scenario, answers: readonly Answered[]): Verdict[] {
  const isLeased = new Set<string>();
  return answers.map((answered) => {
    const verdict = judgeOne(scenario, answered, isLeased.has(clientKey(answered.message)) || answered.message.type === 10);
    if (answered.dhcpd !== undefined && typeOf(answered.dhcpd) === 5) isLeased.add(clientKey(answered.message));
    return verdict;
  });
}

const packetLine = /(?:DHCP(?:DISCOVER|OFFER|REQUEST|ACK|NAK|RELEASE|DECLINE|INFORM)|BOOTRE(?:QUEST|PLY)) .*/;
/**
 * dhcpd hears what it sends to a relay, now before the mark that ends the exchange, now behind it, and says so as of a client's message;
 * a client that really sends such a type is heard out.
 */
const isOwnReply = (line: string, asked: number | undefined): boolean => /DHCP(?:OFFER|ACK|NAK) from /.test(line) && ![2, 5, 6].includes(asked ?? 0);
/**
 * The lines about packets, without what stands before them. dhcpd keeps the name of an offer in memory and prints it with the next
 * DISCOVER, and prints an option 54 that says 0.0.0.0.
 */
const packetLines = (lines: readonly string[], { type }: Message): string[] =>
  lines.filter((line) => !isOwnReply(line, type)).flatMap((line) => packetLine.exec(line)?.[0] ?? []).map((line) => line.replace(/^(DHCPDISCOVER from \S+) \(.*?\) via/, '$1 via').replace(' (0.0.0.0) from', ' from'));

function judgeOne(scenario: Scenario, { message, dhcpd, leasehold, dhcpdLines, leaseholdLines }: Answered, isTimed: boolean): Verdict {
  const shown: string[] = [];
  let expected = isTimed ? atOurTime(dhcpd, leasehold) : dhcpd;
  // Relays ask for what the lease holds: nothing is added for a client.
  for (const { id, applied } of message.type === 10 ? [] : everywhere) {
    const changed = expected === undefined ? undefined : applied(expected, message, scenario, leasehold);
    if (changed === undefined) continue;
    shown.push(id);
    expected = changed;
  }
  if (message.differs === undefined) {
    const isSaid = message.hasOwnLines !== true;
    return {
      shown,
      expected: { reply: expected ?? 'silence', lines: isSaid ? packetLines(dhcpdLines, message) : [] },
      actual: { reply: leasehold ?? 'silence', lines: isSaid ? packetLines(leaseholdLines, message) : [] },
    };
  }
  return judgeShown(message.differs, expected, leasehold, shown);
}

/** The two servers answer one after the other, and a second may end between them: then ours is right. */
function atOurTime(dhcpd: Reply | undefined, leasehold: Reply | undefined): Reply | undefined {
  if (dhcpd === undefined || leasehold === undefined) return dhcpd;
  const options = dhcpd.options.map((option) => {
    const code = parseInt(option, 10);
    const ours = optionOf(leasehold, code);
    if (![51, 58, 59, 91].includes(code) || ours === undefined) return option;
    const apart = Math.abs(parseInt(ours, 16) - parseInt(option.slice(option.indexOf(':') + 1), 16));
    return apart <= 1 ? `${code}:${ours}` : option;
  });
  return { ...dhcpd, options };
}

/** Both must show the difference as the exchange tells it, and agree in everything else. */
function judgeShown({ id, dhcpd, leasehold }: Shown, theirs: Reply | undefined, ours: Reply | undefined, shown: readonly string[]): Verdict {
  assert.ok(intendedDifferences.some((row) => row.id === id), `${id} is no row of the table`);
  assert.notDeepEqual(dhcpd, leasehold, `${id} tells no difference`);
  const rest = [dhcpd, leasehold].some((side) => side === 'silence')
    ? { theirs: 'any', ours: 'any' }
    : { theirs: without(theirs, dhcpd, leasehold), ours: without(ours, dhcpd, leasehold) };
  return {
    shown: [...shown, id],
    expected: { dhcpd, leasehold, rest: rest.theirs },
    actual: { dhcpd: only(theirs, dhcpd, leasehold), leasehold: only(ours, leasehold, dhcpd), rest: rest.ours },
  };
}

/** Of the reply, the fields that `told` names; of the options, those that either side names and the reply has. */
function only(reply: Reply | undefined, told: Shown['dhcpd'], other: Shown['dhcpd']): unknown {
  if (reply === undefined || told === 'silence') return reply ?? 'silence';
  return Object.fromEntries(
    Object.entries(told).map(([field, value]) => {
      const found = reply[field as keyof Reply];
      const others = other === 'silence' ? [] : other[field as keyof Reply];
      return [field, Array.isArray(value) && Array.isArray(found) ? found.filter((option) => value.includes(option) || (Array.isArray(others) && others.includes(option))) : found];
    }),
  );
}
/** The reply but for what either side tells. */
function without(reply: Reply | undefined, ...told: readonly Shown['dhcpd'][]): unknown {
  if (reply === undefined) return 'silence';
  let rest: Record<string, unknown> = { ...reply };
  for (const side of told)
    for (const [field, value] of Object.entries(side === 'silence' ? {} : side)) {
      const found = rest[field];
      if (Array.isArray(value) && Array.isArray(found)) rest = { ...rest, [field]: found.filter((option) => !value.includes(option)) };
      else delete rest[field];
    }
  return rest;
}

/** What is wrong with an exchange: the message, either side's lines, and the fields that are not as they should be. */
export function describe({ expected, actual }: Verdict, index: number, message: Message | undefined, log: string): string[] {
  if (isDeepStrictEqual(actual, expected)) return [];
  const lines = (side: unknown): string[] => inspect(side, { depth: 5, breakLength: 1, maxArrayLength: null }).split('\n');
  const [theirs, ours] = [lines(expected), lines(actual)];
  const only = (these: readonly string[], others: readonly string[]): string => these.filter((line) => !others.includes(line)).map((line) => line.trim()).join(' ');
  const shortened = JSON.stringify(message).replaceAll(/"([0-9a-f]{30})[0-9a-f]{30,}"/g, '"$1…"');
  return [`exchange ${index}: ${shortened}`, log, `  expected ${only(theirs, ours)}`, `  actual   ${only(ours, theirs)}`];
}
