// What operators and their tools did, or tried to do.

import { logEvent } from '../model/log-event.ts';

export const commandDone = logEvent<{ who: string; name: string; what: string; before: string; after: string; outcome: string }>({
  id: 'COMMAND_DONE',
  level: 'info',
  text: ({ who, name, what, before, after, outcome }) =>
    `command ${name} ${what} by ${who}: ${outcome}${before === '' && after === '' ? '' : ` (${before === '' ? 'nothing' : before} -> ${after === '' ? 'nothing' : after})`}`,
  help: 'Somebody changed something through the control socket or OMAPI. The line is the audit record: who, what, before and after.',
});

export const omapiListening = logEvent<{ address: string; port: number }>({
  id: 'OMAPI_LISTENING',
  level: 'info',
  text: ({ address, port }) => `OMAPI listens on ${address}:${port}`,
  help: 'omshell and its like can connect now.',
});

export const omapiNotListening = logEvent<{ detail: string }>({
  id: 'OMAPI_NOT_LISTENING',
  level: 'error',
  text: ({ detail }) => `Can't start OMAPI protocol: ${detail}`,
  help: 'The port of `omapi-port` is taken or the address is not on this machine. It is tried again every five seconds; DHCP is served meanwhile.',
});

export const omapiRefused = logEvent<{ who: string; what: string; code: number; text: string }>({
  id: 'OMAPI_REFUSED',
  level: 'info',
  text: ({ who, what, code, text }) => `omapi: ${what} by ${who} refused: ${text} (${code})`,
  help: 'A change over OMAPI did not happen. The number is the result the client got.',
});

export const omapiBadSignature = logEvent<{ remote: string; key: string; count: number }>({
  id: 'OMAPI_BAD_SIGNATURE',
  level: 'error',
  text: ({ remote, key, count }) => `omapi: bad signature from ${remote} under key ${key} (${count} on this connection)`,
  help: 'The client knows the name of a key but not its secret: a typing mistake in its configuration, or somebody who guesses. After five the connection is closed.',
});

export const omapiUnknownKey = logEvent<{ remote: string; key: string; algorithm: string }>({
  id: 'OMAPI_UNKNOWN_KEY',
  level: 'error',
  text: ({ remote, key, algorithm }) => `omapi: ${remote} asked for key ${key} with ${algorithm}, which may not be used`,
  help: 'The name or algorithm differs from the `omapi-key` of dhcpd.conf, is no key that leasehold.conf names, or is hmac-md5 where `omapi-hmac-md5 off;` stands. Clients are told one and the same for all of these.',
});

export const omapiWeakKey = logEvent<{ remote: string; key: string }>({
  id: 'OMAPI_WEAK_KEY',
  level: 'info',
  text: ({ remote, key }) => `omapi: ${remote} uses key ${key} with hmac-md5, which is weak`,
  help: 'Said once for each client. Give clients that can a key with hmac-sha256 (`leasehold keygen`); `omapi-hmac-md5 off;` in leasehold.conf refuses the rest.',
});

export const omapiClosed = logEvent<{ remote: string; reason: string }>({
  id: 'OMAPI_CLOSED',
  level: 'info',
  text: ({ remote, reason }) => `omapi: connection from ${remote} closed: ${reason}`,
  help: 'The client broke the protocol, was silent for too long, or there were too many connections. Honest clients connect again.',
});

export const hostHidden = logEvent<{ name: string }>({
  id: 'HOST_HIDDEN',
  level: 'error',
  text: ({ name }) =>
    `host ${name} of dhcpd.conf is not served: it was deleted over OMAPI, and the lease file remembers it. Serve it again with: leasehold hosts restore ${name}`,
  help: 'A deletion over OMAPI outlives restarts, so a host of that name that is written into dhcpd.conf later stays hidden until the deletion is taken back.',
});
