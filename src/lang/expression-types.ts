// dhcpd's three types, and what it expects while it reads an expression (dhcpd-conf reference §8.1).

import type { BinaryOperator, Expr, ExprType } from './ast.ts';

/** What the reader expects; a lone number is a number only where numbers are expected, else a hex byte. */
export type Context = ExprType | 'any' | 'data-or-numeric';

const comparisons: ReadonlySet<BinaryOperator> = new Set(['=', '!=', '~=', '~~']);
export const isLogic = (operator: BinaryOperator): boolean => operator === 'and' || operator === 'or';
export const isArithmetic = (operator: BinaryOperator): boolean => !isLogic(operator) && !comparisons.has(operator);

/** `any`: a variable or a call, whose type shows when it is evaluated. */
export function typeOf(expr: Expr): ExprType | 'any' {
  switch (expr.kind) {
    case 'string':
    case 'hex':
    case 'data-word':
    case 'option':
    case 'config-option':
    case 'function':
    case 'encode-int':
    case 'gethostbyname':
      return 'data';
    case 'number':
    case 'numeric-word':
    case 'extract-int':
      return 'numeric';
    case 'boolean-word':
    case 'exists':
    case 'defined':
    case 'check':
    case 'not':
      return 'boolean';
    case 'binary':
      return isArithmetic(expr.operator) ? 'numeric' : 'boolean';
    case 'parentheses':
      return typeOf(expr.inner);
    case 'variable':
    case 'call':
      return 'any';
  }
}

/** What dhcpd expects right of an operator that it met with a tighter one in its hands. */
export const contextOf = (operator: BinaryOperator): Context =>
  isLogic(operator) ? 'boolean' : isArithmetic(operator) ? 'numeric' : 'data';

/** Greater binds tighter (§8.2). */
export const rank: Readonly<Record<BinaryOperator, number>> = {
  '&': 100,
  '|': 100,
  '^': 100,
  '=': 4,
  '!=': 4,
  '~=': 4,
  '~~': 4,
  and: 3,
  or: 3,
  '+': 2,
  '*': 1,
  '/': 1,
  '%': 1,
};
