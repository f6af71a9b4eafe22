// Secrets that cannot stay get a new one, the same in every file that has the key.

import type { Diagnostic } from '../model/diagnostic.ts';
import type { Span } from '../model/span.ts';
import type { Checked } from './check-config.ts';

type Fix = NonNullable<Diagnostic['fix']>;

/** Complaints whose span is a secret. */
const aboutSecrets = new Set(['C0501', 'L2013', 'L2043']);
/** Bytes that the hash of the algorithm can use. */
const sizeOf = (algorithm: string | undefined): number => (algorithm === 'hmac-md5' ? 16 : 32);

const plain = (name: string): string => name.toLowerCase().replace(/\.$/, '');

/** The key whose secret stands at the span, also when the parser refused it. */
function keyAt({ draft }: Checked, span: Span): string | undefined {
  const read = draft.facts.keys.find(
    ({ secret }) => secret?.span.file === span.file && secret.span.start === span.start,
  );
  if (read !== undefined) return plain(read.name.text);
  const refused = [...draft.facts.refusedKeys].filter(
    ([, head]) => head.file === span.file && head.start <= span.start,
  );
  return refused.toSorted(([, a], [, b]) => b.start - a.start)[0]?.[0];
}

/** `newSecret` makes base64 of that many random bytes. */
export function secretFixes(all: readonly Checked[], newSecret: (size: number) => string): readonly Fix[] {
  const bad = new Map<string, Span[]>();
  for (const checked of all)
    for (const { code, span } of checked.report) {
      const key = aboutSecrets.has(code) ? keyAt(checked, span) : undefined;
      if (key !== undefined) bad.set(key, [...(bad.get(key) ?? []), span]);
    }
  return [...bad].flatMap(([key, spans]) => {
    const twins = all.flatMap(({ draft }) =>
      draft.facts.keys.flatMap(({ name, secret }) =>
        plain(name.text) === key && secret !== undefined ? [secret.span] : [],
      ),
    );
    const algorithm = all
      .flatMap(({ draft }) => draft.config.keys)
      .find(({ name }) => plain(name) === key)?.algorithm;
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
