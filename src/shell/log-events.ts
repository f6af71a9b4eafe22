// Facts about the process and its machine. dhcpd's own texts where it has one (dhcpv4-server reference §18.3, §18.4).

import { logEvent } from '../model/log-event.ts';

/** Start-up and other lines whose text is dhcpd's and has no fields worth a name. */
export const said = logEvent<{ line: string }>({
  id: 'SERVER_SAYS',
  level: 'info',
  text: ({ line }) => line,
  help: 'What dhcpd prints while it starts: banner, files, interfaces.',
});

export const complained = logEvent<{ line: string }>({
  id: 'SERVER_COMPLAINS',
  level: 'error',
  text: ({ line }) => line,
  help: 'Something of the machine is not as the server needs it; the text says what and what follows from it.',
});

export const slowCommit = logEvent<{ millis: number; bytes: number }>({
  id: 'SLOW_COMMIT',
  level: 'error',
  text: ({ millis, bytes }) => `writing ${bytes} bytes to the lease file took ${Math.round(millis)} ms: every client waited that long`,
  help: 'write and fdatasync of one group took more than 50 ms. Look for another writer on the same disk.',
});

export const sendFailed = logEvent<{ detail: string; interfaceName: string; bytes: number }>({
  id: 'SEND_FAILED',
  level: 'error',
  text: ({ detail, interfaceName, bytes }) =>
    `send_packet: ${detail}: failed to send ${bytes} byte long packet over ${interfaceName} interface.`,
  help: 'The kernel refused a reply: interface down, no route, or its queue is full. The client will ask again.',
});

export const packetsDropped = logEvent<{ reason: string; count: number }>({
  id: 'PACKETS_DROPPED',
  level: 'info',
  text: ({ reason, count }) => (reason === 'hlen' ? 'Discarding packet with bogus hlen.' : `Dropped ${count} packets: ${reason}`),
  help: 'Packets that are no DHCP message, counted per reason and said at most once in ten seconds each.',
});

export const packetBrokeInvariant = logEvent<{ message: string; hex: string; count: number }>({
  id: 'PACKET_BROKE_INVARIANT',
  level: 'error',
  text: ({ message, hex, count }) => `dropped a packet that broke an invariant (${count} so far): ${message}: ${hex}`,
  help: 'A defect of Leasehold, met before the packet changed anything: it was dropped and the server goes on. Please report it with the hexadecimal text.',
});

export const packetQuarantined = logEvent<{ message: string; hex: string }>({
  id: 'PACKET_QUARANTINED',
  level: 'fatal',
  text: ({ message, hex }) => `a packet broke an invariant half way: ${message}: quarantined, restarting: ${hex}`,
  help: 'A defect of Leasehold. Memory cannot be trusted, so the server restarts from the lease file; an identical packet is dropped for an hour. Please report it with the hexadecimal text.',
});

export const stepFailed = logEvent<{ event: string; message: string }>({
  id: 'STEP_FAILED',
  level: 'fatal',
  text: ({ event, message }) => `an invariant broke (${event}): ${message}: restarting`,
  help: 'A defect of Leasehold outside the packet path. Memory cannot be trusted, so the server restarts from the lease file.',
});

export const journalRewritten = logEvent<{ leases: number }>({
  id: 'JOURNAL_REWRITTEN',
  level: 'info',
  text: ({ leases }) => `Wrote ${leases} leases to leases file.`,
  help: 'The lease file was rewritten with one record a lease; the file before is kept as leases~.',
});

export const journalRewriteFailed = logEvent<{ detail: string }>({
  id: 'JOURNAL_REWRITE_FAILED',
  level: 'error',
  text: ({ detail }) => `Can't create new lease file: ${detail}`,
  help: 'The lease file stays as it is and is still appended to; the rewrite is tried again later.',
});

export const reloadRefused = logEvent<{ detail: string }>({
  id: 'RELOAD_REFUSED',
  level: 'error',
  text: ({ detail }) => `configuration not reloaded, the old one serves on: ${detail}`,
  help: 'The new configuration has errors. Nothing of it was taken over. Run `leasehold check` for all of them.',
});

export const readOnPacketPath = logEvent<{ why: string }>({
  id: 'RELOAD_ON_PACKET_PATH',
  level: 'info',
  text: ({ why }) => `clients wait while the configuration is read: ${why}`,
  help: 'A reload reads the configuration in a thread beside the packets. Where none can be started (under -chroot, or after an update whose restart is due) the server reads it itself, which takes about a second for 20,000 lines. Nothing is lost.',
});

export const laneFull = logEvent<{ count: number }>({
  id: 'SEND_LANE_FULL',
  level: 'error',
  text: ({ count }) => `${count} replies dropped: more in one batch than there are send slots`,
  help: 'One step answered with more frames than the shell has room for. The clients ask again.',
});
