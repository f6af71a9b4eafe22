// A YAML document as values that know their place in the text, so that whatever is wrong with one can be pointed at.

import { isAlias, isMap, isScalar, isSeq, parseDocument, type Document, type Node } from 'yaml';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { SourceFile, Span } from '../../model/span.ts';
import { noYaml, wholeOf, wrongKind, type Field } from './imported.ts';

type Report = (diagnostic: Diagnostic) => void;
interface Reading {
  readonly file: SourceFile;
  readonly document: Document;
  readonly report: Report;
}

/** A value, or the lack of one: then its place is that of what should hold it. */
export class YamlValue {
  /** As people would write it: `platform.baremetal.hosts`. */
  readonly path: string;
  readonly span: Span;
  readonly #reading: Reading;
  readonly #node: Node | undefined;

  constructor(reading: Reading, node: unknown, path: string, around: Span) {
    const found = isAlias(node) ? node.resolve(reading.document) : (node as Node | null | undefined);
    this.#reading = reading;
    // `key:` without a value is as good as no key.
    this.#node = found === null || found === undefined || (isScalar(found) && found.value === null) ? undefined : (found as Node);
    this.path = path;
    this.span = spanOf(reading.file, node as Node | undefined) ?? around;
  }

  get isMissing(): boolean {
    return this.#node === undefined;
  }
  get isMapping(): boolean {
    return isMap(this.#node);
  }
  /** Something like `key:`. */
  field(...names: readonly string[]): YamlValue {
    const [name, ...rest] = names;
    if (name === undefined) return this;
    const path = this.path === '' ? name : `${this.path}.${name}`;
    if (this.#node !== undefined && !isMap(this.#node)) {
      this.#reading.report(wrongKind(this.span, this.path || 'the file', 'a mapping of names to values'));
      return new YamlValue(this.#reading, undefined, path, this.span).field(...rest);
    }
    return new YamlValue(this.#reading, this.#node?.get(name, true), path, this.span).field(...rest);
  }
  /** Mappings of a list; what else stands in it is said. */
  mappings(): readonly YamlValue[] {
    return this.list().filter((each) => {
      if (!each.isMapping) this.#reading.report(wrongKind(each.span, each.path, 'a mapping of names to values'));
      return each.isMapping;
    });
  }
  /** Empty for none. */
  list(): readonly YamlValue[] {
    if (this.#node === undefined) return [];
    if (isSeq(this.#node)) return this.#node.items.map((item, index) => new YamlValue(this.#reading, item, `${this.path}[${index}]`, this.span));
    this.#reading.report(wrongKind(this.span, this.path, 'a list'));
    return [];
  }
  /** undefined for none, and for what is no text, which is said. */
  text(): Field | undefined {
    if (this.#node === undefined) return undefined;
    if (!isScalar(this.#node)) {
      this.#reading.report(wrongKind(this.span, this.path, 'one value'));
      return undefined;
    }
    const { value, source } = this.#node;
    const text = typeof value === 'string' ? value : (source ?? String(value));
    return text === '' ? undefined : { text, span: this.span };
  }
  /** `true`, or what YAML 1.1 takes for it. */
  get isTrue(): boolean {
    return isScalar(this.#node) && /^(true|yes|on)$/i.test(this.#node.source ?? String(this.#node.value));
  }
}

function spanOf(file: SourceFile, node: Node | undefined): Span | undefined {
  const range = node?.range;
  if (range === undefined || range === null) return undefined;
  return { file, start: range[0], end: Math.max(range[0] + 1, range[1]) };
}

/** Documents are small: a file that expands to more than this many aliases is refused by the library. */
const aliasesMax = 100;

/** undefined when it is no YAML, which is said. */
export function readYaml(file: SourceFile, report: Report): YamlValue | undefined {
  const document = parseDocument(file.text, { prettyErrors: false, logLevel: 'silent', uniqueKeys: true });
  for (const { message, pos } of document.errors) report(noYaml({ file, start: pos[0], end: Math.max(pos[0] + 1, pos[1]) }, message));
  if (document.errors.length > 0) return undefined;
  let aliases = 0;
  for (const _ of file.text.matchAll(/(?<=[\s:[,-])\*[\w-]+/g)) aliases++;
  if (aliases > aliasesMax) report(noYaml(wholeOf(file), `more than ${aliasesMax} aliases`));
  return aliases > aliasesMax ? undefined : new YamlValue({ file, document, report }, document.contents, '', wholeOf(file));
}
