// Leaves of the tree, values of options, expressions. See ast.ts.

import type { Ipv4 } from '../std/ipv4.ts';
import type { Span } from '../model/span.ts';
import type { OptionDefinition } from '../wire/option-table.ts';

// ── Leaves ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A word, a dotted name or a quoted string that names something. `text` is without quotes, escapes resolved, case as written. */
export interface Name {
  readonly kind: 'name';
  readonly span: Span;
  readonly text: string;
  readonly isQuoted: boolean;
}

/** `[space.]name` in front of a value; `definition` is what the name meant at this place of the file. */
export interface OptionName {
  readonly kind: 'option-name';
  readonly span: Span;
  /** As written; undefined when no space was written (then it is `dhcp`, or `server` for parameters). */
  readonly space: string | undefined;
  readonly name: string;
  readonly definition: OptionDefinition;
}

/** A dotted quad. */
export interface AddressLiteral {
  readonly kind: 'address';
  readonly span: Span;
  readonly address: Ipv4;
}
/** A host name where an address may stand: resolved while serving, never while reading. */
export interface HostNameLiteral {
  readonly kind: 'host-name';
  readonly span: Span;
  readonly name: string;
}
export type AddressOrName = AddressLiteral | HostNameLiteral;

/** Quoted text; `bytes` after escapes, without a closing NUL. */
export interface StringLiteral {
  readonly kind: 'string';
  readonly span: Span;
  readonly bytes: Uint8Array;
}
/** `1:2:ff`; also the empty list where the grammar has one. */
export interface HexLiteral {
  readonly kind: 'hex';
  readonly span: Span;
  readonly bytes: Uint8Array;
}
export type DataLiteral = StringLiteral | HexLiteral;

/** `value` is what was written, before it is cut to the size of its field: −1 stays −1 and 4294967296 stays so. */
export interface NumberLiteral {
  readonly kind: 'number';
  readonly span: Span;
  readonly value: number;
}

/**
 * `W YYYY/MM/DD HH:MM:SS [offset]`, `epoch N` or `never`. `seconds` is seconds since 1970, 0xffffffff for `never` and for
 * every year from 2038 (dhcpd-leases reference §3).
 */
export interface DateLiteral {
  readonly kind: 'date';
  readonly span: Span;
  readonly seconds: number;
}

// ── Values of options and parameters ─────────────────────────────────────────────────────────────────────────────────────────

/** One element of a literal value, by the letters of its option's format (dhcpd-conf reference §9.1). */
export type ValueItem =
  /** I */
  | AddressLiteral
  | HostNameLiteral
  /** 6: 16 bytes. */
  | { readonly kind: 'ipv6'; readonly span: Span; readonly bytes: Uint8Array }
  /** B b S s L l T: cut `value` to `size` bytes when encoding. `isInfinite`: the word `infinite` was written (T). */
  | {
      readonly kind: 'integer';
      readonly span: Span;
      readonly value: number;
      readonly size: 1 | 2 | 4;
      readonly isInfinite: boolean;
    }
  /** f: `ignore` is 2. */
  | { readonly kind: 'flag'; readonly span: Span; readonly value: 0 | 1 | 2 }
  /** t: a string or one bare word. */
  | { readonly kind: 'text'; readonly span: Span; readonly bytes: Uint8Array; readonly isQuoted: boolean }
  /** X and E: raw content. */
  | StringLiteral
  | HexLiteral
  /** d: without quotes; the closing dot as written. */
  | { readonly kind: 'domain-name'; readonly span: Span; readonly name: string }
  /** D, Dc: one element is a whole list of quoted names. */
  | {
      readonly kind: 'domain-list';
      readonly span: Span;
      readonly names: readonly StringLiteral[];
      readonly isCompressed: boolean;
    }
  /** N: one byte. */
  | { readonly kind: 'enumeration'; readonly span: Span; readonly word: string; readonly value: number }
  /** U: an option space (dhcpd does not check that it exists). */
  | { readonly kind: 'space-name'; readonly span: Span; readonly name: string }
  /** k */
  | { readonly kind: 'key-name'; readonly span: Span; readonly name: string };

export type OptionValue =
  /** Literals: elements of a record are separated by blanks, records by commas. No record at all: Z, zero length. */
  | { readonly kind: 'literal'; readonly span: Span; readonly records: readonly (readonly ValueItem[])[] }
  /** `= expression`: wire bytes, computed per request. */
  | { readonly kind: 'computed'; readonly span: Span; readonly expr: Expr };

// ── Expressions ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

export type ExprType = 'boolean' | 'data' | 'numeric';

/** Words that are whole expressions. */
export type DataWord =
  'hardware' | 'filename' | 'server-name' | 'leased-address' | 'host-decl-name' | 'gethostname' | 'null';
export type BooleanWord = 'known' | 'static';
/** `lease-time`; DNS result codes; `client-state` and the states of the client program, never known to a server. */
export type NumericWord =
  | 'lease-time'
  | 'client-state'
  | 'noerror'
  | 'formerr'
  | 'servfail'
  | 'nxdomain'
  | 'notimp'
  | 'refused'
  | 'yxdomain'
  | 'yxrrset'
  | 'nxrrset'
  | 'notauth'
  | 'notzone'
  | 'booting'
  | 'reboot'
  | 'select'
  | 'request'
  | 'bound'
  | 'renew'
  | 'rebind';

/** Functions with a fixed list of arguments; arguments are in written order. `pick` is printed as `pick-first-value`. */
export type DataFunction =
  | 'substring' // data, offset, length
  | 'suffix' // data, length
  | 'lcase'
  | 'ucase'
  | 'concat' // two or more
  | 'reverse' // width, data
  | 'binary-to-ascii' // base, width, separator, data
  | 'packet' // offset, length
  | 'pick-first-value' // one or more
  | 'v6relay'; // number, data: DHCPv6, always NULL

export type BinaryOperator =
  '=' | '!=' | '~=' | '~~' | 'and' | 'or' | '+' | '*' | '/' | '%' | '&' | '|' | '^';

export type Expr =
  | StringLiteral
  | HexLiteral
  | NumberLiteral
  | { readonly kind: 'data-word'; readonly span: Span; readonly word: DataWord }
  | { readonly kind: 'boolean-word'; readonly span: Span; readonly word: BooleanWord }
  | { readonly kind: 'numeric-word'; readonly span: Span; readonly word: NumericWord }
  /** `option X` of the request, `config-option X` of the reply. */
  | {
      readonly kind: 'option' | 'config-option' | 'exists';
      readonly span: Span;
      readonly option: OptionName;
    }
  | {
      readonly kind: 'function';
      readonly span: Span;
      readonly name: DataFunction;
      readonly arguments: readonly Expr[];
    }
  | { readonly kind: 'extract-int'; readonly span: Span; readonly data: Expr; readonly width: 8 | 16 | 32 }
  | { readonly kind: 'encode-int'; readonly span: Span; readonly value: Expr; readonly width: 8 | 16 | 32 }
  | { readonly kind: 'gethostbyname'; readonly span: Span; readonly name: StringLiteral }
  | { readonly kind: 'defined'; readonly span: Span; readonly name: string }
  | { readonly kind: 'check'; readonly span: Span; readonly collection: string }
  /** Case as written; compared without case. */
  | { readonly kind: 'variable'; readonly span: Span; readonly name: string }
  | { readonly kind: 'call'; readonly span: Span; readonly name: string; readonly arguments: readonly Expr[] }
  | { readonly kind: 'not'; readonly span: Span; readonly operand: Expr }
  /** dhcpd's ranks are unusual (§8.2), so the tree has them already and the printer needs `parentheses` nodes. */
  | {
      readonly kind: 'binary';
      readonly span: Span;
      readonly operator: BinaryOperator;
      readonly left: Expr;
      readonly right: Expr;
    }
  | { readonly kind: 'parentheses'; readonly span: Span; readonly inner: Expr };
