// The whole report about one configuration, in the order in which a person should read it.

import type { Diagnostic } from '../model/diagnostic.ts';
import type { Span } from '../model/span.ts';
import { ok, type Result } from '../std/result.ts';
import { withoutAllowed } from './lint/allow-comments.ts';
import { withSeverities } from './lint/severity-comments.ts';
import { firstOfAll, lintConfig, lints } from './lint/lints.ts';
import { loadConfig, type LoadInput, type Loaded, type ReadProblem } from './load-config.ts';

export interface Checked extends Loaded {
  /** As the comments of the files will have it, most important first: what makes the rest pointless, errors in file order, then warnings and infos by weight. */
  readonly report: readonly Diagnostic[];
}

export function checkConfig(input: LoadInput): Result<Checked, ReadProblem> {
  const loaded = loadConfig(input);
  if (!loaded.ok) return loaded;
  const found = lintConfig(loaded.value.draft);
  return ok({ ...loaded.value, report: inReportOrder(withSeverities(withoutAllowed([...loaded.value.diagnostics, ...found]))) });
}

const rank = ({ code, severity }: Diagnostic): number => {
  if (firstOfAll.has(code)) return 0;
  return severity === 'error' ? 1 : severity === 'warning' ? 2 : 3;
};

/** What the language says of its own comes before lints, but this warning weighs as much as the lint about split. */
const weights = new Map<string, number>(
  lints.flatMap(({ codes }, index) => codes.map((code) => [code, index + 1] as const)),
);
weights.set('C1317', weights.get('L2007') ?? 0);
const weight = ({ code, severity }: Diagnostic): number =>
  severity === 'error' ? 0 : (weights.get(code) ?? 0);

/** Stable within a weight. */
export function inReportOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return withoutRepeats(diagnostics).toSorted((a, b) => rank(a) - rank(b) || weight(a) - weight(b));
}

/** Lints about a text that cannot be read anyway. */
const aboutUnreadable = new Set(['L2013', 'L2043']);

/**
 * What a better message says already: dhcpd's one line about hosts in subnets is told by L2005 with its consequences, and a
 * secret that is refused need not be called weak.
 */
function withoutRepeats(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const isExplained = diagnostics.some(({ code }) => code === 'L2005');
  const refused = diagnostics.filter(({ severity, code }) => severity === 'error' && code.startsWith('C05'));
  const isRefused = ({ file, start, end }: Span): boolean =>
    refused.some(({ span }) => span.file === file && start <= span.start && span.start <= end);
  return diagnostics.filter(
    ({ code, span, dhcpdText }) =>
      !(isExplained && dhcpdText?.[0]?.startsWith('WARNING: Host declarations are global') === true) &&
      !(aboutUnreadable.has(code) && isRefused(span)),
  );
}
