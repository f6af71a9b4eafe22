// What `explain` hears while the engine decides: the general path calls it, the fast path never does.

import type { OptionDefinition } from '../wire/option-table.ts';
import type { Span } from './span.ts';

export interface Recorder {
  /** A decision in words: `network 10.0.0.0/24: giaddr 10.0.0.1`. */
  step(topic: string, text: string, span?: Span): void;
  /** An `if` was reached. */
  condition(span: Span, isTrue: boolean): void;
  /** A statement about an option was executed in a scope. */
  option(option: OptionDefinition, span: Span, scope: string, effect: OptionEffect): void;
}

/**
 * What a statement did with an option: set it first, took the place of an earlier value, added to it, or, a `default`, gave way
 * to it.
 */
export type OptionEffect = 'sets' | 'replaces' | 'extends' | 'gives-way';
