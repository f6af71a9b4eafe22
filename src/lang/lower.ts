// From the tree of the language to the resolved forms of model/expression.ts: values become wire bytes where they are known.

import type * as model from '../model/expression.ts';
import { encodeLiteral } from '../wire/option-literals.ts';
import type { AddressOrName, Body, Expr, Item, OptionValue, ValueItem } from './ast.ts';

export const lowerAddress = (item: AddressOrName): model.AddressItem =>
  item.kind === 'address'
    ? { kind: 'address', address: item.address }
    : { kind: 'name', name: item.name, span: item.span };

export const lowerStatements = (body: Body): model.Statement[] => body.flatMap(lowerStatement);

const operatorOf: Readonly<Record<string, model.StatementOperator>> = {
  option: 'supersede', parameter: 'supersede', 'server-identifier': 'supersede', supersede: 'supersede', send: 'supersede',
  default: 'default', append: 'append', prepend: 'prepend',
};
const flagBytes = { deny: 0, allow: 1, ignore: 2 } as const;

/** One statement as zero or more; declarations, and statements without meaning for a server, give none. */
export function lowerStatement(item: Item): model.Statement[] {
  const { span } = item;
  switch (item.kind) {
    case 'option-statement': {
      const value = lowerValue(item.value);
      return value === undefined ? [] : [{ kind: 'option', operator: operatorOf[item.operator] ?? 'supersede', option: item.option.definition, value, span }];
    }
    case 'flag-statement':
      return [{ kind: 'option', operator: 'supersede', option: item.definition, value: { kind: 'constant', bytes: Uint8Array.of(flagBytes[item.action]) }, span }];
    case 'if':
      return [{ kind: 'if', condition: lowerBoolean(item.condition), then: lowerStatements(item.then), else: lowerStatements(item.else ?? []), span }];
    case 'switch':
      return [{
        kind: 'switch', subject: lowerExpr(item.subject), span,
        cases: item.cases.map(({ value, body }) => ({ value: value && lowerExpr(value), body: lowerStatements(body) })),
      }];
    case 'on': return [{ kind: 'on', events: item.events, body: lowerStatements(item.body), span }];
    case 'set': case 'define-value': return [{ kind: 'set', name: item.name, value: lowerExpr(item.value), span }];
    case 'unset': return [{ kind: 'unset', name: item.name, span }];
    case 'define-function':
      return [{ kind: 'define', name: item.name, parameters: item.parameters, body: lowerStatements(item.body), span }];
    case 'eval': return item.value.kind === 'variable' ? [] : [{ kind: 'eval', value: lowerExpr(item.value), span }];
    case 'log': return [{ kind: 'log', priority: item.priority ?? 'debug', message: lowerData(item.message), span }];
    case 'execute':
      return [{ kind: 'execute', command: String.fromCharCode(...item.command.bytes), arguments: item.arguments.map(lowerData), span }];
    case 'return': return [{ kind: 'return', value: item.value === undefined ? { kind: 'null', span } : lowerExpr(item.value), span }];
    case 'break': return [{ kind: 'break', span }];
    case 'add': return [{ kind: 'add', className: item.className.text, span }];
    case 'parse-vendor-option': return [{ kind: 'parse-vendor-option', span }];
    default: return [];
  }
}

/** undefined: a literal that cannot be encoded; the parser has told why. */
export function lowerValue(value: OptionValue): model.OptionValue | undefined {
  if (value.kind === 'computed') return { kind: 'computed', expr: lowerData(value.expr) };
  const items = value.records.flat();
  const isAddressList = items.some((item) => item.kind === 'host-name') && items.every((item) => item.kind === 'host-name' || item.kind === 'address');
  if (isAddressList) return { kind: 'addresses', items: (items as AddressOrName[]).map(lowerAddress) };
  const bytes = encodeLiteral(value.records as readonly (readonly Exclude<ValueItem, { kind: 'host-name' }>[])[]);
  return bytes.ok ? { kind: 'constant', bytes: bytes.value } : undefined;
}

export const lowerData = (expr: Expr): model.DataExpr => lowerExpr(expr) as model.DataExpr;
export const lowerBoolean = (expr: Expr): model.BooleanExpr => lowerExpr(expr) as model.BooleanExpr;
const lowerNumber = (expr: Expr): model.NumericExpr => lowerExpr(expr) as model.NumericExpr;

/** The parser has checked types, so each cast names what it is known to be. */
export function lowerExpr(expr: Expr): model.AnyExpr {
  const { span } = expr;
  switch (expr.kind) {
    case 'string': case 'hex': return { kind: 'bytes', bytes: expr.bytes, span };
    case 'number': return { kind: 'number', value: expr.value, span };
    case 'data-word': return { kind: expr.word, span };
    case 'boolean-word': return { kind: expr.word, span };
    case 'numeric-word': return lowerNumericWord(expr.word, span);
    case 'option': case 'config-option': case 'exists': return { kind: expr.kind, option: expr.option.definition, span };
    case 'function': return lowerFunction(expr);
    case 'extract-int': return { kind: 'extract-int', data: lowerData(expr.data), width: expr.width, span };
    case 'encode-int': return { kind: 'encode-int', value: lowerNumber(expr.value), width: expr.width, span };
    case 'gethostbyname': return { kind: 'gethostbyname', name: String.fromCharCode(...expr.name.bytes), span };
    case 'defined': return { kind: 'defined', name: expr.name, span };
    case 'check': return { kind: 'check', collection: expr.collection, span };
    case 'variable': return { kind: 'variable', name: expr.name, span };
    case 'call': return { kind: 'call', name: expr.name, arguments: expr.arguments.map(lowerExpr), span };
    case 'not': return { kind: 'not', operand: lowerBoolean(expr.operand), span };
    case 'parentheses': return lowerExpr(expr.inner);
    case 'binary': return lowerBinary(expr);
  }
}

/** DNS result codes (RFC 2136 §2.2), and the states of the client program, which no server is in. */
const wordCodes: Readonly<Record<string, number>> = {
  reboot: 1, booting: 2, select: 3, request: 4, bound: 5, renew: 6, rebind: 7,
  noerror: 0, formerr: 1, servfail: 2, nxdomain: 3, notimp: 4, refused: 5, yxdomain: 6, yxrrset: 7, nxrrset: 8, notauth: 9, notzone: 10,
};
function lowerNumericWord(word: string, span: Expr['span']): model.AnyExpr {
  if (word === 'lease-time') return { kind: 'lease-time', span };
  const code = wordCodes[word];
  return code === undefined ? { kind: 'null', span } : { kind: 'number', value: code, span };
}

function lowerFunction({ name, arguments: list, span }: Extract<Expr, { kind: 'function' }>): model.AnyExpr {
  const data = (index: number): model.DataExpr => lowerData(list[index] as Expr);
  const number = (index: number): model.NumericExpr => lowerNumber(list[index] as Expr);
  switch (name) {
    case 'substring': return { kind: 'substring', data: data(0), offset: number(1), length: number(2), span };
    case 'suffix': return { kind: 'suffix', data: data(0), length: number(1), span };
    case 'lcase': case 'ucase': return { kind: name, data: data(0), span };
    case 'concat': return { kind: 'concat', parts: list.map(lowerData), span };
    case 'reverse': return { kind: 'reverse', width: number(0), data: data(1), span };
    case 'binary-to-ascii': return { kind: 'binary-to-ascii', base: number(0), width: number(1), separator: data(2), data: data(3), span };
    case 'packet': return { kind: 'packet', offset: number(0), length: number(1), span };
    case 'pick-first-value': return { kind: 'pick-first-value', parts: list.map(lowerData), span };
    case 'v6relay': return { kind: 'null', span };
  }
}

function lowerBinary({ operator, left, right, span }: Extract<Expr, { kind: 'binary' }>): model.AnyExpr {
  switch (operator) {
    case '=': return { kind: 'equal', left: lowerExpr(left), right: lowerExpr(right), span };
    case '!=': return { kind: 'not-equal', left: lowerExpr(left), right: lowerExpr(right), span };
    case '~=': case '~~': return { kind: 'regex', ignoreCase: operator === '~~', left: lowerData(left), right: lowerData(right), span };
    case 'and': case 'or': return { kind: operator, left: lowerBoolean(left), right: lowerBoolean(right), span };
    default: return { kind: 'arithmetic', operator, left: lowerNumber(left), right: lowerNumber(right), span };
  }
}
