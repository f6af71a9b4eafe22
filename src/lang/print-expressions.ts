// Expressions as text. Parentheses are nodes of the tree, so nothing has to be put into parentheses here.

import type { Expr } from './ast.ts';
import { printHex, printOptionName, printString } from './print-literals.ts';

const list = (parts: readonly Expr[]): string => parts.map(printExpr).join(', ');

export function printExpr(expr: Expr): string {
  switch (expr.kind) {
    case 'string':
      return printString(expr.bytes);
    case 'hex':
      return printHex(expr.bytes);
    case 'number':
      return String(expr.value);
    case 'data-word':
      return expr.word === 'gethostname' ? 'gethostname()' : expr.word;
    case 'boolean-word':
    case 'numeric-word':
      return expr.word;
    case 'option':
    case 'config-option':
    case 'exists':
      return `${expr.kind} ${printOptionName(expr.option)}`;
    case 'function':
      return `${expr.name}(${list(expr.arguments)})`;
    case 'call':
      return `${expr.name}(${list(expr.arguments)})`;
    case 'extract-int':
      return `extract-int(${printExpr(expr.data)}, ${expr.width})`;
    case 'encode-int':
      return `encode-int(${printExpr(expr.value)}, ${expr.width})`;
    case 'gethostbyname':
      return `gethostbyname(${printString(expr.name.bytes)})`;
    case 'defined':
      return `defined(${expr.name})`;
    case 'check':
      return `check "${expr.collection}"`;
    case 'variable':
      return expr.name;
    case 'not':
      return `not ${printExpr(expr.operand)}`;
    case 'binary':
      return `${printExpr(expr.left)} ${expr.operator} ${printExpr(expr.right)}`;
    case 'parentheses':
      return `(${printExpr(expr.inner)})`;
  }
}

/** A parenthesis right behind `if` belongs to the `if`, so a condition that begins with one needs another. */
export function printCondition(expr: Expr): string {
  const text = printExpr(expr);
  return text.startsWith('(') ? `(${text})` : text;
}
