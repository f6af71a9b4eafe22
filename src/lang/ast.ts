// The tree of the dhcpd language: dhcpd.conf, leasehold.conf and the records of a lease file (dhcpd-conf reference §3).
//
// How values and names are handled (the contract with config/ and lease/):
// - dhcpd decides what a value may look like by the format of its option *while it reads*, so the parser keeps the table of
//   option spaces and definitions in reading order, includes followed, exactly as dhcpd does. Every `OptionName` of a tree therefore
//   carries its `definition`, and literal values are already typed items: nobody parses text again.
// - A statement that does not parse leaves a diagnostic and one `skipped` node with its text; all other nodes are complete.
//   Consumers may rely on every field, and treat `skipped` and `not-served` as "already reported".
// - Strings are bytes, since escapes can make any byte. Names (`Name`) are text; bytes that are no UTF-8 are kept in it as lone
//   surrogates U+DC80..U+DCFF (see source-text.ts), so text ↔ bytes is lossless both ways.
// - `lower.ts` turns executable statements, parameters, flags, values and expressions into the resolved forms of
//   model/expression.ts; config/ and lease/ walk declarations themselves.
// - Nodes are never changed after the parser made them.

import type { SourceFile, Span } from '../model/span.ts';
import type { OptionDefinition } from '../wire/option-table.ts';
import type { ByteOrderDecl, LeaseDecl, ServerDuidDecl } from './ast-leases.ts';
import type {
  AddressLiteral,
  AddressOrName,
  DataLiteral,
  DateLiteral,
  Expr,
  HexLiteral,
  Name,
  NumberLiteral,
  OptionName,
  OptionValue,
  StringLiteral,
} from './ast-values.ts';

export type * from './ast-leases.ts';
export type * from './ast-values.ts';

// ── Executable statements, parameters, flags ─────────────────────────────────────────────────────────────────────────────────

/**
 * `option X v;` (operator `option`), `supersede X v;` and so on, and every parameter (`default-lease-time 600;`: operator
 * `parameter`, an option of space `server`). `server-identifier ADDR;` is operator `server-identifier` with
 * option dhcp.dhcp-server-identifier. In a host, `option dhcp-client-identifier v` names the client instead of being sent.
 */
export interface OptionStatement {
  readonly kind: 'option-statement';
  readonly span: Span;
  readonly operator:
    | 'option'
    | 'parameter'
    | 'server-identifier'
    | 'supersede'
    | 'send'
    | 'default'
    | 'append'
    | 'prepend';
  readonly option: OptionName;
  readonly value: OptionValue;
}

/** `allow|deny|ignore X;`. `definition` is the option of space `server` that it sets to 1, 0 or 2 (§6). */
export interface FlagStatement {
  readonly kind: 'flag-statement';
  readonly span: Span;
  readonly action: 'allow' | 'deny' | 'ignore';
  /** Lower case, as in §6: `unknown-clients`, `bootp`, … */
  readonly word: string;
  readonly wordSpan: Span;
  readonly definition: OptionDefinition;
}

export type LeaseEvent = 'commit' | 'expiry' | 'release' | 'transmission';
export type LogPriority = 'fatal' | 'error' | 'info' | 'debug';

export interface IfStatement {
  readonly kind: 'if';
  readonly span: Span;
  readonly condition: Expr;
  readonly then: Body;
  /** An `elsif` or `else if` is an if statement alone in `else`, with `isElsif` set. */
  readonly else: Body | undefined;
  readonly isElsif: boolean;
}
/** One `case V:` or `default:` (value undefined) with the statements up to the next one. */
export interface SwitchCase {
  readonly kind: 'case';
  readonly span: Span;
  readonly value: Expr | undefined;
  readonly body: Body;
}
export interface SwitchStatement {
  readonly kind: 'switch';
  readonly span: Span;
  readonly subject: Expr;
  /** Statements before the first case; they are never executed. */
  readonly lead: Body;
  readonly cases: readonly SwitchCase[];
}
export interface OnStatement {
  readonly kind: 'on';
  readonly span: Span;
  readonly events: readonly LeaseEvent[];
  readonly body: Body;
}
export interface SetStatement {
  readonly kind: 'set';
  readonly span: Span;
  readonly name: string;
  readonly value: Expr;
}
export interface UnsetStatement {
  readonly kind: 'unset';
  readonly span: Span;
  readonly name: string;
}
/** `define F(a, b) { … }`. */
export interface DefineFunctionStatement {
  readonly kind: 'define-function';
  readonly span: Span;
  readonly name: string;
  readonly parameters: readonly string[];
  readonly body: Body;
}
/** `define V = e;` */
export interface DefineValueStatement {
  readonly kind: 'define-value';
  readonly span: Span;
  readonly name: string;
  readonly value: Expr;
}
/** `eval e;`; `isBare`: the word eval is missing, as in the misspelt `autoritative;` (§1.6). */
export interface EvalStatement {
  readonly kind: 'eval';
  readonly span: Span;
  readonly value: Expr;
  readonly isBare: boolean;
}
export interface LogStatement {
  readonly kind: 'log';
  readonly span: Span;
  /** undefined: not written, i.e. debug. */
  readonly priority: LogPriority | undefined;
  readonly message: Expr;
}
export interface ExecuteStatement {
  readonly kind: 'execute';
  readonly span: Span;
  readonly command: StringLiteral;
  readonly arguments: readonly Expr[];
}
export interface ReturnStatement {
  readonly kind: 'return';
  readonly span: Span;
  readonly value: Expr | undefined;
}
export interface BreakStatement {
  readonly kind: 'break';
  readonly span: Span;
}
export interface AddStatement {
  readonly kind: 'add';
  readonly span: Span;
  readonly className: Name;
}
export interface ParseVendorOptionStatement {
  readonly kind: 'parse-vendor-option';
  readonly span: Span;
}

export type ExecutableStatement =
  | OptionStatement
  | FlagStatement
  | IfStatement
  | SwitchStatement
  | OnStatement
  | SetStatement
  | UnsetStatement
  | DefineFunctionStatement
  | DefineValueStatement
  | EvalStatement
  | LogStatement
  | ExecuteStatement
  | ReturnStatement
  | BreakStatement
  | AddStatement
  | ParseVendorOptionStatement;

// ── Declarations with a body ─────────────────────────────────────────────────────────────────────────────────────────────────

/** `span` runs from the keyword to the closing brace, `head` from the keyword to the token before the opening one. */
interface Block {
  readonly span: Span;
  readonly head: Span;
  readonly body: Body;
}
export interface SharedNetworkDecl extends Block {
  readonly kind: 'shared-network';
  readonly name: Name;
}
export interface SubnetDecl extends Block {
  readonly kind: 'subnet';
  readonly network: AddressLiteral;
  readonly netmask: AddressLiteral;
}
export interface GroupDecl extends Block {
  readonly kind: 'group';
  readonly name: Name | undefined;
}
export interface HostDecl extends Block {
  readonly kind: 'host';
  readonly name: Name;
}
export interface PoolDecl extends Block {
  readonly kind: 'pool';
}
export interface ClassDecl extends Block {
  readonly kind: 'class';
  readonly keyword: 'class' | 'vendor-class' | 'user-class';
  readonly name: Name;
}
export interface SubclassDecl extends Block {
  readonly kind: 'subclass';
  readonly className: Name;
  readonly key: DataLiteral;
  /** False for `subclass "c" KEY;`, whose body is empty. */
  readonly hasBody: boolean;
}

// ── Declarations without a body, members of declarations ─────────────────────────────────────────────────────────────────────

/** In a subnet or pool; low and high in the order written, `high` equal to `low` for one address. */
export interface RangeDecl {
  readonly kind: 'range';
  readonly span: Span;
  readonly isDynamicBootp: boolean;
  readonly low: AddressLiteral;
  readonly high: AddressLiteral | undefined;
}
export type PermitKind =
  | 'known-clients'
  | 'unknown-clients'
  | 'all-clients'
  | 'authenticated-clients'
  | 'unauthenticated-clients'
  | 'dynamic-bootp-clients';
/** Only in a pool. */
export interface PermitDecl {
  readonly kind: 'permit';
  readonly span: Span;
  readonly action: 'allow' | 'deny';
  readonly permit:
    | { readonly kind: PermitKind }
    | { readonly kind: 'members-of'; readonly className: Name }
    | { readonly kind: 'after'; readonly time: DateLiteral };
}
/** `failover peer "x";` in a pool or shared-network; name undefined: `no failover peer`. */
export interface PeerReference {
  readonly kind: 'peer-reference';
  readonly span: Span;
  readonly name: Name | undefined;
}
export interface HardwareDecl {
  readonly kind: 'hardware';
  readonly span: Span;
  /** ARP hardware type: 1 ethernet, 6 token-ring, 8 fddi, 32 infiniband, N of unknown-N. */
  readonly htype: number;
  readonly address: HexLiteral;
}
export interface FixedAddressDecl {
  readonly kind: 'fixed-address';
  readonly span: Span;
  readonly addresses: readonly AddressOrName[];
}
export interface UidDecl {
  readonly kind: 'uid';
  readonly span: Span;
  readonly value: DataLiteral;
}
export interface HostIdentifierDecl {
  readonly kind: 'host-identifier';
  readonly span: Span;
  readonly option: OptionName;
  readonly value: OptionValue;
}
/** `group "g";` in a host. */
export interface JoinGroupDecl {
  readonly kind: 'join-group';
  readonly span: Span;
  readonly name: Name;
}
/** `dynamic; deleted; static;` of lease-file hosts, groups and classes. */
export interface MarkerDecl {
  readonly kind: 'marker';
  readonly span: Span;
  readonly word: 'dynamic' | 'deleted' | 'static';
}
export interface MatchIfDecl {
  readonly kind: 'match-if';
  readonly span: Span;
  readonly condition: Expr;
}
export interface MatchDecl {
  readonly kind: 'match';
  readonly span: Span;
  readonly data: Expr;
}
export interface SpawnDecl {
  readonly kind: 'spawn';
  readonly span: Span;
  readonly data: Expr;
}
export interface LeaseLimitDecl {
  readonly kind: 'lease-limit';
  readonly span: Span;
  readonly limit: NumberLiteral;
}
export interface AuthorityDecl {
  readonly kind: 'authority';
  readonly span: Span;
  readonly isAuthoritative: boolean;
}
export interface InterfaceDecl {
  readonly kind: 'interface';
  readonly span: Span;
  readonly name: Name;
}
export interface KeyDecl {
  readonly kind: 'key';
  readonly span: Span;
  readonly name: Name;
  readonly algorithm: Name | undefined;
  /** `text` as written without quotes and blanks; `bytes` as dhcpd decodes it, which is more tolerant than others are. */
  readonly secret: { readonly text: string; readonly bytes: Uint8Array; readonly span: Span; readonly isQuoted: boolean } | undefined;
  /** `};`: the only place where dhcpd allows it. */
  readonly hasSemicolon: boolean;
}
export type ZoneMember =
  | { readonly kind: 'primary' | 'secondary'; readonly span: Span; readonly addresses: readonly AddressOrName[] }
  | { readonly kind: 'primary6' | 'secondary6'; readonly span: Span; readonly text: string }
  | { readonly kind: 'zone-key'; readonly span: Span; readonly name: Name };
export interface ZoneDecl {
  readonly kind: 'zone';
  readonly span: Span;
  /** Completed with a closing dot, case as written. */
  readonly name: Name;
  readonly members: readonly ZoneMember[];
}
export type FailoverNumber =
  | 'mclt'
  | 'split'
  | 'load balance max seconds'
  | 'auto-partner-down'
  | 'max-lease-misbalance'
  | 'max-lease-ownership'
  | 'min-balance'
  | 'max-balance';
export type FailoverSideNumber = 'port' | 'max-response-delay' | 'max-unacked-updates';
export type FailoverMember =
  | { readonly kind: 'role'; readonly span: Span; readonly role: 'primary' | 'secondary' }
  | { readonly kind: 'peer-address'; readonly span: Span; readonly isPartner: boolean; readonly address: AddressOrName }
  | {
      readonly kind: 'peer-number';
      readonly span: Span;
      readonly word: FailoverSideNumber;
      readonly isPartner: boolean;
      readonly value: NumberLiteral;
    }
  | { readonly kind: 'failover-number'; readonly span: Span; readonly word: FailoverNumber; readonly value: NumberLiteral }
  | { readonly kind: 'hba'; readonly span: Span; readonly buckets: HexLiteral };
export interface FailoverPeerDecl {
  readonly kind: 'failover-peer';
  readonly span: Span;
  readonly head: Span;
  readonly name: Name;
  readonly members: readonly FailoverMember[];
}
/** `failover peer "x" state { … }`, a lease-file record. */
export interface FailoverStateDecl {
  readonly kind: 'failover-state';
  readonly span: Span;
  readonly name: Name;
  readonly my: { readonly state: string; readonly at: DateLiteral | undefined } | undefined;
  readonly partner: { readonly state: string; readonly at: DateLiteral | undefined } | undefined;
  readonly mclt: NumberLiteral | undefined;
}
export interface OptionSpaceDecl {
  readonly kind: 'option-space';
  readonly span: Span;
  readonly name: string;
  readonly codeWidth: 1 | 2 | 4 | undefined;
  readonly lengthWidth: 1 | 2 | undefined;
  readonly hashSize: number | undefined;
}
/** Type words of §9.2, as written. */
export type OptionType =
  | {
      readonly kind:
        'ip-address' | 'ip6-address' | 'boolean' | 'text' | 'string' | 'domain-name' | 'zerolen';
      readonly span: Span;
    }
  | { readonly kind: 'integer'; readonly span: Span; readonly sign: 'signed' | 'unsigned' | undefined; readonly width: 8 | 16 | 32 }
  | { readonly kind: 'domain-list'; readonly span: Span; readonly isCompressed: boolean }
  | { readonly kind: 'encapsulate'; readonly span: Span; readonly space: string }
  | { readonly kind: 'array'; readonly span: Span; readonly of: OptionType }
  | { readonly kind: 'record'; readonly span: Span; readonly members: readonly OptionType[] };
/** `option NAME code N = TYPE;`; `option.definition` is the definition made here. */
export interface OptionDefinitionDecl {
  readonly kind: 'option-definition';
  readonly span: Span;
  readonly option: OptionName;
  readonly code: NumberLiteral;
  readonly type: OptionType;
}
export interface FormatDecl {
  readonly kind: 'lease-id-format' | 'db-time-format';
  readonly span: Span;
  readonly word: 'octal' | 'hex' | 'default' | 'local';
}
/** `include "path";` with what the other file held; `source` undefined when it could not be read (reported). */
export interface IncludeDecl {
  readonly kind: 'include';
  readonly span: Span;
  readonly path: StringLiteral;
  readonly source: SourceFile | undefined;
  readonly body: Body;
}
/** DHCPv6 statements (§19): recognised, reported, otherwise without effect. */
export interface NotServedDecl {
  readonly kind: 'not-served';
  readonly span: Span;
  /** Lower case: `subnet6`, `fixed-address6`, `server-duid`, … */
  readonly keyword: string;
}
/** Text that recovery stepped over, already reported; also `%…` directives. Keeping it lets parsing never fail and the printer lose nothing. */
export interface SkippedText {
  readonly kind: 'skipped';
  readonly span: Span;
}

// ── The whole ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

export type Declaration =
  | SharedNetworkDecl
  | SubnetDecl
  | GroupDecl
  | HostDecl
  | PoolDecl
  | ClassDecl
  | SubclassDecl
  | RangeDecl
  | PermitDecl
  | PeerReference
  | HardwareDecl
  | FixedAddressDecl
  | UidDecl
  | HostIdentifierDecl
  | JoinGroupDecl
  | MarkerDecl
  | MatchIfDecl
  | MatchDecl
  | SpawnDecl
  | LeaseLimitDecl
  | AuthorityDecl
  | InterfaceDecl
  | KeyDecl
  | ZoneDecl
  | FailoverPeerDecl
  | FailoverStateDecl
  | OptionSpaceDecl
  | OptionDefinitionDecl
  | FormatDecl
  | IncludeDecl
  | NotServedDecl
  | SkippedText
  | LeaseDecl
  | ByteOrderDecl
  | ServerDuidDecl
  | OwnBlock
  | OwnMatch;

/** A block of leasehold.conf that dhcpd does not have: `boot { … }`, `profile "worker" { … }`. */
export interface OwnBlock {
  readonly kind: 'own-block';
  readonly span: Span;
  /** From the word up to the brace. */
  readonly head: Span;
  /** Lower case. */
  readonly word: string;
  readonly name: Name | undefined;
  readonly body: Body;
}

/** `match host "web-*", "db-1";` of a profile in leasehold.conf. */
export interface OwnMatch {
  readonly kind: 'own-match';
  readonly span: Span;
  /** As written. */
  readonly subject: Name;
  /** Hex bytes behind `mac`, names behind everything else. */
  readonly values: readonly (Name | HexLiteral)[];
}

/** What stands between braces or at file level, in file order. Inside `if`, `on` and `switch` only executable statements, `key`, `zone`, `db-time-format`. */
export type Item = Declaration | ExecutableStatement;
export type Body = readonly Item[];

/** One text that was read with all its includes. */
export interface FileTree {
  readonly kind: 'file';
  readonly span: Span;
  readonly source: SourceFile;
  readonly body: Body;
}
