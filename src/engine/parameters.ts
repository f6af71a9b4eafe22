// The parameters that the scopes leave for one kind of client, as the engine acts upon them (dhcpd-conf reference §5).

import type { Ipv4 } from '../std/ipv4.ts';
import { seconds, type Seconds } from '../std/time.ts';
import { optionCode, serverOptionCode } from '../wire/option-table.ts';

/** Values by code, per option space. */
export type OptionValues = Map<string, Map<number, Uint8Array>>;

/** The parameters the engine acts upon, with dhcpd's defaults (dhcpd-conf reference §5). */
export interface Parameters {
  readonly defaultLeaseTime: Seconds;
  readonly maxLeaseTime: Seconds;
  /** undefined: 300, or max-lease-time if that is smaller. */
  readonly minLeaseTime: Seconds | undefined;
  readonly bootpLeaseLength: Seconds | undefined;
  readonly bootpLeaseCutoff: number | undefined;
  readonly bootUnknownClients: Flag;
  readonly allowBootp: Flag;
  readonly allowBooting: Flag;
  readonly allowDeclines: Flag;
  readonly allowLeasequery: Flag;
  readonly duplicates: Flag;
  readonly oneLeasePerClient: boolean;
  readonly useHostDeclNames: boolean;
  readonly useLeaseAddrForDefaultRoute: boolean;
  readonly minSecs: number;
  readonly filename: Uint8Array | undefined;
  readonly serverName: Uint8Array | undefined;
  readonly nextServer: Ipv4;
  readonly alwaysReplyRfc1048: boolean;
  readonly alwaysBroadcast: boolean;
  readonly stashAgentOptions: boolean;
  readonly pingCheck: boolean;
  readonly pingTimeoutMillis: number;
  readonly pingClttSeconds: number;
  readonly infiniteIsReserved: boolean;
  readonly adaptiveThreshold: number;
  /** Percent; 0: no lines. */
  readonly thresholdHigh: number;
  readonly thresholdLow: number;
  readonly cacheThreshold: number;
  readonly ignoreClientUids: boolean;
  readonly echoClientId: boolean;
  readonly fqdnReply: boolean;
  readonly clientUpdates: Flag;
  readonly ddnsUpdates: boolean;
  readonly vendorOptionSpace: string | undefined;
  /** Lower case; codes from its lowest one on are its, not those of the dhcp space. */
  readonly siteOptionSpace: string | undefined;
  readonly getLeaseHostnames: boolean;
  /** Options 54, 57, 58 and 59 as configured; 0 where they are not. */
  readonly serverIdentifier: Ipv4;
  readonly maxMessageSize: number;
  readonly renewalTime: number;
  readonly rebindingTime: number;
}
/** 0 deny, 1 allow, 2 ignore: as deny, without a log line. */
export type Flag = 0 | 1 | 2;

const code = serverOptionCode;

/** A name as a value holds it: of an option space. */
export const nameIn = (bytes: Uint8Array): string => String.fromCharCode(...bytes).replace(/\0+$/, '').toLowerCase();

export function parametersOf(values: OptionValues): Parameters {
  const server = values.get('server');
  const bytes = (option: number): Uint8Array | undefined => server?.get(option);
  const number = (option: number): number | undefined => {
    const value = bytes(option);
    return value === undefined || value.length === 0 ? undefined : value.reduce((sum, byte) => sum * 256 + byte, 0);
  };
  const duration = (option: number): Seconds | undefined => {
    const value = number(option);
    return value === undefined ? undefined : seconds(value);
  };
  const main = (option: number, size: number): number => {
    const value = values.get('dhcp')?.get(option);
    return value?.length === size ? value.reduce((sum, byte) => sum * 256 + byte, 0) : 0;
  };
  const flag = (option: number, byDefault: Flag): Flag => Math.min(number(option) ?? byDefault, 2) as Flag;
  const isOn = (option: number, byDefault: boolean): boolean => flag(option, byDefault ? 1 : 0) === 1;
  const millis = number(code.pingTimeoutMs) ?? 0;
  const nextServer = bytes(code.nextServer);
  const space = bytes(code.vendorOptionSpace);
  const site = bytes(code.siteOptionSpace);
  return {
    defaultLeaseTime: duration(code.defaultLeaseTime) ?? seconds(43_200),
    maxLeaseTime: duration(code.maxLeaseTime) ?? seconds(86_400),
    minLeaseTime: duration(code.minLeaseTime),
    bootpLeaseLength: duration(code.dynamicBootpLeaseLength),
    bootpLeaseCutoff: number(code.dynamicBootpLeaseCutoff),
    bootUnknownClients: flag(code.bootUnknownClients, 1),
    allowBootp: flag(code.allowBootp, 1),
    allowBooting: flag(code.allowBooting, 1),
    allowDeclines: flag(code.declines, 1),
    allowLeasequery: flag(code.leasequery, 0),
    duplicates: flag(code.duplicates, 1),
    oneLeasePerClient: isOn(code.oneLeasePerClient, false),
    useHostDeclNames: isOn(code.useHostDeclNames, false),
    useLeaseAddrForDefaultRoute: isOn(code.useLeaseAddrForDefaultRoute, false),
    minSecs: number(code.minSecs) ?? 0,
    filename: bytes(code.filename),
    serverName: bytes(code.serverName),
    nextServer: (nextServer === undefined || nextServer.length < 4
      ? 0
      : new DataView(nextServer.buffer, nextServer.byteOffset).getUint32(0)) as Ipv4,
    alwaysReplyRfc1048: isOn(code.alwaysReplyRfc1048, false),
    alwaysBroadcast: isOn(code.alwaysBroadcast, false),
    stashAgentOptions: isOn(code.stashAgentOptions, true),
    pingCheck: isOn(code.pingCheck, true),
    pingTimeoutMillis: millis > 0 ? millis : (number(code.pingTimeout) ?? 1) * 1000,
    pingClttSeconds: number(code.pingClttSecs) ?? 60,
    infiniteIsReserved: isOn(code.infiniteIsReserved, false),
    adaptiveThreshold: number(code.adaptiveLeaseTimeThreshold) ?? 0,
    thresholdHigh: Math.min(number(code.logThresholdHigh) ?? 0, 100),
    thresholdLow: number(code.logThresholdLow) ?? 0,
    cacheThreshold: number(code.dhcpCacheThreshold) ?? 25,
    ignoreClientUids: isOn(code.ignoreClientUids, false),
    echoClientId: isOn(code.echoClientId, true),
    fqdnReply: isOn(code.fqdnReply, true),
    clientUpdates: flag(code.clientUpdates, 1),
    ddnsUpdates: isOn(code.ddnsUpdates, true),
    vendorOptionSpace: space === undefined ? undefined : nameIn(space),
    siteOptionSpace: site === undefined ? undefined : nameIn(site),
    getLeaseHostnames: isOn(code.getLeaseHostnames, false),
    serverIdentifier: main(optionCode.serverIdentifier, 4) as Ipv4,
    maxMessageSize: main(optionCode.maxMessageSize, 2),
    renewalTime: main(optionCode.renewalTime, 4),
    rebindingTime: main(optionCode.rebindingTime, 4),
  };
}
