// Expressions and executable statements of the dhcpd language, resolved: options are definitions, not names.
// Types are dhcpd's three; every expression can also be NULL (dhcpd-conf reference §8).

import type { Ipv4 } from '../std/ipv4.ts';
import type { OptionDefinition } from '../wire/option-table.ts';
import type { Span } from './span.ts';

export type DataExpr =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly span: Span }
  | { readonly kind: 'option'; readonly option: OptionDefinition; readonly span: Span }
  | { readonly kind: 'config-option'; readonly option: OptionDefinition; readonly span: Span }
  | { readonly kind: 'hardware'; readonly span: Span }
  | {
      readonly kind: 'packet';
      readonly offset: NumericExpr;
      readonly length: NumericExpr;
      readonly span: Span;
    }
  | {
      readonly kind: 'substring';
      readonly data: DataExpr;
      readonly offset: NumericExpr;
      readonly length: NumericExpr;
      readonly span: Span;
    }
  | {
      readonly kind: 'suffix';
      readonly data: DataExpr;
      readonly length: NumericExpr;
      readonly span: Span;
    }
  | { readonly kind: 'lcase' | 'ucase'; readonly data: DataExpr; readonly span: Span }
  | { readonly kind: 'concat'; readonly parts: readonly DataExpr[]; readonly span: Span }
  | {
      readonly kind: 'reverse';
      readonly width: NumericExpr;
      readonly data: DataExpr;
      readonly span: Span;
    }
  | {
      readonly kind: 'binary-to-ascii';
      readonly base: NumericExpr;
      readonly width: NumericExpr;
      readonly separator: DataExpr;
      readonly data: DataExpr;
      readonly span: Span;
    }
  | {
      readonly kind: 'encode-int';
      readonly value: NumericExpr;
      readonly width: 8 | 16 | 32;
      readonly span: Span;
    }
  | {
      readonly kind:
        'filename' | 'server-name' | 'leased-address' | 'host-decl-name' | 'gethostname' | 'null';
      readonly span: Span;
    }
  | { readonly kind: 'pick-first-value'; readonly parts: readonly DataExpr[]; readonly span: Span }
  | { readonly kind: 'gethostbyname'; readonly name: string; readonly span: Span }
  | VariableExpr
  | CallExpr;

export type NumericExpr =
  | { readonly kind: 'number'; readonly value: number; readonly span: Span }
  | {
      readonly kind: 'extract-int';
      readonly data: DataExpr;
      readonly width: 8 | 16 | 32;
      readonly span: Span;
    }
  | { readonly kind: 'lease-time'; readonly span: Span }
  | {
      readonly kind: 'arithmetic';
      readonly operator: '+' | '*' | '/' | '%' | '&' | '|' | '^';
      readonly left: NumericExpr;
      readonly right: NumericExpr;
      readonly span: Span;
    }
  | VariableExpr
  | CallExpr;

export type BooleanExpr =
  | {
      readonly kind: 'equal' | 'not-equal';
      readonly left: AnyExpr;
      readonly right: AnyExpr;
      readonly span: Span;
    }
  | {
      readonly kind: 'regex';
      readonly ignoreCase: boolean;
      readonly left: DataExpr;
      readonly right: DataExpr;
      readonly span: Span;
    }
  | {
      readonly kind: 'and' | 'or';
      readonly left: BooleanExpr;
      readonly right: BooleanExpr;
      readonly span: Span;
    }
  | { readonly kind: 'not'; readonly operand: BooleanExpr; readonly span: Span }
  | { readonly kind: 'exists'; readonly option: OptionDefinition; readonly span: Span }
  | { readonly kind: 'known' | 'static'; readonly span: Span }
  | { readonly kind: 'defined'; readonly name: string; readonly span: Span }
  | { readonly kind: 'check'; readonly collection: string; readonly span: Span }
  | VariableExpr
  | CallExpr;

/** Names compare without case; the type is known only when evaluated. */
export interface VariableExpr {
  readonly kind: 'variable';
  readonly name: string;
  readonly span: Span;
}
export interface CallExpr {
  readonly kind: 'call';
  readonly name: string;
  readonly arguments: readonly AnyExpr[];
  readonly span: Span;
}
export type AnyExpr = DataExpr | NumericExpr | BooleanExpr;

/** One item of an address list: a literal, or a name that the resolver keeps fresh. */
export type AddressItem =
  | { readonly kind: 'address'; readonly address: Ipv4 }
  | { readonly kind: 'name'; readonly name: string; readonly span: Span };

/** What stands right of an option or parameter. */
export type OptionValue =
  /** Wire bytes, known when the file was read. */
  | { readonly kind: 'constant'; readonly bytes: Uint8Array }
  /** A list with at least one host name in it. */
  | { readonly kind: 'addresses'; readonly items: readonly AddressItem[] }
  /** `= expression` */
  | { readonly kind: 'computed'; readonly expr: DataExpr };

export type StatementOperator = 'supersede' | 'default' | 'append' | 'prepend';

/**
 * `option …;`, `supersede …;`, and every parameter (`default-lease-time 600;` is an option of space `server`;
 * flags are one byte: 0 deny, 1 allow, 2 ignore).
 */
export interface OptionStatement {
  readonly kind: 'option';
  readonly operator: StatementOperator;
  readonly option: OptionDefinition;
  readonly value: OptionValue;
  readonly span: Span;
}

export type LeaseEvent = 'commit' | 'expiry' | 'release' | 'transmission';
export type LogPriority = 'fatal' | 'error' | 'info' | 'debug';

export type Statement =
  | OptionStatement
  | {
      readonly kind: 'if';
      readonly condition: BooleanExpr;
      readonly then: readonly Statement[];
      readonly else: readonly Statement[];
      readonly span: Span;
    }
  | {
      readonly kind: 'switch';
      readonly subject: AnyExpr;
      /** In file order; `value` undefined is `default:`. Falls through until `break`. */
      readonly cases: readonly {
        readonly value: AnyExpr | undefined;
        readonly body: readonly Statement[];
      }[];
      readonly span: Span;
    }
  | {
      readonly kind: 'on';
      readonly events: readonly LeaseEvent[];
      readonly body: readonly Statement[];
      readonly span: Span;
    }
  | { readonly kind: 'set'; readonly name: string; readonly value: AnyExpr; readonly span: Span }
  | { readonly kind: 'unset'; readonly name: string; readonly span: Span }
  | {
      readonly kind: 'define';
      readonly name: string;
      readonly parameters: readonly string[];
      readonly body: readonly Statement[];
      readonly span: Span;
    }
  | { readonly kind: 'eval'; readonly value: AnyExpr; readonly span: Span }
  | {
      readonly kind: 'log';
      readonly priority: LogPriority;
      readonly message: DataExpr;
      readonly span: Span;
    }
  | {
      readonly kind: 'execute';
      readonly command: string;
      readonly arguments: readonly DataExpr[];
      readonly span: Span;
    }
  | { readonly kind: 'return'; readonly value: AnyExpr; readonly span: Span }
  | { readonly kind: 'break'; readonly span: Span }
  | { readonly kind: 'add'; readonly className: string; readonly span: Span }
  | { readonly kind: 'parse-vendor-option'; readonly span: Span };
