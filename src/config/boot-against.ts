// What boot block and dhcpd.conf say together, where machines with a profile would get no file that boots them.

import type { BootSettings } from '../model/boot-settings.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { OptionStatement, Statement } from '../model/expression.ts';
import { firmwareRows, firmwares, isHttpFirmware, type Firmware } from '../model/firmware.ts';
import { familyOf, runnerOf } from '../model/loader-fit.ts';
import type { HostDeclaration, Scope } from '../model/server-config.ts';
import type { Span } from '../model/span.ts';
import { fromLatin1 } from '../std/bytes.ts';
import { serverOptionCode } from '../wire/option-codes.ts';
import { warning } from '../lang/diagnostics/make.ts';
import { placedStatements } from './placed-statements.ts';

const romPort = 69;

/** C1431: warning; at the first profile, because the port alone may be what somebody wants. */
const cannotLoad = (span: Span, kinds: readonly Firmware[], why: string, help: string): Diagnostic =>
  warning('C1431', span, `boot profiles give no first file to firmware that loads by ${kinds.some(isHttpFirmware) ? 'HTTP' : 'TFTP'}: ${why}`, {
    notes: [{ message: kinds.map((name) => firmwareRows[name].title).join('; ') }],
    help,
  });

/** Without HTTP only who has named a loader for it is surprised. */
function byPorts({ tftpPort, httpPort, loaders }: BootSettings, span: Span): Diagnostic[] {
  const [http, tftp] = [firmwares.filter((name) => isHttpFirmware(name) && loaders[name] !== undefined), firmwares.filter((name) => !isHttpFirmware(name))];
  const why = tftpPort === 0 ? 'tftp-port is 0' : `tftp-port is ${tftpPort}, and firmware knows no other than ${romPort}`;
  return [
    ...(tftpPort === romPort ? [] : [cannotLoad(span, tftp, why, 'leave tftp-port out of the boot block')]),
    ...(httpPort !== 0 || http.length === 0 ? [] : [cannotLoad(span, http, 'http-port is 0', 'serve HTTP: http-port 8080; in the boot block')]),
  ];
}

/** C1432: warning; the classic reason why half of the machines do nothing with their first file. */
const oneForAll = (span: Span, name: string): Diagnostic => {
  const family = familyOf(name) ?? 'bios';
  const other = family === 'bios' ? 'uefi' : 'bios';
  return warning('C1432', span, `every machine here is told ${name}, also ${runnerOf[other]}, which cannot run it`, {
    notes: [{ message: 'a filename of dhcpd.conf comes before the first files of boot profiles, which differ by firmware' }],
    help: 'leave the filename out, and each machine with a profile is told its own; or give it to clients with the right option 93 only',
  });
};

const isFilename = (statement: Statement): statement is OptionStatement =>
  statement.kind === 'option' && statement.option.space === 'server' && statement.option.code === serverOptionCode.filename;

const hasConditionalFilename = (scope: Scope): boolean =>
  [...placedStatements([scope])].some(
    ({ statement, around }) => around.length > 0 && around.every(({ kind }) => kind === 'if' || kind === 'switch') && isFilename(statement),
  );
const byFirmware: ReadonlySet<Scope['kind']> = new Set(['class', 'subclass', 'host']);

/** `scopes`: all of dhcpd.conf's. */
export function bootAgainst(boot: BootSettings, scopes: readonly Scope[], hosts: readonly HostDeclaration[]): Diagnostic[] {
  const [first] = boot.profiles;
  if (first === undefined) return [];
  const ports = byPorts(boot, first.span);
  // Where some clients are told something else, the plain one may be meant for the rest.
  const isSorted = scopes.some((scope) => hasConditionalFilename(scope) || (scope.kind !== 'host' && byFirmware.has(scope.kind) && scope.statements.some(isFilename)));
  if (isSorted) return ports;
  // A pool's is for strangers, but where hosts are declared inside it.
  const isForMany = (scope: Scope): boolean => !byFirmware.has(scope.kind) && (scope.kind !== 'pool' || hosts.some((host) => host.scopes.includes(scope)));
  const plain = scopes.filter(isForMany).flatMap(({ statements }) => statements.filter(isFilename));
  const names = plain.flatMap(({ value, span }) => (value.kind === 'constant' ? [{ span, name: fromLatin1(value.bytes).replace(/\0.*$/s, '') }] : []));
  return [...ports, ...names.filter(({ name }) => familyOf(name) !== undefined).map(({ span, name }) => oneForAll(span, name))];
}
