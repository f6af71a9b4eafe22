// Numbers of the failover protocol as ISC dhcpd 4.4.3 speaks it (failover reference §1.4, §2, §2.10, §4.1, §5.1):
// messages, options, binding states, server states, reject reasons. One row each; codec, tests and texts come from here.

/** Message numbers (§2). Wireshark prints 7 and 9 the other way round. */
export const failoverMessageCode = {
  poolreq: 1,
  poolresp: 2,
  bndupd: 3,
  bndack: 4,
  connect: 5,
  connectack: 6,
  updreqall: 7,
  upddone: 8,
  updreq: 9,
  state: 10,
  contact: 11,
  disconnect: 12,
} as const;
export type FailoverMessageKind = keyof typeof failoverMessageCode;
export const failoverMessageKinds: readonly (FailoverMessageKind | undefined)[] = [
  undefined, 'poolreq', 'poolresp', 'bndupd', 'bndack', 'connect', 'connectack', 'updreqall', 'upddone', 'updreq',
  'state', 'contact', 'disconnect',
];

export const failoverOptionCode = {
  addressesTransferred: 1,
  assignedIpAddress: 2,
  bindingStatus: 3,
  clientIdentifier: 4,
  clientHardwareAddress: 5,
  clientLastTransactionTime: 6,
  clientReplyOptions: 7,
  clientRequestOptions: 8,
  ddns: 9,
  delayedServiceParameter: 10,
  hashBucketAssignment: 11,
  ipFlags: 12,
  leaseExpirationTime: 13,
  maxUnackedBndupd: 14,
  mclt: 15,
  message: 16,
  messageDigest: 17,
  potentialExpirationTime: 18,
  receiveTimer: 19,
  protocolVersion: 20,
  rejectReason: 21,
  relationshipName: 22,
  serverFlags: 23,
  serverState: 24,
  startTimeOfState: 25,
  tlsReply: 26,
  tlsRequest: 27,
  vendorClassIdentifier: 28,
  vendorSpecificOptions: 29,
} as const;

export interface FailoverOptionRow {
  /** As dhcpd prints it. */
  readonly name: string;
  /** Bytes of the value; 0 for any number. */
  readonly size: 0 | 1 | 2 | 4;
  /** Messages in which it is read; in all others it is skipped unseen. */
  readonly usedIn: readonly FailoverMessageKind[];
}

const row = (name: string, size: FailoverOptionRow['size'], ...usedIn: FailoverMessageKind[]): FailoverOptionRow => ({
  name,
  size,
  usedIn,
});

/**
 * Row `code - 1`. DDNS (9) is read by dhcpd in binding messages, where it always kills the link; we skip it. We read
 * option 29 in the handshake, where Leasehold says what it can; dhcpd skips it everywhere.
 */
export const failoverOptions: readonly FailoverOptionRow[] = [
  row('addresses-transferred', 4, 'poolresp'),
  row('assigned-IP-address', 4, 'bndupd', 'bndack'),
  row('binding-status', 1, 'bndupd', 'bndack'),
  row('client-identifier', 0, 'bndupd', 'bndack'),
  row('client-hardware-address', 0, 'bndupd'),
  row('client-last-transaction-time', 4, 'bndupd'),
  row('client-reply-options', 0, 'bndupd', 'bndack'),
  row('client-request-options', 0, 'bndupd', 'bndack'),
  row('DDNS', 0),
  row('delayed-service-parameter', 1),
  row('hash-bucket-assignment', 0, 'connect'),
  row('IP-flags', 2, 'bndupd', 'bndack'),
  row('lease-expiration-time', 4, 'bndupd'),
  row('max-unacked-bndupd', 4, 'connect', 'connectack'),
  row('MCLT', 4, 'connect'),
  row('message', 0, 'bndack', 'connectack', 'disconnect'),
  row('message-digest', 0),
  row('potential-expiration-time', 4, 'bndupd', 'bndack'),
  row('receive-timer', 4, 'connect', 'connectack'),
  row('protocol-version', 1, 'connect', 'connectack'),
  row('reject-reason', 1, 'bndack', 'connectack', 'disconnect'),
  row('relationship-name', 0, 'connect', 'connectack'),
  row('server-flags', 1, 'state'),
  row('server-state', 1, 'state'),
  row('start-time-of-state', 4, 'bndupd', 'state'),
  row('TLS-reply', 1, 'connectack'),
  row('TLS-request', 1, 'connect'),
  row('vendor-class-identifier', 0, 'connect', 'connectack'),
  row('vendor-specific-options', 0, 'connect', 'connectack'),
];

/** First code of the options that only Leasehold nodes exchange; dhcpd skips every code over 29 (§11.4). */
export const privateOptionMin = 0xf000;

/** Binding states by their number on the wire, 1..7 (§5.1). The words are those of dhcpd.leases. */
export const bindingStatuses = ['free', 'active', 'expired', 'released', 'abandoned', 'reset', 'backup'] as const;
export type BindingStatus = (typeof bindingStatuses)[number];
export const bindingStatusOf = (code: number): BindingStatus | undefined => bindingStatuses[code - 1];
export const bindingStatusCode = (status: BindingStatus): number => bindingStatuses.indexOf(status) + 1;

/** Server states and their numbers (§4.1). 254 is ISC's number for a state that the draft only names. */
export const serverStateCode = {
  'unknown-state': 0,
  startup: 1,
  normal: 2,
  'communications-interrupted': 3,
  'partner-down': 4,
  'potential-conflict': 5,
  recover: 6,
  paused: 7,
  shutdown: 8,
  'recover-done': 9,
  'resolution-interrupted': 10,
  'conflict-done': 11,
  'recover-wait': 254,
} as const;
export type ServerState = keyof typeof serverStateCode;
/** What a STATE message may say: while in startup the saved state is announced, with the STARTUP flag. */
export type AnnouncedState = Exclude<ServerState, 'unknown-state' | 'startup'>;

const serverStateByCode = new Map(
  (Object.keys(serverStateCode) as ServerState[]).map((state) => [serverStateCode[state] as number, state]),
);
/** undefined: a number that nobody defined. */
export const serverStateOf = (code: number): ServerState | undefined => serverStateByCode.get(code);

/** Reject reasons that we send (§2.10). */
export const rejectReason = {
  illegalAddress: 1,
  fatalConflict: 2,
  missingBinding: 3,
  timeMismatch: 4,
  invalidMclt: 5,
  unknownReason: 6,
  duplicateConnection: 7,
  invalidPartner: 8,
  outdatedBinding: 15,
  lessCriticalBinding: 16,
  hashBucketConflict: 18,
  notReserved: 19,
} as const;
export type RejectReason = (typeof rejectReason)[keyof typeof rejectReason];

const rejectTexts: ReadonlyMap<number, string> = new Map([
  [1, 'Illegal IP address (not part of any address pool).'],
  [2, 'Fatal conflict exists: address in use by other client.'],
  [3, 'Missing binding information.'],
  [4, 'Connection rejected, time mismatch too great.'],
  [5, 'Connection rejected, invalid MCLT.'],
  [6, 'Connection rejected, unknown reason.'],
  [7, 'Connection rejected, duplicate connection.'],
  [8, 'Connection rejected, invalid failover partner.'],
  [15, 'Outdated binding information.'],
  [16, 'Less critical binding information.'],
  [18, 'Hash bucket assignment conflict.'],
  [19, 'IP not reserved on this server.'],
]);
/** dhcpd's text for the number, as its log prints it. */
export const rejectText = (code: number): string =>
  rejectTexts.get(code) ?? `Undefined-${code}: This reason code is not defined in the protocol standard.`;
