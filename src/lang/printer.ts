// The tree as canonical text: one statement a line, two blanks a level. Reading the text again gives the same tree. Comments are not
// in the tree: who changes a file of an operator edits its text by the spans of what changes (`check --fix`).

import { formatIpv4 } from '../std/ipv4.ts';
import { hardwareTypeName } from '../model/hardware.ts';
import type { Body, Declaration, ExecutableStatement, FileTree, HardwareDecl, Item, KeyDecl, PermitDecl } from './ast.ts';
import { printExpr } from './print-expressions.ts';
import { printFailoverPeer, printFailoverState, printLease, printZone } from './print-records.ts';
import {
  printAddress,
  printData,
  printDate,
  printHex,
  printName,
  printOptionName,
  printString,
  printType,
  printValue,
} from './print-literals.ts';
import { printBlock, printStatement } from './print-statements.ts';
import { encodeSource } from './source-text.ts';

/** Ends with a newline; empty for an empty file. Write it as `encodeSource` bytes. */
export function print(tree: FileTree): string {
  return printBody(tree.body)
    .map((line) => `${line}\n`)
    .join('');
}

export const printBody = (body: Body): string[] => body.flatMap(printItem);

/** Lines that belong to a string are not touched: strings are printed on one line. Skipped text is kept as it was. */
export const indent = (lines: readonly string[]): string[] => lines.map((line) => (line === '' ? '' : `  ${line}`));

type Kind = Declaration['kind'];
type Printers = { readonly [K in Kind]: (item: Extract<Declaration, { kind: K }>) => readonly string[] };

const line = (text: string): readonly string[] => [`${text};`];

const printers: Printers = {
  'shared-network': ({ name, body }) => printBlock(`shared-network ${printName(name)}`, body),
  subnet: ({ network, netmask, body }) =>
    printBlock(`subnet ${formatIpv4(network.address)} netmask ${formatIpv4(netmask.address)}`, body),
  group: ({ name, body }) => printBlock(name === undefined ? 'group' : `group ${printName(name)}`, body),
  host: ({ name, body }) => printBlock(`host ${printName(name)}`, body),
  pool: ({ body }) => printBlock('pool', body),
  class: ({ keyword, name, body }) => printBlock(`${keyword} ${printName(name)}`, body),
  subclass: ({ className, key, hasBody, body }) => {
    const head = `subclass ${printName(className)} ${printData(key)}`;
    return hasBody ? printBlock(head, body) : line(head);
  },
  range: ({ isDynamicBootp, low, high }) =>
    line(
      ['range', ...(isDynamicBootp ? ['dynamic-bootp'] : []), ...[low, high].flatMap((end) => (end ? [printAddress(end)] : []))].join(
        ' ',
      ),
    ),
  permit: (item) => line(`${item.action} ${permitText(item)}`),
  'peer-reference': ({ name }) => (name === undefined ? ['no failover peer'] : line(`failover peer ${printName(name)}`)),
  hardware: (item) => [printHardware(item)],
  'fixed-address': ({ addresses }) => line(`fixed-address ${addresses.map(printAddress).join(', ')}`),
  uid: ({ value }) => line(`uid ${printData(value)}`),
  'host-identifier': ({ option, value }) => line(`host-identifier option ${printOptionName(option)}${printValue(value)}`),
  'join-group': ({ name }) => line(`group ${printName(name)}`),
  marker: ({ word }) => line(word),
  'match-if': ({ condition }) => line(`match if ${printExpr(condition)}`),
  match: ({ data }) => line(`match ${printExpr(data)}`),
  spawn: ({ data }) => line(`spawn with ${printExpr(data)}`),
  'lease-limit': ({ limit }) => line(`lease limit ${limit.value}`),
  authority: ({ isAuthoritative }) => line(isAuthoritative ? 'authoritative' : 'not authoritative'),
  interface: ({ name }) => line(`interface ${printName(name)}`),
  key: printKey,
  zone: printZone,
  'failover-peer': printFailoverPeer,
  'failover-state': printFailoverState,
  'option-space': ({ name, codeWidth, lengthWidth, hashSize }) =>
    line(
      [
        `option space ${name}`,
        ...(codeWidth === undefined ? [] : [`code width ${codeWidth}`]),
        ...(lengthWidth === undefined ? [] : [`length width ${lengthWidth}`]),
        ...(hashSize === undefined ? [] : [`hash size ${hashSize}`]),
      ].join(' '),
    ),
  'option-definition': ({ option, code, type }) => line(`option ${printOptionName(option)} code ${code.value} = ${printType(type)}`),
  'lease-id-format': ({ word }) => line(`lease-id-format ${word}`),
  'db-time-format': ({ word }) => line(`db-time-format ${word}`),
  include: ({ path }) => line(`include ${printString(path.bytes)}`),
  'own-block': ({ word, name, body }) => printBlock(name === undefined ? word : `${word} ${printName(name)}`, body),
  'own-match': ({ subject, values }) =>
    line(`match ${subject.text} ${values.map((value) => (value.kind === 'hex' ? printHex(value.bytes) : printName(value))).join(', ')}`),
  'not-served': verbatim,
  skipped: verbatim,
  lease: printLease,
  'authoring-byte-order': ({ word }) => line(`authoring-byte-order ${word}`),
  'server-duid': ({ text }) => line(`server-duid ${text}`),
};

const isDeclaration = (item: Item): item is Declaration => Object.hasOwn(printers, item.kind);

function printItem(item: Item): readonly string[] {
  if (!isDeclaration(item)) return printStatement(item satisfies ExecutableStatement);
  // The table has one printer for each kind, which the compiler cannot relate to the kind of this item.
  return (printers[item.kind] as (item: Declaration) => readonly string[])(item);
}

function verbatim({ span }: { readonly span: Item['span'] }): readonly string[] {
  const text = span.file.text.slice(span.start, span.end);
  return text === '' ? [] : [text];
}

export function printHardware({ htype, address }: HardwareDecl): string {
  const bytes = address.bytes.length === 0 ? '' : ` ${printHex(address.bytes)}`;
  return `hardware ${hardwareTypeName(htype)}${bytes};`;
}

const permitWords = {
  'known-clients': 'known-clients',
  'unknown-clients': 'unknown-clients',
  'all-clients': 'all clients',
  'authenticated-clients': 'authenticated clients',
  'unauthenticated-clients': 'unauthenticated clients',
  'dynamic-bootp-clients': 'dynamic bootp clients',
} as const;

function permitText({ permit }: PermitDecl): string {
  if (permit.kind === 'members-of') return `members of ${printName(permit.className)}`;
  return permit.kind === 'after' ? `after ${printDate(permit.time)}` : permitWords[permit.kind];
}

function printKey({ name, algorithm, secret, hasSemicolon }: KeyDecl): readonly string[] {
  const members = [
    ...(algorithm === undefined ? [] : [`algorithm ${printName(algorithm)};`]),
    ...(secret === undefined ? [] : [`secret ${secret.isQuoted ? printString(encodeSource(secret.text)) : secret.text};`]),
  ];
  return [`key ${printName(name)} {`, ...indent(members), hasSemicolon ? '};' : '}'];
}
