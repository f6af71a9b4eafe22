// Declarations with members of their own kind as lines of text: zones, failover peers, leases.

import { formatIpv4 } from '../std/ipv4.ts';
import type { FailoverMember, FailoverPeerDecl, FailoverStateDecl, LeaseDecl, LeaseMember, ZoneDecl, ZoneMember } from './ast.ts';
import { printAddress, printData, printDate, printHex, printName, printOptionName, printValue } from './print-literals.ts';
import { printStatement } from './print-statements.ts';
import { indent, printHardware } from './printer.ts';

export const printZone = ({ name, members }: ZoneDecl): readonly string[] => [
  `zone ${printName(name)} {`,
  ...indent(members.map(zoneMember)),
  '}',
];

function zoneMember(member: ZoneMember): string {
  if (member.kind === 'zone-key') return `key ${printName(member.name)};`;
  if ('text' in member) return `${member.kind} ${member.text};`;
  return `${member.kind} ${member.addresses.map(printAddress).join(', ')};`;
}

export const printFailoverPeer = ({ name, members }: FailoverPeerDecl): readonly string[] => [
  `failover peer ${printName(name)} {`,
  ...indent(members.map(failoverMember)),
  '}',
];

function failoverMember(member: FailoverMember): string {
  switch (member.kind) {
    case 'role':
      return `${member.role};`;
    case 'peer-address':
      return `${member.isPartner ? 'peer ' : ''}address ${printAddress(member.address)};`;
    case 'peer-number':
      return `${member.isPartner ? 'peer ' : ''}${member.word} ${member.value.value};`;
    case 'failover-number':
      return `${member.word} ${member.value.value};`;
    case 'hba':
      return `hba ${printHex(member.buckets.bytes)};`;
  }
}

export function printFailoverState({ name, my, partner, mclt }: FailoverStateDecl): readonly string[] {
  const settings = Object.entries({ my, partner }).flatMap(([who, setting]) =>
    setting === undefined
      ? []
      : [`${who} state ${setting.state}${setting.at === undefined ? '' : ` at ${printDate(setting.at)}`};`],
  );
  const last = mclt === undefined ? [] : [`mclt ${mclt.value};`];
  return [`failover peer ${printName(name)} state {`, ...indent([...settings, ...last]), '}'];
}

export const printLease = ({ address, members }: LeaseDecl): readonly string[] => [
  `lease ${formatIpv4(address.address)} {`,
  ...indent(members.flatMap(leaseMember)),
  '}',
];

const stateHeads = { current: 'binding state', next: 'next binding state', rewind: 'rewind binding state' } as const;

function leaseMember(member: LeaseMember): readonly string[] {
  switch (member.kind) {
    case 'lease-time':
      return [`${member.word} ${printDate(member.time)};`];
    case 'binding-state':
      return [`${stateHeads[member.which]} ${member.state};`];
    case 'hardware':
      return [printHardware(member)];
    case 'uid':
      return [`uid ${printData(member.value)};`];
    case 'client-hostname':
      return [`client-hostname ${printName(member.name)};`];
    case 'lease-flag':
      return [`${member.word};`];
    case 'billing':
      return [
        member.key === undefined
          ? `billing class ${printName(member.className)};`
          : `billing subclass ${printName(member.className)} ${printData(member.key)};`,
      ];
    case 'lease-variable':
      return [`set ${member.name} = ${variableText(member.value)};`];
    case 'agent-option':
      return [`option ${printOptionName(member.option)}${printValue(member.value)};`];
    case 'on':
      return printStatement(member);
    case 'legacy-name':
      return [`${member.word} ${printName(member.name)};`];
    case 'skipped':
      return [member.span.file.text.slice(member.span.start, member.span.end)];
  }
}

function variableText(value: Extract<LeaseMember, { kind: 'lease-variable' }>['value']): string {
  if (value.kind === 'number') return `%${value.value}`;
  return value.kind === 'boolean' ? String(value.value) : printData(value);
}
