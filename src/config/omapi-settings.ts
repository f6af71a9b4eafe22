// Settings of leasehold.conf for OMAPI: where it listens, who may connect, and what keys besides the omapi-key may do.

import { anyAddress, ipv4FromBytes, networkOf, parseIpv4, type Ipv4 } from '../std/ipv4.ts';
import { fromLatin1 } from '../std/bytes.ts';
import type { OmapiRole, OmapiSettings } from '../model/omapi-settings.ts';
import { keyName } from '../model/key-name.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { ServerConfig } from '../model/server-config.ts';
import { error } from '../lang/diagnostics/make.ts';
import { isOn, numberOf, type NamedRow } from './setting-rows.ts';

export const omapiDefaults: OmapiSettings = {
  address: anyAddress,
  clients: [],
  connectionsMax: 64,
  allowsMd5: true,
  allowsExecute: false,
  allowsShutdown: true,
  roles: new Map(),
};

/** C1405: a role for a key that dhcpd.conf does not have. */
export const unknownRoleKeys = ({ keys, leasehold }: ServerConfig): Diagnostic[] =>
  [...leasehold.omapi.roles]
    .filter(([name]) => !keys.some((key) => keyName(key.name) === name))
    .map(([name, { span }]) =>
      error('C1405', span, `dhcpd.conf has no key ${name}`, { help: `make one there: \`leasehold keygen ${name}\`` }),
    );

/** What the listener takes at once. */
const connectionsLimit = 250;

interface Owner {
  omapi: OmapiSettings;
}


/** `10.1.0.0/16`, or one address. */
function networkFrom(text: string): OmapiSettings['clients'][number] | undefined {
  const [, address = '', length = '32'] = /^([\d.]+)(?:\/(\d{1,2}))?$/.exec(text) ?? [];
  const ip = parseIpv4(address);
  if (ip === undefined || Number(length) > 32) return undefined;
  const mask = (length === '0' ? 0 : (0xffffffff << (32 - Number(length))) >>> 0) as Ipv4;
  return { network: networkOf(ip, mask), mask };
}

/** A row for keys of a role; may be repeated. */
const roleRow = (name: string, role: OmapiRole, help: string): NamedRow<Owner> => ({
  name,
  format: 't',
  unit: 'key name in quotes',
  byDefault: 'none',
  example: `${name} "${role === 'look' ? 'monitoring' : role === 'hosts' ? 'foreman' : 'helpdesk'}";`,
  help: `${help} The key itself stands in dhcpd.conf. May be repeated.`,
  apply: (settings, bytes, span) => {
    const roles = new Map(settings.omapi.roles).set(keyName(fromLatin1(bytes)), { role, span });
    settings.omapi = { ...settings.omapi, roles };
  },
});

const flagRow = (name: string, byDefault: boolean, help: string, change: (isSet: boolean) => Partial<OmapiSettings>): NamedRow<Owner> => ({
  name,
  format: 'f',
  unit: 'on or off',
  byDefault: byDefault ? 'on' : 'off',
  example: `${name} ${byDefault ? 'off' : 'on'};`,
  help,
  apply: (settings, bytes) => {
    settings.omapi = { ...settings.omapi, ...change(isOn(bytes)) };
  },
});

export const omapiSettingRows: readonly NamedRow<Owner>[] = [
  {
    name: 'omapi-address',
    format: 'I',
    unit: 'address',
    byDefault: 'every address, as dhcpd',
    example: 'omapi-address 127.0.0.1;',
    help: 'Where OMAPI listens; its port is `omapi-port` of dhcpd.conf. OMAPI is not encrypted: listen on loopback where all its users are on this machine, or come through a tunnel.',
    apply: (settings, bytes) => {
      settings.omapi = { ...settings.omapi, address: ipv4FromBytes(bytes) };
    },
  },
  {
    name: 'omapi-client',
    format: 't',
    unit: 'address or network in quotes',
    byDefault: 'all',
    example: 'omapi-client "10.1.0.0/24";',
    help: 'Who may connect to OMAPI. May be repeated; without it everybody may.',
    problem: (bytes) =>
      networkFrom(fromLatin1(bytes)) === undefined ? 'this must be an address, or a network such as "10.1.0.0/24"' : undefined,
    apply: (settings, bytes) => {
      const client = networkFrom(fromLatin1(bytes));
      if (client !== undefined) settings.omapi = { ...settings.omapi, clients: [...settings.omapi.clients, client] };
    },
  },
  {
    name: 'omapi-connections',
    format: 'L',
    unit: 'connections',
    byDefault: '64',
    example: 'omapi-connections 200;',
    min: 8,
    help: `Connections to OMAPI at once, ${connectionsLimit} at most. When there are more, a stranger that was silent longest gives way; clients that showed a key stay.`,
    problem: (bytes) => (numberOf(bytes) > connectionsLimit ? `this must be at most ${connectionsLimit}` : undefined),
    apply: (settings, bytes) => {
      settings.omapi = { ...settings.omapi, connectionsMax: numberOf(bytes) };
    },
  },
  flagRow('omapi-hmac-md5', true, 'Keys with hmac-md5 may be used. It is weak, and the only algorithm that pypureomapi and old versions of omshell know.', (allowsMd5) => ({ allowsMd5 })),
  flagRow('omapi-execute', false, 'Statements of a host that comes over OMAPI may contain `execute`: whoever has the key may then run programs on this machine as the server.', (allowsExecute) => ({ allowsExecute })),
  flagRow('omapi-shutdown', true, 'The omapi-key may stop the server through a control object, as with dhcpd. Without an omapi-key nobody may.', (allowsShutdown) => ({ allowsShutdown })),
  roleRow('omapi-look-key', 'look', 'A further key that may look at everything and change nothing.'),
  roleRow('omapi-host-key', 'hosts', 'A further key that may also make, change and delete hosts and groups.'),
  roleRow('omapi-lease-key', 'leases', 'A further key that may also change leases.'),
];
