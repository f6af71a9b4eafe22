// Test support: a failover message as one line of a transcript.

import { formatIpv4, type Ipv4 } from '../std/ipv4.ts';
import type { FailoverMessage } from '../wire/failover-message.ts';

const relative = (time: number | undefined, base: number): string =>
  time === undefined ? '-' : time === 0 ? '0' : time === 0xffffffff ? 'never' : String(time - base);

/** One line of a message: times are seconds since the start of the transcript. */
export function describe(message: FailoverMessage, base: number): string {
  const head = `${message.kind.toUpperCase()} xid ${message.xid}`;
  switch (message.kind) {
    case 'connect': return `${head} mclt ${message.mclt} window ${message.maxUnacked} timer ${message.receiveTimer}`;
    case 'connectack':
      return message.rejectReason === undefined ? `${head} window ${message.maxUnacked} timer ${message.receiveTimer}` : `${head} reject ${message.rejectReason} ${message.message ?? ''}`;
    case 'state': return `${head} ${message.state ?? message.stateCode}${message.isStartup ? ' startup' : ''} stos ${relative(message.stos, base)}`;
    case 'bndupd':
      return `${head} ${formatIpv4(message.address ?? (0 as Ipv4))} ${message.status ?? message.statusCode}${message.hardware === undefined ? '' : ` client ${message.hardware.address[5] ?? '-'}`} ends ${relative(message.leaseExpiration, base)} pe ${relative(message.potentialExpiration, base)}`;
    case 'bndack':
      return `${head} ${formatIpv4(message.address ?? (0 as Ipv4))}${message.rejectReason === undefined ? '' : ` reject ${message.rejectReason} ${message.message ?? ''}`}`;
    case 'poolresp': return `${head} count ${message.count ?? 0}`;
    case 'disconnect': return `${head} reason ${message.rejectReason ?? 0} ${message.message ?? ''}`;
    default: return head;
  }
}
