// Parameters that are read once at start, from file level (dhcpd-conf reference §5, scope *start*).

import { keyName } from '../model/key-name.ts';
import { fromLatin1 } from '../std/bytes.ts';
import { ipv4FromBytes } from '../std/ipv4.ts';
import { seconds } from '../std/time.ts';
import type { AddressItem, OptionStatement, Statement } from '../model/expression.ts';
import type { Scope, StartSettings } from '../model/server-config.ts';
import type { Span } from '../model/span.ts';
import { enumerations, serverOptionCode as code } from '../wire/option-table.ts';
import { findKey, isRefusedKey } from './build-keys.ts';
import * as peers from './diagnostics/peers.ts';
import type { Build } from './drafts.ts';

/** Values of space `server` at file level by code; a later statement replaces an earlier one, `default` does not. */
class FileParameters {
  readonly #byCode = new Map<number, OptionStatement>();

  constructor(statements: readonly Statement[]) {
    for (const statement of statements) {
      if (statement.kind !== 'option' || statement.option.space !== 'server') continue;
      if (statement.operator === 'default' && this.#byCode.has(statement.option.code)) continue;
      this.#byCode.set(statement.option.code, statement);
    }
  }
  #bytes(option: number): Uint8Array | undefined {
    const value = this.#byCode.get(option)?.value;
    return value?.kind === 'constant' ? value.bytes : undefined;
  }
  span(option: number): Span | undefined {
    return this.#byCode.get(option)?.span;
  }
  text(option: number): string | undefined {
    const bytes = this.#bytes(option);
    return bytes === undefined || bytes.length === 0 ? undefined : fromLatin1(bytes);
  }
  number(option: number): number | undefined {
    return this.#bytes(option)?.reduce((sum, byte) => sum * 256 + byte, 0);
  }
  isOn(option: number): boolean {
    return this.number(option) === 1;
  }
  address(option: number): AddressItem | undefined {
    const value = this.#byCode.get(option)?.value;
    if (value?.kind === 'addresses') return value.items[0];
    return value?.kind === 'constant' && value.bytes.length >= 4
      ? { kind: 'address', address: ipv4FromBytes(value.bytes) }
      : undefined;
  }
  word(option: number, enumeration: string): string | undefined {
    const value = this.number(option);
    return enumerations.get(enumeration)?.find(([, number]) => number === value)?.[0];
  }
}

const updateStyles = { none: 'none', interim: 'interim', standard: 'standard' } as const;
const isStyle = (word: string): word is keyof typeof updateStyles => Object.hasOwn(updateStyles, word);

export function startSettings(build: Build, global: Scope): StartSettings {
  const parameters = new FileParameters(global.statements);
  const style = parameters.word(code.ddnsUpdateStyle, 'ddns-styles') ?? 'none';
  const styleSpan = parameters.span(code.ddnsUpdateStyle);
  const omapiKey = parameters.text(code.omapiKey);
  // dhcpd looks at the key first, and ends at the first of the two.
  checkOmapiKey(build, omapiKey, parameters.span(code.omapiKey));
  if (!isStyle(style) && styleSpan !== undefined) build.report(peers.adHocUpdates(styleSpan));
  return {
    leaseFileName: parameters.text(code.leaseFileName),
    pidFileName: parameters.text(code.pidFileName),
    omapiPort: parameters.number(code.omapiPort),
    omapiKey,
    localPort: parameters.number(code.localPort),
    remotePort: parameters.number(code.remotePort),
    localAddress: parameters.address(code.localAddress),
    limitedBroadcastAddress: parameters.address(code.limitedBroadcastAddress),
    logFacility: parameters.word(code.logFacility, 'syslog-facilities') ?? 'daemon',
    abandonLeaseTime: seconds(parameters.number(code.abandonLeaseTime) ?? 86_400),
    leaseIdFormat: build.leaseIdFormat,
    dbTimeFormat: build.dbTimeFormat,
    ddnsUpdateStyle: isStyle(style) ? style : 'none',
    serverIdCheck: parameters.isOn(code.serverIdCheck),
    checkSecsByteOrder: parameters.isOn(code.checkSecsByteOrder),
  };
}

function checkOmapiKey(build: Build, name: string | undefined, span: Span | undefined): void {
  if (name === undefined || span === undefined) return;
  const index = findKey(build, name);
  if (index === undefined && isRefusedKey(build, name)) return;
  if (index === undefined) build.report(peers.omapiKeyMissing(span, name, build.keysByName.keys()));
  else build.facts.keyUses.add(keyName(name));
}
