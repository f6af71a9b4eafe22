// Executable statements as lines of text.

import type { Body, ExecutableStatement, IfStatement, OptionStatement, SwitchStatement } from './ast.ts';
import { printCondition, printExpr } from './print-expressions.ts';
import { printName, printOptionName, printString, printValue } from './print-literals.ts';
import { indent, printBody } from './printer.ts';

export function printStatement(item: ExecutableStatement): readonly string[] {
  switch (item.kind) {
    case 'option-statement':
      return [`${optionHead(item)}${printValue(item.value)};`];
    case 'flag-statement':
      return [`${item.action} ${item.word};`];
    case 'if':
      return printIf(item);
    case 'switch':
      return printSwitch(item);
    case 'on':
      return item.body.length === 0
        ? [`on ${item.events.join(' or ')};`]
        : printBlock(`on ${item.events.join(' or ')}`, item.body);
    case 'set':
      return [`set ${item.name} = ${printExpr(item.value)};`];
    case 'unset':
      return [`unset ${item.name};`];
    case 'define-function':
      return printBlock(`define ${item.name}(${item.parameters.join(', ')})`, item.body);
    case 'define-value':
      return [`define ${item.name} = ${printExpr(item.value)};`];
    case 'eval':
      return [`${item.isBare ? '' : 'eval '}${printExpr(item.value)};`];
    case 'log':
      return [`log(${item.priority === undefined ? '' : `${item.priority}, `}${printExpr(item.message)});`];
    case 'execute':
      return [`execute(${[printString(item.command.bytes), ...item.arguments.map(printExpr)].join(', ')});`];
    case 'return':
      return [`return ${item.value === undefined ? 'null' : printExpr(item.value)};`];
    case 'break':
      return ['break;'];
    case 'add':
      return [`add ${printName(item.className)};`];
    case 'parse-vendor-option':
      return ['parse-vendor-option;'];
  }
}

function optionHead({ operator, option }: OptionStatement): string {
  if (operator === 'parameter') return option.name;
  if (operator === 'server-identifier') return operator;
  return `${operator} ${printOptionName(option)}`;
}

export const printBlock = (head: string, body: Body): readonly string[] =>
  body.length === 0 ? [`${head} { }`] : [`${head} {`, ...indent(printBody(body)), '}'];

/** Chains of `elsif` are walked, not recursed into: they can be long. */
function printIf(first: IfStatement): readonly string[] {
  const lines = [`if ${printCondition(first.condition)} {`, ...indent(printBody(first.then))];
  for (let rest = first.else; rest !== undefined; ) {
    const [only] = rest;
    if (rest.length === 1 && only?.kind === 'if' && only.isElsif) {
      lines.push(`} elsif ${printCondition(only.condition)} {`, ...indent(printBody(only.then)));
      rest = only.else;
    } else {
      lines.push('} else {', ...indent(printBody(rest)));
      break;
    }
  }
  lines.push('}');
  return lines;
}

function printSwitch({ subject, lead, cases }: SwitchStatement): readonly string[] {
  const labelled = cases.flatMap(({ value, body }) => [
    value === undefined ? 'default:' : `case ${printExpr(value)}:`,
    ...indent(printBody(body)),
  ]);
  return [`switch (${printExpr(subject)}) {`, ...indent([...printBody(lead), ...labelled]), '}'];
}
