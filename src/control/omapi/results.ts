// Result numbers of OMAPI and the sentences dhcpd sends beside them (OMAPI reference §1.7, §2, §3). Tools branch on the numbers.

export const omapiResult = {
  success: 0,
  permissionDenied: 6,
  alreadyExists: 18,
  notFound: 23,
  ioError: 26,
  notImplemented: 27,
  invalidArgument: 0x60003,
  severalMatch: 0x60006,
  keyConflict: 0x60007,
  parseError: 0x60008,
  noKey: 0x60009,
  invalidKey: 0x6000b,
  unknownAttribute: 0x60020,
} as const;

/** What a STATUS says; `text` undefined: the number alone. */
export interface Status {
  readonly code: number;
  readonly text: string | undefined;
}

const status = (code: number, text?: string): Status => ({ code, text });

export const statusRows = {
  done: status(omapiResult.success),
  unsigned: status(omapiResult.noKey, 'No authenticator on message'),
  badSignature: status(omapiResult.invalidKey),
  notFound: status(omapiResult.notFound, 'no object matches specification'),
  noHandle: status(omapiResult.notFound, 'no matching handle'),
  notSearchable: status(omapiResult.notImplemented, 'unsearchable object type'),
  typeRequired: status(omapiResult.invalidArgument, 'type required on create'),
  exists: status(omapiResult.alreadyExists, 'specified object already exists'),
  cannotCreate: status(omapiResult.notImplemented, "can't create new object"),
  authenticatorNotUpdated: status(omapiResult.success, "can't update object"),
  authenticatorFixed: status(omapiResult.success, 'cannot update authenticator'),
  noRemove: status(omapiResult.notImplemented, 'no remove method for object'),
  noNotify: status(omapiResult.notImplemented, 'notify not implemented yet'),
  denied: status(omapiResult.permissionDenied, 'this key may not do that'),
  notDurable: status(omapiResult.ioError, 'the lease file cannot be written'),
} as const;

export const lookupFailed = (code: number): Status => status(code, 'object lookup failed');
export const updateFailed = (code: number): Status => status(code, "can't update object");
export const flagInvalid = (flag: string): Status => status(omapiResult.invalidArgument, `invalid ${flag} flag value`);
export const plain = (code: number): Status => status(code);
