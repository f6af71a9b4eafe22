// Which keys open OMAPI, and what their owners may do.

import { keyName } from '../../model/key-name.ts';
import type { Key, ServerConfig } from '../../model/server-config.ts';
import type { OmapiRole } from '../../model/omapi-settings.ts';
import { isOmapiAlgorithm, omapiSigner } from '../../wire/omapi-signature.ts';
import type { OmapiSigner } from '../../wire/omapi-message.ts';
import type { OmapiRight } from './object-kind.ts';

export interface OmapiKey {
  readonly name: string;
  /** As on the wire. */
  readonly algorithmText: string;
  readonly isWeak: boolean;
  readonly signer: OmapiSigner;
  readonly role: OmapiRole;
}

const nothing: ReadonlySet<OmapiRight> = new Set();
const rightsOf: Readonly<Record<OmapiRole, ReadonlySet<OmapiRight>>> = {
  everything: new Set(['hosts', 'leases', 'control']),
  look: nothing,
  hosts: new Set(['hosts']),
  leases: new Set(['leases']),
};
export const mayChange = (role: OmapiRole, right: OmapiRight): boolean => rightsOf[role].has(right);

export const isKeyed = ({ settings }: ServerConfig): boolean => settings.omapiKey !== undefined;

/** Names and algorithms compare without letter case, whole: a dot too many is another name (§1.5). */
export function findKey(config: ServerConfig, name: string, algorithm: string): OmapiKey | undefined {
  const declared = config.keys.find((key) => keyName(key.name) === name.toLowerCase());
  const role = declared === undefined ? undefined : roleOf(declared, config);
  if (declared === undefined || role === undefined || declared.algorithmText.toLowerCase() !== algorithm.toLowerCase()) return undefined;
  const { name: own, algorithmText, algorithm: known, secret } = declared;
  if (!isOmapiAlgorithm(known)) return undefined;
  const isWeak = known === 'hmac-md5';
  if (isWeak && !config.leasehold.omapi.allowsMd5) return undefined;
  return { name: own, algorithmText, isWeak, signer: omapiSigner(known, secret), role };
}

/** The omapi-key may do everything, keys of leasehold.conf what it says. Without an omapi-key every key opens, as with dhcpd. */
function roleOf({ name }: Key, { settings, leasehold }: ServerConfig): OmapiRole | undefined {
  if (settings.omapiKey === undefined) return 'everything';
  if (keyName(settings.omapiKey) === keyName(name)) return 'everything';
  return leasehold.omapi.roles.get(keyName(name))?.role;
}
