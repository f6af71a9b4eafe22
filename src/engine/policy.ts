// What the scopes say for one kind of client: every option and parameter after all scopes ran, weakest first
// (dhcpd-conf reference §11). A policy of scopes without expressions is made once and kept with its reply blocks.

import { concatBytes } from '../std/bytes.ts';
import { ipv4ToBytes, type Ipv4 } from '../std/ipv4.ts';
import type { Seconds } from '../std/time.ts';
import type { AddressItem, AnyExpr, BooleanExpr, DataExpr, LeaseEvent, OptionStatement, Statement } from '../model/expression.ts';
import type { Scope } from '../model/server-config.ts';
import type { OptionEffect, Recorder } from '../model/why.ts';
import { serverOptionCode, type OptionDefinition } from '../wire/option-table.ts';
import { evaluate, evaluateBoolean, evaluateData, toVariable, type Environment } from './evaluate.ts';
import { nameIn, parametersOf, type OptionValues, type Parameters } from './parameters.ts';
import type { ReplyBlock } from './reply-block.ts';

export interface Policy {
  readonly values: OptionValues;
  /** Bodies of `on commit`, `on release`, `on expiry`; the latest scope's wins. */
  readonly handlers: ReadonlyMap<LeaseEvent, readonly Statement[]>;
  readonly parameters: Parameters;
  /** Prepared option blocks by request list; only of cached policies. */
  readonly blocks: ReplyBlock[];
  readonly isCacheable: boolean;
  /** Where expressions ran: holds the variables they set. Absent on cached policies. */
  readonly environment: Environment | undefined;
  /**
   * What it comes to when the seconds of the lease are known and, for an ACK, its `on commit` has run, where values depend on
   * either; absent on all others. To be called once.
   */
  readonly resume: ((seconds: Seconds, event: 'offer' | 'commit') => Policy) | undefined;
}

/** Whether the statements of an `on commit` set options of the ACK. */
const setsOptions = (statements: readonly Statement[]): boolean =>
  statements.some((statement) => {
    if (statement.kind === 'if') return setsOptions(statement.then) || setsOptions(statement.else);
    if (statement.kind === 'switch') return statement.cases.some(({ body }) => setsOptions(body));
    return statement.kind === 'option';
  });
/** Statements that do nothing when they are reached: handlers, but for those that go on with the reply, and definitions. */
export const isDormant = (statement: Statement): boolean =>
  statement.kind === 'define' || (statement.kind === 'on' && !(statement.events.includes('commit') && setsOptions(statement.body)));

/** Whether executing the statements can differ from packet to packet. */
export const isFixed = (statements: readonly Statement[]): boolean =>
  statements.every(
    (statement) =>
      isDormant(statement) ||
      (statement.kind === 'option' && statement.value.kind !== 'computed'),
  );

export interface Execution {
  /** Weakest first. */
  readonly scopes: readonly Scope[];
  /** undefined where every scope is fixed. */
  readonly environment: Environment | undefined;
  /** Variables of file level only: what option values can see (dhcpd-conf reference §7). */
  readonly globals: Environment['variables'];
  readonly addressesOf: (name: string) => readonly Ipv4[] | undefined;
  readonly onCondition?: (condition: BooleanExpr, isTrue: boolean) => void;
  readonly onLog: (text: string) => void;
  readonly onExecute: (command: string, words: readonly string[]) => void;
  readonly why: Recorder | undefined;
}

/** What a statement stores: expressions are evaluated when the reply is made, and may see what later statements set. */
type Stored =
  | { readonly kind: 'value'; readonly bytes: Uint8Array | undefined }
  | { readonly kind: 'expression'; readonly expr: DataExpr }
  | { readonly kind: 'joined'; readonly parts: readonly [Stored, Stored] };

/** `config-option` of an option in its own value, however far around, is NULL. */
const nestingMax = 16;

const handlerScope: Scope = {
  kind: 'global', title: 'on', statements: [], span: { file: { name: '', text: '' }, start: 0, end: 0 },
};

/** `break` ends the list it stands in, be it the block of an `if` or the cases of a `switch`; `return` ends all around it. */
type Flow = 'next' | 'break' | 'return';

/** What goes on behind a statement whose own list ended so. */
const outOf = (flow: Flow): Flow => (flow === 'break' ? 'next' : flow);

/** By operator, of an option that is set already. */
const effects: Readonly<Record<OptionStatement['operator'], OptionEffect>> = {
  supersede: 'replaces', default: 'gives-way', append: 'extends', prepend: 'extends',
};

class Executor {
  readonly handlers = new Map<LeaseEvent, readonly Statement[]>();
  /** Where expressions run: sees what is set so far. */
  readonly environment: Environment | undefined;
  readonly #stored = new Map<string, Map<number, Stored>>();
  readonly #execution: Execution;
  #nesting = 0;
  #usesLeaseTime = false;
  #granted: Seconds | undefined;

  constructor(execution: Execution) {
    this.#execution = execution;
    const { environment } = execution;
    this.environment = environment && {
      ...environment,
      replyOption: (option) => this.#valueOf(this.#stored.get(option.space)?.get(option.code)),
      leaseTime: () => {
        this.#usesLeaseTime = true;
        return this.#granted ?? environment.leaseTime();
      },
    };
  }

  policy(isCacheable: boolean): Policy {
    const values = this.values();
    const commit = this.handlers.get('commit');
    const isOpen = this.environment !== undefined && (this.#usesLeaseTime || (commit !== undefined && setsOptions(commit)));
    return {
      values, handlers: this.handlers, parameters: parametersOf(values), blocks: [], isCacheable, environment: this.environment,
      resume: isOpen ? (seconds, event) => this.#resume(seconds, event) : undefined,
    };
  }
  #resume(seconds: Seconds, event: 'offer' | 'commit'): Policy {
    this.#granted = seconds;
    const commit = this.handlers.get('commit');
    if (event === 'commit' && commit !== undefined) {
      this.run(commit, handlerScope);
      this.handlers.delete('commit');
    }
    return { ...this.policy(false), resume: undefined };
  }

  /** Every option that has a value now. */
  values(): OptionValues {
    const values: OptionValues = new Map();
    for (const [space, options] of this.#stored) {
      const found = new Map<number, Uint8Array>();
      for (const [code, stored] of options) {
        const value = this.#valueOf(stored);
        if (value !== undefined) found.set(code, value);
      }
      values.set(space, found);
    }
    return values;
  }

  /** What `vendor-option-space` says so far. */
  #vendorSpace(): string | undefined {
    const value = this.#valueOf(this.#stored.get('server')?.get(serverOptionCode.vendorOptionSpace));
    return value === undefined ? undefined : nameIn(value);
  }

  #valueOf(stored: Stored | undefined): Uint8Array | undefined {
    switch (stored?.kind) {
      case undefined: return undefined;
      case 'value': return stored.bytes;
      case 'joined': {
        const [first, second] = stored.parts.map((part) => this.#valueOf(part));
        return first === undefined || second === undefined ? undefined : concatBytes(first, second);
      }
      case 'expression': {
        if (this.environment === undefined || this.#nesting >= nestingMax) return undefined;
        this.#nesting++;
        const value = evaluateData(stored.expr, { ...this.environment, variables: this.#execution.globals });
        this.#nesting--;
        return value;
      }
    }
  }

  run(statements: readonly Statement[], scope: Scope): Flow {
    for (const statement of statements) {
      const flow = this.#one(statement, scope);
      if (flow !== 'next') return flow;
    }
    return 'next';
  }

  #one(statement: Statement, scope: Scope): Flow {
    const env = this.environment;
    switch (statement.kind) {
      case 'option': this.#option(statement, scope); return 'next';
      case 'on': for (const event of statement.events) this.handlers.set(event, statement.body); return 'next';
      case 'define': env?.variables.set(statement.name.toLowerCase(), { kind: 'function', parameters: statement.parameters, body: statement.body }); return 'next';
      case 'break': case 'return': return statement.kind;
      case 'add': return 'next';
      case 'parse-vendor-option':
        if (env !== undefined) env.vendor.space = this.#vendorSpace();
        return 'next';
      default: return env === undefined ? 'next' : this.#dynamic(statement, scope, env);
    }
  }

  #dynamic(statement: Statement, scope: Scope, env: Environment): Flow {
    switch (statement.kind) {
      case 'if': {
        const isTrue = evaluateBoolean(statement.condition, env) === true;
        this.#execution.onCondition?.(statement.condition, isTrue);
        this.#execution.why?.condition(statement.span, isTrue);
        return outOf(this.run(isTrue ? statement.then : statement.else, scope));
      }
      case 'switch': return this.#switch(statement, scope, env);
      case 'set': {
        const value = toVariable(evaluate(statement.value, env));
        if (value === undefined) env.variables.delete(statement.name.toLowerCase());
        else env.variables.set(statement.name.toLowerCase(), value);
        return 'next';
      }
      case 'unset': env.variables.delete(statement.name.toLowerCase()); return 'next';
      case 'eval': evaluate(statement.value, env); return 'next';
      case 'log': {
        const text = evaluateData(statement.message, env);
        if (text !== undefined) this.#execution.onLog(String.fromCharCode(...text));
        return 'next';
      }
      case 'execute': {
        const words = statement.arguments.map((argument) => evaluateData(argument, env));
        if (!words.includes(undefined))
          this.#execution.onExecute(statement.command, (words as Uint8Array[]).map((word) => String.fromCharCode(...word)));
        return 'next';
      }
      default: return 'next';
    }
  }

  #switch(statement: Extract<Statement, { kind: 'switch' }>, scope: Scope, env: Environment): Flow {
    const subject = evaluate(statement.subject, env);
    const isSame = (expr: AnyExpr): boolean => {
      const value = evaluate(expr, env);
      if (value instanceof Uint8Array && subject instanceof Uint8Array)
        return value.length === subject.length && value.every((byte, index) => byte === subject[index]);
      return value === subject && value !== undefined;
    };
    const exact = statement.cases.findIndex(({ value }) => value !== undefined && isSame(value));
    const from = exact >= 0 ? exact : statement.cases.findIndex(({ value }) => value === undefined);
    if (from < 0) return 'next';
    for (const { body } of statement.cases.slice(from)) {
      const flow = this.run(body, scope);
      if (flow !== 'next') return outOf(flow);
    }
    return 'next';
  }

  /** The latest statement counts, also when its value turns out to be NULL: then the option is not sent. */
  #option(statement: OptionStatement, scope: Scope): void {
    const { option, operator } = statement;
    let space = this.#stored.get(option.space);
    if (space === undefined) this.#stored.set(option.space, (space = new Map()));
    const before = space.get(option.code);
    // Options of an `on` body go nowhere.
    if (scope !== handlerScope) this.#execution.why?.option(option, statement.span, scope.title, before === undefined ? 'sets' : effects[operator]);
    if (operator === 'default' && before !== undefined) return;
    const value = this.#stores(statement);
    if (before === undefined || operator === 'supersede' || operator === 'default') space.set(option.code, value);
    else space.set(option.code, { kind: 'joined', parts: operator === 'append' ? [before, value] : [value, before] });
  }

  #stores({ value, option }: OptionStatement): Stored {
    switch (value.kind) {
      case 'constant': return { kind: 'value', bytes: value.bytes };
      case 'addresses': return { kind: 'value', bytes: this.#addresses(value.items, option) };
      case 'computed': return { kind: 'expression', expr: value.expr };
    }
  }

  /** Literal addresses are sent even while a name beside them does not resolve (dhcpd drops the whole option). */
  #addresses(items: readonly AddressItem[], option: OptionDefinition): Uint8Array | undefined {
    const found = items.flatMap((item) =>
      item.kind === 'address' ? [item.address] : (this.#execution.addressesOf(item.name) ?? []),
    );
    if (found.length === 0) return undefined;
    const isSingle = option.format === 'I';
    return concatBytes(...(isSingle ? found.slice(0, 1) : found).map(ipv4ToBytes));
  }
}

/** Runs the scopes, weakest first. */
export function execute(execution: Execution, isCacheable: boolean): Policy {
  const executor = new Executor(execution);
  for (const scope of execution.scopes) executor.run(scope.statements, scope);
  return executor.policy(isCacheable);
}

/** Runs the body of an `on` statement: variables, logs and commands; options it sets go nowhere. */
export function runBody(body: readonly Statement[], execution: Execution): void {
  new Executor(execution).run(body, handlerScope);
}
