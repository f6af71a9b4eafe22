// What the demo shows. Colours on a terminal only.

export class Screen {
  readonly #out: (text: string) => void;
  readonly #hasColour: boolean;

  constructor(out: (text: string) => void, hasColour: boolean) {
    this.#out = out;
    this.#hasColour = hasColour;
  }

  #paint(code: number, text: string): string {
    return this.#hasColour ? `\x1b[${code}m${text}\x1b[0m` : text;
  }

  /** A scene begins. */
  scene(title: string): void {
    this.#out(`\n${this.#paint(1, title)}`);
  }
  say(text: string): void {
    this.#out(`  ${text}`);
  }
  good(text: string): void {
    this.#out(`  ${this.#paint(32, '✓')} ${text}`);
  }
  bad(text: string): void {
    this.#out(`  ${this.#paint(31, '✗')} ${text}`);
  }
  warn(text: string): void {
    this.#out(`  ${this.#paint(33, '!')} ${text}`);
  }
  /** A line of a server's log. */
  log(node: string, line: string): void {
    this.#out(`    ${this.#paint(2, `${node}  ${line}`)}`);
  }
}
