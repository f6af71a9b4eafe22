// The cursor of the parser. It knows what dhcpd's reader would have consumed at every moment, because the line and caret that
// dhcpd prints depend on whether a token was only looked at or already taken (dhcpd-conf reference §2).

import type { Diagnostic, DhcpdPlace } from '../model/diagnostic.ts';
import type { SourceFile, Span } from '../model/span.ts';
import type { StringLiteral } from './ast.ts';
import { lexicalFault } from './diagnostics/lexical.ts';
import { stringBytes, tokenize, type Token, type Tokens } from './lexer.ts';
import { decodeSource, encodedSize } from './source-text.ts';

/** Bytes of a source line that dhcpd keeps for its messages. */
const lineSizeMax = 80;

interface Mark {
  readonly index: number;
  readonly isPeeked: boolean;
  readonly placed: number;
  readonly shownLine: number;
}

const classes = new Set(['STRING', 'NUMBER', 'EOF']);
/** Keywords, NAME and NUMBER_OR_NAME; not plain numbers. */
export const isIdentifier = (token: Token): boolean => token.length > 1 && !classes.has(token);

export class Reader {
  readonly source: SourceFile;
  readonly tokens: Tokens;
  readonly #diagnostics: Diagnostic[];
  /** The token that comes next. */
  #index = 0;
  #isPeeked = false;
  /** The token whose line and column dhcpd would print; −1 before the first one. EOF never is. */
  #placed = -1;
  /** dhcpd keeps two line buffers in turn; this is a line of the buffer it would show. */
  #shownLine = 1;
  /** Tokens below this one had their faults reported. */
  #seen = 0;

  constructor(source: SourceFile, diagnostics: Diagnostic[]) {
    this.source = source;
    this.tokens = tokenize(source);
    this.#diagnostics = diagnostics;
  }

  /** The next token, not consumed. */
  peek(): Token {
    const index = this.#index;
    if (!this.#isPeeked) {
      this.#isPeeked = true;
      this.#reportFaults(index);
      if (this.#lineOf(index) !== this.#lineOf(this.#placed)) this.#shownLine = (this.tokens.endLines[index] ?? 1) - 1;
    }
    return this.tokens.kinds[index] ?? 'EOF';
  }

  /** Consumes the next token. At the end of the file EOF is returned again and again. */
  take(): Token {
    const index = this.#index;
    const { kinds, endLines } = this.tokens;
    const kind = kinds[index] ?? 'EOF';
    if (!this.#isPeeked) this.#reportFaults(index);
    if (!this.#isPeeked || this.#lineOf(index) !== this.#lineOf(this.#placed)) this.#shownLine = endLines[index] ?? 1;
    this.#isPeeked = kind === 'EOF';
    if (kind !== 'EOF') {
      this.#placed = index;
      this.#index = index + 1;
    }
    return kind;
  }

  /** Consumes the next token when it is `token`. */
  takeIf(token: Token): boolean {
    if (this.peek() !== token) return false;
    this.take();
    return true;
  }

  /** Where it stands, to return to with `rewind`. */
  mark(): Mark {
    return { index: this.#index, isPeeked: this.#isPeeked, placed: this.#placed, shownLine: this.#shownLine };
  }
  rewind(mark: Mark): void {
    this.#index = mark.index;
    this.#isPeeked = mark.isPeeked;
    this.#placed = mark.placed;
    this.#shownLine = mark.shownLine;
  }

  /** Text of the token last taken, as written; of a string its content. What dhcpd prints for `%s`. */
  get word(): string {
    return this.#text(this.#index - 1);
  }
  get nextWord(): string {
    return this.#text(this.#index);
  }
  /** Span of the token last taken (of the start of the file before the first). */
  get span(): Span {
    return this.#spanOf(Math.max(0, this.#index - 1));
  }
  get nextSpan(): Span {
    return this.#spanOf(this.#index);
  }
  /** Offset at which the next token begins. */
  get nextStart(): number {
    return this.tokens.starts[this.#index] ?? this.source.text.length;
  }
  /** Offset behind the token last taken. */
  get end(): number {
    return this.#index === 0 ? 0 : (this.tokens.ends[this.#index - 1] ?? 0);
  }
  get isAtEnd(): boolean {
    return this.tokens.kinds[this.#index] === 'EOF';
  }
  /** From `start` to the end of the token last taken. */
  spanFrom(start: number): Span {
    return { file: this.source, start, end: Math.max(start, this.end) };
  }
  /** The string last taken. */
  string(): StringLiteral {
    const span = this.span;
    return { kind: 'string', span, bytes: stringBytes(this.source.text, span.start, span.end) };
  }

  /** Adds the place where dhcpd would point now. */
  report(diagnostic: Diagnostic): void {
    this.#diagnostics.push({ ...diagnostic, dhcpdPlace: this.place() });
  }
  /** For what dhcpd prints without file and line, or not at all. */
  reportBare(diagnostic: Diagnostic): void {
    this.#diagnostics.push(diagnostic);
  }

  /**
   * Recovery (§1.6): to the next semicolon outside braces; or past `depth` closing braces, and past the brace that closes a
   * block entered on the way.
   */
  skip(depth = 0): void {
    for (let braces = depth; ; ) {
      const token = this.peek();
      if (token === 'EOF') return;
      if (token === '}') {
        if (braces > 0) braces -= 1;
        if (braces === 0) {
          this.take();
          return;
        }
      } else if (token === '{') braces += 1;
      else if (token === ';' && braces === 0) {
        this.take();
        return;
      }
      this.take();
    }
  }

  /** Index of the token last taken, to come back to the block it opened. */
  get position(): number {
    return this.#index - 1;
  }

  /**
   * Leaves the block that the brace at `opening` began, wherever inside or behind it the reader stands. A block that is never
   * closed is left on the spot.
   */
  leaveBlock(opening: number): void {
    const { kinds } = this.tokens;
    let braces = 0;
    for (let index = opening; index < kinds.length; index++) {
      if (kinds[index] === '{') braces += 1;
      else if (kinds[index] === '}') braces -= 1;
      if (braces > 0) continue;
      while (this.#index <= index) this.take();
      return;
    }
  }

  /** The rest of a statement that was just refused; nothing when the refused token was its semicolon. */
  skipRest(): void {
    if (this.#index > 0 && this.tokens.kinds[this.#index - 1] === ';') return;
    this.skip();
  }

  /** Where dhcpd would point if it had a complaint now. */
  place(): DhcpdPlace {
    const offset = this.#consumed();
    const read = this.#isPeeked ? this.#index : this.#index - 1;
    const line = this.tokens.endLines[read] ?? 1;
    const shown = (line - this.#shownLine) % 2 === 0 ? line : line - 1;
    return {
      file: this.source,
      line: this.#lineOf(this.#placed),
      text: this.#lineText(shown, shown === line ? offset : undefined),
      column: this.#placed < 0 ? 0 : this.#column(this.#placed),
      offset,
    };
  }

  #lineOf(index: number): number {
    if (index < 0) return 0;
    return this.tokens.kinds[index] === 'EOF' ? this.#lineOf(this.#placed) : (this.tokens.lines[index] ?? 0);
  }

  /** How far dhcpd's reader has read: words and numbers cost one character of look-ahead. */
  #consumed(): number {
    const read = this.#isPeeked ? this.#index : this.#index - 1;
    if (read < 0) return 0;
    const end = this.tokens.ends[read] ?? 0;
    return Math.min(this.source.text.length, readsAhead(this.tokens.kinds[read] ?? '') ? end + 1 : end);
  }

  #column(index: number): number {
    const { text } = this.source;
    const { starts, lines, lineStarts } = this.tokens;
    const start = starts[index] ?? 0;
    const lineStart = lineStarts[(lines[index] ?? 1) - 1] ?? 0;
    // Beyond the 80th column dhcpd's caret stands in the first one: how far beyond does not matter.
    const from = Math.max(lineStart, start - 2 * lineSizeMax);
    return encodedSize(text, from, start) + 1 + (this.#wasReadAhead(index, start) ? 1 : 0);
  }

  /** True when the reader had already looked at the first character of the token, behind blanks, a word or a number. */
  #wasReadAhead(index: number, start: number): boolean {
    if (start === 0) return false;
    const before = this.source.text.charAt(start - 1);
    const previousEnd = index === 0 ? 0 : (this.tokens.ends[index - 1] ?? 0);
    if (previousEnd === start) return index > 0 && readsAhead(this.tokens.kinds[index - 1] ?? '');
    if (before !== '\n') return true;
    return !this.#endsComment(start - 1);
  }

  /** Whether the newline at `at` closes a comment: it is then consumed as a part of it. */
  #endsComment(at: number): boolean {
    const { comments } = this.tokens;
    let low = 0;
    for (let high = comments.length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((comments[middle]?.end ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    return comments[low]?.end === at;
  }

  #reportFaults(index: number): void {
    if (index < this.#seen) return;
    this.#seen = index + 1;
    const faults = this.tokens.faults.get(index);
    if (faults === undefined) return;
    const span = this.#spanOf(index);
    const place = { ...this.place(), line: this.tokens.lines[index] ?? 0, column: this.#column(index) };
    for (const fault of faults) {
      // dhcpd complains about a digit as soon as it read it.
      const text = 'at' in fault ? this.#lineText(this.#lineAt(index, fault.at), fault.at + 1) : place.text;
      this.#diagnostics.push({ ...lexicalFault(fault, span), dhcpdPlace: { ...place, text } });
    }
  }

  /** The line of a character of the token. */
  #lineAt(index: number, at: number): number {
    let line = this.tokens.lines[index] ?? 1;
    while ((this.tokens.lineStarts[line] ?? Infinity) <= at) line += 1;
    return line;
  }

  /** What dhcpd keeps of a line, up to `end` when it has not read all of it. */
  #lineText(line: number, end: number | undefined): string {
    const { lineStarts } = this.tokens;
    const start = lineStarts[line - 1];
    const { text } = this.source;
    return start === undefined ? '' : clip(text.slice(start, end ?? Math.max(start, (lineStarts[line] ?? text.length + 1) - 1)));
  }

  #spanOf(index: number): Span {
    const { starts, ends } = this.tokens;
    return { file: this.source, start: starts[index] ?? 0, end: ends[index] ?? 0 };
  }

  #text(index: number): string {
    if (index < 0) return '';
    const { text } = this.source;
    const start = this.tokens.starts[index] ?? 0;
    const end = this.tokens.ends[index] ?? 0;
    return this.tokens.kinds[index] === 'STRING' ? decodeSource(stringBytes(text, start, end)) : text.slice(start, end);
  }
}

const readsAhead = (token: Token): boolean => token === 'NUMBER' || isIdentifier(token);

/** At most 80 bytes. */
function clip(line: string): string {
  let end = Math.min(line.length, lineSizeMax);
  if (encodedSize(line, 0, end) <= lineSizeMax) return line.slice(0, end);
  while (encodedSize(line, 0, end) > lineSizeMax) end -= 1;
  return line.slice(0, end);
}
