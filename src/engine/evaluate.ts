// dhcpd's expressions over one packet (dhcpd-conf reference §8). Three types, and NULL (`undefined`) for what is not defined.
// Cold: scopes without expressions never come here.

import { concatBytes, emptyBytes, fromLatin1, latin1 } from '../std/bytes.ts';
import { ipv4ToBytes, type Ipv4 } from '../std/ipv4.ts';
import type { AnyExpr, BooleanExpr, DataExpr, NumericExpr, Statement } from '../model/expression.ts';
import type { VariableValue } from '../model/lease.ts';
import { dhcpAt, type DhcpView } from '../wire/dhcp-view.ts';
import { RegexCache } from './posix-regex.ts';
import type { OptionDefinition } from '../wire/option-table.ts';

/** What expressions can see. */
export interface Environment {
  readonly view: DhcpView;
  /** Value of an option in the request; encapsulated spaces are looked into. */
  readonly requestOption: (option: OptionDefinition) => Uint8Array | undefined;
  /** Value set so far for the reply. */
  readonly replyOption: (option: OptionDefinition) => Uint8Array | undefined;
  readonly isKnown: boolean;
  readonly isStatic: boolean;
  readonly hostName: string | undefined;
  readonly leasedAddress: Ipv4 | undefined;
  /** Seconds granted, or left before that is known; undefined without a lease. */
  readonly leaseTime: () => number | undefined;
  readonly serverName: string;
  readonly addressesOf: (name: string) => readonly Ipv4[] | undefined;
  /** Lower-case names; functions are values of kind `function`. */
  readonly variables: Map<string, Variable>;
  /** Problems worth a debug line. */
  readonly report: (text: string) => void;
  /** Set by `parse-vendor-option`: option 43 of the request is read as options of this space. Shared by copies of an environment. */
  readonly vendor: { space: string | undefined };
  /** Calls left before an expression is given up: functions can recurse. */
  callsLeft: number;
}

export type Variable =
  VariableValue | { readonly kind: 'function'; readonly parameters: readonly string[]; readonly body: readonly Statement[] };

type Value = Uint8Array | number | boolean;

const bytesOf = (value: Value | undefined): Uint8Array | undefined => (value instanceof Uint8Array ? value : undefined);
const numberOf = (value: Value | undefined): number | undefined => (typeof value === 'number' ? value : undefined);
const booleanOf = (value: Value | undefined): boolean | undefined => (typeof value === 'boolean' ? value : undefined);

export const evaluateData = (expr: DataExpr, env: Environment): Uint8Array | undefined => bytesOf(evaluate(expr, env));
export const evaluateNumber = (expr: NumericExpr, env: Environment): number | undefined => numberOf(evaluate(expr, env));
export const evaluateBoolean = (expr: BooleanExpr, env: Environment): boolean | undefined => booleanOf(evaluate(expr, env));

export function toVariable(value: Value | undefined): VariableValue | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number') return { kind: 'number', value };
  return typeof value === 'boolean' ? { kind: 'boolean', value } : { kind: 'data', bytes: value };
}
function fromVariable(variable: Variable | undefined): Value | undefined {
  switch (variable?.kind) {
    case 'data': return variable.bytes;
    case 'number': return variable.value;
    case 'boolean': return variable.value;
    default: return undefined;
  }
}

export function evaluate(expr: AnyExpr, env: Environment): Value | undefined {
  switch (expr.kind) {
    case 'bytes': return expr.bytes;
    case 'number': return expr.value;
    case 'null': return undefined;
    case 'option': return env.requestOption(expr.option);
    case 'config-option': return env.replyOption(expr.option);
    case 'hardware': return hardware(env.view);
    case 'packet': return packetBytes(expr, env);
    case 'substring': return substring(expr, env);
    case 'suffix': return suffix(expr, env);
    case 'lcase': return mapAscii(evaluateData(expr.data, env), 65, 90, 32);
    case 'ucase': return mapAscii(evaluateData(expr.data, env), 97, 122, -32);
    case 'concat': return concat(expr.parts, env);
    case 'reverse': return reverse(expr, env);
    case 'binary-to-ascii': return binaryToAscii(expr, env);
    case 'encode-int': return encodeInt(evaluateNumber(expr.value, env), expr.width);
    case 'filename': return field(env.view, dhcpAt.file, env.view.fileLength);
    case 'server-name': return field(env.view, dhcpAt.sname, env.view.snameLength);
    case 'leased-address': return env.leasedAddress === undefined ? undefined : ipv4ToBytes(env.leasedAddress);
    case 'host-decl-name': return env.hostName === undefined ? undefined : latin1(env.hostName);
    case 'gethostname': return latin1(env.serverName);
    case 'gethostbyname': return addressBytes(env.addressesOf(expr.name));
    case 'pick-first-value': return pickFirst(expr.parts, env);
    case 'extract-int': return extractInt(evaluateData(expr.data, env), expr.width);
    case 'lease-time': return env.leaseTime();
    case 'arithmetic': return arithmetic(expr.operator, evaluateNumber(expr.left, env), evaluateNumber(expr.right, env));
    case 'equal': return isEqual(expr.left, expr.right, env);
    case 'not-equal': return !isEqual(expr.left, expr.right, env);
    case 'regex': return regex(expr, env);
    case 'and': {
      const left = evaluateBoolean(expr.left, env);
      return left === true ? evaluateBoolean(expr.right, env) : undefined;
    }
    case 'or': {
      const left = evaluateBoolean(expr.left, env);
      return left === true ? true : (evaluateBoolean(expr.right, env) ?? left);
    }
    case 'not': {
      const operand = evaluateBoolean(expr.operand, env);
      return operand === undefined ? undefined : !operand;
    }
    case 'exists': return env.requestOption(expr.option) !== undefined;
    case 'known': return env.isKnown;
    case 'static': return env.isStatic;
    case 'defined': return env.variables.has(expr.name.toLowerCase());
    case 'check': return false;
    case 'variable': return fromVariable(env.variables.get(expr.name.toLowerCase()));
    case 'call': return call(expr, env);
    default: expr satisfies never; return undefined;
  }
}

const hardware = (view: DhcpView): Uint8Array => Uint8Array.of(view.htype, ...view.chaddr);
const field = (view: DhcpView, at: number, length: number): Uint8Array | undefined =>
  length === 0 ? undefined : view.slot.slice(view.start + at, view.start + at + length);
const addressBytes = (addresses: readonly Ipv4[] | undefined): Uint8Array | undefined =>
  addresses === undefined ? undefined : concatBytes(...addresses.map(ipv4ToBytes));

function packetBytes(expr: Extract<DataExpr, { kind: 'packet' }>, env: Environment): Uint8Array | undefined {
  const offset = evaluateNumber(expr.offset, env);
  const length = evaluateNumber(expr.length, env);
  const { view } = env;
  if (offset === undefined || length === undefined || offset < 0 || length < 0 || offset > view.size) return undefined;
  return view.slot.slice(view.start + offset, view.start + Math.min(offset + length, view.size));
}

function substring(expr: Extract<DataExpr, { kind: 'substring' }>, env: Environment): Uint8Array | undefined {
  const data = evaluateData(expr.data, env);
  const offset = evaluateNumber(expr.offset, env);
  const length = evaluateNumber(expr.length, env);
  if (data === undefined || offset === undefined || length === undefined) return undefined;
  if (offset < 0 || length < 0 || offset >= data.length) return emptyBytes;
  return data.slice(offset, offset + length);
}

function suffix(expr: Extract<DataExpr, { kind: 'suffix' }>, env: Environment): Uint8Array | undefined {
  const data = evaluateData(expr.data, env);
  const length = evaluateNumber(expr.length, env);
  if (data === undefined || length === undefined) return undefined;
  return length >= data.length ? data : data.slice(data.length - Math.max(length, 0));
}

const mapAscii = (data: Uint8Array | undefined, low: number, high: number, shift: number): Uint8Array | undefined =>
  data?.map((byte) => (byte >= low && byte <= high ? byte + shift : byte));

function concat(parts: readonly DataExpr[], env: Environment): Uint8Array | undefined {
  const values = parts.map((part) => evaluateData(part, env));
  return values.includes(undefined) ? undefined : concatBytes(...(values as Uint8Array[]));
}

function reverse(expr: Extract<DataExpr, { kind: 'reverse' }>, env: Environment): Uint8Array | undefined {
  const width = evaluateNumber(expr.width, env);
  const data = evaluateData(expr.data, env);
  if (width === undefined || data === undefined || width < 1) return undefined;
  if (data.length % width !== 0) {
    env.report(`reverse: length of buffer ${data.length} not a multiple of width ${width}!`);
    return undefined;
  }
  const out = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at += width) out.set(data.subarray(at, at + width), data.length - at - width);
  return out;
}

function binaryToAscii(expr: Extract<DataExpr, { kind: 'binary-to-ascii' }>, env: Environment): Uint8Array | undefined {
  const base = evaluateNumber(expr.base, env);
  const width = evaluateNumber(expr.width, env);
  const separator = evaluateData(expr.separator, env);
  const data = evaluateData(expr.data, env);
  if (base === undefined || width === undefined || separator === undefined || data === undefined) return undefined;
  if (width !== 8 && width !== 16 && width !== 32) {
    env.report(`binary_to_ascii: invalid width ${width}!`);
    return undefined;
  }
  const size = width / 8;
  if (data.length % size !== 0) {
    env.report(`binary-to-ascii: length of buffer ${data.length} not a multiple of width ${size}!`);
    return undefined;
  }
  const numbers: string[] = [];
  for (let at = 0; at < data.length; at += size)
    numbers.push(inBase(data.subarray(at, at + size).reduce((sum, byte) => sum * 256 + byte, 0), base));
  return latin1(numbers.join(fromLatin1(separator)));
}

/** Bases above 16 give empty numbers. Interop: from 1410065408 up dhcpd's decimal numbers begin with a needless zero. */
function inBase(value: number, base: number): string {
  if (base < 2 || base > 16) return '';
  return `${base === 10 && value >= 1_410_065_408 ? '0' : ''}${value.toString(base)}`;
}

function encodeInt(value: number | undefined, width: 8 | 16 | 32): Uint8Array | undefined {
  if (value === undefined) return undefined;
  return ipv4ToBytes((value >>> 0) as Ipv4).slice(4 - width / 8);
}

function pickFirst(parts: readonly DataExpr[], env: Environment): Uint8Array | undefined {
  for (const part of parts) {
    const value = evaluateData(part, env);
    if (value !== undefined) return value;
  }
  return undefined;
}

function extractInt(data: Uint8Array | undefined, width: 8 | 16 | 32): number | undefined {
  const size = width / 8;
  if (data === undefined || data.length < size) return undefined;
  return data.subarray(0, size).reduce((sum, byte) => sum * 256 + byte, 0);
}

type Operator = Extract<NumericExpr, { kind: 'arithmetic' }>['operator'];
function arithmetic(operator: Operator, left: number | undefined, right: number | undefined): number | undefined {
  if (left === undefined || right === undefined) return undefined;
  switch (operator) {
    case '+': return left + right;
    case '*': return left * right;
    case '/': return right === 0 ? undefined : Math.trunc(left / right);
    case '%': return right === 0 ? undefined : left % right;
    case '&': return (left & right) >>> 0;
    case '|': return (left | right) >>> 0;
    case '^': return (left ^ right) >>> 0;
  }
}

/** Both NULL are equal; one NULL or different types are not. */
function isEqual(leftExpr: AnyExpr, rightExpr: AnyExpr, env: Environment): boolean {
  const left = evaluate(leftExpr, env);
  const right = evaluate(rightExpr, env);
  if (left instanceof Uint8Array && right instanceof Uint8Array)
    return left.length === right.length && left.every((byte, index) => byte === right[index]);
  return left === right;
}

/** Longest subject and pattern of `~=`: JavaScript's engine backtracks, and a client chooses the subject. */
const regexSubjectMax = 1024;
const regexes = new RegexCache();

function regex(expr: Extract<BooleanExpr, { kind: 'regex' }>, env: Environment): boolean | undefined {
  const subject = evaluateData(expr.left, env);
  const pattern = evaluateData(expr.right, env);
  if (subject === undefined || pattern === undefined) return undefined;
  // Interop: with dhcpd nothing matches an empty pattern, nor anything in an empty string, but for an option that is empty.
  if (pattern.length === 0 || (subject.length === 0 && expr.left.kind !== 'option')) return false;
  const text = (bytes: Uint8Array): string => (fromLatin1(bytes).split('\0')[0] ?? '').slice(0, regexSubjectMax);
  // dhcpd too takes an invalid expression for one that does not match.
  return regexes.compile(text(pattern), expr.ignoreCase)?.test(text(subject)) ?? false;
}

function call(expr: Extract<AnyExpr, { kind: 'call' }>, env: Environment): Value | undefined {
  const definition = env.variables.get(expr.name.toLowerCase());
  if (definition?.kind !== 'function' || --env.callsLeft < 0) return undefined;
  const inner = new Map(env.variables);
  definition.parameters.forEach((name, index) => {
    const argument = expr.arguments[index];
    const value = toVariable(argument === undefined ? undefined : evaluate(argument, env));
    if (value === undefined) inner.delete(name.toLowerCase());
    else inner.set(name.toLowerCase(), value);
  });
  return runFunction(definition.body, { ...env, variables: inner });
}

/** The subset of statements that make sense in a function: if, set, return. */
function runFunction(body: readonly Statement[], env: Environment): Value | undefined {
  for (const statement of body) {
    if (statement.kind === 'return') return evaluate(statement.value, env);
    if (statement.kind === 'set') {
      const value = toVariable(evaluate(statement.value, env));
      if (value !== undefined) env.variables.set(statement.name.toLowerCase(), value);
    }
    if (statement.kind === 'if') {
      const branch = evaluateBoolean(statement.condition, env) === true ? statement.then : statement.else;
      const value = runFunction(branch, env);
      if (value !== undefined) return value;
    }
  }
  return undefined;
}
