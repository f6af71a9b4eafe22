// Secrets that cannot stay get a new one, the same in every file that has the key.

import { keyName } from '../model/key-name.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Span } from '../model/span.ts';
import type { Checked } from './check-config.ts';

type Fix = NonNullable<Diagnostic['fix']>;

/** Complaints whose span is a secret: base64 that cannot be read, and secrets that should not be kept. */
const aboutSecrets = new Set(['C0501', 'C0502', 'C0503', 'L2013', 'L2043']);
/** Bytes that the hash of the algorithm can use. */
const sizeOf = (algorithm: string | undefined): number => (algorithm === 'hmac-md5' ? 16 : 32);

interface Secret {
  readonly key: string;
  readonly span: Span;
}

/** The secret that holds the span, also of a key that the parser refused. */
function secretAt({ draft }: Checked, span: Span): Secret | undefined {
  const holds = (outer: Span): boolean =>
    outer.file === span.file && outer.start <= span.start && span.start <= outer.end;
  const read = draft.facts.keys.find(({ secret }) => secret !== undefined && holds(secret.span));
  if (read?.secret !== undefined) return { key: keyName(read.name.text), span: read.secret.span };
  const refused = [...draft.facts.refusedKeys].filter(
    ([, head]) => head.file === span.file && head.start <= span.start,
  );
  const [nearest] = refused.toSorted(([, a], [, b]) => b.start - a.start);
  return nearest && { key: nearest[0], span };
}

/** `newSecret` makes base64 of that many random bytes. */
export function secretFixes(all: readonly Checked[], newSecret: (size: number) => string): readonly Fix[] {
  const bad = new Map<string, Span[]>();
  for (const checked of all)
    for (const { code, span } of checked.report) {
      const secret = aboutSecrets.has(code) ? secretAt(checked, span) : undefined;
      if (secret !== undefined) bad.set(secret.key, [...(bad.get(secret.key) ?? []), secret.span]);
    }
  return [...bad].flatMap(([key, spans]) => {
    const twins = all.flatMap(({ draft }) =>
      draft.facts.keys.flatMap(({ name, secret }) =>
        keyName(name.text) === key && secret !== undefined ? [secret.span] : [],
      ),
    );
    const algorithm = all
      .flatMap(({ draft }) => draft.config.keys)
      .find(({ name }) => keyName(name) === key)?.algorithm;
    const replacement = newSecret(sizeOf(algorithm));
    return distinct([...spans, ...twins]).map((span) => ({
      span,
      replacement: isQuoted(span) ? `"${replacement}"` : replacement,
    }));
  });
}

const isQuoted = ({ file, start }: Span): boolean => file.text.charAt(start) === '"';
const distinct = (spans: readonly Span[]): readonly Span[] =>
  spans.filter(
    ({ file, start }, index) =>
      spans.findIndex((other) => other.file === file && other.start === start) === index,
  );
