// Facts about clients and addresses that dhcpd logs beside its packet lines (server reference §18.2), and our alarms.

import { formatIpv4, type Ipv4 } from '../std/ipv4.ts';
import { logEvent } from '../model/log-event.ts';

export const addressAbandoned = logEvent<{ ip: Ipv4; reason: string }>({
  id: 'ADDRESS_ABANDONED',
  level: 'error',
  text: ({ ip, reason }) => `Abandoning IP address ${formatIpv4(ip)}: ${reason}`,
  help: 'The address is in use by somebody who has no lease of it. It is used again only when nothing else is free, or after abandon-lease-time.',
});

export const abandonedReclaimed = logEvent<{ ip: Ipv4 }>({
  id: 'ABANDONED_RECLAIMED',
  level: 'error',
  text: ({ ip }) => `Reclaiming abandoned lease ${formatIpv4(ip)}.`,
  help: 'No other address was free, so one that was once found in use is tried again.',
});

export const duplicateLease = logEvent<{ ip: Ipv4; client: string; network: string }>({
  id: 'DUPLICATE_LEASE',
  level: 'error',
  text: ({ ip, client, network }) => `uid lease ${formatIpv4(ip)} for client ${client} is duplicate on ${network}`,
  help: 'One client holds two addresses of the network; it keeps the one it asks for.',
});

export const reservedAddressHeld = logEvent<{ ip: Ipv4; host: string; holder: string }>({
  id: 'RESERVED_ADDRESS_HELD',
  level: 'error',
  text: ({ ip, host, holder }) =>
    `host ${host} is not given its fixed-address ${formatIpv4(ip)}: ${holder} holds an unexpired lease of it. ` +
    `Free it with: leasehold leases free ${formatIpv4(ip)}`,
  help: 'Two clients on one address would break both. The host is served as soon as the lease ends, is released, or is freed by the command once its holder is known to be gone.',
});

export const optionsOmitted = logEvent<{ codes: string; client: string }>({
  id: 'OPTIONS_OMITTED',
  level: 'error',
  text: ({ codes, client }) => `reply to ${client} has no room for options ${codes}`,
  help: 'The client accepts too small a message for all its options (option 57), and file and sname are taken. Send fewer options, or shorter ones.',
});

export const agentInformationOmitted = logEvent<{ client: string }>({
  id: 'AGENT_INFORMATION_OMITTED',
  level: 'error',
  text: () => 'Unable to store relay agent information in reply packet.',
  help: 'The reply was already as large as a datagram may be, so option 82 could not be echoed; the relay may drop it.',
});

export const operatorMessage = logEvent<{ text: string }>({
  id: 'OPERATOR_MESSAGE',
  level: 'info',
  text: ({ text }) => text,
  help: 'Written by a log() statement of the configuration.',
});

export const evaluationProblem = logEvent<{ text: string }>({
  id: 'EVALUATION_PROBLEM',
  level: 'debug',
  text: ({ text }) => text,
  help: 'An expression of the configuration could not be evaluated for this client; it counts as not defined.',
});

export const giaddrIsOurs = logEvent<{ ip: Ipv4 }>({
  id: 'GIADDR_IS_OURS',
  level: 'error',
  text: ({ ip }) => `Packet relayed by ${formatIpv4(ip)}, which is an address of this server: dropped`,
  help: 'A relay runs on this machine, or somebody forges giaddr: an answer would never leave the machine.',
});

export const echoWhileLeased = logEvent<{ ip: Ipv4 }>({
  id: 'ECHO_WHILE_LEASED',
  level: 'debug',
  text: ({ ip }) => `ICMP Echo reply while lease ${formatIpv4(ip)} valid.`,
  help: 'The probe of an address was answered after its lease had been granted meanwhile: the holder answered.',
});

export const leasequeryReceived = logEvent<{ from: string; query: string; reason: string }>({
  id: 'LEASEQUERY_RECEIVED',
  level: 'info',
  text: ({ from, query, reason }) => `DHCPLEASEQUERY from ${from}${query === '' ? '' : ` for ${query}`}${reason === '' ? '' : `: ${reason}`}`,
  help: 'A relay asks about a lease (RFC 4388). `allow leasequery` in the scope of its address decides whether it is told.',
});

export const leasequeryAnswered = logEvent<{ type: string; to: string; query: string; associated: number }>({
  id: 'LEASEQUERY_ANSWERED',
  level: 'info',
  text: ({ type, to, query, associated }) => `${type} to ${to} for ${query} (${associated} associated IPs)`,
  help: 'What the relay was told: the lease is active, the address is not leased, or nothing is known.',
});

export const leasequeryCut = logEvent<{ count: number; query: string }>({
  id: 'LEASEQUERY_CUT',
  level: 'info',
  text: ({ count, query }) => `${count} IP addresses associated with ${query}, only 40 sent in reply.`,
  help: 'One client holds very many addresses.',
});

export const unknownMessageType = logEvent<{ type: number; client: string; via: string }>({
  id: 'UNKNOWN_MESSAGE_TYPE',
  level: 'info',
  text: ({ type, client, via }) => `type ${type} from ${client} via ${via}: unknown packet type`,
  help: 'The message is none that a client sends to a server, and was dropped. Said at most once a second.',
});

export const requestsLimited = logEvent<{ count: number; via: string }>({
  id: 'REQUESTS_LIMITED',
  level: 'error',
  text: ({ count, via }) => `${count} requests of unreserved clients via ${via} had to wait: more came than relay-rate-max or port-rate-max allow`,
  help: 'A storm behind one relay or port. Reserved hosts were served; the others succeed with a retransmission. Raise the limits in leasehold.conf if this is ordinary load. Said at most every ten seconds.',
});

export const peerIgnored = logEvent<{ peer: string; reason: string }>({
  id: 'PEER_IGNORED',
  level: 'info',
  text: ({ peer, reason }) => `${peer}: ignored${reason}`,
  help: 'A RELEASE or DECLINE came while the failover state does not let this server change leases of the pool.',
});

export const releaseNamesRequested = logEvent<{ client: string }>({
  id: 'RELEASE_NAMES_REQUESTED',
  level: 'info',
  text: ({ client }) => `DHCPRELEASE from ${client} specified requested-address.`,
  help: 'The client put option 50 into a RELEASE, which RFC 2131 forbids; the address of ciaddr is released.',
});

export const nameTruncated = logEvent<{ field: 'file' | 'sname'; size: number; name: string }>({
  id: 'NAME_TRUNCATED',
  level: 'info',
  text: ({ field, size, name }) =>
    `${field === 'file' ? 'file name' : 'server name'} longer than packet field truncated - field: ${field === 'file' ? 128 : 64} name: ${size} ${name}`,
  help: 'filename or server-name does not fit its field of the DHCP header; clients get the beginning only. Option 66 or 67 has room for longer ones.',
});

export const poolThresholdExceeded = logEvent<{ network: string; ip: Ipv4; percent: number; used: number; total: number }>({
  id: 'POOL_THRESHOLD_EXCEEDED',
  level: 'error',
  text: ({ network, ip, percent, used, total }) =>
    `Pool threshold exceeded - shared subnet: ${network}; address: ${formatIpv4(ip)}; high threshold ${percent}% ${used}/${total}.`,
  help: 'The pool is filled to log-threshold-high. Said once, until it falls to log-threshold-low.',
});

export const poolThresholdReset = logEvent<{ network: string; ip: Ipv4; used: number; total: number }>({
  id: 'POOL_THRESHOLD_RESET',
  level: 'error',
  text: ({ network, ip, used, total }) =>
    `Pool threshold reset - shared subnet: ${network}; address: ${formatIpv4(ip)}; low threshold ${used}/${total}.`,
  help: 'The pool has fallen to log-threshold-low again.',
});

export const leaseReused = logEvent<{ ip: Ipv4; age: number; threshold: number }>({
  id: 'LEASE_REUSED',
  level: 'debug',
  text: ({ ip, age, threshold }) =>
    `reuse_lease: lease age ${age} (secs) under ${threshold}% threshold, reply with unaltered, existing lease for ${formatIpv4(ip)}`,
  help: 'The client renewed early: it was told the time that is left, and nothing was written (dhcp-cache-threshold). What the failover partner gave is given anew instead.',
});

export const ackUnconfirmed = logEvent<{ ip: Ipv4 }>({
  id: 'ACK_UNCONFIRMED',
  level: 'error',
  text: ({ ip }) => `the lease of ${formatIpv4(ip)} was acknowledged before the partner had it`,
  help: 'sync-updates is on, and the partner did not confirm this new lease in time, or the connection to it was lost. The lease is as short as failover makes every first lease (MCLT), and the partner hears of it as soon as it can.',
});

export const noHostname = logEvent<{ ip: string }>({
  id: 'NO_HOSTNAME',
  level: 'info',
  text: ({ ip }) => `No hostname for ${ip}`,
  help: 'get-lease-hostnames is on, and the resolver knows no name for this address.',
});

export const unknownSpace = logEvent<{ name: string }>({
  id: 'UNKNOWN_OPTION_SPACE',
  level: 'error',
  text: ({ name }) => `unknown option space ${name}.`,
  help: 'site-option-space names a space that no `option space` declares: clients it applies to get no answer at all, here as with dhcpd.',
});
